/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One rebalance of a scenario under way: what was claimed of it, and what was seen around it. */
#ifndef BARSHIFT_HOST_REBALANCE_RECORD_H
#define BARSHIFT_HOST_REBALANCE_RECORD_H

#include "driver-reports.h"
#include "observation.h"
#include "rebalance.h"

typedef struct RebalanceRecord {
    guint step_nr;          /* of the scenario, from 1 */
    guint stops;            /* functions that were stopped for it */
    int smallest_stops;     /* that the arbiter's smallest scope stops; -1: unknown */
    Rebalance *account;     /* (nullable): the PnP manager's; a recipe has none, nor the rest */
    Observation *before;    /* (nullable): right before the step */
    Observation *after;     /* (nullable): right after it */
    DriverReports *drivers; /* (nullable): right after it; NULL: no function has a driver */
} RebalanceRecord;

/** rebalance_record_new() - a record of which nothing is known */
RebalanceRecord *rebalance_record_new(guint step_nr);

void rebalance_record_free(RebalanceRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RebalanceRecord, rebalance_record_free)

/** rebalance_record_function() - (nullable): which function of the scenario the account means */
Function *rebalance_record_function(const RebalanceRecord *record, const Scenario *scenario,
                                    const RebalanceFunction *told);

/** rebalance_record_told() - (nullable): what the account says of a function of the scenario */
const RebalanceFunction *rebalance_record_told(const RebalanceRecord *record,
                                               const Function *function);

#endif
