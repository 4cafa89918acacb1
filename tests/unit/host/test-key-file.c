/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "key-file.h"

#include <glib/gstdio.h>
#include <string.h>

static KeyFile *load_bytes(const char *text, gssize length, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "made-up.ini", NULL);
    KeyFile *file;

    g_assert_true(g_file_set_contents(path, text, length, NULL));
    file = key_file_load(path, error);
    g_unlink(path);
    g_rmdir(folder);
    return file;
}

static KeyFile *load(const char *text)
{
    g_autoptr(GError) error = NULL;
    KeyFile *file = load_bytes(text, -1, &error);

    g_assert_no_error(error);
    return file;
}

/* The message without the folder, which has another name each time. */
static const char *file_and_rest(const GError *error)
{
    const char *name;

    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    name = strstr(error->message, "made-up.ini");
    return name == NULL ? error->message : name;
}

static void test_keeps_the_order(void)
{
    g_autoptr(KeyFile) file = load("[z]\nb = 1\na = 2\n[y]\n");
    g_auto(GStrv) groups = key_file_groups(file);
    g_auto(GStrv) keys = key_file_keys(file, "z");
    g_autofree char *all_groups = g_strjoinv(" ", groups);
    g_autofree char *all_keys = g_strjoinv(" ", keys);

    g_assert_cmpstr(all_groups, ==, "z y");
    g_assert_cmpstr(all_keys, ==, "b a");
}

