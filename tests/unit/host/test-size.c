/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "size.h"

static void test_parse_accepts_units(void)
{
    static const struct {
        const char *text;
        guint64 size_bytes;
    } rows[] = {
        { "0", 0 },
        { "4096", 4096 },
        { "16K", 16 * 1024 },
        { "256M", 256ull << 20 },
        { "2G", 2ull << 30 },
        { "1T", 1ull << 40 },
        { "8E", 8ull << 60 },
        { "15E", 15ull << 60 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint64 size_bytes = 1;

        g_assert_true(size_parse(rows[i].text, &size_bytes, NULL));
        g_assert_cmphex(size_bytes, ==, rows[i].size_bytes);
    }
}

static void test_parse_refuses(void)
{
    static const char *const rows[] = { "",    "G",   "-1",  "2g",   "2GG", "2 G",
                                        "0x2", "1.5G", "16E", "99999999999999999999" };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        guint64 size_bytes = 7;

        g_assert_false(size_parse(rows[i], &size_bytes, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_assert_cmphex(size_bytes, ==, 7);
    }
}

static void test_format_leaves_no_fraction(void)
{
    g_autofree char *two_gib = size_format(2ull << 30);
    g_autofree char *odd = size_format((1ull << 30) + (512ull << 20));
    g_autofree char *bytes = size_format(17);
    g_autofree char *nothing = size_format(0);

    g_assert_cmpstr(two_gib, ==, "2 GiB");
    g_assert_cmpstr(odd, ==, "1536 MiB");
    g_assert_cmpstr(bytes, ==, "17 B");
    g_assert_cmpstr(nothing, ==, "0 B");
}

/* What is written short reads as the size that it was. */
static void test_short_format_is_read_back(void)
{
    static const struct {
        guint64 size_bytes;
        const char *text;
    } rows[] = {
        { 0, "0" }, { 17, "17" }, { 16 * 1024, "16K" }, { 1536ull << 20, "1536M" },
        { 1ull << 40, "1T" }, { 8ull << 60, "8E" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = size_format_short(rows[i].size_bytes);
        guint64 size_bytes = 1;

        g_assert_cmpstr(text, ==, rows[i].text);
        g_assert_true(size_parse(text, &size_bytes, NULL));
        g_assert_cmphex(size_bytes, ==, rows[i].size_bytes);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/size/parse/accepts-units", test_parse_accepts_units);
    g_test_add_func("/size/parse/refuses", test_parse_refuses);
    g_test_add_func("/size/format/leaves-no-fraction", test_format_leaves_no_fraction);
    g_test_add_func("/size/format-short/is-read-back", test_short_format_is_read_back);
    return g_test_run();
}
