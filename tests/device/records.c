/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the ledger.
 */

#include "records.h"

gint64 ledger_total(const Function *function)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");

    return json_object_get_int_member(json_node_get_object(ledger), "total");
}

static void assert_record(JsonObject *record, const Record *expected)
{
    g_assert_cmpstr(json_object_get_string_member(record, "event"), ==, expected->event);
    g_assert_cmphex((uint64_t)json_object_get_int_member(record, "value"), ==, expected->value);
    g_assert_cmpuint((uint32_t)json_object_get_int_member(record, "detail"), ==,
                     expected->detail);
    g_assert_cmpint(json_object_get_null_member(record, "bar")
                        ? NO_BAR
                        : json_object_get_int_member(record, "bar"), ==, expected->bar);
}

static void assert_some_in(JsonNode *ledger, gint64 first, const char *event,
                           const Record *expected)
{
    JsonObject *object = json_node_get_object(ledger);
    JsonArray *records = json_object_get_array_member(object, "records");
    gint64 dropped = json_object_get_int_member(object, "dropped");

    g_assert_cmpint(first, >, dropped);
    for (guint i = (guint)(first - 1 - dropped); i < json_array_get_length(records); i++) {
        JsonObject *record = json_array_get_object_element(records, i);

        if (!event || g_str_equal(json_object_get_string_member(record, "event"), event)) {
            assert_record(record, expected);
            expected++;
        }
    }
    g_assert_cmpstr(expected->event, ==, NULL);
}

void assert_records_in(JsonNode *ledger, gint64 first, const Record *expected)
{
    assert_some_in(ledger, first, NULL, expected);
}

void assert_records_of(const Function *function, gint64 first, const char *event,
                       const Record *expected)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");

    assert_some_in(ledger, first, event, expected);
}

void assert_records(const Function *function, gint64 first, const Record *expected)
{
    assert_records_of(function, first, NULL, expected);
}
