/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ledger: what happened to the function, in order, as the device saw it.
 *
 * A ring of the last BARSHIFT_LEDGER_RECORDS records; the guest reads it as an array of
 * struct barshift_ledger_record (registers.h), the host as a list of QAPI objects. A reset leaves
 * it alone: the record of the reset belongs to it.
 */
#ifndef BARSHIFT_LEDGER_H
#define BARSHIFT_LEDGER_H

#include "qapi/qmp/qlist.h"
#include "registers.h"

/**
 * Ledger - embed it, zeroed, in the device's state
 * @total: records ever written
 * @records: record s of all ever written in place (s - 1) % BARSHIFT_LEDGER_RECORDS
 */
typedef struct Ledger {
    uint64_t total;
    struct barshift_ledger_record records[BARSHIFT_LEDGER_RECORDS];
} Ledger;

/**
 * ledger_write() - append a record, over the oldest one when the ring is full
 * @bar_nr: BAR, or BARSHIFT_NO_BAR
 * @value: see the event
 */
void ledger_write(Ledger *ledger, enum barshift_event event, unsigned bar_nr, uint64_t value);

/** ledger_dropped() - number of records that were written over */
uint64_t ledger_dropped(const Ledger *ledger);

/**
 * ledger_cell() - 64 bits of the ring as the guest reads it
 * @offset: from the start of the ring, a multiple of 8; 0 is returned past its end
 */
uint64_t ledger_cell(const Ledger *ledger, uint64_t offset);

/**
 * ledger_to_qlist() - the records that are left, oldest first
 *
 * Return: a list that the caller owns.
 */
QList *ledger_to_qlist(const Ledger *ledger);

#endif
