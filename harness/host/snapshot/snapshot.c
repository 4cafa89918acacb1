/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot.h"

#include "error.h"
#include "sparse-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Checksums of memory and state, console, kernel, refusal */
#define META_TYPE "(ttayasms)"
#define META_BYTES_MAX (16 * 1024 * 1024)

static const char ram_name[] = "ram";
static const char state_name[] = "state";
static const char meta_name[] = "meta";

static gboolean fail(GError **error, const char *what, const char *why)
{
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s: %s", what, why);
    return FALSE;
}

static Snapshot *snapshot_blank(void)
{
    Snapshot *snapshot = g_new0(Snapshot, 1);

    snapshot->ram_fd = -1;
    snapshot->state_fd = -1;
    snapshot->console = g_strdup("");
    snapshot->kernel = g_ptr_array_new_with_free_func(g_free);
    return snapshot;
}

Snapshot *snapshot_new(guint64 ram_bytes, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_blank();

    snapshot->ram_fd = memfd_create("barshift-ram", MFD_CLOEXEC);
    snapshot->state_fd = memfd_create("barshift-state", MFD_CLOEXEC);
    if (snapshot->ram_fd < 0 || snapshot->state_fd < 0 ||
        ftruncate(snapshot->ram_fd, (off_t)ram_bytes) != 0) {
        fail(error, "no memory for a guest", g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&snapshot);
}

Snapshot *snapshot_new_refused(const char *refusal)
{
    Snapshot *snapshot = snapshot_blank();

    snapshot->refusal = g_strdup(refusal);
    return snapshot;
}

void snapshot_free(Snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    if (snapshot->ram_fd >= 0) {
        close(snapshot->ram_fd);
    }
    if (snapshot->state_fd >= 0) {
        close(snapshot->state_fd);
    }
    g_free(snapshot->console);
    g_ptr_array_unref(snapshot->kernel);
    g_free(snapshot->refusal);
    g_free(snapshot);
}

/* Writing */

static int create(int folder_fd, const char *name, GError **error)
{
    int fd = openat(folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0) {
        fail(error, name, g_strerror(errno));
    }
    return fd;
}

static gboolean copy(int from, int folder_fd, const char *name, guint64 *checksum, GError **error)
{
    int to = create(folder_fd, name, error);
    gboolean done = to >= 0 && sparse_file_copy(from, to, checksum, error);

    if (to >= 0) {
        close(to);
    }
    return done;
}

static gboolean write_all(int fd, const void *bytes, gsize length)
{
    return fd >= 0 && write(fd, bytes, length) == (ssize_t)length;
}

/* Its checksum in front */
static gboolean write_meta(const Snapshot *snapshot, guint64 ram_checksum, guint64 state_checksum,
                           int folder_fd, GError **error)
{
    GVariantBuilder kernel = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("as"));
    g_autoptr(GVariant) meta = NULL;
    guint64 checksum;
    int fd = create(folder_fd, meta_name, error);
    gboolean done;

    for (guint i = 0; i < snapshot->kernel->len; i++) {
        g_variant_builder_add(&kernel, "s", g_ptr_array_index(snapshot->kernel, i));
    }
    meta = g_variant_ref_sink(g_variant_new(
        "(tt@ayasms)", ram_checksum, state_checksum,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, snapshot->console,
                                  snapshot->console_length, 1),
        &kernel, snapshot->refusal));
    checksum = GUINT64_TO_LE(XXH3_64bits(g_variant_get_data(meta), g_variant_get_size(meta)));
    done = write_all(fd, &checksum, sizeof(checksum)) &&
           write_all(fd, g_variant_get_data(meta), g_variant_get_size(meta));
    if (fd >= 0) {
        close(fd);
    }
    return done || fd < 0 ? done : fail(error, meta_name, "cannot be written");
}

gboolean snapshot_write(const Snapshot *snapshot, int folder_fd, GError **error)
{
    guint64 ram_checksum = 0, state_checksum = 0;

    return (snapshot->refusal != NULL ||
            (copy(snapshot->ram_fd, folder_fd, ram_name, &ram_checksum, error) &&
             copy(snapshot->state_fd, folder_fd, state_name, &state_checksum, error))) &&
           write_meta(snapshot, ram_checksum, state_checksum, folder_fd, error);
}

