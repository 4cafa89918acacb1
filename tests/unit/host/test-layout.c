/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "machine.h"
#include "made-up.h"

#include <string.h>

#define TOP "[layout]\ntitle = t\n[device]\n"

static const char all_types[] =
    "# SPDX-License-Identifier: GPL-2.0-or-later\n"
    "#\n"
    "# A class of device.\n"
    "[layout]\n"
    "title = Two BARs\n"
    "[device]\n"
    "bar0 = 16K:mem32:control\n"
    "bar2 = 2G:mem64:pref:rebar=1G,4G\n"
    "class = 0x030000\n"
    "serial = 18446744073709551615\n"
    "msix = 8\n"
    "flr = on\n"
    "aer = off\n";

static Layout *load(const char *text)
{
    g_autoptr(GError) error = NULL;
    Layout *layout = made_up_layout(text, &error);

    g_assert_no_error(error);
    return layout;
}

/* The message without the folder, which has another name each time. */
static const char *file_and_rest(const GError *error)
{
    const char *name;

    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
    name = strstr(error->message, "made-up.ini");
    return name == NULL ? error->message : name;
}

static void test_reads_everything(void)
{
    g_autoptr(Layout) layout = load(all_types);
    const LayoutProperty *bar = g_ptr_array_index(layout->properties, 1);
    const LayoutProperty *class = g_ptr_array_index(layout->properties, 2);
    const LayoutProperty *serial = g_ptr_array_index(layout->properties, 3);
    const LayoutProperty *flr = g_ptr_array_index(layout->properties, 5);
    const LayoutProperty *aer = g_ptr_array_index(layout->properties, 6);

    g_assert_cmpstr(layout->name, ==, "made-up");
    g_assert_cmpstr(layout->title, ==, "Two BARs");
    g_assert_cmpstr(layout->description, ==, "A class of device.");
    g_assert_cmpuint(layout->properties->len, ==, 7);
    g_assert_cmpstr(bar->key->name, ==, "bar2");
    g_assert_cmpstr(bar->value, ==, "2G:mem64:pref:rebar=1G,4G");
    g_assert_cmphex(class->number, ==, 0x30000);
    g_assert_cmphex(serial->number, ==, G_MAXUINT64);
    g_assert_true(flr->on);
    g_assert_false(aer->on);
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "", "made-up.ini: the group [layout] is missing" },
        { "[layout]\ntitle = t\n", "made-up.ini: the group [device] is missing" },
        { "[device]\n", "made-up.ini: the group [layout] is missing" },
        { "[layout]\n[device]\n", "made-up.ini:1: [layout]: the key 'title' is missing" },
        { TOP "[function]\n",
          "made-up.ini:4: [function]: unknown group; expected [layout] or [device]" },
        { "[layout]\ntitle = t\ncolour = red\n[device]\n",
          "made-up.ini:3: [layout] colour: unknown key; this group takes: title" },
        { TOP "bar0 =\n", "made-up.ini:4: [device] bar0: the value is missing" },
        { TOP "msix = many\n",
          "made-up.ini:4: [device] msix: 'many' is no number; expected one such as 8 or 0x10de" },
        { TOP "msix = -1\n",
          "made-up.ini:4: [device] msix: '-1' is no number; expected one such as 8 or 0x10de" },
        { TOP "class = 0x\n",
          "made-up.ini:4: [device] class: '0x' is no number; expected one such as 8 or 0x10de" },
        { TOP "class = ff\n",
          "made-up.ini:4: [device] class: 'ff' is no number; expected one such as 8 or 0x10de" },
        { TOP "serial = 18446744073709551616\n",
          "made-up.ini:4: [device] serial: '18446744073709551616' is no number; expected one such "
          "as 8 or 0x10de" },
        { TOP "rom = big\n",
          "made-up.ini:4: [device] rom: 'big' is no size; expected a number with K, M, G, T, P or "
          "E, such as 2G" },
        { TOP "flr = yes\n", "made-up.ini:4: [device] flr: 'yes' is not one of: on, off" },
        { TOP "bar0 = 1M:mem32\nbar0 = 2M:mem32\n",
          "made-up.ini:5: [device] bar0: stands already in line 4; remove one of them" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) layout = made_up_layout(rows[i].text, &error);

        g_assert_null(layout);
        g_assert_cmpstr(file_and_rest(error), ==, rows[i].message);
    }
}

