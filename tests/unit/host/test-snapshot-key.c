/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes it the same machine, and what another one; QEMU is a script that tells its folder. */
#include "error.h"
#include "made-up.h"
#include "snapshot-key.h"

#include <glib/gstdio.h>
#include <string.h>

static const char one_port[] =
    "[scenario]\n"
    "title = t\n"
    "outcome = settled\n"
    "[port p1]\n"
    "[port p2]\n"
    "[function fut]\n"
    "port = p1\n"
    "[function late]\n"
    "port = p2\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = late\n";

static const char *const files[] = { "qemu", "bios-256k.bin", "device", "kernel", "initrd",
                                     "modules" };

typedef struct World {
    char *path;
    char *paths[G_N_ELEMENTS(files)];
    MachineParts parts;
    GCancellable *cancellable;
} World;

static void write_file(const char *path, const char *text)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

static void world_set_up(World *world, gconstpointer unused)
{
    g_autofree char *script = NULL;

    (void)unused;
    world->path = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    world->cancellable = g_cancellable_new();
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        world->paths[i] = g_build_filename(world->path, files[i], NULL);
        write_file(world->paths[i], files[i]);
    }
    script = g_strdup_printf("#!/bin/sh\necho %s/nothing\necho %s\n", world->path, world->path);
    write_file(world->paths[0], script);
    world->parts = (MachineParts) {
        .qemu = world->paths[0],
        .device = world->paths[2],
        .kernel = world->paths[3],
        .initrd = world->paths[4],
        .modules = world->paths[5],
        .accel = "tcg",
    };
}

static void world_tear_down(World *world, gconstpointer unused)
{
    g_autoptr(GDir) folder = g_dir_open(world->path, 0, NULL);
    const char *name;

    (void)unused;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *file = g_build_filename(world->path, name, NULL);

        g_unlink(file);
    }
    g_rmdir(world->path);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_free(world->paths[i]);
    }
    g_object_unref(world->cancellable);
    g_free(world->path);
}

static char *key_of(const World *world, const char *text, const char *prepared)
{
    g_autoptr(Scenario) scenario = made_up_scenario(text);
    g_autoptr(GError) error = NULL;
    char *key = snapshot_key(scenario, &world->parts, prepared, world->path, world->cancellable,
                             &error);

    g_assert_no_error(error);
    return key;
}

static char *changed(const char *from, const char *to)
{
    GString *text = g_string_new(one_port);

    g_assert_cmpuint(g_string_replace(text, from, to, 1), ==, 1);
    return g_string_free(text, FALSE);
}

static void assert_key(const World *world, const char *text, const char *prepared,
                       const char *expected, gboolean same)
{
    g_autofree char *key = key_of(world, text, prepared);

    g_assert_cmpuint(strlen(key), ==, 64);
    if (same) {
        g_assert_cmpstr(key, ==, expected);
    } else {
        g_assert_cmpstr(key, !=, expected);
    }
}

static void test_same_machine(World *world, gconstpointer unused)
{
    g_autofree char *key = key_of(world, one_port, "");
    g_autofree char *title = changed("title = t", "title = another one");
    g_autofree char *late = changed("plugged = later", "plugged = later\nsize = 8G");
    g_autofree char *away = g_build_filename(world->path, "kernel-elsewhere", NULL);

    (void)unused;
    assert_key(world, one_port, "", key, TRUE);
    assert_key(world, title, "", key, TRUE);
    assert_key(world, late, "", key, TRUE);
    write_file(away, "kernel");
    world->parts.kernel = away;
    world->parts.console = "/another/console";
    world->parts.disks = "/another/folder";
    assert_key(world, one_port, "", key, TRUE);
}

static void test_another_machine(World *world, gconstpointer unused)
{
    static const char *const changes[][2] = {
        { "[port p1]", "[port p1]\npref64-reserve = 8G" },
        { "port = p1", "port = p1\nsize = 4G" },
        { "[function late]", "[port p3]\n[function late]" },
        { "[port p1]", "[machine]\nmemory = 256M\n[port p1]" },
        { "[port p1]", "[machine]\nappend = pci=nocrs\n[port p1]" },
    };
    g_autofree char *key = key_of(world, one_port, "");

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *text = changed(changes[i][0], changes[i][1]);

        assert_key(world, text, "", key, FALSE);
    }
    assert_key(world, one_port, "load-modules vfio-pci", key, FALSE);
}

/* Of modules only where the guest gets them */
static void test_content_counts(World *world, gconstpointer unused)
{
    g_autofree char *needs = changed("[port p1]", "[machine]\niommu = on\n[port p1]");

    (void)unused;
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        gboolean modules = g_str_equal(files[i], "modules");
        g_autofree char *plain = key_of(world, one_port, "");
        g_autofree char *with_modules = key_of(world, needs, "");
        g_autofree char *text = NULL;
        g_autofree char *more = NULL;

        g_assert_true(g_file_get_contents(world->paths[i], &text, NULL, NULL));
        more = g_strconcat(text, "# more\n", NULL);
        write_file(world->paths[i], more);
        assert_key(world, one_port, "", plain, modules);
        assert_key(world, needs, "", with_modules, FALSE);
    }
}

/* Without what QEMU would load the folder is looked through, and nothing is found. */
static void test_missing_files(World *world, gconstpointer unused)
{
    g_autofree char *key = key_of(world, one_port, "");
    g_autoptr(Scenario) scenario = made_up_scenario(one_port);
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_assert_cmpint(g_unlink(world->paths[1]), ==, 0);
    assert_key(world, one_port, "", key, FALSE);
    g_assert_cmpint(g_unlink(world->paths[4]), ==, 0);
    g_assert_null(snapshot_key(scenario, &world->parts, "", world->path, world->cancellable,
                               &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
}

#define ADD(path, test) g_test_add(path, World, NULL, world_set_up, test, world_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/key/same-machine", test_same_machine);
    ADD("/key/another-machine", test_another_machine);
    ADD("/key/content-counts", test_content_counts);
    ADD("/key/missing-files", test_missing_files);
    return g_test_run();
}
