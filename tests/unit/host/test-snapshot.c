/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is saved of a machine: written, read, and damaged in between. */
#include "error.h"
#include "snapshot.h"
#include "sparse-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define RAM_BYTES (64 * 1024 * 1024)
#define FIRST_PLACE (5 * PAGE)
#define LAST_PLACE (RAM_BYTES - PAGE)

typedef struct Folder {
    char *path;
    int fd;
} Folder;

static void folder_set_up(Folder *folder, gconstpointer unused)
{
    (void)unused;
    folder->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void folder_empty(const Folder *folder)
{
    static const char *const names[] = { "ram", "state", "meta", "copy" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        unlinkat(folder->fd, names[i], 0);
    }
}

static void folder_tear_down(Folder *folder, gconstpointer unused)
{
    (void)unused;
    folder_empty(folder);
    close(folder->fd);
    g_rmdir(folder->path);
    g_free(folder->path);
}

static void put(int fd, off_t place, const char *text)
{
    g_assert_cmpint(pwrite(fd, text, strlen(text), place), ==, strlen(text));
}

static Snapshot *made_up(void)
{
    g_autoptr(GError) error = NULL;
    Snapshot *snapshot = snapshot_new(RAM_BYTES, &error);

    g_assert_no_error(error);
    put(snapshot->ram_fd, FIRST_PLACE + 1, "first");
    put(snapshot->ram_fd, LAST_PLACE, "last");
    put(snapshot->state_fd, 0, "a stream that is no whole number of pages");
    g_free(snapshot->console);
    snapshot->console = g_memdup2("con\0sole\xff", 9);
    snapshot->console_length = 9;
    g_ptr_array_add(snapshot->kernel, g_strdup("0.5 vfio: loaded"));
    return snapshot;
}

static void write_made_up(const Folder *folder)
{
    g_autoptr(Snapshot) snapshot = made_up();
    g_autoptr(GError) error = NULL;

    g_assert_true(snapshot_write(snapshot, NULL, "", folder->fd, &error));
    g_assert_no_error(error);
}

static guint64 checksum_of(int fd)
{
    g_autoptr(GError) error = NULL;
    guint64 checksum = 0;

    sparse_file_copy(fd, -1, &checksum, &error);
    g_assert_no_error(error);
    return checksum;
}

static void assert_memory(const Snapshot *snapshot, off_t place, const char *text)
{
    g_autofree char *read = g_malloc0(strlen(text) + 1);

    g_assert_cmpint(pread(snapshot->ram_fd, read, strlen(text), place), ==, strlen(text));
    g_assert_cmpstr(read, ==, text);
}

static Snapshot *read_from(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Snapshot *snapshot = snapshot_read(folder->fd, RAM_BYTES, &error);

    g_assert_no_error(error);
    return snapshot;
}

/* Pages that are other ones, that are zero now, and that are not any more; the rest is as it was. */
static Snapshot *made_otherwise(void)
{
    g_autofree char *zeros = g_malloc0(PAGE);
    Snapshot *snapshot = made_up();

    put(snapshot->ram_fd, 9 * PAGE, "new");
    g_assert_cmpint(pwrite(snapshot->ram_fd, zeros, PAGE, FIRST_PLACE), ==, PAGE);
    return snapshot;
}

/* Unpacked, and the folder is empty again */
static Snapshot *base_of_made_up(const Folder *folder)
{
    g_autoptr(GError) error = NULL;
    Snapshot *base;

    write_made_up(folder);
    base = read_from(folder);
    g_assert_true(snapshot_unpack(base, &error));
    folder_empty(folder);
    return base;
}

static void test_comes_back(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;
    char text[8] = "";
    struct stat facts;

    (void)unused;
    write_made_up(folder);
    snapshot = snapshot_read(folder->fd, RAM_BYTES, &error);
    g_assert_no_error(error);
    g_assert_true(snapshot_unpack(snapshot, &error));
    g_assert_null(snapshot->refusal);
    g_assert_cmpmem(snapshot->console, snapshot->console_length, "con\0sole\xff", 9);
    g_assert_cmpuint(snapshot->kernel->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(snapshot->kernel, 0), ==, "0.5 vfio: loaded");
    g_assert_cmpint(pread(snapshot->ram_fd, text, 5, FIRST_PLACE + 1), ==, 5);
    g_assert_cmpstr(text, ==, "first");
    /* what is zero takes no room */
    g_assert_cmpint(fstat(snapshot->ram_fd, &facts), ==, 0);
    g_assert_cmpint(facts.st_size, ==, RAM_BYTES);
    g_assert_cmpint(facts.st_blocks * 512, <=, 16 * PAGE);
}

static void test_refusal_comes_back(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) none = snapshot_new_refused("non-migratable device");
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_true(snapshot_write(none, NULL, "", folder->fd, &error));
    snapshot = snapshot_read(folder->fd, RAM_BYTES, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(snapshot->refusal, ==, "non-migratable device");
    g_assert_cmpint(snapshot->ram_fd, ==, -1);
}

/* A file system may report a hole as data, or fill one with zeros. */
static void test_holes_do_not_count(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = made_up();
    guint64 sparse = checksum_of(snapshot->ram_fd);
    g_autofree char *zeros = g_malloc0(4 * PAGE);
    int copy = openat(folder->fd, "copy", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_autoptr(GError) error = NULL;
    guint64 checksum;

    (void)unused;
    g_assert_cmpint(pwrite(snapshot->ram_fd, zeros, 4 * PAGE, 100 * PAGE), ==, 4 * PAGE);
    g_assert_cmphex(checksum_of(snapshot->ram_fd), ==, sparse);
    g_assert_true(sparse_file_copy(snapshot->ram_fd, copy, &checksum, &error));
    g_assert_cmphex(checksum, ==, sparse);
    g_assert_cmphex(checksum_of(copy), ==, sparse);
    close(copy);
}

/* The same content in another place is another content. */
static void test_places_count(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = made_up();
    guint64 before = checksum_of(snapshot->ram_fd);

    (void)folder;
    (void)unused;
    g_assert_cmpint(fallocate(snapshot->ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                              FIRST_PLACE, PAGE), ==, 0);
    put(snapshot->ram_fd, FIRST_PLACE + PAGE + 1, "first");
    g_assert_cmphex(checksum_of(snapshot->ram_fd), !=, before);
}

/* Longer than what is read at a time, and not aligned to it */
static void test_long_runs_are_copied(Folder *folder, gconstpointer unused)
{
    const gsize length = 3 * 1024 * 1024 + 17;
    g_autofree char *text = g_malloc(length);
    g_autofree char *copied = g_malloc(length);
    int from = memfd_create("from", MFD_CLOEXEC);
    int to = openat(folder->fd, "copy", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    g_autoptr(GError) error = NULL;
    guint64 checksum;

    (void)unused;
    for (gsize i = 0; i < length; i++) {
        text[i] = (char)(i / PAGE % 3 == 0 ? 0 : i * 7 + 1);
    }
    g_assert_cmpint(pwrite(from, text, length, 0), ==, length);
    g_assert_true(sparse_file_copy(from, to, &checksum, &error));
    g_assert_cmpint(pread(to, copied, length, 0), ==, length);
    g_assert_cmpmem(copied, length, text, length);
    close(from);
    close(to);
}

typedef struct Damage {
    const char *name, *file;
    off_t place;     /* of a byte that is changed */
    off_t size;      /* or 0; the file is cut, or made longer, to so much */
    gboolean at_once; /* is seen when it is read, and not only when it is verified */
} Damage;

static const Damage damages[] = {
    { "ram-byte", "ram", FIRST_PLACE + 2, 0, FALSE },
    { "ram-byte-in-a-hole", "ram", 300 * PAGE, 0, FALSE },
    { "ram-cut", "ram", 0, LAST_PLACE, FALSE },
    { "ram-longer", "ram", 0, RAM_BYTES + PAGE, FALSE },
    { "state-byte", "state", 3, 0, FALSE },
    { "state-cut", "state", 0, 5, FALSE },
    { "state-longer", "state", 0, 5000, FALSE },
    { "checksum", "meta", 2, 0, TRUE },
    { "meta-byte", "meta", 9, 0, TRUE },
    { "meta-cut", "meta", 0, 7, TRUE },
};

static void damage(const Folder *folder, const Damage *what)
{
    int fd = openat(folder->fd, what->file, O_RDWR | O_CLOEXEC);
    char byte = 0;

    g_assert_cmpint(fd, >=, 0);
    if (what->size != 0) {
        g_assert_cmpint(ftruncate(fd, what->size), ==, 0);
    } else {
        g_assert_cmpint(pread(fd, &byte, 1, what->place), ==, 1);
        byte ^= 0x10;
        g_assert_cmpint(pwrite(fd, &byte, 1, what->place), ==, 1);
    }
    close(fd);
}

static void test_damage_is_seen(Folder *folder, gconstpointer data)
{
    const Damage *what = data;
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    write_made_up(folder);
    damage(folder, what);
    snapshot = snapshot_read(folder->fd, RAM_BYTES, &error);
    if (what->at_once) {
        g_assert_null(snapshot);
    } else {
        g_assert_no_error(error);
        g_assert_false(snapshot_unpack(snapshot, &error));
    }
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, what->file));
}

/* Of what is told from a base: a header of three words, and what is behind it */
static const Damage image_damages[] = {
    { "place", "ram", 1, 0, FALSE },
    { "place-too-large", "ram", 3, 0, FALSE },
    { "pages", "ram", 4, 0, FALSE },
    { "length", "ram", 8, 0, FALSE },
    { "length-too-large", "ram", 11, 0, FALSE },
    { "byte", "ram", 14, 0, FALSE },
    { "cut-in-a-header", "ram", 0, 5, FALSE },
    { "cut-in-a-run", "ram", 0, 20, FALSE },
    { "longer", "ram", 0, 5000, FALSE },
};

static void test_damaged_image_is_seen(Folder *folder, gconstpointer data)
{
    g_autoptr(Snapshot) changed = made_otherwise();
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;
    Snapshot *base = base_of_made_up(folder);

    g_assert_true(snapshot_write(changed, base, "key", folder->fd, &error));
    damage(folder, data);
    snapshot = read_from(folder);
    g_assert_true(snapshot_set_base(snapshot, base, &error));
    g_assert_false(snapshot_unpack(snapshot, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, "ram: "));
}

static void test_missing_file_is_told(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    write_made_up(folder);
    unlinkat(folder->fd, "state", 0);
    snapshot = snapshot_read(folder->fd, RAM_BYTES, &error);
    g_assert_null(snapshot);
    g_assert_cmpstr(error->message, ==, "state: No such file or directory");
}

/* Limited as by a disk without room; nobody else is at work in this program. */
static void test_failed_write_is_told(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = made_up();
    g_autoptr(GError) error = NULL;
    struct rlimit before, small;

    (void)unused;
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    small = before;
    small.rlim_cur = 64;
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    g_assert_false(snapshot_write(snapshot, NULL, "", folder->fd, &error));
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

static void test_is_told_from_a_base(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) changed = made_otherwise();
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;
    Snapshot *base = base_of_made_up(folder);
    struct stat facts;

    (void)unused;
    g_assert_true(snapshot_write(changed, base, "key", folder->fd, &error));
    g_assert_cmpint(fstatat(folder->fd, "ram", &facts, 0), ==, 0);
    g_assert_cmpint(facts.st_size, <, 2 * PAGE);
    snapshot = read_from(folder);
    g_assert_cmpstr(snapshot->base_key, ==, "key");
    g_assert_true(snapshot_set_base(snapshot, base, &error));
    g_assert_true(snapshot_unpack(snapshot, &error));
    assert_memory(snapshot, FIRST_PLACE + 1, "");
    assert_memory(snapshot, 9 * PAGE, "new");
    assert_memory(snapshot, LAST_PLACE, "last");
    g_assert_cmphex(checksum_of(snapshot->ram_fd), ==, checksum_of(changed->ram_fd));
}

static void assert_base_is_refused(const Folder *folder, Snapshot *base)
{
    g_autoptr(Snapshot) snapshot = read_from(folder);
    g_autoptr(GError) error = NULL;

    g_assert_false(snapshot_set_base(snapshot, base, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_cmpstr(error->message, ==, "ram: what it was told from is gone");
}

static void test_another_base_is_refused(Folder *folder, gconstpointer unused)
{
    g_autoptr(Snapshot) changed = made_otherwise();
    g_autoptr(Snapshot) base = base_of_made_up(folder);
    g_autoptr(GError) error = NULL;
    Snapshot *other;

    (void)unused;
    g_assert_true(snapshot_write(changed, NULL, "", folder->fd, &error));
    other = read_from(folder);
    folder_empty(folder);
    g_assert_true(snapshot_write(changed, base, "key", folder->fd, &error));
    assert_base_is_refused(folder, other);
    assert_base_is_refused(folder, NULL);
    assert_base_is_refused(folder, read_from(folder)); /* which has one itself */
}

#define ADD(path, test) g_test_add(path, Folder, NULL, folder_set_up, test, folder_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/snapshot/comes-back", test_comes_back);
    ADD("/snapshot/refusal-comes-back", test_refusal_comes_back);
    ADD("/snapshot/sum/holes-do-not-count", test_holes_do_not_count);
    ADD("/snapshot/sum/places-count", test_places_count);
    ADD("/snapshot/long-runs-are-copied", test_long_runs_are_copied);
    ADD("/snapshot/missing-file-is-told", test_missing_file_is_told);
    ADD("/snapshot/base/is-told-from-it", test_is_told_from_a_base);
    ADD("/snapshot/base/another-one-is-refused", test_another_base_is_refused);
    ADD("/snapshot/failed-write-is-told", test_failed_write_is_told);
    for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autofree char *path = g_strconcat("/snapshot/damage-is-seen/", damages[i].name, NULL);

        g_test_add(path, Folder, &damages[i], folder_set_up, test_damage_is_seen,
                   folder_tear_down);
    }
    for (guint i = 0; i < G_N_ELEMENTS(image_damages); i++) {
        g_autofree char *path =
            g_strconcat("/snapshot/base/damage-is-seen/", image_damages[i].name, NULL);

        g_test_add(path, Folder, &image_damages[i], folder_set_up, test_damaged_image_is_seen,
                   folder_tear_down);
    }
    return g_test_run();
}
