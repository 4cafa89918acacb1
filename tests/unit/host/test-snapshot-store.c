/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots of a folder: who wins, who goes first, and what is left of those who were killed. */
#include "error.h"
#include "snapshot-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RAM_BYTES (16 * 1024 * 1024)
#define CONTENT_BYTES (1024 * 1024)
#define ROOMY (64 * G_GUINT64_CONSTANT(1048576))
#define WRITERS 8
#define BASE "base" /* key of what was kept first, and the others are told from */

typedef struct Store {
    char *path;
} Store;

static void store_set_up(Store *store, gconstpointer unused)
{
    (void)unused;
    store->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
}

static void remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_all(below);
    }
    g_remove(path);
}

static void store_tear_down(Store *store, gconstpointer unused)
{
    (void)unused;
    remove_all(store->path);
    g_free(store->path);
}

/* A mebibyte of noise that begins with @content, and is another one for each */
static Snapshot *made_up(char content)
{
    g_autoptr(GRand) noise = g_rand_new_with_seed((guint32)content);
    g_autofree char *text = g_strnfill(CONTENT_BYTES, content);
    g_autoptr(GError) error = NULL;
    Snapshot *snapshot = snapshot_new(RAM_BYTES, &error);

    g_assert_no_error(error);
    for (guint i = 32; i < CONTENT_BYTES; i++) {
        text[i] = (char)g_rand_int(noise);
    }
    g_assert_cmpint(pwrite(snapshot->ram_fd, text, CONTENT_BYTES, 0), ==, CONTENT_BYTES);
    return snapshot;
}

static void keep(const Store *store, const char *key, char content, guint64 limit_bytes)
{
    g_autoptr(Snapshot) snapshot = made_up(content);
    g_autoptr(GError) error = NULL;

    g_assert_true(snapshot_store_keep(store->path, key, BASE, snapshot, limit_bytes, &error));
    g_assert_no_error(error);
}

/* The byte that it is full of; 0: it is not there */
static char content_of(const Store *store, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Snapshot) snapshot = snapshot_store_find(store->path, key, RAM_BYTES, &error);
    char content = 0;

    g_assert_no_error(error);
    if (snapshot != NULL) {
        g_assert_true(snapshot_unpack(snapshot, &error));
        g_assert_cmpint(pread(snapshot->ram_fd, &content, 1, 17), ==, 1);
    }
    return content;
}

/* Without the base */
static guint count_entries(const Store *store)
{
    g_autoptr(GDir) folder = g_dir_open(store->path, 0, NULL);
    const char *name;
    guint count = 0;

    while ((name = g_dir_read_name(folder)) != NULL) {
        count += g_str_equal(name, BASE) ? 0 : 1;
    }
    return count;
}

