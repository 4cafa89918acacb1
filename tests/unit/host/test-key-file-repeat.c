/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "key-file.h"

#include <glib/gstdio.h>
#include <string.h>

static KeyFile *load(const char *text, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "made-up.ini", NULL);
    KeyFile *file;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    file = key_file_load(path, error);
    g_unlink(path);
    g_rmdir(folder);
    return file;
}

/* Each group with its keys: "a: k=1; b:" */
static char *told(const KeyFile *file)
{
    g_auto(GStrv) groups = key_file_groups(file);
    GString *text = g_string_new(NULL);

    for (guint i = 0; groups[i] != NULL; i++) {
        g_auto(GStrv) keys = key_file_keys(file, groups[i]);

        g_string_append_printf(text, "%s%s:", i == 0 ? "" : "; ", groups[i]);
        for (guint k = 0; keys[k] != NULL; k++) {
            g_autofree char *value = key_file_get(file, groups[i], keys[k]);

            g_string_append_printf(text, " %s=%s", keys[k], value);
        }
    }
    return g_string_free(text, FALSE);
}

static void test_repeats(void)
{
    static const struct {
        const char *name, *text, *told;
    } rows[] = {
        { "groups", "[p{1..3}]\n", "p1:; p2:; p3:" },
        { "one-group", "[p{7..7}]\n", "p7:" },
        { "in-place", "[a]\n[p{9..10} x]\n[b]\n", "a:; p9 x:; p10 x:; b:" },
        { "their-numbers", "[f{1..2}]\nk = p{} of {}\n", "f1: k=p1 of 1; f2: k=p2 of 2" },
        { "words", "[g]\nk = a f{1..3} b\n", "g: k=a f1 f2 f3 b" },
        { "several-words", "[g]\nk = f{1..2}! p{3..4}\n", "g: k=f1! f2! p3 p4" },
        { "words-in-groups", "[f{1..2}]\nk = p{} q{1..2}\n", "f1: k=p1 q1 q2; f2: k=p2 q1 q2" },
        { "number-in-a-range", "[f{1..2}]\nk = p{1..{}}\n", "f1: k=p1; f2: k=p1 p2" },
        { "nothing-meant", "[g]\nk = ${size}\tand {1..} {..2} {a..b}\n",
          "g: k=${size}\tand {1..} {..2} {a..b}" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(KeyFile) file = load(rows[i].text, &error);
        g_autofree char *text = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_no_error(error);
        text = told(file);
        g_assert_cmpstr(text, ==, rows[i].told);
    }
}

static void test_refuses(void)
{
    static const struct {
        const char *name, *text, *message;
    } rows[] = {
        { "downwards", "[g]\n[p{3..1}]\n", "made-up.ini:2: [p{3..1}]: a range counts upwards, such as "
          "{1..40}" },
        { "downwards-in-a-value", "[g]\nk = a p{3..1}\n",
          "made-up.ini:2: [g] k: 'p{3..1}': a range counts upwards, such as {1..40}" },
        { "two-in-a-name", "[p{1..2}{1..2}]\n",
          "made-up.ini:1: [p{1..2}{1..2}]: more than one range; expected one" },
        { "two-in-a-word", "[g]\nk = p{1..2}-{1..2}\n",
          "made-up.ini:2: [g] k: 'p{1..2}-{1..2}': more than one range; expected one" },
        { "no-number", "[g]\nk = p{}\n",
          "made-up.ini:2: [g] k: no number for '{}'; the name of the group has no range, such as "
          "p{1..40}" },
        { "there-already", "[p2]\n[p{1..3}]\n",
          "made-up.ini:2: [p{1..3}]: p2 stands already in line 1; remove one of them" },
        { "there-afterwards", "[p{1..3}]\n[p2]\n",
          "made-up.ini:2: [p2]: p2 stands already in line 1; remove one of them" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        const char *name;

        g_test_message("%s", rows[i].name);
        g_assert_null(load(rows[i].text, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        name = strstr(error->message, "made-up.ini");
        g_assert_cmpstr(name, ==, rows[i].message);
    }
}

/* Whoever is wrong among many is named, and where it stands. */
static void test_blames_one_of_many(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(KeyFile) file = load("[a]\n[p{1..3}]\n\nk = {}\n", &error);

    g_assert_no_error(error);
    g_assert_false(key_file_fail(file, "p2", "k", &error, "wrong"));
    g_assert_true(g_str_has_suffix(error->message, "made-up.ini:4: [p2] k: wrong"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/key-file-repeat/repeats", test_repeats);
    g_test_add_func("/key-file-repeat/refuses", test_refuses);
    g_test_add_func("/key-file-repeat/blames-one-of-many", test_blames_one_of_many);
    return g_test_run();
}
