/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of progress at made-up times. */
#include "progress.h"

#define SECOND G_USEC_PER_SEC

static const char *const names[] = { "a", "b", "c", "d" };

static void assert_line(const Progress *progress, gint64 now_us, const char *expected)
{
    g_autofree char *line = progress_line(progress, now_us, 80);

    g_assert_cmpstr(line, ==, expected);
}

static void test_tells_a_run(void)
{
    g_autoptr(Progress) progress = progress_new(names, 4, 2);

    assert_line(progress, SECOND, "0 of 4 done");
    progress_began(progress, 0, 1 * SECOND);
    progress_began(progress, 1, 1 * SECOND);
    assert_line(progress, 4 * SECOND, "0 of 4 done; running: a 3 s, b 3 s");

    /* b took 10 s: a has 6 left, c and d have 10 each, on two tracks */
    progress_ended(progress, 1, 11 * SECOND);
    progress_began(progress, 2, 11 * SECOND);
    assert_line(progress, 11 * SECOND, "1 of 4 done; running: a 10 s, c 0 s; about 10 s left");

    /* a took 20 s, so the mean is 15: c has 5 left, d has 15 and runs longest */
    progress_ended(progress, 0, 21 * SECOND);
    progress_began(progress, 3, 21 * SECOND);
    assert_line(progress, 21 * SECOND, "2 of 4 done; running: c 10 s, d 0 s; about 15 s left");

    progress_ended(progress, 2, 22 * SECOND);
    progress_ended(progress, 3, 22 * SECOND);
    assert_line(progress, 22 * SECOND, "4 of 4 done");
}

/* What lasts longer than the mean takes nothing from those that wait. */
static void test_has_no_time_left_when_late(void)
{
    g_autoptr(Progress) progress = progress_new(names, 4, 1);

    progress_began(progress, 0, 1 * SECOND);
    progress_ended(progress, 0, 3 * SECOND);
    progress_began(progress, 1, 3 * SECOND);
    assert_line(progress, 60 * SECOND, "1 of 4 done; running: b 57 s; about 4 s left");
}

static void test_never_fills_the_last_column(void)
{
    static const char *const long_names[] = { "ä-name-of-some-length" };
    g_autoptr(Progress) progress = progress_new(long_names, 1, 1);
    g_autofree char *narrow = NULL;
    g_autofree char *none = NULL;

    progress_began(progress, 0, 1 * SECOND);
    narrow = progress_line(progress, 1 * SECOND, 25);
    g_assert_cmpstr(narrow, ==, "0 of 1 done; running: ä-");
    none = progress_line(progress, 1 * SECOND, 0);
    g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/progress/tells-a-run", test_tells_a_run);
    g_test_add_func("/progress/has-no-time-left-when-late", test_has_no_time_left_when_late);
    g_test_add_func("/progress/never-fills-the-last-column", test_never_fills_the_last_column);
    return g_test_run();
}
