/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ledger of what happened to the function.
 */

#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#include "ledger.h"

#define RECORD_SIZE sizeof(struct barshift_ledger_record)

static const char *const event_names[BARSHIFT_EVENTS] = {
    [BARSHIFT_EVENT_DECODE_ON] = "decode-on",
    [BARSHIFT_EVENT_DECODE_OFF] = "decode-off",
    [BARSHIFT_EVENT_BAR_WRITE] = "bar-write",
    [BARSHIFT_EVENT_MAP] = "map",
    [BARSHIFT_EVENT_UNMAP] = "unmap",
    [BARSHIFT_EVENT_RESIZE] = "resize",
    [BARSHIFT_EVENT_REFUSED_DECODE] = "refused-decode",
    [BARSHIFT_EVENT_REFUSED_SIZE] = "refused-size",
    [BARSHIFT_EVENT_RESET] = "reset",
    [BARSHIFT_EVENT_BAD_ACCESS] = "bad-access",
};

void ledger_write(Ledger *ledger, enum barshift_event event, unsigned bar_nr, uint64_t value)
{
    ledger->records[ledger->total % BARSHIFT_LEDGER_RECORDS] = (struct barshift_ledger_record) {
        .sequence = ledger->total + 1,
        .time_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
        .event = event,
        .bar = bar_nr,
        .value = value,
    };
    ledger->total++;
}

uint64_t ledger_dropped(const Ledger *ledger)
{
    return ledger->total > BARSHIFT_LEDGER_RECORDS ? ledger->total - BARSHIFT_LEDGER_RECORDS : 0;
}

uint64_t ledger_cell(const Ledger *ledger, uint64_t offset)
{
    const struct barshift_ledger_record *record;

    if (offset >= sizeof(ledger->records)) {
        return 0;
    }
    record = &ledger->records[offset / RECORD_SIZE];
    switch (offset % RECORD_SIZE) {
    case offsetof(struct barshift_ledger_record, sequence):
        return record->sequence;
    case offsetof(struct barshift_ledger_record, time_ns):
        return record->time_ns;
    case offsetof(struct barshift_ledger_record, event):
        return record->event | (uint64_t)record->bar << 16;
    default:
        return record->value;
    }
}

static QDict *record_to_qdict(const struct barshift_ledger_record *record)
{
    QDict *dict = qdict_new();

    qdict_put(dict, "sequence", qnum_from_uint(record->sequence));
    qdict_put(dict, "time_ns", qnum_from_uint(record->time_ns));
    qdict_put_str(dict, "event", event_names[record->event]);
    if (record->bar == BARSHIFT_NO_BAR) {
        qdict_put_null(dict, "bar");
    } else {
        qdict_put_int(dict, "bar", record->bar);
    }
    qdict_put(dict, "value", qnum_from_uint(record->value));
    return dict;
}

QList *ledger_to_qlist(const Ledger *ledger)
{
    QList *list = qlist_new();

    for (uint64_t i = ledger_dropped(ledger); i < ledger->total; i++) {
        qlist_append(list, record_to_qdict(&ledger->records[i % BARSHIFT_LEDGER_RECORDS]));
    }
    return list;
}
