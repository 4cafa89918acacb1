/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout-text.h"

#include "device-bars.h"
#include "json-member.h"
#include "size.h"

#include <string.h>

/* Sizes as the device's property has them, "256M+1G-16G": runs of doubling sizes are ranges. */
static char *sizes_text(const GArray *sizes)
{
    GString *text = g_string_new(NULL);
    guint last;

    for (guint first = 0; first < sizes->len; first = last + 1) {
        g_autofree char *from = size_format_short(g_array_index(sizes, guint64, first));

        last = first;
        while (last + 1 < sizes->len && g_array_index(sizes, guint64, last + 1) / 2 ==
                                            g_array_index(sizes, guint64, last)) {
            last++;
        }
        g_string_append_printf(text, "%s%s", first == 0 ? "" : "+", from);
        if (last != first) {
            g_autofree char *to = size_format_short(g_array_index(sizes, guint64, last));

            g_string_append_printf(text, "-%s", to);
        }
    }
    return g_string_free(text, FALSE);
}

static void append_line(GString *text, const char *bar, const char *kind, const char *prefetchable,
                        const char *size, const char *sizes, const char *contents)
{
    g_autofree char *line = g_strdup_printf("  %-3s  %-5s  %-12s  %8s  %-12s  %s", bar, kind,
                                            prefetchable, size, sizes, contents);

    g_string_append_printf(text, "%s\n", g_strchomp(line));
}

/* "ram; main BAR", "control registers", "none" */
static char *contents_text(const DeviceBar *bar, gboolean main)
{
    gboolean empty = g_str_equal(bar->backing, "none");

    return g_strdup_printf("%s%s%s%s", bar->control ? "control registers" : "",
                           bar->control && !empty ? ", " : "",
                           bar->control && empty ? "" : bar->backing, main ? "; main BAR" : "");
}

static void append_bar(GString *text, const DeviceBar *bar, gboolean main)
{
    g_autofree char *nr = g_strdup_printf("%u", bar->nr);
    g_autofree char *size = size_format(bar->size_bytes);
    g_autofree char *sizes = bar->sizes->len == 0 ? g_strdup("no") : sizes_text(bar->sizes);
    gboolean memory = !g_str_equal(bar->kind, "io");
    g_autofree char *contents = contents_text(bar, main);

    append_line(text, nr, bar->kind, !memory ? "" : bar->prefetchable ? "yes" : "no", size,
                memory ? sizes : "", contents);
}

static void append_rom(GString *text, JsonNode *ledger)
{
    JsonObject *rom = json_member_object(json_node_get_object(ledger), "rom");

    if (rom != NULL) {
        g_autofree char *size = size_format((guint64)json_member_int(rom, "size", 0));

        append_line(text, "rom", "mem32", "", size, "", "");
    }
}

static void append_others(GString *text, const Layout *layout)
{
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        const char *name = property->key->name;

        if (!g_str_has_prefix(name, "bar") && !g_str_equal(name, "rom")) {
            g_string_append_printf(text, "  %s = %s\n", name, property->value);
        }
    }
}

static void append_description(GString *text, const Layout *layout)
{
    g_auto(GStrv) lines = g_strsplit(layout->description, "\n", -1);

    g_string_append(text, lines[0] == NULL ? "" : "\n");
    for (guint i = 0; lines[i] != NULL; i++) {
        g_string_append_printf(text, "%s%s\n", lines[i][0] == '\0' ? "" : "  ", lines[i]);
    }
}

char *layout_text(const Layout *layout, JsonNode *ledger)
{
    g_autoptr(GPtrArray) bars = device_bars_parse(ledger);
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s: %s\n\n", layout->name, layout->title);
    append_line(text, "BAR", "kind", "prefetchable", "size", "resizable", "holds");
    for (guint i = 0; bars != NULL && i < bars->len; i++) {
        const DeviceBar *bar = g_ptr_array_index(bars, i);

        append_bar(text, bar, bar == device_bars_main(bars));
    }
    append_rom(text, ledger);
    append_others(text, layout);
    append_description(text, layout);
    return g_string_free(text, FALSE);
}

static void add_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_string_value(builder, value);
}

/* (nullable): a copy of a member as it is */
static void add_copy(JsonBuilder *builder, JsonObject *from, const char *name)
{
    JsonNode *node = json_object_get_member(from, name);

    if (node != NULL) {
        json_builder_set_member_name(builder, name);
        json_builder_add_value(builder, json_node_copy(node));
    }
}

JsonNode *layout_json(const Layout *layout, JsonNode *ledger)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    add_string(builder, "name", layout->name);
    add_string(builder, "title", layout->title);
    add_string(builder, "description", layout->description);
    json_builder_set_member_name(builder, "properties");
    json_builder_begin_object(builder);
    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);

        add_string(builder, property->key->name, property->value);
    }
    json_builder_end_object(builder);
    add_copy(builder, json_node_get_object(ledger), "bars");
    add_copy(builder, json_node_get_object(ledger), "rom");
    json_builder_end_object(builder);
    return json_builder_get_root(builder);
}
