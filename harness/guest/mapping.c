/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cleanup.h"
#include "mapping.h"
#include "ports.h"
#include "sysfs.h"

#define MAPPING_PAGE_SIZE UINT64_C(0x1000) /* of x86; the unit of a BAR mapping */

typedef struct Word {
    bool write;
    unsigned width_bytes;
    uint64_t value;
} Word;

static void word_transfer(volatile void *at, Word *word)
{
    if (word->width_bytes == 8) {
        volatile uint64_t *at64 = at;

        if (word->write) {
            *at64 = word->value;
        } else {
            word->value = *at64;
        }
    } else {
        volatile uint32_t *at32 = at;

        if (word->write) {
            *at32 = (uint32_t)word->value;
        } else {
            word->value = *at32;
        }
    }
}

static int file_transfer(const char *path, uint64_t offset, Word *word)
{
    CLEANUP(fd_close) int fd = -1;
    uint64_t within = offset % MAPPING_PAGE_SIZE;
    uint8_t *page;

    fd = open(path, (word->write ? O_RDWR : O_RDONLY) | O_SYNC | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    page = mmap(NULL, MAPPING_PAGE_SIZE, PROT_READ | (word->write ? PROT_WRITE : 0), MAP_SHARED, fd,
                (off_t)(offset - within));
    if (page == MAP_FAILED) {
        return -errno;
    }
    word_transfer(page + within, word);
    munmap(page, MAPPING_PAGE_SIZE);
    return 0;
}

static int bar_transfer(const char *root, const char *bdf, int bar_nr, uint64_t offset, Word *word)
{
    char path[PATH_MAX];

    sysfs_resource_path(path, root, bdf, bar_nr);
    return file_transfer(path, offset, word);
}

static int mapping_read(void *context, const char *bdf, int bar_nr, uint64_t offset,
                        unsigned width_bytes, uint64_t *value)
{
    Word word = { .write = false, .width_bytes = width_bytes };
    int result = bar_transfer(context, bdf, bar_nr, offset, &word);

    if (result == 0) {
        *value = word.value;
    }
    return result;
}

static int mapping_write(void *context, const char *bdf, int bar_nr, uint64_t offset,
                         unsigned width_bytes, uint64_t value)
{
    Word word = { .write = true, .width_bytes = width_bytes, .value = value };

    return bar_transfer(context, bdf, bar_nr, offset, &word);
}

static int physical_transfer(const char *root, uint64_t address, Word *word)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/dev/mem", root);
    return file_transfer(path, address, word);
}

static int mapping_read_physical(void *context, uint64_t address, unsigned width_bytes,
                                 uint64_t *value)
{
    Word word = { .write = false, .width_bytes = width_bytes };
    int result = physical_transfer(context, address, &word);

    if (result == 0) {
        *value = word.value;
    }
    return result;
}

static int mapping_write_physical(void *context, uint64_t address, unsigned width_bytes,
                                  uint64_t value)
{
    Word word = { .write = true, .width_bytes = width_bytes, .value = value };

    return physical_transfer(context, address, &word);
}

Access mapping_access(const char *root)
{
    return (Access) {
        .memory = { .read = mapping_read, .write = mapping_write },
        .io = ports_back_end(),
        .read_physical = mapping_read_physical,
        .write_physical = mapping_write_physical,
        .context = (void *)(uintptr_t)root,
    };
}
