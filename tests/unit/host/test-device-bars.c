/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device model's list of BARs: how it is read, and how it is shown to people. */
#include "device-bars.h"
#include "layout-text.h"
#include "made-up.h"

#define GIB (1ull << 30)

#define BAR(nr, kind, backing, size, more) \
    "{\"bar\":" #nr ",\"kind\":\"" kind "\",\"prefetchable\":false,\"backing\":\"" backing "\"," \
    "\"base\":null,\"size\":" #size more "}"
#define CONTROL ",\"control\":true"

static JsonNode *ledger_of(const char *bars)
{
    g_autofree char *text = g_strdup_printf("{\"total\":0,\"bars\":[%s]}", bars);
    JsonNode *node = json_from_string(text, NULL);

    g_assert_nonnull(node);
    return node;
}

static void test_reads_everything(void)
{
    g_autoptr(JsonNode) ledger = ledger_of(
        "{\"bar\":0,\"kind\":\"mem64\",\"prefetchable\":true,\"control\":false,"
        "\"backing\":\"ram\",\"base\":4294967296,\"size\":1073741824,"
        "\"sizes\":[1073741824,2147483648]},"
        "{\"bar\":5,\"kind\":\"mem32\",\"prefetchable\":false,\"control\":true,"
        "\"backing\":\"none\",\"base\":null,\"size\":524288}");
    g_autoptr(GPtrArray) bars = device_bars_parse(ledger);
    const DeviceBar *memory = device_bars_find(bars, 0);
    const DeviceBar *control = device_bars_find(bars, 5);

    g_assert_cmpuint(bars->len, ==, 2);
    g_assert_null(device_bars_find(bars, 1));
    g_assert_cmpstr(memory->kind, ==, "mem64");
    g_assert_cmpstr(memory->backing, ==, "ram");
    g_assert_true(memory->prefetchable);
    g_assert_false(memory->control);
    g_assert_true(memory->mapped);
    g_assert_cmphex(memory->base, ==, 4 * GIB);
    g_assert_cmphex(memory->size_bytes, ==, GIB);
    g_assert_cmpuint(memory->sizes->len, ==, 2);
    g_assert_cmphex(g_array_index(memory->sizes, guint64, 1), ==, 2 * GIB);
    g_assert_true(control->control);
    g_assert_false(control->mapped);
    g_assert_cmpuint(control->sizes->len, ==, 0);
}

static void test_odd_lists_are_none(void)
{
    static const char *const texts[] = { "7", "[]", "{}", "{\"bars\":7}", "{\"bars\":[7]}" };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(JsonNode) ledger = json_from_string(texts[i], NULL);

        g_assert_null(device_bars_parse(ledger));
    }
}

static void test_odd_members_have_harmless_values(void)
{
    g_autoptr(JsonNode) ledger = ledger_of(
        "{\"bar\":\"x\",\"kind\":1,\"backing\":[],\"base\":\"0x1\",\"size\":null,\"sizes\":7}");
    g_autoptr(GPtrArray) bars = device_bars_parse(ledger);
    const DeviceBar *bar = g_ptr_array_index(bars, 0);

    g_assert_cmpstr(bar->kind, ==, "");
    g_assert_cmpstr(bar->backing, ==, "");
    g_assert_false(bar->mapped);
    g_assert_cmphex(bar->size_bytes, ==, 0);
    g_assert_cmpuint(bar->sizes->len, ==, 0);
}