/* Reading */

static int open_file(int folder_fd, const char *name, int mode, guint64 *size_bytes,
                     GError **error)
{
    int fd = openat(folder_fd, name, mode | O_CLOEXEC);
    struct stat facts;

    if (fd < 0 || fstat(fd, &facts) != 0) {
        fail(error, name, g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *size_bytes = (guint64)facts.st_size;
    return fd;
}

/* (transfer full): what is behind a checksum that is right */
static GVariant *read_meta(int folder_fd, GError **error)
{
    guint64 size_bytes = 0, checksum;
    int fd = open_file(folder_fd, meta_name, O_RDONLY, &size_bytes, error);
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *text = NULL;
    gboolean whole;

    if (fd < 0) {
        return NULL;
    }
    whole = size_bytes > sizeof(checksum) && size_bytes <= META_BYTES_MAX;
    text = g_malloc(whole ? size_bytes : 1);
    whole = whole && read(fd, text, size_bytes) == (ssize_t)size_bytes;
    close(fd);
    if (whole) {
        memcpy(&checksum, text, sizeof(checksum));
        size_bytes -= sizeof(checksum);
        memmove(text, text + sizeof(checksum), size_bytes);
        whole = XXH3_64bits(text, size_bytes) == GUINT64_FROM_LE(checksum);
    }
    if (!whole) {
        fail(error, meta_name, "it is not what was written");
        return NULL;
    }
    bytes = g_bytes_new_take(g_steal_pointer(&text), size_bytes);
    return g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(META_TYPE), bytes, FALSE));
}

static void take_meta(Snapshot *snapshot, GVariant *meta)
{
    g_autoptr(GVariant) console = NULL;
    g_autoptr(GVariantIter) kernel = NULL;
    gconstpointer text;
    char *line;

    g_variant_get(meta, "(tt@ayasms)", &snapshot->ram_checksum, &snapshot->state_checksum,
                  &console, &kernel, &snapshot->refusal);
    text = g_variant_get_fixed_array(console, &snapshot->console_length, 1);
    g_free(snapshot->console);
    snapshot->console = g_memdup2(text, snapshot->console_length);
    while (g_variant_iter_next(kernel, "s", &line)) {
        g_ptr_array_add(snapshot->kernel, line);
    }
}

Snapshot *snapshot_read(int folder_fd, guint64 ram_bytes, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_blank();
    g_autoptr(GVariant) meta = read_meta(folder_fd, error);
    guint64 size_bytes = 0;

    if (meta == NULL) {
        return NULL;
    }
    take_meta(snapshot, meta);
    if (snapshot->refusal != NULL) {
        return g_steal_pointer(&snapshot);
    }
    /* QEMU opens memory for writing, though what the guest writes does not go into the file */
    snapshot->state_fd = open_file(folder_fd, state_name, O_RDWR, &size_bytes, error);
    snapshot->ram_fd = snapshot->state_fd < 0
                           ? -1
                           : open_file(folder_fd, ram_name, O_RDWR, &size_bytes, error);
    if (snapshot->ram_fd < 0) {
        return NULL;
    }
    if (size_bytes != ram_bytes) {
        fail(error, ram_name, "it has another size");
        return NULL;
    }
    return g_steal_pointer(&snapshot);
}

static gboolean verify(const char *name, int fd, guint64 expected, GError **error)
{
    guint64 observed;

    if (!sparse_file_copy(fd, -1, &observed, error)) {
        g_prefix_error(error, "%s: ", name);
        return FALSE;
    }
    return observed == expected || fail(error, name, "it is not what was written");
}

gboolean snapshot_verify(const Snapshot *snapshot, GError **error)
{
    return verify(state_name, snapshot->state_fd, snapshot->state_checksum, error) &&
           verify(ram_name, snapshot->ram_fd, snapshot->ram_checksum, error);
}
