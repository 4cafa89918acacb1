/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole rebalance of a machine: its arbiter, its participants, the manager, the kernel. */
#ifndef BARSHIFT_REBALANCE_H
#define BARSHIFT_REBALANCE_H

#include "manager.h"
#include "reassign.h"
#include "rebalance-members.h"

typedef struct Rebalance {
    /* Options */
    const ConfigSource *source;
    RebalanceAsk ask;
    ManagerPolicy policy;
    uint64_t deadline_ns; /* of each request, each removal and the rescan, and for handles */

    /* Results */
    Topology topology; /* before */
    RebalancePlan plan; /* of the last attempt */
    unsigned smallest_stops;
    bool smallest_known;
    Members members;
    Manager manager;
    ReassignResult reassigned;
    ReassignDifferences differences;
    uint64_t begin_ns; /* CLOCK_MONOTONIC */

    /* Private */
    const Access *access;
    char (*refusers)[BDF_SIZE];
    bool locked;
    int lock; /* of rebalance_lock() */
} Rebalance;

/**
 * rebalance_run() - do what is asked
 * @rebalance: options are set, the rest is 0; freed with rebalance_free(), whatever the result
 * @access: how BARs are reached
 * @why: (out) REBALANCE_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0, whatever came of it: see manager.result; negative when it could not be begun: the
 * machine cannot be read, what is asked makes no sense, or -EBUSY: another one is under way.
 */
int rebalance_run(Rebalance *rebalance, const Access *access, char *why);
void rebalance_free(Rebalance *rebalance);

/** rebalance_is_good() - did the newcomer, or the new size, get its place? */
bool rebalance_is_good(const Rebalance *rebalance);

/** rebalance_result_name() - "rebalanced", "settled", "resized", "refused" or "failed" */
const char *rebalance_result_name(const Rebalance *rebalance);

#endif
