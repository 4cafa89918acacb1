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

static void ports_transfer(const char *root, const char *bdf, int bar_nr, AccessWord *words,
                           size_t count, bool write)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];
    int failed;

    sysfs_resource_path(path, root, bdf, bar_nr);
    fd = open(path, (write ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
    failed = fd < 0 ? -errno : 0;
    for (size_t i = 0; i < count; i++) {
        AccessWord *word = &words[i];
        uint64_t raw = write ? htole64(word->value) : 0;

        word->result = failed < 0 ? failed
                                  : transferred(write ? pwrite(fd, &raw, word->width_bytes,
                                                               (off_t)word->offset)
                                                      : pread(fd, &raw, word->width_bytes,
                                                              (off_t)word->offset),
                                                word->width_bytes);
        if (word->result == 0 && !write) {
            word->value = le64toh(raw);
        }
    }
}

static void ports_read(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    ports_transfer(context, bdf, bar_nr, words, count, false);
}

static void ports_write(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    ports_transfer(context, bdf, bar_nr, words, count, true);
}

AccessBackEnd ports_back_end(void)
{
    return (AccessBackEnd) { .read = ports_read, .write = ports_write };
}
