/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the property "ledger" is true in itself, and to configuration space.
 */
#ifndef BARSHIFT_TEST_LEDGER_CHECK_H
#define BARSHIFT_TEST_LEDGER_CHECK_H

#include <json-glib/json-glib.h>

#include "view.h"

/**
 * LedgerSeen - what the ledger said last
 * @total: records ever written
 * @dropped: of these
 */
typedef struct LedgerSeen {
    uint64_t total;
    uint64_t dropped;
} LedgerSeen;

/**
 * ledger_check_records() - no record is missing, and time goes forward
 * @ledger: property
 * @seen: (inout) from the last call, zeroed for the first one
 * @now_ns: virtual time
 *
 * Return: NULL; or what is wrong, for the caller to free.
 */
char *ledger_check_records(JsonObject *ledger, LedgerSeen *seen, uint64_t now_ns);

/**
 * ledger_check_bars() - the BARs of the property are those of configuration space
 *
 * Return: see ledger_check_records().
 */
char *ledger_check_bars(JsonObject *ledger, const View *view, const Shape *shape);

/**
 * ledger_check_history() - the last that the records tell of each BAR, and of decode, still holds
 *
 * Return: see ledger_check_records().
 */
char *ledger_check_history(JsonObject *ledger, const View *view);

#endif
