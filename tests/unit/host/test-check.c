/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check.h"
#include "error.h"

static const Check *nth(GPtrArray *checks, guint index)
{
    return g_ptr_array_index(checks, index);
}

static void test_reads_results_and_reasons(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) checks = check_list_from_tap(
        "1..4\n"
        "ok 1 - I1/agreed/0000:01:00.0/bar2\n"
        "not ok 2 - I5/reachable/0000:01:00.0/bar2\n"
        "# read 0x0, expected 0x46485342\n"
        "# a second comment\n"
        "not ok 3 - I6/preserved/0000:01:00.0/bar2 # SKIP nothing was filled\n"
        "[   12.3] a stray kernel line\n"
        "ok 4 - I3/disjoint\n", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(checks->len, ==, 4);
    g_assert_true(nth(checks, 0)->ok);
    g_assert_cmpstr(nth(checks, 0)->name, ==, "I1/agreed/0000:01:00.0/bar2");
    g_assert_false(nth(checks, 1)->ok);
    g_assert_cmpstr(nth(checks, 1)->text, ==, "read 0x0, expected 0x46485342");

    /* CMocka 1.1.5 writes "not ok" for a skipped test */
    g_assert_false(nth(checks, 2)->called_for);
    g_assert_cmpstr(nth(checks, 2)->text, ==, "nothing was filled");
    g_assert_true(nth(checks, 3)->called_for);
}

static void test_refuses_broken_streams(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "", "the guest's checks ended early: 0 of an unknown number, at least 0 came" },
        { "1..2\nok 1 - a\n", "the guest's checks ended early: 1 of 2 came" },
        { "1..1\nok 1 - a\nok 2 - b\n", "the guest's checks ended early: 2 of 1 came" },
        { "1..1\nBail out! no /sys\n", "the guest's checks: Bail out! no /sys" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(check_list_from_tap(rows[i].text, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
        g_assert_cmpstr(error->message, ==, rows[i].message);
    }
}

static void test_names_have_parts(void)
{
    Check *check = check_new("I5/reachable/0000:01:00.0/bar2", TRUE, NULL);
    g_autofree char *id = check_part(check, 0);
    g_autofree char *bdf = check_part(check, 2);
    g_autofree char *none = check_part(check, 9);

    g_assert_cmpstr(id, ==, "I5");
    g_assert_cmpstr(bdf, ==, "0000:01:00.0");
    g_assert_cmpstr(none, ==, "");
    check_free(check);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check/tap/reads-results-and-reasons", test_reads_results_and_reasons);
    g_test_add_func("/check/tap/refuses-broken-streams", test_refuses_broken_streams);
    g_test_add_func("/check/names-have-parts", test_names_have_parts);
    return g_test_run();
}
