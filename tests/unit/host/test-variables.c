/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "variables.h"

static void test_replaces(void)
{
    static const struct {
        const char *text, *names, *replaced;
    } rows[] = {
        { "", "", "" },
        { "plain", "", "plain" },
        { "$size", "size", "1G" },
        { "fut $size or ${size}s", "size size", "fut 1G or 1Gs" },
        { "$size$way", "size way", "1Gby hand" },
        { "$sizes", "sizes", "2G" },
        { "$size-$way", "size way", "1G-by hand" },
        { "$$size $$$size $$", "size", "$size $1G $" },
    };
    char *const values[] = { "sizes=2G", "size=1G", "way=by hand", NULL };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) names = variables_in(rows[i].text, &error);
        g_autofree char *joined = names == NULL ? NULL : g_strjoinv(" ", names);
        g_autofree char *replaced = variables_replace(rows[i].text, values);

        g_assert_no_error(error);
        g_assert_cmpstr(joined, ==, rows[i].names);
        g_assert_cmpstr(replaced, ==, rows[i].replaced);
    }
}

static void test_refuses_dollars_without_a_name(void)
{
    static const char *const rows[] = { "$", "a $ b", "${size", "${}", "$1", "${si ze}", "$$$" };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i]);
        g_assert_null(variables_in(rows[i], &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/variables/are-replaced", test_replaces);
    g_test_add_func("/variables/dollars-want-a-name", test_refuses_dollars_without_a_name);
    return g_test_run();
}
