/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ledger: what happened to the function, in order, as the device saw it.
 *
 * A ring of the last records; the guest reads one at a time (registers.h), the host a list of
 * QAPI objects. A reset leaves it alone: the record of the reset belongs to it.
 */
#ifndef BARSHIFT_LEDGER_H
#define BARSHIFT_LEDGER_H

#include "migration/vmstate.h"
#include "qemu-compat.h"
#include "registers.h"

#define LEDGER_DEPTH_DEFAULT 256
#define LEDGER_DEPTH_MIN 16
#define LEDGER_DEPTH_MAX 65536

/**
 * Ledger - embed it, zeroed, in the device's state
 * @total: records ever written
 * @depth: records that are kept
 * @records: record s of all ever written in place (s - 1) % @depth; NULL before ledger_init()
 * @lossy: fault: one record in eight is not kept
 */
typedef struct Ledger {
    uint64_t total;
    uint32_t depth;
    struct barshift_ledger_record *records;
    bool lossy;
} Ledger;

/** ledger_init() - make room for @depth records, LEDGER_DEPTH_MIN to LEDGER_DEPTH_MAX */
void ledger_init(Ledger *ledger, uint32_t depth);

/** ledger_deinit() - free them; nothing is left and nothing can be written */
void ledger_deinit(Ledger *ledger);

/**
 * ledger_write() - append a record, over the oldest one when the ring is full
 * @bar_nr: BAR, or BARSHIFT_NO_BAR
 * @value: see the event
 */
void ledger_write(Ledger *ledger, enum barshift_event event, unsigned bar_nr, uint64_t value);

/** ledger_write_detail() - ledger_write() of an event that has a detail */
void ledger_write_detail(Ledger *ledger, enum barshift_event event, unsigned bar_nr,
                         uint32_t detail, uint64_t value);

/** ledger_dropped() - number of records that were written over */
uint64_t ledger_dropped(const Ledger *ledger);

/** ledger_find() - the record with a sequence number; NULL when it is not there */
const struct barshift_ledger_record *ledger_find(const Ledger *ledger, uint64_t sequence);

/**
 * ledger_to_qlist() - the records that are left, oldest first
 *
 * Return: a list that the caller owns.
 */
QList *ledger_to_qlist(const Ledger *ledger);

/** vmstate_ledger - all of it, into a ledger of the same depth */
extern const VMStateDescription vmstate_ledger;

#endif
