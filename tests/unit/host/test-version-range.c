/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version-range.h"

static void test_knows_what_it_has(void)
{
    static const struct {
        const char *range, *version;
        gboolean has;
    } rows[] = {
        { "..6.12.100", "6.12.100", TRUE },
        { "..6.12.100", "6.12.101", FALSE },
        { "..6.12.100", "6.13.0", FALSE },
        { "..6.12.100", "6.1.192", TRUE },
        { "..6.1", "6.1.192", TRUE },
        { "..6.1", "6.2.0", FALSE },
        { "..6.1", "5.99", TRUE },
        { "6.12..", "6.12.0", TRUE },
        { "6.12..", "6.12", TRUE },
        { "6.12.1..", "6.12", FALSE },
        { "6.12..", "6.11.99", FALSE },
        { "6.12..", "7.0.0", TRUE },
        { "6.1..6.12", "6.12.107", TRUE },
        { "6.1..6.12", "6.0.19", FALSE },
        { "7.2", "7.2.22", TRUE },
        { "7.2", "7.20.1", FALSE },
        { "7.2.22", "7.2.2", FALSE },
        { "10", "10.2.2", TRUE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s has %s", rows[i].range, rows[i].version);
        g_assert_true(version_range_is_valid(rows[i].range));
        g_assert_cmpint(version_range_has(rows[i].range, rows[i].version), ==, rows[i].has);
    }
}

static void test_rejects_what_is_none(void)
{
    static const char *const rows[] = { "", "..", "6.1...6.12", "6.", ".6", "6.1.x", "six", "-6",
                                        "6.1-6.2", "6.1 ..", "1234567890" };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("'%s'", rows[i]);
        g_assert_false(version_range_is_valid(rows[i]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/version-range/knows-what-it-has", test_knows_what_it_has);
    g_test_add_func("/version-range/rejects-what-is-none", test_rejects_what_is_none);
    return g_test_run();
}