static void test_main_bar(void)
{
    static const struct {
        const char *name, *bars;
        int nr; /* -1: none */
    } rows[] = {
        { "largest", BAR(0, "mem32", "ram", 4096, "") "," BAR(2, "mem64", "ram", 8192, ""), 2 },
        { "first-of-equals", BAR(1, "mem32", "ram", 4096, "") "," BAR(2, "mem64", "ram", 4096, ""),
          1 },
        { "not-the-control-bar",
          BAR(0, "mem32", "ram", 65536, CONTROL) "," BAR(2, "mem64", "pattern", 4096, ""), 2 },
        { "control-bar-alone",
          BAR(0, "mem32", "none", 65536, CONTROL) "," BAR(2, "io", "none", 128, ""), 0 },
        { "not-an-empty-one",
          BAR(0, "mem32", "none", 65536, CONTROL) "," BAR(1, "mem32", "none", 1048576, ""), 0 },
        { "by-the-largest-size-it-can-have",
          BAR(0, "mem64", "ram", 4096, ",\"sizes\":[4096,1048576]") ","
          BAR(2, "mem64", "ram", 8192, ""), 0 },
        { "none", BAR(2, "io", "none", 128, ""), -1 },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(JsonNode) ledger = ledger_of(rows[i].bars);
        g_autoptr(GPtrArray) bars = device_bars_parse(ledger);
        const DeviceBar *bar = device_bars_main(bars);

        g_test_message("%s", rows[i].name);
        g_assert_cmpint(bar == NULL ? -1 : (int)bar->nr, ==, rows[i].nr);
    }
}

static Layout *card(void)
{
    g_autoptr(GError) error = NULL;
    Layout *layout = made_up_layout(
        "# Why.\n[layout]\ntitle = A card\n[device]\nbar0 = 1G:mem64\nrom = 64K\nmsix = 8\n",
        &error);

    g_assert_no_error(error);
    return layout;
}

static JsonNode *made_up_ledger(void)
{
    return json_from_string(
        "{\"total\":0,\"rom\":{\"size\":65536},\"bars\":["
        "{\"bar\":0,\"kind\":\"mem64\",\"prefetchable\":true,\"control\":false,"
        "\"backing\":\"ram\",\"base\":null,\"size\":268435456,"
        "\"sizes\":[268435456,1073741824,2147483648,4294967296]},"
        "{\"bar\":4,\"kind\":\"io\",\"prefetchable\":false,\"control\":false,"
        "\"backing\":\"none\",\"base\":null,\"size\":256},"
        "{\"bar\":5,\"kind\":\"mem32\",\"prefetchable\":false,\"control\":true,"
        "\"backing\":\"none\",\"base\":null,\"size\":524288}]}", NULL);
}

static void test_shows_a_table(void)
{
    g_autoptr(Layout) layout = card();
    g_autoptr(JsonNode) ledger = made_up_ledger();
    g_autofree char *text = layout_text(layout, ledger);

    g_assert_cmpstr(text, ==,
        "made-up: A card\n"
        "\n"
        "  BAR  kind   prefetchable      size  resizable     holds\n"
        "  0    mem64  yes            256 MiB  256M+1G-4G    ram; main BAR\n"
        "  4    io                      256 B                none\n"
        "  5    mem32  no             512 KiB  no            control registers\n"
        "  rom  mem32                  64 KiB\n"
        "  msix = 8\n"
        "\n"
        "  Why.\n");
}

static void test_shows_json(void)
{
    g_autoptr(Layout) layout = card();
    g_autoptr(JsonNode) ledger = made_up_ledger();
    g_autoptr(JsonNode) node = layout_json(layout, ledger);
    JsonObject *root = json_node_get_object(node);
    JsonObject *told = json_node_get_object(ledger);

    g_assert_cmpstr(json_object_get_string_member(root, "name"), ==, "made-up");
    g_assert_cmpstr(json_object_get_string_member(root, "description"), ==, "Why.");
    g_assert_cmpstr(json_object_get_string_member(
                        json_object_get_object_member(root, "properties"), "rom"), ==, "64K");
    g_assert_true(json_node_equal(json_object_get_member(root, "bars"),
                                  json_object_get_member(told, "bars")));
    g_assert_true(json_node_equal(json_object_get_member(root, "rom"),
                                  json_object_get_member(told, "rom")));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-bars/reads-everything", test_reads_everything);
    g_test_add_func("/device-bars/odd-lists-are-none", test_odd_lists_are_none);
    g_test_add_func("/device-bars/odd-members-have-harmless-values",
                    test_odd_members_have_harmless_values);
    g_test_add_func("/device-bars/main-bar", test_main_bar);
    g_test_add_func("/layout-text/shows-a-table", test_shows_a_table);
    g_test_add_func("/layout-text/shows-json", test_shows_json);
    return g_test_run();
}
