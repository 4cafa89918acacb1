/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ledger of what happened to the function.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/timer.h"
#include "ledger.h"

#define LOSSY_PERIOD 8

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
    [BARSHIFT_EVENT_VIOLATION] = "violation",
    [BARSHIFT_EVENT_DRIVER_STATE] = "driver-state",
    [BARSHIFT_EVENT_POWER_STATE] = "power-state",
    [BARSHIFT_EVENT_IO_DECODE_ON] = "io-decode-on",
    [BARSHIFT_EVENT_IO_DECODE_OFF] = "io-decode-off",
    [BARSHIFT_EVENT_DMA_STATE] = "dma-state",
    [BARSHIFT_EVENT_DMA_FAILED] = "dma-failed",
    [BARSHIFT_EVENT_AER] = "aer",
    [BARSHIFT_EVENT_BAD_VECTOR] = "bad-vector",
    [BARSHIFT_EVENT_NEXT_SIZE] = "next-size",
    [BARSHIFT_EVENT_REMOVED] = "removed",
};

void ledger_init(Ledger *ledger, uint32_t depth)
{
    ledger->depth = depth;
    ledger->records = g_new0(struct barshift_ledger_record, depth);
}

void ledger_deinit(Ledger *ledger)
{
    g_free(ledger->records);
    *ledger = (Ledger) {};
}

static struct barshift_ledger_record *place_of(const Ledger *ledger, uint64_t sequence)
{
    return &ledger->records[(sequence - 1) % ledger->depth];
}

void ledger_write_detail(Ledger *ledger, enum barshift_event event, unsigned bar_nr,
                         uint32_t detail, uint64_t value)
{
    if (!ledger->records) {
        return;
    }
    ledger->total++;
    if (ledger->lossy && ledger->total % LOSSY_PERIOD == 0) {
        return;
    }
    *place_of(ledger, ledger->total) = (struct barshift_ledger_record) {
        .sequence = ledger->total,
        .time_ns = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL),
        .event = event,
        .bar = bar_nr,
        .detail = detail,
        .value = value,
    };
}

void ledger_write(Ledger *ledger, enum barshift_event event, unsigned bar_nr, uint64_t value)
{
    ledger_write_detail(ledger, event, bar_nr, 0, value);
}

uint64_t ledger_dropped(const Ledger *ledger)
{
    return ledger->total > ledger->depth ? ledger->total - ledger->depth : 0;
}

const struct barshift_ledger_record *ledger_find(const Ledger *ledger, uint64_t sequence)
{
    if (sequence <= ledger_dropped(ledger) || sequence > ledger->total ||
        place_of(ledger, sequence)->sequence != sequence) {
        return NULL;
    }
    return place_of(ledger, sequence);
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
    qdict_put_int(dict, "detail", record->detail);
    qdict_put(dict, "value", qnum_from_uint(record->value));
    return dict;
}

QList *ledger_to_qlist(const Ledger *ledger)
{
    QList *list = qlist_new();

    for (uint64_t i = ledger_dropped(ledger) + 1; i <= ledger->total; i++) {
        const struct barshift_ledger_record *record = ledger_find(ledger, i);

        if (record) {
            qlist_append(list, record_to_qdict(record));
        }
    }
    return list;
}

/* Migration */

static int record_post_load(void *opaque, int version_id)
{
    struct barshift_ledger_record *record = opaque;

    if (record->sequence == 0 || (record->event < BARSHIFT_EVENTS && event_names[record->event])) {
        return 0;
    }
    error_report("barshift: the saved state has a record of an unknown event, %" PRIu16,
                 record->event);
    *record = (struct barshift_ledger_record) {};
    return -EINVAL;
}

static int ledger_post_load(void *opaque, int version_id)
{
    Ledger *ledger = opaque;
    bool sound = ledger->total <= INT64_MAX;

    for (uint32_t i = 0; sound && i < ledger->depth; i++) {
        const struct barshift_ledger_record *record = &ledger->records[i];

        sound = record->sequence == 0 || (record->sequence <= ledger->total &&
                                          place_of(ledger, record->sequence) == record);
    }
    if (!sound) {
        error_report("barshift: the records of the saved state are not a ledger");
        ledger->total = 0;
        return -EINVAL;
    }
    return 0;
}

static const VMStateDescription vmstate_record = {
    .name = "barshift-ledger-record",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = record_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(sequence, struct barshift_ledger_record),
        VMSTATE_UINT64(time_ns, struct barshift_ledger_record),
        VMSTATE_UINT16(event, struct barshift_ledger_record),
        VMSTATE_UINT16(bar, struct barshift_ledger_record),
        VMSTATE_UINT32(detail, struct barshift_ledger_record),
        VMSTATE_UINT64(value, struct barshift_ledger_record),
        VMSTATE_END_OF_LIST()
    }
};

/* The total comes last: what reads the records goes by it, and loading may end in between */
const VMStateDescription vmstate_ledger = {
    .name = "barshift-ledger",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = ledger_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_STRUCT_VARRAY_POINTER_UINT32(records, Ledger, depth, vmstate_record,
                                             struct barshift_ledger_record),
        VMSTATE_UINT64(total, Ledger),
        VMSTATE_END_OF_LIST()
    }
};
