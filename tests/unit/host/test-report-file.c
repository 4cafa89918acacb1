/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports written again and again, into whatever a path may lead to. */
#include "error.h"
#include "report-file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Folder {
    char *path, *file, *link;
} Folder;

static void setup(Folder *folder, gconstpointer data)
{
    (void)data;
    folder->path = g_dir_make_tmp("test-report-file-XXXXXX", NULL);
    g_assert_nonnull(folder->path);
    folder->file = g_build_filename(folder->path, "report.json", NULL);
    folder->link = g_build_filename(folder->path, "link.json", NULL);
}

/* Nothing beside the two may be left, or the folder could not be removed. */
static void teardown(Folder *folder, gconstpointer data)
{
    (void)data;
    g_unlink(folder->link);
    g_unlink(folder->file);
    g_assert_cmpint(g_rmdir(folder->path), ==, 0);
    g_free(folder->path);
    g_free(folder->file);
    g_free(folder->link);
}

static void write_ok(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;

    report_file_write(path, text, strlen(text), &error);
    g_assert_no_error(error);
}

static void assert_holds(const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void test_replaces_a_file(Folder *folder, gconstpointer data)
{
    int reader;
    char seen[8] = "";
    struct stat status;

    (void)data;
    g_assert_true(report_file_can_repeat(folder->file));
    write_ok(folder->file, "first");
    g_assert_cmpint(g_chmod(folder->file, 0640), ==, 0);
    reader = open(folder->file, O_RDONLY | O_CLOEXEC);

    g_assert_true(report_file_can_repeat(folder->file));
    write_ok(folder->file, "2nd");

    /* who has the old one open reads all of it: it was not written into */
    g_assert_cmpint(read(reader, seen, sizeof(seen)), ==, 5);
    g_assert_cmpstr(seen, ==, "first");
    close(reader);
    assert_holds(folder->file, "2nd");
    g_assert_cmpint(g_stat(folder->file, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0640);
}

static void test_keeps_a_link(Folder *folder, gconstpointer data)
{
    (void)data;
    write_ok(folder->file, "old");
    g_assert_cmpint(symlink("report.json", folder->link), ==, 0);
    write_ok(folder->link, "new");
    g_assert_true(g_file_test(folder->link, G_FILE_TEST_IS_SYMLINK));
    assert_holds(folder->file, "new");
}

static void test_keeps_a_link_to_nothing(Folder *folder, gconstpointer data)
{
    (void)data;
    g_assert_cmpint(symlink("report.json", folder->link), ==, 0);
    write_ok(folder->link, "new");
    g_assert_true(g_file_test(folder->link, G_FILE_TEST_IS_SYMLINK));
    assert_holds(folder->file, "new");
}

static void test_writes_into_a_pipe_once(Folder *folder, gconstpointer data)
{
    int reader;
    char seen[8] = "";

    (void)data;
    g_assert_cmpint(mkfifo(folder->file, 0600), ==, 0);
    reader = open(folder->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    g_assert_false(report_file_can_repeat(folder->file));
    write_ok(folder->file, "text");
    g_assert_cmpint(read(reader, seen, sizeof(seen)), ==, 4);
    close(reader);
}

static void test_tells_what_cannot_be_written(Folder *folder, gconstpointer data)
{
    g_autofree char *absent = g_build_filename(folder->path, "absent", "report.json", NULL);
    g_autoptr(GError) error = NULL;

    (void)data;
    g_assert_false(report_file_write(absent, "text", 4, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_nonnull(strstr(error->message, absent));
}

#define ADD(path, function) g_test_add(path, Folder, NULL, setup, function, teardown)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/report-file/replaces-a-file", test_replaces_a_file);
    ADD("/report-file/keeps-a-link", test_keeps_a_link);
    ADD("/report-file/keeps-a-link-to-nothing", test_keeps_a_link_to_nothing);
    ADD("/report-file/writes-into-a-pipe-once", test_writes_into_a_pipe_once);
    ADD("/report-file/tells-what-cannot-be-written", test_tells_what_cannot_be_written);
    return g_test_run();
}
