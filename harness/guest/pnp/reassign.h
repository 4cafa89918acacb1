/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan carried out by a stock kernel: write a new BAR size, remove ports, rescan, and see what
 * has become of it.
 *
 * Everybody in the scope has been stopped before: removal takes the functions away.
 */
#ifndef BARSHIFT_REASSIGN_H
#define BARSHIFT_REASSIGN_H

#include "rebalance-plan.h"

#define REASSIGN_WHY_SIZE 320
#define REASSIGN_WHAT_SIZE 160

/** struct ReassignLimits - how long each step may take */
typedef struct ReassignLimits {
    unsigned remove_ms; /* of one port: a driver may hold it for ever */
    unsigned rescan_ms;
    unsigned settle_ms;
} ReassignLimits;

#define REASSIGN_LIMITS { .remove_ms = 10000, .rescan_ms = 10000, .settle_ms = 10000 }

/** struct ReassignName - one function or bridge, before and after; empty: it was not there */
typedef struct ReassignName {
    char path[PATH_NAME_SIZE];
    char before[BDF_SIZE];
    char after[BDF_SIZE];
} ReassignName;

typedef struct ReassignResult {
    Topology topology; /* read anew; empty when it did not come to that */
    ReassignName *names;
    size_t name_count;
    uint64_t remove_ns; /* how long it took */
    uint64_t rescan_ns; /* until the kernel had settled */
} ReassignResult;

/**
 * reassign_run() - carry out a plan
 * @source: the machine; its root may be a fake tree
 * @before: the topology that the plan was made with
 * @result: (out) freed with reassign_result_free(), whatever the result
 * @why: (out) REASSIGN_WHY_SIZE bytes, set when the result is negative
 *
 * A removal or rescan that does not return within its limit is left behind in a process of its
 * own. After an error other than -ETIMEDOUT the rescan is done all the same, so that what was
 * removed comes back, and a function that was to be resized and is still there gets its old size
 * and address back.
 *
 * Return: 0; -ETIMEDOUT; -EBUSY: the function to be resized still decodes memory; -EINVAL: the
 * verdict of the plan is not PLAN_FITS, or the size did not stick; or -errno of what failed.
 */
int reassign_run(const ConfigSource *source, const Topology *before, const RebalancePlan *plan,
                 const ReassignLimits *limits, ReassignResult *result, char *why);
void reassign_result_free(ReassignResult *result);

/** reassign_after() - the new BDF of who had another one before; NULL: it is gone */
const char *reassign_after(const ReassignResult *result, const char *before);

/** struct ReassignDifference - what is not where it was predicted; empty: it has no address */
typedef struct ReassignDifference {
    char what[REASSIGN_WHAT_SIZE]; /* "0000:01:00.0 BAR 2", "0000:00:02.0 window pref" */
    Range predicted;
    Range observed;
} ReassignDifference;

typedef struct ReassignDifferences {
    ReassignDifference *items;
    size_t count;
} ReassignDifferences;

/**
 * reassign_compare() - hold the prediction against the machine as it is now
 * @differences: (out) freed with reassign_differences_free(), whatever the result
 *
 * Names are those of @after; of who is gone, those of the plan.
 *
 * Return: 0, however many differences there are, or -ENOMEM.
 */
int reassign_compare(const RebalancePlan *plan, const Topology *after,
                     ReassignDifferences *differences);
void reassign_differences_free(ReassignDifferences *differences);

#endif