/* What belongs to one function is not for a layout; the error names what is. */
static void test_unknown_keys_name_the_known_ones(void)
{
    static const char *const unknown[] = { "tag", "fault", "id", "bus", "size", "bar6", "Bar0" };

    for (guint i = 0; i < G_N_ELEMENTS(unknown); i++) {
        g_autofree char *text = g_strdup_printf(TOP "%s = 1\n", unknown[i]);
        g_autofree char *start = g_strdup_printf(
            "made-up.ini:4: [device] %s: unknown key; this group takes: bar0, bar1, ", unknown[i]);
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) layout = made_up_layout(text, &error);

        g_assert_null(layout);
        g_assert_true(g_str_has_prefix(file_and_rest(error), start));
        g_assert_true(g_str_has_suffix(error->message, ", vf-bar5"));
    }
}

static void test_sums_what_the_64_bit_window_must_hold(void)
{
    static const struct {
        const char *name, *bars;
        guint64 size_bytes;
    } rows[] = {
        { "two", "bar0 = 256M:mem64:pref:rebar=256M-16G\nbar2 = 2M:pref:mem64\n", 258ull << 20 },
        { "not-prefetchable", "bar0 = 1G:mem64\n", 0 },
        { "32-bit", "bar0 = 1G:mem32:pref\n", 0 },
        { "io", "bar0 = 128:io\n", 0 },
        { "no-size", "bar0 = big:mem64:pref\n", 0 },
        { "not-a-virtual-function's", "vf-bar0 = 1G:mem64:pref\n", 0 },
        { "too-much", "bar0 = 15E:mem64:pref\nbar2 = 15E:mem64:pref\n", G_MAXUINT64 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(TOP, rows[i].bars, NULL);
        g_autoptr(Layout) layout = load(text);

        g_test_message("%s", rows[i].name);
        g_assert_cmphex(layout_pref64_bytes(layout), ==, rows[i].size_bytes);
    }
}

static void test_blames_the_line_of_a_refusal(void)
{
    static const struct {
        const char *refusal, *message;
    } rows[] = {
        { "bar2=2G:mem64:pref:rebar=1G,4G: no such word",
          "made-up.ini:8: [device] bar2: bar2=2G:mem64:pref:rebar=1G,4G: no such word" },
        { "Property 'barshift.bar0' is taken",
          "made-up.ini:7: [device] bar0: Property 'barshift.bar0' is taken" },
        { "msix-bar wants msix below 4", "made-up.ini:11: [device] msix: msix-bar wants msix below "
                                         "4" },
        { "bar2 and bar0 collide", "made-up.ini:8: [device] bar2: bar2 and bar0 collide" },
        { "sub-class, subclass, vbar0, bar00",
          "made-up.ini:6: [device]: sub-class, subclass, vbar0, bar00" },
        { "out of memory", "made-up.ini:6: [device]: out of memory" },
    };
    g_autoptr(Layout) layout = load(all_types);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(layout_blame(layout, rows[i].refusal, &error));
        g_assert_cmpstr(file_and_rest(error), ==, rows[i].message);
    }
}

static void test_option_doubles_commas(void)
{
    g_autoptr(Layout) layout = load(all_types);
    g_autoptr(Layout) empty = load(TOP);
    g_autofree char *option = machine_layout_option(layout);
    g_autofree char *nothing = machine_layout_option(empty);

    g_assert_cmpstr(option, ==, "barshift,bar0=16K:mem32:control,"
                                "bar2=2G:mem64:pref:rebar=1G,,4G,class=0x030000,"
                                "serial=18446744073709551615,msix=8,flr=on,aer=off");
    g_assert_cmpstr(nothing, ==, "barshift");
}

/* Whatever is in the catalogue is well formed, and says why it is there. */
static void test_catalogue_loads(void)
{
    g_autoptr(GDir) folder = g_dir_open(BARSHIFT_LAYOUTS, 0, NULL);
    const char *entry;
    guint count = 0;

    while ((entry = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(BARSHIFT_LAYOUTS, entry, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Layout) layout = layout_load(path, &error);

        g_assert_no_error(error);
        g_test_message("%s", layout->name);
        g_assert_cmpuint(strlen(layout->description), >, 40);
        count++;
    }
    g_assert_cmpuint(count, >=, 11);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/reads-everything", test_reads_everything);
    g_test_add_func("/layout/names-what-is-wrong", test_names_what_is_wrong);
    g_test_add_func("/layout/unknown-keys-name-the-known-ones",
                    test_unknown_keys_name_the_known_ones);
    g_test_add_func("/layout/sums-what-the-64-bit-window-must-hold",
                    test_sums_what_the_64_bit_window_must_hold);
    g_test_add_func("/layout/blames-the-line-of-a-refusal", test_blames_the_line_of_a_refusal);
    g_test_add_func("/layout/option-doubles-commas", test_option_doubles_commas);
    g_test_add_func("/layout/catalogue-loads", test_catalogue_loads);
    return g_test_run();
}
