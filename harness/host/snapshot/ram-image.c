/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ram-image.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <lz4.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define PAGE_BYTES 4096
#define RUN_PAGES_MAX 16 /* as far as LZ4 looks back */
#define RUN_BYTES_MAX (RUN_PAGES_MAX * PAGE_BYTES)

/* In front of each run, little-endian */
typedef struct RunHeader {
    guint32 page_nr;
    guint32 pages;
    guint32 bytes; /* compressed, right behind it; 0: the pages become zero */
} RunHeader;

/* A memfd, mapped. To read a hole through the mapping would fill it, so holes are known. */
typedef struct Memory {
    const guint8 *bytes;
    gsize size_bytes;
    guint8 *is_data; /* by page */
} Memory;

static gboolean fail(GError **error, const char *what, const char *why)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s: %s", what, why);
    return FALSE;
}

static gboolean memory_map(Memory *memory, int fd, GError **error)
{
    struct stat facts;

    if (fstat(fd, &facts) == 0 && facts.st_size != 0) {
        memory->size_bytes = (gsize)facts.st_size;
        memory->bytes = mmap(NULL, memory->size_bytes, PROT_READ, MAP_SHARED, fd, 0);
        if (memory->bytes != MAP_FAILED) {
            return TRUE;
        }
    }
    memory->bytes = NULL;
    return fail(error, "cannot map guest memory", g_strerror(errno));
}

static void memory_clear(Memory *memory)
{
    if (memory->bytes != NULL) {
        munmap((void *)memory->bytes, memory->size_bytes);
    }
    g_free(memory->is_data);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Memory, memory_clear)

/* lseek() fails with ENXIO where only holes are left */
static void find_holes(Memory *memory, int fd)
{
    off_t end = 0;
    off_t start;

    memory->is_data = g_malloc0(memory->size_bytes / PAGE_BYTES);
    while ((start = lseek(fd, end, SEEK_DATA)) >= 0 && (end = lseek(fd, start, SEEK_HOLE)) >= 0) {
        memset(memory->is_data + start / PAGE_BYTES, TRUE,
               (gsize)(end - start + PAGE_BYTES - 1) / PAGE_BYTES);
    }
}

static gboolean is_zero(const guint8 *page)
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

/* (nullable): NULL: it is zero */
static const guint8 *page_of(const Memory *memory, gsize page_nr)
{
    const guint8 *page = memory->bytes + page_nr * PAGE_BYTES;

    return memory->is_data[page_nr] && !is_zero(page) ? page : NULL;
}

typedef enum Change { CHANGE_NONE, CHANGE_ZERO, CHANGE_DATA } Change;

static Change change_of(const Memory *ram, const Memory *base, gsize page_nr)
{
    const guint8 *page = page_of(ram, page_nr);
    const guint8 *before = page_of(base, page_nr);

    if (page == NULL) {
        return before == NULL ? CHANGE_NONE : CHANGE_ZERO;
    }
    return before != NULL && memcmp(page, before, PAGE_BYTES) == 0 ? CHANGE_NONE : CHANGE_DATA;
}

static void add_run(GByteArray *image, const Memory *ram, gsize start, gsize end, Change change)
{
    RunHeader header = {
        .page_nr = GUINT32_TO_LE((guint32)start), .pages = GUINT32_TO_LE((guint32)(end - start)),
    };
    guint at = image->len;
    int bound = LZ4_compressBound(RUN_BYTES_MAX);
    int bytes = 0;

    g_byte_array_set_size(image, at + (guint)sizeof(header) + (guint)bound);
    if (change == CHANGE_DATA) {
        bytes = LZ4_compress_default((const char *)ram->bytes + start * PAGE_BYTES,
                                     (char *)image->data + at + sizeof(header),
                                     (int)((end - start) * PAGE_BYTES), bound);
    }
    header.bytes = GUINT32_TO_LE((guint32)bytes);
    memcpy(image->data + at, &header, sizeof(header));
    g_byte_array_set_size(image, at + (guint)sizeof(header) + (guint)bytes);
}

