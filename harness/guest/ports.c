/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "cleanup.h"
#include "ports.h"
#include "sysfs.h"

/* The kernel makes one IN or OUT of a transfer of 1, 2 or 4 bytes, and refuses any other */
static int transferred(ssize_t count, unsigned width_bytes)
{
    if (count < 0) {
        return -errno;
    }
    return (size_t)count == width_bytes ? 0 : -EIO; /* past the end of the BAR */
}

static int ports_read(void *context, const char *bdf, int bar_nr, uint64_t offset,
                      unsigned width_bytes, uint64_t *value)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];
    uint64_t raw = 0;
    int result;

    sysfs_resource_path(path, context, bdf, bar_nr);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    result = transferred(pread(fd, &raw, width_bytes, (off_t)offset), width_bytes);
    if (result == 0) {
        *value = le64toh(raw);
    }
    return result;
}

static int ports_write(void *context, const char *bdf, int bar_nr, uint64_t offset,
                       unsigned width_bytes, uint64_t value)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];
    uint64_t raw = htole64(value);

    sysfs_resource_path(path, context, bdf, bar_nr);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    return transferred(pwrite(fd, &raw, width_bytes, (off_t)offset), width_bytes);
}

AccessBackEnd ports_back_end(void)
{
    return (AccessBackEnd) { .read = ports_read, .write = ports_write };
}
