/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot.h"

#include "error.h"
#include "ram-image.h"
#include "sparse-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Checksums of memory and state, key and checksum of the base, console, kernel, refusal */
#define META_TYPE "(ttstayasms)"
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
    snapshot->ram_file = -1;
    snapshot->base_key = g_strdup("");
    snapshot->console = g_strdup("");
    snapshot->kernel = g_ptr_array_new_with_free_func(g_free);
    return snapshot;
}

static gboolean add_memory(Snapshot *snapshot, guint64 ram_bytes, GError **error)
{
    snapshot->ram_fd = memfd_create("barshift-ram", MFD_CLOEXEC);
    return (snapshot->ram_fd >= 0 && ftruncate(snapshot->ram_fd, (off_t)ram_bytes) == 0) ||
           fail(error, "no memory for a guest", g_strerror(errno));
}

Snapshot *snapshot_new(guint64 ram_bytes, GError **error)
{
    g_autoptr(Snapshot) snapshot = snapshot_blank();

    if (!add_memory(snapshot, ram_bytes, error)) {
        return NULL;
    }
    snapshot->state_fd = memfd_create("barshift-state", MFD_CLOEXEC);
    if (snapshot->state_fd < 0) {
        fail(error, "no memory for a state", g_strerror(errno));
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

static void close_file(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

void snapshot_free(Snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    close_file(snapshot->ram_fd);
    close_file(snapshot->state_fd);
    close_file(snapshot->ram_file);
    snapshot_free(snapshot->base);
    g_free(snapshot->base_key);
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

static gboolean write_all(int fd, const void *bytes, gsize length)
{
    return fd >= 0 && write(fd, bytes, length) == (ssize_t)length;
}

/* @from: a memfd */
static gboolean write_file(int from, int folder_fd, const char *name, guint64 *checksum,
                           GError **error)
{
    int to = create(folder_fd, name, error);
    gboolean done = to >= 0 && sparse_file_copy(from, to, checksum, error);

    close_file(to);
    return done;
}

static gboolean write_image(const Snapshot *snapshot, const Snapshot *base, int folder_fd,
                            guint64 *checksum, GError **error)
{
    g_autoptr(GByteArray) image = ram_image_pack(snapshot->ram_fd, base->ram_fd, error);
    int fd = image == NULL ? -1 : create(folder_fd, ram_name, error);
    gboolean done;

    if (fd < 0) {
        return FALSE;
    }
    *checksum = XXH3_64bits(image->data, image->len);
    done = write_all(fd, image->data, image->len) || fail(error, ram_name, "cannot be written");
    close(fd);
    return done;
}

/* A base is copied fastest when it is not packed, and there are few. */
static gboolean write_memory(const Snapshot *snapshot, const Snapshot *base, int folder_fd,
                             guint64 *checksum, GError **error)
{
    return base == NULL ? write_file(snapshot->ram_fd, folder_fd, ram_name, checksum, error)
                        : write_image(snapshot, base, folder_fd, checksum, error);
}

/* Its checksum in front */
static gboolean write_meta(const Snapshot *snapshot, const char *base_key, guint64 base_checksum,
                           guint64 ram_checksum, guint64 state_checksum, int folder_fd,
                           GError **error)
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
        "(ttst@ayasms)", ram_checksum, state_checksum, base_key, base_checksum,
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

gboolean snapshot_write(const Snapshot *snapshot, const Snapshot *base, const char *base_key,
                        int folder_fd, GError **error)
{
    guint64 ram_checksum = 0, state_checksum = 0;

    return (snapshot->refusal != NULL ||
            (write_memory(snapshot, base, folder_fd, &ram_checksum, error) &&
             write_file(snapshot->state_fd, folder_fd, state_name, &state_checksum,
                        error))) &&
           write_meta(snapshot, base_key, base == NULL ? 0 : base->ram_checksum, ram_checksum,
                      state_checksum, folder_fd, error);
}

/* Reading */

static int open_file(int folder_fd, const char *name, guint64 *size_bytes, GError **error)
{
    int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC);
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
    int fd = open_file(folder_fd, meta_name, &size_bytes, error);
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

    g_free(snapshot->base_key);
    g_variant_get(meta, "(ttst@ayasms)", &snapshot->ram_checksum, &snapshot->state_checksum,
                  &snapshot->base_key, &snapshot->base_checksum, &console, &kernel,
                  &snapshot->refusal);
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
    snapshot->state_fd = open_file(folder_fd, state_name, &size_bytes, error);
    if (snapshot->state_fd >= 0) {
        snapshot->ram_file = open_file(folder_fd, ram_name, &size_bytes, error);
    }
    return snapshot->ram_file >= 0 && add_memory(snapshot, ram_bytes, error)
               ? g_steal_pointer(&snapshot)
               : NULL;
}

gboolean snapshot_set_base(Snapshot *snapshot, Snapshot *base, GError **error)
{
    snapshot->base = base;
    return (base != NULL && base->base_key[0] == '\0' && base->ram_file >= 0 &&
            base->ram_checksum == snapshot->base_checksum) ||
           fail(error, ram_name, "what it was told from is gone");
}

/* Unpacking */

static gboolean verify_state(const Snapshot *snapshot, GError **error)
{
    guint64 observed;

    if (!sparse_file_copy(snapshot->state_fd, -1, &observed, error)) {
        g_prefix_error(error, "%s: ", state_name);
        return FALSE;
    }
    return observed == snapshot->state_checksum ||
           fail(error, state_name, "it is not what was written");
}

/* @from: the snapshot, or its base */
static gboolean unpack(const Snapshot *from, int ram_fd, GError **error)
{
    gboolean is_base = from->base_key[0] == '\0';
    guint64 observed = 0;

    if (!(is_base ? sparse_file_copy : ram_image_unpack)(from->ram_file, ram_fd, &observed,
                                                         error)) {
        g_prefix_error(error, "%s: ", ram_name);
        return FALSE;
    }
    return observed == from->ram_checksum || fail(error, ram_name, "it is not what was written");
}

gboolean snapshot_unpack(const Snapshot *snapshot, GError **error)
{
    return verify_state(snapshot, error) &&
           (snapshot->base == NULL || unpack(snapshot->base, snapshot->ram_fd, error)) &&
           unpack(snapshot, snapshot->ram_fd, error);
}
