/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading the device into QEMU: ABI check, what QEMU's children inherit, other programs.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "preload.h"
#include "qtest.h"

#define CHILD_MS 10000

typedef struct AbiCase {
    const char *path;
    const char *variable; /* names the library that was built with a wrong value */
    const char *message;  /* the line up to where values of the running QEMU follow */
} AbiCase;

static const AbiCase abi_cases[] = {
    { "/abi/refuses-another-version", "BARSHIFT_DEVICE_WRONG_VERSION",
      "barshift: built for QEMU 0.0.1, this is QEMU " BARSHIFT_QEMU_VERSION
      ": build the device again for this QEMU\n" },
    { "/abi/refuses-another-package", "BARSHIFT_DEVICE_WRONG_PACKAGE",
      "barshift: built for QEMU package 'Elsewhere 1.0', this is '" BARSHIFT_QEMU_PACKAGE
      "': build the device again for this QEMU\n" },
    { "/abi/refuses-another-layout", "BARSHIFT_DEVICE_WRONG_LAYOUT",
      "barshift: built for a 'pci-device' with 'acpi-index' at byte 1, in this QEMU it "
      "is at " },
};

static void test_abi(gconstpointer data)
{
    static const char *const arguments[] = { "-device", "barshift", NULL };
    const AbiCase *row = data;
    g_autofree char *text = NULL;
    int status;

    text = qtest_refusal(g_getenv(row->variable), arguments, &status);
    g_assert_cmpint(status, ==, 1);
    if (g_str_has_suffix(row->message, "\n")) {
        g_assert_cmpstr(text, ==, row->message);
    } else {
        text[MIN(strlen(text), strlen(row->message))] = '\0';
        g_assert_cmpstr(text, ==, row->message);
    }
}

static void test_help_lists_the_device(void)
{
    static const char *const all[] = { "-device", "help", NULL };
    static const char *const one[] = { "-device", "barshift,help", NULL };
    g_autofree char *devices = NULL;
    g_autofree char *properties = NULL;
    int status;

    devices = qtest_refusal(NULL, all, &status);
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(devices, "name \"barshift\", bus PCI"));
    properties = qtest_refusal(NULL, one, &status);
    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(properties, "  rebar=<str>"));
    g_assert_nonnull(strstr(properties, "  tag=<uint32>"));
}

/* QEMU's way to start a child without a device of the host: a migration to "exec:" */
static void test_child_of_qemu_is_not_preloaded(void)
{
    static const char *const arguments[] = { NULL };
    g_autofree char *directory = g_dir_make_tmp("barshift-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "environment", NULL);
    g_autofree char *command =
        g_strdup_printf("{\"execute\": \"migrate\", \"arguments\": {\"uri\": "
                        "\"exec:env > %s.part; mv %s.part %s; cat > /dev/null\"}}",
                        file, file, file);
    g_autofree char *environment = NULL;
    g_auto(GStrv) variables = NULL;
    gint64 deadline_us = g_get_monotonic_time() + CHILD_MS * (gint64)1000;
    QTest *qtest = qtest_start(arguments);
    const char *preload;

    json_node_unref(qtest_qmp(qtest, command));
    while (!g_file_get_contents(file, &environment, NULL, NULL)) {
        g_assert_cmpint(g_get_monotonic_time(), <, deadline_us);
        g_usleep(10000);
    }
    qtest_stop(qtest);
    g_unlink(file);
    g_rmdir(directory);

    variables = g_strsplit(environment, "\n", -1);
    g_assert_nonnull(g_environ_getenv(variables, "PATH"));
    preload = g_environ_getenv(variables, "LD_PRELOAD");
    g_assert_null(strstr(preload ? preload : "", "barshift"));
}

/* A shell or a debugger that is to start QEMU runs with the library, and leaves it for QEMU */
static void test_other_programs_run_and_pass_it_on(void)
{
    const char *const argv[] = { "/bin/sh", "-c", "echo $LD_PRELOAD", NULL };
    g_auto(GStrv) envp = g_environ_setenv(g_get_environ(), "LD_PRELOAD",
                                          g_getenv("BARSHIFT_DEVICE"), TRUE);
    g_autofree char *expected = g_strdup_printf("%s\n", g_getenv("BARSHIFT_DEVICE"));
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status = -1;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, envp, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                               &status, NULL));
    g_assert_cmpstr(err, ==, "");
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(out, ==, expected);
}

typedef struct PreloadCase {
    const char *path;
    const char *list;
    const char *rest;
} PreloadCase;

static const PreloadCase preload_cases[] = {
    { "/preload/only-entry-leaves-none", "/lib/own.so", NULL },
    { "/preload/colons-keep-the-others", "/a.so:/lib/own.so:/b.so", "/a.so:/b.so" },
    { "/preload/spaces-keep-the-others", "/a.so /lib/own.so", "/a.so" },
    { "/preload/twice-is-taken-out-twice", "/lib/own.so:/a.so:/lib/own.so", "/a.so" },
    { "/preload/same-name-elsewhere-stays", "/other/own.so:/lib/own.so", "/other/own.so" },
    { "/preload/empty-entries-vanish", "::/a.so: ", "/a.so" },
    { "/preload/empty-list-leaves-none", "", NULL },
};

static void test_preload(gconstpointer data)
{
    const PreloadCase *row = data;
    g_autofree char *rest = preload_without(row->list, "/lib/own.so");

    g_assert_cmpstr(rest, ==, row->rest);
}

static void test_preload_knows_a_file_by_another_path(void)
{
    g_autofree char *rest = preload_without("/usr/../bin/sh:/a.so", "/bin/sh");

    g_assert_cmpstr(rest, ==, "/a.so");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(preload_cases); i++) {
        g_test_add_data_func(preload_cases[i].path, &preload_cases[i], test_preload);
    }
    g_test_add_func("/preload/other-path-is-the-same-file",
                    test_preload_knows_a_file_by_another_path);
    for (unsigned i = 0; i < G_N_ELEMENTS(abi_cases); i++) {
        g_test_add_data_func(abi_cases[i].path, &abi_cases[i], test_abi);
    }
    g_test_add_func("/loading/help-lists-the-device", test_help_lists_the_device);
    g_test_add_func("/loading/child-of-qemu-is-not-preloaded",
                    test_child_of_qemu_is_not_preloaded);
    g_test_add_func("/loading/other-programs-run-and-pass-it-on",
                    test_other_programs_run_and_pass_it_on);
    return g_test_run();
}
