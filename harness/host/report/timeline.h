/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rebalance from three sides in one order: the PnP manager's requests, the callbacks that the
 * function drivers say they brought, and the records of the device models' ledgers.
 *
 * Requests and callbacks have the guest's clock, records the VM's, and the two begin at different
 * moments. What aligns them is DRIVER_STATE: a driver declares it, and its function records it.
 */
#ifndef BARSHIFT_HOST_TIMELINE_H
#define BARSHIFT_HOST_TIMELINE_H

#include "driver-reports.h"
#include "ledger-records.h"
#include "rebalance-record.h"

/* One request to one function, with what it brought. */
typedef struct TimelineEntry {
    const RebalanceRequest *request;
    const Function *function; /* (nullable): NULL: none of the scenario's */
    const char *model;        /* (nullable): of its driver */
    gint64 time_ns;           /* since the first request */
    GPtrArray *events;        /* (element-type DriverEvent), not owned */
    GArray *records;          /* (element-type LedgerRecord) */
} TimelineEntry;

typedef struct Timeline {
    GPtrArray *entries; /* (element-type TimelineEntry): in the order of the requests */
    gint64 begin_ns;    /* of the first request, on the guest's clock */
    gint64 ledger_ns;   /* the same moment on the VM's clock, as far as it can be told */
} Timeline;

/** timeline_new() - (transfer full): @record has an account, and outlives the timeline */
Timeline *timeline_new(const RebalanceRecord *record, const Scenario *scenario);

void timeline_free(Timeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timeline, timeline_free)

#endif
