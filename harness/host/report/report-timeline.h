/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PnP rebalance for people: what it came to, where its time went, and who was asked when. */
#ifndef BARSHIFT_HOST_REPORT_TIMELINE_H
#define BARSHIFT_HOST_REPORT_TIMELINE_H

#include "rebalance-record.h"

/**
 * report_timeline_append() - append it to the report of its step
 * @record: with an account
 * @all: each callback and each record, and every request to everybody
 */
void report_timeline_append(GString *text, const RebalanceRecord *record, const Scenario *scenario,
                            gboolean all);

#endif
