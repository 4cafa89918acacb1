/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the property "ledger" is true in itself, and to configuration space.
 */

#include <inttypes.h>

#include <linux/pci_regs.h>

#include "ledger-check.h"

static uint64_t member(JsonObject *object, const char *name)
{
    return (uint64_t)json_object_get_int_member(object, name);
}

/* Base of a BAR in the property; NOT_DECODED for null */
static uint64_t base_of(JsonObject *bar)
{
    return json_object_get_null_member(bar, "base") ? BARSHIFT_NOT_DECODED : member(bar, "base");
}

static uint64_t view_base(const View *view, unsigned nr)
{
    return view->bars[nr].decoding ? view->bars[nr].address : BARSHIFT_NOT_DECODED;
}

/* Records */

static char *check_counts(JsonObject *ledger, const LedgerSeen *seen, uint64_t total,
                          uint64_t dropped)
{
    uint64_t count = json_array_get_length(json_object_get_array_member(ledger, "records"));

    if (total < seen->total || dropped < seen->dropped) {
        return g_strdup_printf("total %" PRIu64 ", dropped %" PRIu64 ": less than before (%" PRIu64
                               ", %" PRIu64 ")", total, dropped, seen->total, seen->dropped);
    }
    if (total - dropped != count) {
        return g_strdup_printf("total %" PRIu64 ", dropped %" PRIu64 ", but %" PRIu64 " records",
                               total, dropped, count);
    }
    return NULL;
}

char *ledger_check_records(JsonObject *ledger, LedgerSeen *seen, uint64_t now_ns)
{
    JsonArray *records = json_object_get_array_member(ledger, "records");
    uint64_t total = member(ledger, "total"), dropped = member(ledger, "dropped");
    uint64_t sequence = dropped, time_ns = 0;
    char *wrong = check_counts(ledger, seen, total, dropped);

    *seen = (LedgerSeen) { .total = total, .dropped = dropped };
    for (guint i = 0; !wrong && i < json_array_get_length(records); i++) {
        JsonObject *record = json_array_get_object_element(records, i);
        uint64_t record_ns = member(record, "time_ns");

        if (member(record, "sequence") != ++sequence) {
            wrong = g_strdup_printf("record %" PRIu64 " where %" PRIu64 " should be",
                                    member(record, "sequence"), sequence);
        } else if (record_ns < time_ns || record_ns > now_ns) {
            wrong = g_strdup_printf("record %" PRIu64 ": time %" PRIu64 ", the one before %" PRIu64
                                    ", now %" PRIu64, sequence, record_ns, time_ns, now_ns);
        }
        time_ns = record_ns;
    }
    return wrong;
}

/* BARs */

static char *check_region(JsonObject *bar, const View *view, unsigned nr)
{
    uint64_t base = base_of(bar), size = member(bar, "size");

    if (base == view_base(view, nr) && size == view->bars[nr].size) {
        return NULL;
    }
    return g_strdup_printf("region %u: property has 0x%" PRIx64 " of size 0x%" PRIx64
                           ", configuration space 0x%" PRIx64 " of size 0x%" PRIx64, nr, base,
                           size, view_base(view, nr), view->bars[nr].size);
}

char *ledger_check_bars(JsonObject *ledger, const View *view, const Shape *shape)
{
    JsonArray *bars = json_object_get_array_member(ledger, "bars");
    unsigned i = 0;
    char *wrong = NULL;

    for (unsigned nr = 0; !wrong && nr < BARSHIFT_BARS; nr++) {
        JsonObject *bar;

        if (shape->bars[nr].kind == BAR_ABSENT) {
            continue;
        }
        bar = i < json_array_get_length(bars) ? json_array_get_object_element(bars, i++) : NULL;
        wrong = bar && member(bar, "bar") == nr
                    ? check_region(bar, view, nr)
                    : g_strdup_printf("region %u is not in the property", nr);
    }
    if (!wrong && shape->bars[FUNCTION_ROM].kind != BAR_ABSENT) {
        wrong = check_region(json_object_get_object_member(ledger, "rom"), view, FUNCTION_ROM);
    }
    if (!wrong && i != json_array_get_length(bars)) {
        wrong = g_strdup_printf("property has %u BARs, configuration space %u",
                                json_array_get_length(bars), i);
    }
    return wrong;
}

/* History */

typedef struct History {
    bool known[FUNCTION_REGIONS];
    uint64_t base[FUNCTION_REGIONS];
    bool decode_known;
    bool decode;
} History;

static void replay(History *history, JsonObject *record)
{
    const char *event = json_object_get_string_member(record, "event");
    unsigned nr;

    if (g_str_equal(event, "decode-on") || g_str_equal(event, "decode-off")) {
        history->decode_known = true;
        history->decode = g_str_equal(event, "decode-on");
    }
    if (g_str_equal(event, "map") || g_str_equal(event, "unmap")) {
        nr = (unsigned)member(record, "bar");
        g_assert_cmpuint(nr, <, FUNCTION_REGIONS);
        history->known[nr] = true;
        history->base[nr] = g_str_equal(event, "map") ? member(record, "value")
                                                      : BARSHIFT_NOT_DECODED;
    }
}

char *ledger_check_history(JsonObject *ledger, const View *view)
{
    JsonArray *records = json_object_get_array_member(ledger, "records");
    History history = { 0 };

    for (guint i = 0; i < json_array_get_length(records); i++) {
        replay(&history, json_array_get_object_element(records, i));
    }
    if (history.decode_known && history.decode != ((view->command & PCI_COMMAND_MEMORY) != 0)) {
        return g_strdup_printf("records say that memory decode is %s, Command is 0x%x",
                               history.decode ? "on" : "off", view->command);
    }
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        if (history.known[nr] && history.base[nr] != view_base(view, nr)) {
            return g_strdup_printf("region %u: records say 0x%" PRIx64
                                   ", configuration space 0x%" PRIx64, nr, history.base[nr],
                                   view_base(view, nr));
        }
    }
    return NULL;
}