static GByteArray *pack(const Memory *ram, const Memory *base)
{
    GByteArray *image = g_byte_array_new();
    gsize pages = ram->size_bytes / PAGE_BYTES;
    Change run = CHANGE_NONE;
    gsize start = 0;

    for (gsize nr = 0; nr <= pages; nr++) {
        Change change = nr == pages ? CHANGE_NONE : change_of(ram, base, nr);

        if (change == run && nr - start < RUN_PAGES_MAX) {
            continue;
        }
        if (run != CHANGE_NONE) {
            add_run(image, ram, start, nr, run);
        }
        run = change;
        start = nr;
    }
    return image;
}

GByteArray *ram_image_pack(int ram_fd, int base_fd, GError **error)
{
    g_auto(Memory) ram = { 0 };
    g_auto(Memory) base = { 0 };

    if (!memory_map(&ram, ram_fd, error) || !memory_map(&base, base_fd, error)) {
        return NULL;
    }
    if (base.size_bytes != ram.size_bytes) {
        fail(error, "guest memory", "it has another size than what it is told from");
        return NULL;
    }
    find_holes(&ram, ram_fd);
    find_holes(&base, base_fd);
    return pack(&ram, &base);
}

/* Unpacking: written, and not mapped, since a page that is written whole need not be made zero */

typedef struct Unpacking {
    FILE *image;
    int ram_fd;
    guint64 ram_bytes;
    XXH3_state_t *sum;
    guint8 *packed, *plain;
} Unpacking;

static gboolean take(Unpacking *unpacking, void *bytes, gsize length)
{
    return fread(bytes, 1, length, unpacking->image) == length &&
           XXH3_64bits_update(unpacking->sum, bytes, length) == XXH_OK;
}

static gboolean write_memory(const Unpacking *unpacking, gsize length, off_t offset)
{
    gsize written = 0;

    while (written < length) {
        ssize_t count = pwrite(unpacking->ram_fd, unpacking->plain + written, length - written,
                               offset + (off_t)written);

        if (count < 0 && errno != EINTR) {
            return FALSE;
        }
        written += (gsize)MAX(count, 0);
    }
    return TRUE;
}

static gboolean unpack_run(Unpacking *unpacking, const RunHeader *header)
{
    guint64 start = (guint64)GUINT32_FROM_LE(header->page_nr) * PAGE_BYTES;
    guint64 bytes = (guint64)GUINT32_FROM_LE(header->pages) * PAGE_BYTES;
    guint32 packed = GUINT32_FROM_LE(header->bytes);

    errno = EINVAL;
    if (bytes == 0 || bytes > RUN_BYTES_MAX || start + bytes > unpacking->ram_bytes ||
        packed > (guint32)LZ4_compressBound(RUN_BYTES_MAX)) {
        return FALSE;
    }
    if (packed == 0) {
        return fallocate(unpacking->ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                         (off_t)start, (off_t)bytes) == 0;
    }
    return take(unpacking, unpacking->packed, packed) &&
           LZ4_decompress_safe((const char *)unpacking->packed, (char *)unpacking->plain,
                               (int)packed, (int)bytes) == (int)bytes &&
           write_memory(unpacking, bytes, (off_t)start);
}

static gboolean unpack(Unpacking *unpacking, GError **error)
{
    RunHeader header;

    while (take(unpacking, &header, sizeof(header))) {
        if (!unpack_run(unpacking, &header)) {
            return fail(error, "guest memory", g_strerror(errno));
        }
    }
    return !ferror(unpacking->image) || fail(error, "guest memory", "cannot be read");
}

gboolean ram_image_unpack(int image_fd, int ram_fd, guint64 *checksum, GError **error)
{
    Unpacking unpacking = { .ram_fd = ram_fd, .image = fdopen(dup(image_fd), "r") };
    struct stat facts;
    gboolean done;

    if (unpacking.image == NULL || fstat(ram_fd, &facts) != 0) {
        return fail(error, "guest memory", g_strerror(errno));
    }
    rewind(unpacking.image);
    unpacking.ram_bytes = (guint64)facts.st_size;
    unpacking.sum = XXH3_createState();
    XXH3_64bits_reset(unpacking.sum);
    unpacking.packed = g_malloc((gsize)LZ4_compressBound(RUN_BYTES_MAX));
    unpacking.plain = g_malloc(RUN_BYTES_MAX);
    done = unpack(&unpacking, error);
    *checksum = XXH3_64bits_digest(unpacking.sum);
    XXH3_freeState(unpacking.sum);
    g_free(unpacking.packed);
    g_free(unpacking.plain);
    fclose(unpacking.image);
    return done;
}
