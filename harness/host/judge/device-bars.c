/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device-bars.h"

#include "json-member.h"
#include "registers.h"

static void device_bar_free(gpointer data)
{
    DeviceBar *bar = data;

    g_array_unref(bar->sizes);
    g_free(bar->kind);
    g_free(bar->backing);
    g_free(bar);
}

static GArray *parse_sizes(JsonObject *object)
{
    GArray *sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
    JsonNode *node = json_object_get_member(object, "sizes");
    JsonArray *array =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    for (guint i = 0; i < (array == NULL ? 0 : json_array_get_length(array)); i++) {
        guint64 size_bytes = (guint64)json_array_get_int_element(array, i);

        g_array_append_val(sizes, size_bytes);
    }
    return sizes;
}

static DeviceBar *parse_bar(JsonObject *object)
{
    DeviceBar *bar = g_new0(DeviceBar, 1);

    bar->nr = (guint)json_member_int(object, "bar", BARSHIFT_NO_BAR);
    bar->kind = g_strdup(json_member_string(object, "kind", ""));
    bar->prefetchable = json_member_is_true(object, "prefetchable");
    bar->control = json_member_is_true(object, "control");
    bar->backing = g_strdup(json_member_string(object, "backing", ""));
    bar->mapped = json_member_has_int(object, "base");
    bar->base = (guint64)json_member_int(object, "base", 0);
    bar->size_bytes = (guint64)json_member_int(object, "size", 0);
    bar->sizes = parse_sizes(object);
    return bar;
}

GPtrArray *device_bars_parse(JsonNode *ledger)
{
    JsonObject *root = JSON_NODE_HOLDS_OBJECT(ledger) ? json_node_get_object(ledger) : NULL;
    JsonArray *array = root == NULL ? NULL : json_member_array(root, "bars");
    GPtrArray *bars = array == NULL ? NULL : g_ptr_array_new_with_free_func(device_bar_free);

    for (guint i = 0; i < json_array_length(array); i++) {
        g_ptr_array_add(bars, parse_bar(json_array_object(array, i)));
    }
    return bars;
}

static guint64 largest_size(const DeviceBar *bar)
{
    guint64 largest = bar->size_bytes;

    for (guint i = 0; i < bar->sizes->len; i++) {
        largest = MAX(largest, g_array_index(bar->sizes, guint64, i));
    }
    return largest;
}

enum { RANK_NEVER, RANK_EMPTY, RANK_CONTROL, RANK_CONTENTS };

static guint rank(const DeviceBar *bar)
{
    if (g_str_equal(bar->kind, "io")) {
        return RANK_NEVER;
    }
    if (bar->control) {
        return RANK_CONTROL;
    }
    return g_str_equal(bar->backing, "none") ? RANK_EMPTY : RANK_CONTENTS;
}

const DeviceBar *device_bars_main(const GPtrArray *bars)
{
    const DeviceBar *best = NULL;

    for (guint i = 0; i < bars->len; i++) {
        const DeviceBar *bar = g_ptr_array_index(bars, i);

        if (rank(bar) > (best == NULL ? RANK_NEVER : rank(best)) ||
            (best != NULL && rank(bar) == rank(best) &&
             largest_size(bar) > largest_size(best))) {
            best = bar;
        }
    }
    return best;
}

const DeviceBar *device_bars_find(const GPtrArray *bars, guint nr)
{
    for (guint i = 0; i < bars->len; i++) {
        const DeviceBar *bar = g_ptr_array_index(bars, i);

        if (bar->nr == nr) {
            return bar;
        }
    }
    return NULL;
}
