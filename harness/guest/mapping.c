/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cleanup.h"
#include "mapping.h"
#include "ports.h"
#include "sysfs.h"

#define MAPPING_PAGE_SIZE UINT64_C(0x1000) /* of x86; the unit of a BAR mapping */

/*
 * To map and unmap costs a hundred times what an access does, so a mapping serves the words that
 * follow within so many bytes. Of /dev/mem only pages that are accessed may be mapped: what lies
 * between them can be somebody else's, and refused.
 */
#define BAR_WINDOW_SIZE (16 * MAPPING_PAGE_SIZE)
#define PHYSICAL_WINDOW_SIZE MAPPING_PAGE_SIZE

/** struct MappedFile - a file, and how its words are to be reached */
typedef struct MappedFile {
    int fd;
    uint64_t window_size;
    bool write;
    bool kept;
} MappedFile;

/* What mapping_access_kept() has opened and mapped; what finds no room is not kept */
#define KEPT_FILES_MAX 64
#define KEPT_WINDOWS_MAX 256

static struct {
    struct {
        char *path;
        int fd;
    } files[KEPT_FILES_MAX];
    size_t file_count;
    struct {
        int fd;
        uint64_t start;
        uint64_t length;
        uint8_t *pages;
    } windows[KEPT_WINDOWS_MAX];
    size_t window_count;
} keep;

static int file_open(const char *path, bool write)
{
    return open(path, (write ? O_RDWR : O_RDONLY) | O_SYNC | O_CLOEXEC);
}

/* Return: a file descriptor, or -1 with errno; @kept: (out) it is not to be closed */
static int kept_open(const char *path, bool *kept)
{
    size_t count = keep.file_count;
    char *name;
    int fd;

    *kept = true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keep.files[i].path, path) == 0) {
            return keep.files[i].fd;
        }
    }
    fd = file_open(path, false);
    name = fd >= 0 && count < KEPT_FILES_MAX ? strdup(path) : NULL;
    *kept = name != NULL;
    if (name) {
        keep.files[count].path = name;
        keep.files[count].fd = fd;
        keep.file_count++;
    }
    return fd;
}

static uint8_t *kept_find(int fd, uint64_t start, uint64_t length)
{
    for (size_t i = 0; i < keep.window_count; i++) {
        if (keep.windows[i].fd == fd && keep.windows[i].start == start &&
            keep.windows[i].length >= length) {
            return keep.windows[i].pages;
        }
    }
    return NULL;
}

/* Return: false when there is no room */
static bool kept_add(int fd, uint64_t start, uint64_t length, uint8_t *pages)
{
    size_t count = keep.window_count;

    if (count == KEPT_WINDOWS_MAX) {
        return false;
    }
    keep.windows[count].fd = fd;
    keep.windows[count].start = start;
    keep.windows[count].length = length;
    keep.windows[count].pages = pages;
    keep.window_count++;
    return true;
}

static void word_transfer(volatile void *at, AccessWord *word, bool write)
{
    if (word->width_bytes == 8) {
        volatile uint64_t *at64 = at;

        if (write) {
            *at64 = word->value;
        } else {
            word->value = *at64;
        }
    } else {
        volatile uint32_t *at32 = at;

        if (write) {
            *at32 = (uint32_t)word->value;
        } else {
            word->value = *at32;
        }
    }
    word->result = 0;
}

static void words_fail(AccessWord *words, size_t count, int result)
{
    for (size_t i = 0; i < count; i++) {
        words[i].result = result;
    }
}

/* @length: (out) of the pages that they lie in; Return: how many words fit into one window */
static size_t window_find(const AccessWord *words, size_t count, uint64_t window_size,
                          uint64_t *start, uint64_t *length)
{
    size_t fits = 0;

    *start = words[0].offset - words[0].offset % MAPPING_PAGE_SIZE;
    *length = MAPPING_PAGE_SIZE;
    while (fits < count && words[fits].offset - *start < window_size) { /* nor before: unsigned */
        uint64_t end = words[fits].offset - *start + 1;

        while (*length < end) {
            *length += MAPPING_PAGE_SIZE;
        }
        fits++;
    }
    return fits;
}

