/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger-records.h"

#include "json-member.h"

static LedgerRecord parse_record(JsonObject *object)
{
    return (LedgerRecord) {
        .sequence = (guint64)json_member_int(object, "sequence", 0),
        .time_ns = json_member_int(object, "time_ns", 0),
        .event = json_member_string(object, "event", ""),
        .bar_nr = (int)json_member_int(object, "bar", -1),
        .detail = (guint)json_member_int(object, "detail", 0),
        .value = (guint64)json_member_int(object, "value", 0),
    };
}

GArray *ledger_records_between(const Observation *before, const Observation *after,
                               const Function *function)
{
    const FunctionState *old = before == NULL ? NULL : observation_find(before, function);
    JsonObject *ledger = json_member_object(after->ledgers, function->name);
    JsonArray *array = ledger == NULL ? NULL : json_member_array(ledger, "records");
    GArray *records = g_array_new(FALSE, FALSE, sizeof(LedgerRecord));

    for (guint i = 0; i < json_array_length(array); i++) {
        LedgerRecord record = parse_record(json_array_object(array, i));

        if (old == NULL || record.sequence > old->ledger_total) {
            g_array_append_val(records, record);
        }
    }
    return records;
}

gboolean ledger_record_is(const LedgerRecord *record, const char *event)
{
    return g_str_equal(record->event, event);
}
