/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that costs what is touched.
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qemu/memfd.h"
#include "migration/qemu-file-types.h"
#include "sparse_memory.h"

/* Granularity of a saved state, whatever pages the host has */
#define PAGE_BYTES 4096

/* The file belongs to the region afterwards */
static bool init_from_file(MemoryRegion *region, Object *owner, const char *name,
                           uint64_t size_bytes, int fd, Error **errp)
{
    if (!memory_region_init_ram_from_fd(region, owner, name, size_bytes, RAM_SHARED, fd, 0, errp)) {
        close(fd);
        return false;
    }
    /* A kernel without huge pages has nothing to be asked for */
    (void)madvise(memory_region_get_ram_ptr(region), size_bytes, MADV_NOHUGEPAGE);
    return true;
}

bool sparse_memory_init(MemoryRegion *region, Object *owner, const char *name, uint64_t size_bytes,
                        Error **errp)
{
    int fd = qemu_memfd_create(name, size_bytes, false, 0, 0, errp);

    return fd >= 0 && init_from_file(region, owner, name, size_bytes, fd, errp);
}

bool sparse_memory_init_larger(MemoryRegion *region, MemoryRegion *smaller, Object *owner,
                               const char *name, uint64_t size_bytes, Error **errp)
{
    int fd = qemu_dup(memory_region_get_fd(smaller));

    if (fd < 0 || ftruncate(fd, size_bytes) != 0) {
        error_setg_errno(errp, errno, "%s: no more memory can be had", name);
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    return init_from_file(region, owner, name, size_bytes, fd, errp);
}

int sparse_memory_clear(MemoryRegion *region)
{
    return fallocate(memory_region_get_fd(region), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                     memory_region_size(region)) == 0 ? 0 : -errno;
}

/* Saving */

static void put_run(QEMUFile *f, const uint8_t *memory, uint64_t start, uint64_t end)
{
    qemu_put_be64(f, start);
    qemu_put_be64(f, end - start);
    qemu_put_buffer(f, memory + start, end - start);
}

/* A page that was only read through the mapping was touched, too, and is zero */
static void put_touched(QEMUFile *f, const uint8_t *memory, uint64_t start, uint64_t end)
{
    uint64_t run = start;

    for (uint64_t at = start; at < end; at += PAGE_BYTES) {
        if (buffer_is_zero(memory + at, PAGE_BYTES)) {
            if (run < at) {
                put_run(f, memory, run, at);
            }
            run = at + PAGE_BYTES;
        }
    }
    if (run < end) {
        put_run(f, memory, run, end);
    }
}

/* lseek() fails with ENXIO where only holes are left */
static int put_memory(QEMUFile *f, void *pv, size_t size, const VMStateField *field,
                      JSONWriter *vmdesc)
{
    MemoryRegion *region = pv;
    int fd = memory_region_get_fd(region);
    off_t start = 0, end = 0;

    while ((start = lseek(fd, end, SEEK_DATA)) >= 0 && (end = lseek(fd, start, SEEK_HOLE)) >= 0) {
        put_touched(f, memory_region_get_ram_ptr(region), start, end);
    }
    if (errno != ENXIO) {
        int failure = errno;

        error_report("%s: cannot tell which memory was touched: %s", memory_region_name(region),
                     strerror(failure));
        return -failure;
    }
    qemu_put_be64(f, 0);
    qemu_put_be64(f, 0);
    return 0;
}

/* Loading */

/* Behind the end of a stream there are zeros, which are the end here, and the caller finds out */
static int get_memory(QEMUFile *f, void *pv, size_t size, const VMStateField *field)
{
    MemoryRegion *region = pv;
    uint8_t *memory = memory_region_get_ram_ptr(region);
    uint64_t size_bytes = memory_region_size(region);
    int result = sparse_memory_clear(region);

    for (uint64_t loaded = 0; result == 0;) {
        uint64_t start = qemu_get_be64(f);
        uint64_t length = qemu_get_be64(f);

        if (start == 0 && length == 0) {
            return 0;
        }
        if (start < loaded || start > size_bytes || length > size_bytes - start) {
            error_report("%s: 0x%" PRIx64 " bytes at 0x%" PRIx64 " cannot come here in a saved "
                         "state", memory_region_name(region), length, start);
            return -EINVAL;
        }
        qemu_get_buffer(f, memory + start, length);
        loaded = start + length;
    }
    return result;
}

const VMStateInfo vmstate_info_sparse_memory = {
    .name = "sparse memory",
    .get = get_memory,
    .put = put_memory,
};
