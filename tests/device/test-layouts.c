/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every layout in layouts/: its BARs have the kinds and sizes that the file says, and each answers
 * below a root port, at two addresses one after the other.
 */

#include <string.h>

#include "below.h"
#include "placement.h"

#define GROUP "device"

/* "16K" as qemu_strtosz() reads it, for sizes that are whole */
static uint64_t parse_size(const char *text)
{
    static const char units[] = "KMGTPE";
    char *end;
    uint64_t size = g_ascii_strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;

    return unit ? size << (10 * (unit - units + 1)) : size;
}

static BarKind parse_kind(const char *text)
{
    if (g_str_equal(text, "io")) {
        return BAR_IO;
    }
    return g_str_equal(text, "mem64") ? BAR_MEM64 : BAR_MEM32;
}

static char *properties_of(GKeyFile *file)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, GROUP, NULL, NULL);
    GString *properties = g_string_new(NULL);

    g_assert_nonnull(keys);
    for (char **key = keys; *key; key++) {
        g_autofree char *value = g_key_file_get_string(file, GROUP, *key, NULL);

        g_string_append_printf(properties, ",%s=%s", *key, value);
    }
    return g_string_free(properties, FALSE);
}

/* The lowest free slot, when the layout has an MSI-X table and names no BAR for it */
static unsigned own_table_bar(GKeyFile *file)
{
    unsigned nr = 0;

    if (!g_key_file_has_key(file, GROUP, "msix", NULL) ||
        g_key_file_has_key(file, GROUP, "msix-bar", NULL)) {
        return BARSHIFT_BARS;
    }
    while (nr < BARSHIFT_BARS) {
        g_autofree char *key = g_strdup_printf("bar%u", nr);
        g_autofree char *value = g_key_file_get_string(file, GROUP, key, NULL);

        if (!value) {
            return nr;
        }
        nr += strstr(value, ":mem64") ? 2 : 1;
    }
    g_assert_not_reached();
}

static void assert_as_told(const Function *function, GKeyFile *file)
{
    unsigned table_nr = own_table_bar(file);

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const FunctionBar *bar = &function->bars[nr];
        g_autofree char *key = g_strdup_printf("bar%u", nr);
        g_autofree char *value = g_key_file_get_string(file, GROUP, key, NULL);
        g_auto(GStrv) words = NULL;

        if (!value) {
            g_assert_cmpint(bar->kind, ==, nr == table_nr ? BAR_MEM32 : BAR_ABSENT);
            continue;
        }
        words = g_strsplit(value, ":", -1);
        g_assert_cmphex(bar->size, ==, parse_size(words[0]));
        g_assert_cmpint(bar->kind, ==, parse_kind(words[1]));
        g_assert_cmpint(bar->prefetchable, ==,
                        g_strv_contains((const char *const *)words, "pref"));
    }
}

/* Above where they are, by the largest */
static void move_memory(Function *function)
{
    uint64_t largest = 0;

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        largest = MAX(largest, function->bars[nr].kind == BAR_MEM64 ? function->bars[nr].size : 0);
    }
    decode_set(function, false);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (function->bars[nr].kind == BAR_MEM64) {
            function->bars[nr].base += 8 * largest;
            bar_write(function, nr, function->bars[nr].base);
        }
    }
    decode_set(function, true);
}

static void test_layout(gconstpointer data)
{
    const char *path = data;
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *properties = NULL;
    Below below;

    g_assert_true(g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL));
    properties = properties_of(file);
    below_start(&below, properties);
    port_open_windows(&below.port);
    function_place_bars(&below.function);
    assert_as_told(&below.function, file);
    assert_bars_reached(&below.function);
    move_memory(&below.function);
    assert_bars_reached(&below.function);
    below_stop(&below);
}

static unsigned add_tests(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    unsigned count = 0;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_suffix(name, ".ini")) {
            g_autofree char *path = g_strdup_printf("/layouts/%.*s", (int)strlen(name) - 4, name);

            g_test_add_data_func_full(path, g_build_filename(folder, name, NULL), test_layout,
                                      g_free);
            count++;
        }
    }
    return count;
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpuint(add_tests(LAYOUTS), >, 0);
    return g_test_run();
}
