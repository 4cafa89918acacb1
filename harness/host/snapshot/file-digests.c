/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file-digests.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)
#define SETTLED_SECONDS 2 /* above what file systems take for the same time */
#define ENTRIES_MAX 200   /* some of more are forgotten: many are of files that are gone */

struct FileDigests {
    char *path;        /* (nullable) */
    GHashTable *known; /* file and facts, as fact_text(), to digest */
    guint hashed;
    gboolean changed;
};

static char *fact_text(const char *file, const struct stat *facts)
{
    return g_strdup_printf("%ju %ju %jd %jd.%09ld %jd.%09ld %s", (uintmax_t)facts->st_dev,
                           (uintmax_t)facts->st_ino, (intmax_t)facts->st_size,
                           (intmax_t)facts->st_mtim.tv_sec, facts->st_mtim.tv_nsec,
                           (intmax_t)facts->st_ctim.tv_sec, facts->st_ctim.tv_nsec, file);
}

/* A line each: digest, a space, facts. What is none of it is worth nothing. */
static void load(FileDigests *digests)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    const gsize length = (gsize)g_checksum_type_get_length(G_CHECKSUM_SHA256) * 2;

    if (digests->path == NULL || !g_file_get_contents(digests->path, &text, NULL, NULL)) {
        return;
    }
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL && i < ENTRIES_MAX; i++) {
        if (strlen(lines[i]) > length && lines[i][length] == ' ') {
            g_hash_table_insert(digests->known, g_strdup(lines[i] + length + 1),
                                g_strndup(lines[i], length));
        }
    }
}

FileDigests *file_digests_open(const char *path)
{
    FileDigests *digests = g_new0(FileDigests, 1);

    digests->path = g_strdup(path);
    digests->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    load(digests);
    return digests;
}

/* Of two who write at a time the later one wins; the other's files are hashed once more. */
static void save(const FileDigests *digests)
{
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTableIter iterator;
    gpointer facts, digest;

    g_hash_table_iter_init(&iterator, digests->known);
    while (g_hash_table_iter_next(&iterator, &facts, &digest)) {
        g_string_append_printf(text, "%s %s\n", (char *)digest, (char *)facts);
    }
    g_file_set_contents_full(digests->path, text->str, (gssize)text->len,
                             G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

void file_digests_close(FileDigests *digests)
{
    if (digests == NULL) {
        return;
    }
    if (digests->changed && digests->path != NULL) {
        save(digests);
    }
    g_free(digests->path);
    g_hash_table_unref(digests->known);
    g_free(digests);
}

guint file_digests_hashed(const FileDigests *digests)
{
    return digests->hashed;
}

/* (transfer full) (nullable) */
static char *hash(int fd)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree guint8 *chunk = g_malloc(CHUNK_BYTES);
    ssize_t length;

    while ((length = read(fd, chunk, CHUNK_BYTES)) != 0) {
        if (length < 0 && errno != EINTR) {
            return NULL;
        }
        g_checksum_update(checksum, chunk, MAX(length, 0));
    }
    return g_strdup(g_checksum_get_string(checksum));
}

static gboolean is_settled(const struct stat *facts, time_t now)
{
    return facts->st_mtim.tv_sec < now - SETTLED_SECONDS &&
           facts->st_ctim.tv_sec < now - SETTLED_SECONDS;
}

static char *digest_of(FileDigests *digests, const char *file, int fd)
{
    struct stat before, after;
    time_t now = time(NULL);
    g_autofree char *facts = NULL;
    g_autofree char *facts_after = NULL;
    g_autofree char *digest = NULL;

    if (fstat(fd, &before) != 0) {
        return NULL;
    }
    facts = fact_text(file, &before);
    if (g_hash_table_contains(digests->known, facts)) {
        return g_strdup(g_hash_table_lookup(digests->known, facts));
    }
    digest = hash(fd);
    digests->hashed++;
    if (digest == NULL || fstat(fd, &after) != 0) {
        return NULL;
    }
    facts_after = fact_text(file, &after);
    if (is_settled(&before, now) && g_str_equal(facts, facts_after)) {
        g_hash_table_insert(digests->known, g_steal_pointer(&facts), g_strdup(digest));
        digests->changed = TRUE;
    }
    return g_steal_pointer(&digest);
}

char *file_digest(FileDigests *digests, const char *file, GError **error)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    char *digest = fd < 0 ? NULL : digest_of(digests, file, fd);

    if (digest == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s: %s", file,
                    g_strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return digest;
}
