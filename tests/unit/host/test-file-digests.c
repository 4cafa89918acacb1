/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "file-digests.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

/* printf one | sha256sum, and of two */
#define SHA256_ONE "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
#define SHA256_TWO "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

typedef struct Folder {
    char *path, *file, *known;
} Folder;

static void folder_set_up(Folder *folder, gconstpointer unused)
{
    (void)unused;
    folder->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    folder->file = g_build_filename(folder->path, "file", NULL);
    folder->known = g_build_filename(folder->path, "digests", NULL);
}

static void folder_tear_down(Folder *folder, gconstpointer unused)
{
    (void)unused;
    g_unlink(folder->file);
    g_unlink(folder->known);
    g_rmdir(folder->path);
    g_free(folder->path);
    g_free(folder->file);
    g_free(folder->known);
}

static void fill(const Folder *folder, const char *text)
{
    g_assert_true(g_file_set_contents(folder->file, text, -1, NULL));
}

/* The time of the inode cannot be set: a line that tells an old one takes its place. */
static void settle(const Folder *folder, const char *digest)
{
    g_autofree char *line = NULL;
    struct stat facts;

    g_assert_cmpint(stat(folder->file, &facts), ==, 0);
    line = g_strdup_printf("%s %ju %ju %jd %jd.%09ld %jd.%09ld %s\n", digest,
                           (uintmax_t)facts.st_dev, (uintmax_t)facts.st_ino,
                           (intmax_t)facts.st_size, (intmax_t)facts.st_mtim.tv_sec,
                           facts.st_mtim.tv_nsec, (intmax_t)facts.st_ctim.tv_sec,
                           facts.st_ctim.tv_nsec, folder->file);
    g_assert_true(g_file_set_contents(folder->known, line, -1, NULL));
}

/* How many files had to be read for it */
static guint assert_digest(const Folder *folder, const char *expected)
{
    g_autoptr(FileDigests) digests = file_digests_open(folder->known);
    g_autoptr(GError) error = NULL;
    g_autofree char *digest = file_digest(digests, folder->file, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(digest, ==, expected);
    return file_digests_hashed(digests);
}

static void test_young_files_are_read_again(Folder *folder, gconstpointer unused)
{
    (void)unused;
    fill(folder, "one");
    g_assert_cmpuint(assert_digest(folder, SHA256_ONE), ==, 1);
    g_assert_cmpuint(assert_digest(folder, SHA256_ONE), ==, 1);
    fill(folder, "two");
    g_assert_cmpuint(assert_digest(folder, SHA256_TWO), ==, 1);
}

static void test_known_files_are_not_read(Folder *folder, gconstpointer unused)
{
    (void)unused;
    fill(folder, "one");
    settle(folder, SHA256_ONE);
    g_assert_cmpuint(assert_digest(folder, SHA256_ONE), ==, 0);
}

/* Of the same size, and as old as the one before says of itself */
static void test_changed_files_are_read(Folder *folder, gconstpointer unused)
{
    struct timespec times[2];
    struct stat facts;

    (void)unused;
    fill(folder, "one");
    settle(folder, SHA256_ONE);
    g_assert_cmpint(stat(folder->file, &facts), ==, 0);
    fill(folder, "two");
    times[0] = facts.st_atim;
    times[1] = facts.st_mtim;
    g_assert_cmpint(utimensat(AT_FDCWD, folder->file, times, 0), ==, 0);
    g_assert_cmpuint(assert_digest(folder, SHA256_TWO), ==, 1);
}

/* A file of the system is old enough. */
static void test_old_files_are_remembered(Folder *folder, gconstpointer unused)
{
    g_autofree char *program = g_find_program_in_path("sh");

    (void)unused;
    for (guint read = 1;; read = 0) {
        g_autoptr(FileDigests) digests = file_digests_open(folder->known);
        g_autoptr(GError) error = NULL;
        g_autofree char *digest = file_digest(digests, program, &error);

        g_assert_no_error(error);
        g_assert_cmpuint(file_digests_hashed(digests), ==, read);
        if (read == 0) {
            return;
        }
    }
}

static void test_noise_is_no_digest(Folder *folder, gconstpointer unused)
{
    (void)unused;
    fill(folder, "one");
    g_assert_true(g_file_set_contents(folder->known, "\n x\nabc\xff\n" SHA256_TWO "\n", -1, NULL));
    g_assert_cmpuint(assert_digest(folder, SHA256_ONE), ==, 1);
}

static void test_missing_file_is_told(Folder *folder, gconstpointer unused)
{
    g_autoptr(FileDigests) digests = file_digests_open(NULL);
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_null(file_digest(digests, folder->file, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, folder->file));
}

#define ADD(path, test) g_test_add(path, Folder, NULL, folder_set_up, test, folder_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/digests/young-files-are-read-again", test_young_files_are_read_again);
    ADD("/digests/known-files-are-not-read", test_known_files_are_not_read);
    ADD("/digests/changed-files-are-read", test_changed_files_are_read);
    ADD("/digests/old-files-are-remembered", test_old_files_are_remembered);
    ADD("/digests/noise-is-no-digest", test_noise_is_no_digest);
    ADD("/digests/missing-file-is-told", test_missing_file_is_told);
    return g_test_run();
}
