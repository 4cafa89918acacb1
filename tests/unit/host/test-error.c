/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"

static GError *of(int code, const char *message)
{
    return g_error_new_literal(RUNNER_ERROR, code, message);
}

static void test_adds_lines(void)
{
    g_autoptr(GError) all = NULL;

    runner_error_add(&all, NULL);
    runner_error_add(&all, of(RUNNER_ERROR_FOLLOWS, "first of all, but it follows"));
    g_assert_null(all);
    runner_error_add(&all, of(RUNNER_ERROR_USAGE, "one\ntwo"));
    runner_error_add(&all, of(RUNNER_ERROR_ENVIRONMENT, "three"));
    runner_error_add(&all, of(RUNNER_ERROR_FOLLOWS, "follows"));
    runner_error_add(&all, of(RUNNER_ERROR_USAGE, "two\nfour"));
    g_assert_error(all, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    g_assert_cmpstr(all->message, ==, "one\ntwo\nthree\nfour");
    g_assert_true(runner_error_has(all, "three"));
    g_assert_false(runner_error_has(all, "thre"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/error/adds-lines", test_adds_lines);
    return g_test_run();
}
