/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of the ledger, as the host reads them.
 */
#ifndef BARSHIFT_TEST_RECORDS_H
#define BARSHIFT_TEST_RECORDS_H

#include "function.h"

#define NO_BAR (-1)

/**
 * Record - of the ledger; its time is left out
 * @event: NULL ends a list
 * @bar: or NO_BAR
 */
typedef struct Record {
    const char *event;
    int bar;
    uint64_t value;
    uint32_t detail;
} Record;

/** ledger_total() - number of records ever written */
gint64 ledger_total(const Function *function);

/** assert_records() - exactly @expected are there from number @first on, 1 being the first ever */
void assert_records(const Function *function, gint64 first, const Record *expected);

/** assert_records_in() - assert_records() of a property "ledger" that was read */
void assert_records_in(JsonNode *ledger, gint64 first, const Record *expected);

/** assert_records_of() - assert_records(), as if the only records were those of @event */
void assert_records_of(const Function *function, gint64 first, const char *event,
                       const Record *expected);

#endif