/* Return: how many of the words are done */
static size_t window_transfer(const MappedFile *file, AccessWord *words, size_t count)
{
    int protection = PROT_READ | (file->write ? PROT_WRITE : 0);
    uint64_t start;
    uint64_t length;
    size_t fits = window_find(words, count, file->window_size, &start, &length);
    uint8_t *pages = file->kept ? kept_find(file->fd, start, length) : NULL;
    bool stays = pages != NULL;

    if (!pages) {
        pages = mmap(NULL, length, protection, MAP_SHARED, file->fd, (off_t)start);
        if (pages == MAP_FAILED) {
            words_fail(words, fits, -errno);
            return fits;
        }
        stays = file->kept && kept_add(file->fd, start, length, pages);
    }
    for (size_t i = 0; i < fits; i++) {
        word_transfer(pages + (words[i].offset - start), &words[i], file->write);
    }
    if (!stays) {
        munmap(pages, length);
    }
    return fits;
}

static void words_transfer(const MappedFile *file, AccessWord *words, size_t count)
{
    for (size_t done = 0; done < count;) {
        done += window_transfer(file, words + done, count - done);
    }
}

static void file_transfer(const char *path, uint64_t window_size, AccessWord *words, size_t count,
                          bool write)
{
    CLEANUP(fd_close) int fd = file_open(path, write);
    MappedFile file = { .fd = fd, .window_size = window_size, .write = write };

    if (fd < 0) {
        words_fail(words, count, -errno);
        return;
    }
    words_transfer(&file, words, count);
}

static void kept_transfer(const char *path, uint64_t window_size, AccessWord *words, size_t count)
{
    MappedFile file = { .window_size = window_size };

    file.fd = kept_open(path, &file.kept);
    if (file.fd < 0) {
        words_fail(words, count, -errno);
        return;
    }
    words_transfer(&file, words, count);
    if (!file.kept) {
        close(file.fd);
    }
}

static void kept_read(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    char path[PATH_MAX];

    sysfs_resource_path(path, context, bdf, bar_nr);
    kept_transfer(path, BAR_WINDOW_SIZE, words, count);
}

static void mapping_read(void *context, const char *bdf, int bar_nr, AccessWord *words,
                         size_t count)
{
    char path[PATH_MAX];

    sysfs_resource_path(path, context, bdf, bar_nr);
    file_transfer(path, BAR_WINDOW_SIZE, words, count, false);
}

static void mapping_write(void *context, const char *bdf, int bar_nr, AccessWord *words,
                          size_t count)
{
    char path[PATH_MAX];

    sysfs_resource_path(path, context, bdf, bar_nr);
    file_transfer(path, BAR_WINDOW_SIZE, words, count, true);
}

static void physical_path(char *path, const char *root)
{
    snprintf(path, PATH_MAX, "%s/dev/mem", root);
}

static void physical_transfer(const char *root, AccessWord *words, size_t count, bool write)
{
    char path[PATH_MAX];

    physical_path(path, root);
    file_transfer(path, PHYSICAL_WINDOW_SIZE, words, count, write);
}

static void mapping_read_physical(void *context, AccessWord *words, size_t count)
{
    physical_transfer(context, words, count, false);
}

static void mapping_write_physical(void *context, AccessWord *words, size_t count)
{
    physical_transfer(context, words, count, true);
}

static void kept_read_physical(void *context, AccessWord *words, size_t count)
{
    char path[PATH_MAX];

    physical_path(path, context);
    kept_transfer(path, PHYSICAL_WINDOW_SIZE, words, count);
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

Access mapping_access_kept(const char *root)
{
    Access access = mapping_access(root);

    access.memory.read = kept_read;
    access.read_physical = kept_read_physical;
    return access;
}
