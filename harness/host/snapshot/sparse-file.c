/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read, and not mapped: where a disk fails a read tells, a mapping ends the program. Which holes a
 * file system reports is its own affair, so what is zero in a file counts as a hole everywhere.
 */
#include "sparse-file.h"

#include "error.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define PAGE_BYTES 4096
#define CHUNK_BYTES (1024 * 1024)

typedef struct Copying {
    int from, to;
    XXH3_state_t *content;
    XXH3_state_t *places; /* numbers of the pages that are not zero */
    guint8 *chunk;
} Copying;

static gboolean is_zero(const guint8 *page, gsize length)
{
    return page[0] == 0 && memcmp(page, page + 1, length - 1) == 0;
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s: %s", what,
                g_strerror(errno));
    return FALSE;
}

static gboolean write_all(int fd, const guint8 *bytes, gsize length, off_t offset, GError **error)
{
    while (fd >= 0 && length > 0) {
        ssize_t written = pwrite(fd, bytes, length, offset);

        if (written < 0 && errno != EINTR) {
            return fail(error, "cannot write");
        }
        bytes += MAX(written, 0);
        length -= MAX(written, 0);
        offset += MAX(written, 0);
    }
    return TRUE;
}

/* A run of pages that are not zero, somewhere in the chunk */
static gboolean take_run(Copying *copying, gsize start, gsize end, off_t offset, GError **error)
{
    for (gsize at = start; at < end; at += PAGE_BYTES) {
        guint64 page_nr = GUINT64_TO_LE((guint64)(offset + (off_t)at) / PAGE_BYTES);

        XXH3_64bits_update(copying->places, &page_nr, sizeof(page_nr));
    }
    XXH3_64bits_update(copying->content, copying->chunk + start, end - start);
    return write_all(copying->to, copying->chunk + start, end - start, offset + (off_t)start,
                     error);
}

static gboolean take_chunk(Copying *copying, gsize length, off_t offset, GError **error)
{
    gsize run = 0;

    for (gsize at = 0; at < length; at += PAGE_BYTES) {
        if (is_zero(copying->chunk + at, MIN(PAGE_BYTES, length - at))) {
            if (run < at && !take_run(copying, run, at, offset, error)) {
                return FALSE;
            }
            run = at + PAGE_BYTES;
        }
    }
    return run >= length || take_run(copying, run, length, offset, error);
}

/* What the file system takes for data, from a multiple of a page on */
static gboolean take_data(Copying *copying, off_t start, off_t end, GError **error)
{
    for (off_t offset = start - start % PAGE_BYTES; offset < end;) {
        gsize wanted = MIN(CHUNK_BYTES, (gsize)(end - offset));
        gsize length = 0;

        while (length < wanted) {
            ssize_t count = pread(copying->from, copying->chunk + length, wanted - length,
                                  offset + (off_t)length);

            if (count == 0 || (count < 0 && errno != EINTR)) {
                errno = count == 0 ? EIO : errno; /* it has become shorter */
                return fail(error, "cannot read");
            }
            length += MAX(count, 0);
        }
        if (!take_chunk(copying, length, offset, error)) {
            return FALSE;
        }
        offset += (off_t)length;
    }
    return TRUE;
}

/* lseek() fails with ENXIO where only holes are left */
static gboolean take_file(Copying *copying, off_t size_bytes, GError **error)
{
    off_t start, end = 0;

    while (end < size_bytes && (start = lseek(copying->from, end, SEEK_DATA)) >= 0) {
        end = lseek(copying->from, start, SEEK_HOLE);
        if (end < 0) {
            return fail(error, "cannot find holes");
        }
        end = MIN(size_bytes, (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES);
        if (!take_data(copying, start, end, error)) {
            return FALSE;
        }
    }
    return end >= size_bytes || errno == ENXIO || fail(error, "cannot find data");
}

static guint64 sum(Copying *copying, off_t size_bytes)
{
    const guint64 parts[] = {
        GUINT64_TO_LE((guint64)size_bytes),
        GUINT64_TO_LE(XXH3_64bits_digest(copying->content)),
        GUINT64_TO_LE(XXH3_64bits_digest(copying->places)),
    };

    return XXH3_64bits(parts, sizeof(parts));
}

gboolean sparse_file_copy(int from, int to, guint64 *checksum, GError **error)
{
    Copying copying = {
        .from = from,
        .to = to,
        .content = XXH3_createState(),
        .places = XXH3_createState(),
        .chunk = g_malloc(CHUNK_BYTES),
    };
    struct stat facts;
    gboolean done;

    XXH3_64bits_reset(copying.content);
    XXH3_64bits_reset(copying.places);
    done = fstat(from, &facts) == 0 &&
           (to < 0 || ftruncate(to, facts.st_size) == 0 || fail(error, "cannot write")) &&
           take_file(&copying, facts.st_size, error);
    if (done) {
        *checksum = sum(&copying, facts.st_size);
    }
    XXH3_freeState(copying.content);
    XXH3_freeState(copying.places);
    g_free(copying.chunk);
    return done;
}
