/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "initrd.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct Folder {
    char *path;
    char *first, *second, *joined;
} Folder;

static void folder_set_up(Folder *folder, gconstpointer unused)
{
    (void)unused;
    folder->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    folder->first = g_build_filename(folder->path, "first", NULL);
    folder->second = g_build_filename(folder->path, "second", NULL);
    folder->joined = g_build_filename(folder->path, "joined", NULL);
}

static void folder_tear_down(Folder *folder, gconstpointer unused)
{
    (void)unused;
    g_unlink(folder->first);
    g_unlink(folder->second);
    g_unlink(folder->joined);
    g_rmdir(folder->path);
    g_free(folder->first);
    g_free(folder->second);
    g_free(folder->joined);
    g_free(folder->path);
}

/* The kernel takes the second archive for noise when it does not begin at a multiple of four. */
static void test_second_begins_aligned(Folder *folder, gconstpointer unused)
{
    static const gsize starts[] = { 0, 4, 4, 4, 4, 8 };

    (void)unused;
    g_assert_true(g_file_set_contents(folder->second, "SECOND", 6, NULL));
    for (gsize length = 0; length < G_N_ELEMENTS(starts); length++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        gsize size;

        g_assert_true(g_file_set_contents(folder->first, "FIRST", length, NULL));
        g_assert_true(initrd_join(folder->joined, folder->first, folder->second, &error));
        g_assert_no_error(error);
        g_assert_true(g_file_get_contents(folder->joined, &text, &size, NULL));
        g_assert_cmpuint(size, ==, starts[length] + 6);
        g_assert_cmpmem(text, length, "FIRST", length);
        g_assert_cmpmem(text + starts[length], 6, "SECOND", 6);
        for (gsize i = length; i < starts[length]; i++) {
            g_assert_cmpint(text[i], ==, 0);
        }
    }
}

static void test_missing_archive_is_named(Folder *folder, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_true(g_file_set_contents(folder->first, "FIRST", 5, NULL));
    g_assert_false(initrd_join(folder->joined, folder->first, folder->second, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_nonnull(strstr(error->message, folder->second));
    g_assert_false(g_file_test(folder->joined, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/initrd/second-begins-aligned", Folder, NULL, folder_set_up,
               test_second_begins_aligned, folder_tear_down);
    g_test_add("/initrd/missing-archive-is-named", Folder, NULL, folder_set_up,
               test_missing_archive_is_named, folder_tear_down);
    return g_test_run();
}