static void test_keeps_the_comment_on_top(void)
{
    static const struct {
        const char *name, *text, *comment;
    } rows[] = {
        { "paragraphs", "# SPDX-License-Identifier: X\n#\n# One,\n#two.\n#\n# Three.\n[g]\n",
          "One,\ntwo.\n\nThree." },
        { "only-the-licence", "# SPDX-License-Identifier: X\n[g]\n", "" },
        { "none", "[g]\n", "" },
        { "not-below-a-group", "# top\n\n[g]\n# inside\nk = v\n", "top" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(KeyFile) file = load(rows[i].text);
        g_autofree char *comment = key_file_comment(file);

        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(comment, ==, rows[i].comment);
    }
}

static void test_reads_values_as_written(void)
{
    static const struct {
        const char *name, *line, *value;
    } rows[] = {
        { "plain", "key = value", "value" },
        { "no-blanks", "key=value", "value" },
        { "blanks-around", "  key  =  two words  ", "two words" },
        { "tab-behind", "key = value\t", "value" },
        { "carriage-return", "key = value\r", "value" },
        { "empty", "key =", "" },
        { "equals-inside", "key = a=b", "a=b" },
        { "number-sign-inside", "key = a # b", "a # b" },
        { "backslashes", "key = \\q\\n\\", "\\q\\n\\" },
        { "not-ascii", "key = größer", "größer" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("# comment\n\n[g]\n%s\n", rows[i].line);
        g_autoptr(KeyFile) file = load(text);
        g_autofree char *value = key_file_get(file, "g", "key");

        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(value, ==, rows[i].value);
    }
}

static void test_absent_key_is_null(void)
{
    g_autoptr(KeyFile) file = load("[g]\nkey = value\n[h]\n");

    g_assert_null(key_file_get(file, "h", "key"));
    g_assert_null(key_file_get(file, "g", "other"));
}

static void test_splits_words(void)
{
    static const struct {
        const char *value, *joined;
    } rows[] = {
        { "a", "a" }, { "  a  b\tc ", "a|b|c" }, { "", "" }, { "a,b", "a,b" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("[g]\nkey = %s\n", rows[i].value);
        g_autoptr(KeyFile) file = load(text);
        g_auto(GStrv) words = key_file_get_words(file, "g", "key");
        g_auto(GStrv) none = key_file_get_words(file, "g", "absent");
        g_autofree char *joined = g_strjoinv("|", words);

        g_assert_cmpstr(joined, ==, rows[i].joined);
        g_assert_cmpuint(g_strv_length(none), ==, 0);
    }
}

static void test_reads_sizes(void)
{
    g_autoptr(KeyFile) file = load("[g]\nkey = 256M\nbad = 3X\nempty =\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) other = NULL;
    guint64 size_bytes = 17;

    g_assert_true(key_file_get_size(file, "g", "absent", &size_bytes, &error));
    g_assert_cmpuint(size_bytes, ==, 17);
    g_assert_true(key_file_get_size(file, "g", "key", &size_bytes, &error));
    g_assert_cmpuint(size_bytes, ==, 256 << 20);

    g_assert_false(key_file_get_size(file, "g", "bad", &size_bytes, &error));
    g_assert_cmpstr(file_and_rest(error), ==, "made-up.ini:3: [g] bad: '3X' is no size; expected "
                    "a number with K, M, G, T, P or E, such as 2G");
    g_assert_false(key_file_get_size(file, "g", "empty", &size_bytes, &other));
    g_assert_true(g_str_has_prefix(file_and_rest(other), "made-up.ini:4: [g] empty: '' is no"));
    g_assert_cmpuint(size_bytes, ==, 256 << 20);
}

static void test_reads_choices(void)
{
    static const char *const choices[] = { "red", "green", NULL };
    g_autoptr(KeyFile) file = load("[g]\nkey = green\nbad = Green\n");
    g_autoptr(GError) error = NULL;
    guint choice = 7;

    g_assert_true(key_file_get_choice(file, "g", "absent", choices, &choice, &error));
    g_assert_cmpuint(choice, ==, 7);
    g_assert_true(key_file_get_choice(file, "g", "key", choices, &choice, &error));
    g_assert_cmpuint(choice, ==, 1);
    g_assert_false(key_file_get_choice(file, "g", "bad", choices, &choice, &error));
    g_assert_cmpstr(file_and_rest(error), ==,
                    "made-up.ini:3: [g] bad: 'Green' is not one of: red, green");
    g_assert_cmpuint(choice, ==, 1);
}

static void test_knows_keys(void)
{
    static const char *const known[] = { "a", "b", NULL };
    g_autoptr(KeyFile) file = load("[g]\na = 1\nb = 2\n[h]\na = 1\nc = 1\nd = 1\n");
    g_autoptr(GError) error = NULL;

    g_assert_true(key_file_check_keys(file, "g", known, &error));
    g_assert_false(key_file_check_keys(file, "h", known, &error));
    g_assert_true(g_str_has_prefix(
        file_and_rest(error), "made-up.ini:6: [h] c: unknown key; this group takes: a, b\n"));
    g_assert_true(g_str_has_suffix(error->message,
                                   "/made-up.ini:7: [h] d: unknown key; this group takes: a, b"));
}

static void test_blames_lines(void)
{
    static const struct {
        const char *name, *group, *key, *message;
    } rows[] = {
        { "key", "h", "a", "made-up.ini:6: [h] a: wrong" },
        { "group", "h", NULL, "made-up.ini:5: [h]: wrong" },
        { "missing-key-by-its-group", "h", "z", "made-up.ini:5: [h] z: wrong" },
    };
    g_autoptr(KeyFile) file = load("\n[g]\n  a = 1\n# comment\n[h]\na = 1\n");

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_false(key_file_fail(file, rows[i].group, rows[i].key, &error, "%s", "wrong"));
        g_assert_cmpstr(file_and_rest(error), ==, rows[i].message);
    }
}

static void test_refuses(void)
{
    static const struct {
        const char *name, *text, *message;
    } rows[] = {
        { "repeated-group", "[g]\na = 1\n[g]\nb = 1\n",
          "made-up.ini:3: [g] stands already in line 1; remove one of them" },
        { "repeated-key-with-other-blanks", "[g]\na=1\n  a  = 2\n",
          "made-up.ini:3: [g] a: stands already in line 2; remove one of them" },
        { "group-without-an-end", "[g\na = 1\n",
          "made-up.ini:1: expected '[group]' or 'key = value', found '[g'" },
        { "text-behind-a-group", "[g] here\n",
          "made-up.ini:1: expected '[group]' or 'key = value', found '[g] here'" },
        { "value-without-a-key", "[g]\n= 1\n",
          "made-up.ini:2: expected '[group]' or 'key = value', found '= 1'" },
        { "key-before-any-group", "a = 1\n[g]\n",
          "made-up.ini:1: 'a = 1' stands before the first '[group]'" },
        { "other-comment-sign", "[g]\n; a comment elsewhere\n",
          "made-up.ini:2: expected '[group]' or 'key = value', found '; a comment elsewhere'" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_null(load_bytes(rows[i].text, -1, &error));
        g_assert_cmpstr(file_and_rest(error), ==, rows[i].message);
    }
}

/* The same key in two groups is no repetition. */
static void test_groups_have_their_own_keys(void)
{
    g_autoptr(KeyFile) file = load("[g]\na = 1\n[h]\na = 2\n");
    g_autofree char *first = key_file_get(file, "g", "a");
    g_autofree char *second = key_file_get(file, "h", "a");

    g_assert_cmpstr(first, ==, "1");
    g_assert_cmpstr(second, ==, "2");
}

static void test_refuses_what_is_no_text(void)
{
    static const struct {
        const char *name, *bytes;
        gssize length;
        const char *message;
    } rows[] = {
        { "latin-1", "[g]\na = gr\xf6\xdf" "er\n", -1,
          "made-up.ini:2: byte 7 of the line, 0xf6, is not UTF-8; save the file as UTF-8" },
        { "nul-and-more-behind-it", "[g]\na = 1\n\0b = 2\n", 17,
          "made-up.ini:3: byte 1 of the line is a control character, 0x00; remove it" },
        { "cut-in-a-character", "[g]\na = \xc3", -1,
          "made-up.ini:2: byte 5 of the line, 0xc3, is not UTF-8; save the file as UTF-8" },
        { "utf-16", "\xff\xfe[\0g\0]\0", 8,
          "made-up.ini: the text is UTF-16; save the file as UTF-8" },
        { "old-macintosh", "[g]\ra = 1\r", -1,
          "made-up.ini:1: byte 4 of the line is a control character, 0x0d; remove it" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].name);
        g_assert_null(load_bytes(rows[i].bytes, rows[i].length, &error));
        g_assert_cmpstr(file_and_rest(error), ==, rows[i].message);
    }
}

static void test_refuses_a_folder(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(key_file_load("/", &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, "/"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/key-file/keeps-the-comment-on-top", test_keeps_the_comment_on_top);
    g_test_add_func("/key-file/keeps-the-order", test_keeps_the_order);
    g_test_add_func("/key-file/reads-values-as-written", test_reads_values_as_written);
    g_test_add_func("/key-file/absent-key-is-null", test_absent_key_is_null);
    g_test_add_func("/key-file/splits-words", test_splits_words);
    g_test_add_func("/key-file/reads-sizes", test_reads_sizes);
    g_test_add_func("/key-file/reads-choices", test_reads_choices);
    g_test_add_func("/key-file/knows-keys", test_knows_keys);
    g_test_add_func("/key-file/blames-lines", test_blames_lines);
    g_test_add_func("/key-file/refuses", test_refuses);
    g_test_add_func("/key-file/groups-have-their-own-keys", test_groups_have_their_own_keys);
    g_test_add_func("/key-file/refuses-what-is-no-text", test_refuses_what_is_no_text);
    g_test_add_func("/key-file/refuses-a-folder", test_refuses_a_folder);
    return g_test_run();
}
