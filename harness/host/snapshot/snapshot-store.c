/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot-store.h"

#include "error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that are no keys: of one that is being written, and of one that is being removed */
#define MARK_WORK '.'
/* Nobody writes or removes a snapshot for so long: whoever did was killed */
#define WORK_SECONDS_MAX (10 * 60)
#define BLOCK_BYTES 512 /* of st_blocks */

typedef struct Entry {
    char *path;
    guint64 size_bytes; /* on the disk */
    struct timespec used;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->path);
    g_free(entry);
}

static gboolean fail(GError **error, const char *what)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s: %s", what,
                g_strerror(errno));
    return FALSE;
}

char *snapshot_store_folder(void)
{
    return g_build_filename(g_get_user_cache_dir(), "barshift", "snapshots", NULL);
}

gboolean snapshot_store_prepare(const char *folder, GError **error)
{
    return (g_mkdir_with_parents(folder, 0700) == 0 && access(folder, W_OK | X_OK) == 0) ||
           fail(error, folder);
}

static void remove_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        g_unlink(file);
    }
    g_rmdir(path);
}

/* Under another name first, so that nobody finds half of it */
static void discard(const char *folder, const char *path)
{
    g_autofree char *name = g_strdup_printf("%cold-%u-%08x", MARK_WORK, (guint)getpid(),
                                            g_random_int());
    g_autofree char *away = g_build_filename(folder, name, NULL);

    if (g_rename(path, away) == 0) {
        remove_folder(away);
    }
}

void snapshot_store_discard(const char *folder, const char *key)
{
    g_autofree char *path = g_build_filename(folder, key, NULL);

    discard(folder, path);
}

/* Finding */

/* Without its base */
static Snapshot *find_one(const char *folder, const char *key, guint64 ram_bytes, GError **error)
{
    g_autofree char *path = g_build_filename(folder, key, NULL);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    Snapshot *snapshot;

    if (fd < 0) {
        return NULL;
    }
    snapshot = snapshot_read(fd, ram_bytes, error);
    futimens(fd, NULL);
    close(fd);
    if (snapshot == NULL && access(path, F_OK) != 0) {
        g_clear_error(error); /* removed just now, by somebody who needed room */
    }
    return snapshot;
}

Snapshot *snapshot_store_find(const char *folder, const char *key, guint64 ram_bytes,
                              GError **error)
{
    g_autoptr(Snapshot) snapshot = find_one(folder, key, ram_bytes, error);

    if (snapshot != NULL && snapshot->base_key[0] != '\0') {
        Snapshot *base = find_one(folder, snapshot->base_key, ram_bytes, NULL);

        if (!snapshot_set_base(snapshot, base, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&snapshot);
}

/* Keeping */

static guint64 size_on_disk(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    guint64 size_bytes = 0;
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct stat facts;

        if (stat(file, &facts) == 0) {
            size_bytes += (guint64)facts.st_blocks * BLOCK_BYTES;
        }
    }
    return size_bytes;
}

/* One that is kept; removes what was left by somebody who was killed */
static void add_entry(GPtrArray *entries, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat facts;
    Entry *entry;

    if (stat(path, &facts) != 0) {
        return;
    }
    if (name[0] == MARK_WORK) {
        if (time(NULL) - facts.st_mtim.tv_sec > WORK_SECONDS_MAX) {
            remove_folder(path);
        }
        return;
    }
    entry = g_new0(Entry, 1);
    entry->size_bytes = size_on_disk(path);
    entry->used = facts.st_mtim;
    entry->path = g_steal_pointer(&path);
    g_ptr_array_add(entries, entry);
}

static gint compare_used(gconstpointer a, gconstpointer b)
{
    const Entry *const *first = a, *const *second = b;
    const struct timespec *x = &(*first)->used, *y = &(*second)->used;

    return x->tv_sec != y->tv_sec ? (x->tv_sec < y->tv_sec ? -1 : 1)
                                  : (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

static void make_room(const char *folder, guint64 limit_bytes)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    g_autoptr(GDir) names = g_dir_open(folder, 0, NULL);
    guint64 size_bytes = 0;
    const char *name;

    while (names != NULL && (name = g_dir_read_name(names)) != NULL) {
        add_entry(entries, folder, name);
    }
    g_ptr_array_sort(entries, compare_used);
    for (guint i = entries->len; i > 0; i--) { /* from the one that was used last */
        const Entry *entry = g_ptr_array_index(entries, i - 1);

        size_bytes += entry->size_bytes;
        if (size_bytes > limit_bytes) {
            discard(folder, entry->path);
        }
    }
}

/* @work: has been made, and is a name of nobody else's */
static gboolean fill(const char *work, const Snapshot *snapshot, const Snapshot *base,
                     const char *base_key, guint64 limit_bytes, GError **error)
{
    int fd = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean written = (fd >= 0 || fail(error, work)) &&
                       snapshot_write(snapshot, base, base_key, fd, error);

    if (fd >= 0) {
        close(fd);
    }
    if (written && size_on_disk(work) > limit_bytes) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "it is larger than all snapshots may be together");
        return FALSE;
    }
    return written;
}

static gboolean keep_one(const char *folder, const char *key, const Snapshot *snapshot,
                         const Snapshot *base, const char *base_key, guint64 limit_bytes,
                         GError **error)
{
    g_autofree char *work = g_strdup_printf("%s/%cnew-XXXXXX", folder, MARK_WORK);
    g_autofree char *path = g_build_filename(folder, key, NULL);
    gboolean kept;

    if (g_mkdtemp(work) == NULL) {
        return fail(error, work);
    }
    kept = fill(work, snapshot, base, base_key, limit_bytes, error);
    if (kept && rename(work, path) == 0) { /* over an empty folder, never over a snapshot */
        make_room(folder, limit_bytes);
        return TRUE;
    }
    kept = kept && (errno == EEXIST || errno == ENOTEMPTY || fail(error, path));
    remove_folder(work);
    return kept;
}

/* (transfer full) (nullable): unpacked; one that is damaged is made anew */
static Snapshot *find_base(const char *folder, const char *key, const Snapshot *snapshot,
                           guint64 ram_bytes, guint64 limit_bytes, GError **error)
{
    g_autoptr(Snapshot) base = find_one(folder, key, ram_bytes, NULL);

    if (base != NULL && snapshot_unpack(base, NULL)) {
        return g_steal_pointer(&base);
    }
    snapshot_store_discard(folder, key);
    g_clear_pointer(&base, snapshot_free);
    if (!keep_one(folder, key, snapshot, NULL, "", limit_bytes, error)) {
        return NULL;
    }
    base = find_one(folder, key, ram_bytes, error);
    return base != NULL && snapshot_unpack(base, error) ? g_steal_pointer(&base) : NULL;
}

gboolean snapshot_store_keep(const char *folder, const char *key, const char *base_key,
                             const Snapshot *snapshot, guint64 limit_bytes, GError **error)
{
    g_autoptr(Snapshot) base = NULL;
    struct stat facts;

    if (!snapshot_store_prepare(folder, error)) {
        return FALSE;
    }
    if (snapshot->refusal != NULL) {
        return keep_one(folder, key, snapshot, NULL, "", limit_bytes, error);
    }
    if (fstat(snapshot->ram_fd, &facts) != 0) {
        return fail(error, "guest memory");
    }
    base = find_base(folder, base_key, snapshot, (guint64)facts.st_size, limit_bytes, error);
    return base != NULL && keep_one(folder, key, snapshot, base, base_key, limit_bytes, error);
}
