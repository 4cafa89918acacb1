/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a function's ledger between two moments: what happened to it meanwhile. */
#ifndef BARSHIFT_HOST_LEDGER_RECORDS_H
#define BARSHIFT_HOST_LEDGER_RECORDS_H

#include "observation.h"

typedef struct LedgerRecord {
    guint64 sequence;
    gint64 time_ns;    /* of the VM's virtual clock */
    const char *event; /* "driver-state"; belongs to the observation */
    int bar_nr;        /* -1: none is meant */
    guint detail;
    guint64 value;
} LedgerRecord;

/**
 * ledger_records_between() - the records that @after has and @before had not
 * @before: (nullable): NULL: from the start
 *
 * Returns: (transfer full) (element-type LedgerRecord): empty when @after does not know the
 * function.
 */
GArray *ledger_records_between(const Observation *before, const Observation *after,
                               const Function *function);

/** ledger_record_is() - is it one of this event? */
gboolean ledger_record_is(const LedgerRecord *record, const char *event);

#endif