static void set_age(const Store *store, const char *name, gint64 seconds)
{
    g_autofree char *path = g_build_filename(store->path, name, NULL);
    const struct timespec times[2] = {
        { .tv_sec = time(NULL) - seconds }, { .tv_sec = time(NULL) - seconds },
    };

    g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static void test_finds_what_was_kept(Store *store, gconstpointer unused)
{
    (void)unused;
    g_assert_cmpint(content_of(store, "a"), ==, 0);
    keep(store, "a", 'x', ROOMY);
    g_assert_cmpint(content_of(store, "a"), ==, 'x');
    g_assert_cmpint(content_of(store, "b"), ==, 0);
    snapshot_store_discard(store->path, "a");
    g_assert_cmpint(content_of(store, "a"), ==, 0);
    g_assert_cmpuint(count_entries(store), ==, 0);
}

static void test_first_writer_wins(Store *store, gconstpointer unused)
{
    (void)unused;
    keep(store, "a", 'x', ROOMY);
    keep(store, "a", 'y', ROOMY);
    g_assert_cmpint(content_of(store, "a"), ==, 'x');
    g_assert_cmpuint(count_entries(store), ==, 1);
}

static gpointer write_one(gpointer data)
{
    keep(data, "a", 'x', ROOMY);
    g_assert_cmpint(content_of(data, "a"), ==, 'x');
    return NULL;
}

static void test_many_writers_at_a_time(Store *store, gconstpointer unused)
{
    GThread *writers[WRITERS];

    (void)unused;
    for (guint i = 0; i < WRITERS; i++) {
        writers[i] = g_thread_new("writer", write_one, store);
    }
    for (guint i = 0; i < WRITERS; i++) {
        g_thread_join(writers[i]);
    }
    g_assert_cmpuint(count_entries(store), ==, 1);
}

/* It is used to its end by whoever has it. */
static void test_removed_while_in_use(Store *store, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    keep(store, "a", 'x', ROOMY);
    snapshot = snapshot_store_find(store->path, "a", RAM_BYTES, &error);
    snapshot_store_discard(store->path, "a");
    g_assert_true(snapshot_unpack(snapshot, &error));
    g_assert_no_error(error);
}

/* Three of a mebibyte each do not fit beside the base; finding one is using it, and its base. */
static void test_longest_unused_goes_first(Store *store, gconstpointer unused)
{
    const guint64 limit_bytes = 3 * CONTENT_BYTES + CONTENT_BYTES / 2;

    (void)unused;
    keep(store, "first", 'w', limit_bytes);
    set_age(store, "first", 30);
    set_age(store, BASE, 30);
    keep(store, "a", 'x', limit_bytes);
    keep(store, "b", 'y', limit_bytes);
    set_age(store, "a", 20);
    set_age(store, "b", 10);
    g_assert_cmpint(content_of(store, "a"), ==, 'x');
    keep(store, "c", 'z', limit_bytes);
    g_assert_cmpint(content_of(store, "a"), ==, 'x');
    g_assert_cmpint(content_of(store, "b"), ==, 0);
    g_assert_cmpint(content_of(store, "c"), ==, 'z');
    g_assert_cmpuint(count_entries(store), ==, 2);
}

static void test_too_large_is_not_kept(Store *store, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = made_up('x');
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_false(
        snapshot_store_keep(store->path, "a", BASE, snapshot, CONTENT_BYTES / 2, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_cmpuint(count_entries(store), ==, 0);
}

static void make_leftover(const Store *store, const char *name, gint64 age_seconds)
{
    g_autofree char *path = g_build_filename(store->path, name, NULL);
    g_autofree char *file = g_build_filename(path, "ram", NULL);

    g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    g_assert_true(g_file_set_contents(file, "half", -1, NULL));
    set_age(store, name, age_seconds);
}

static void test_leftovers_of_killed_writers(Store *store, gconstpointer unused)
{
    g_autofree char *young = g_build_filename(store->path, ".new-young", NULL);

    (void)unused;
    make_leftover(store, ".new-young", 60);
    make_leftover(store, ".new-old", 3600);
    make_leftover(store, ".old-removed", 3600);
    keep(store, "a", 'x', ROOMY);
    g_assert_cmpuint(count_entries(store), ==, 2);
    g_assert_true(g_file_test(young, G_FILE_TEST_IS_DIR));
}

static void test_damaged_one_is_told(Store *store, gconstpointer unused)
{
    g_autofree char *meta = g_build_filename(store->path, "a", "meta", NULL);
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    keep(store, "a", 'x', ROOMY);
    g_assert_cmpint(g_unlink(meta), ==, 0);
    snapshot = snapshot_store_find(store->path, "a", RAM_BYTES, &error);
    g_assert_null(snapshot);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    snapshot_store_discard(store->path, "a");
    keep(store, "a", 'y', ROOMY);
    g_assert_cmpint(content_of(store, "a"), ==, 'y');
}

static void test_base_that_has_gone(Store *store, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    keep(store, "a", 'x', ROOMY);
    keep(store, "b", 'y', ROOMY);
    snapshot_store_discard(store->path, BASE);
    snapshot = snapshot_store_find(store->path, "b", RAM_BYTES, &error);
    g_assert_null(snapshot);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_clear_error(&error);
    snapshot_store_discard(store->path, "b");
    keep(store, "b", 'y', ROOMY); /* which is the base now */
    g_assert_cmpint(content_of(store, "b"), ==, 'y');
    snapshot = snapshot_store_find(store->path, "a", RAM_BYTES, &error);
    g_assert_null(snapshot);
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

static void test_damaged_base_is_made_anew(Store *store, gconstpointer unused)
{
    g_autofree char *ram = g_build_filename(store->path, BASE, "ram", NULL);

    (void)unused;
    keep(store, "a", 'x', ROOMY);
    g_assert_true(g_file_set_contents(ram, "noise", -1, NULL));
    keep(store, "b", 'y', ROOMY);
    g_assert_cmpint(content_of(store, "b"), ==, 'y');
}

/* A folder where nobody can write, whoever he is */
static void test_no_place_is_told(Store *store, gconstpointer unused)
{
    g_autoptr(Snapshot) snapshot = made_up('x');
    g_autoptr(GError) error = NULL;

    (void)store;
    (void)unused;
    g_assert_false(snapshot_store_prepare("/proc/self/snapshots", &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_clear_error(&error);
    g_assert_false(snapshot_store_keep("/proc/self/snapshots", "a", BASE, snapshot, ROOMY, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

#define ADD(path, test) g_test_add(path, Store, NULL, store_set_up, test, store_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/store/finds-what-was-kept", test_finds_what_was_kept);
    ADD("/store/writers/first-one-wins", test_first_writer_wins);
    ADD("/store/writers/many-at-a-time", test_many_writers_at_a_time);
    ADD("/store/writers/leftovers-of-killed-ones-go", test_leftovers_of_killed_writers);
    ADD("/store/removed-while-in-use", test_removed_while_in_use);
    ADD("/store/limit/longest-unused-goes-first", test_longest_unused_goes_first);
    ADD("/store/limit/too-large-is-not-kept", test_too_large_is_not_kept);
    ADD("/store/base/gone", test_base_that_has_gone);
    ADD("/store/base/damaged-is-made-anew", test_damaged_base_is_made_anew);
    ADD("/store/damaged-one-is-told", test_damaged_one_is_told);
    ADD("/store/no-place-is-told", test_no_place_is_told);
    return g_test_run();
}
