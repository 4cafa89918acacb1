/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A rebalance on paper: who is stopped, which ports the kernel has to find again, and where
 * everything will be.
 *
 * Functions and bridges are named by their BDF, which a rescan may change, and by their path,
 * which it does not: device and function numbers from the root bus down, "02.0/00.0".
 */
#ifndef BARSHIFT_REBALANCE_PLAN_H
#define BARSHIFT_REBALANCE_PLAN_H

#include "arbiter.h"
#include "path.h"

#define REBALANCE_WHY_SIZE 320

typedef enum RebalanceKind {
    REBALANCE_INCOMING, /* a function that is present and lacks addresses, with its whole slot */
    REBALANCE_RESIZE,   /* a resizable BAR is to have another size */
    REBALANCE_ARRIVAL,  /* somebody who is only described is to arrive at a port */
    REBALANCE_FILE,     /* a plan that rebalance_plan_write() has written */
    REBALANCE_START_AGAIN, /* the requirements of a driver have changed: nothing moves, no plan */
} RebalanceKind;

/**
 * struct RebalanceAsk - what is wanted
 * @bdf: the newcomer, the function to be resized or started again, or the port of the one who is
 *       described
 * @wanted: what the one who is described asks for; others: NULL
 * @file: name of the plan file; others: NULL
 * @refusers: functions that may not be stopped; NULL: none
 * @windows: of host bridges, that the topology does not know; NULL: none
 */
typedef struct RebalanceAsk {
    RebalanceKind kind;
    char bdf[BDF_SIZE];
    int bar_nr;          /* resize only */
    uint64_t size_bytes; /* resize only */
    const RequirementList *wanted;
    const char *file;
    const char (*refusers)[BDF_SIZE];
    size_t refuser_count;
    const HostWindow *windows;
    size_t window_count;
} RebalanceAsk;

/** struct RebalanceMember - a function or bridge; @bdf is empty for one who is only described */
typedef struct RebalanceMember {
    char bdf[BDF_SIZE];
    char path[PATH_NAME_SIZE];
} RebalanceMember;

/** struct RebalanceAddress - a BAR, or a window of a bridge, before and by the kernel model */
typedef struct RebalanceAddress {
    RebalanceMember owner;
    int bar_nr;      /* -1: a window */
    WindowKind kind; /* the window, or that which a BAR lies in */
    Range before;    /* empty: it has none */
    Range after;
} RebalanceAddress;

/**
 * struct RebalancePlan - the plan
 * @verdict: PLAN_FITS: it can be carried out
 * @reason: one sentence; empty when it fits
 * @shortage: set for PLAN_NO_SPACE and PLAN_NO_WINDOW
 * @cost: of what is really stopped and removed, which can be more than the arbiter asked for
 * @widened: that it is more, because the kernel would leave somebody without addresses otherwise
 * @scope: working functions to stop; empty: nobody has to
 * @incoming: who gets addresses without having worked before: all functions of the slot
 * @resized: whose BAR @resized_bar gets @resized_bytes before the removal; empty names: nobody
 * @removed: what to remove before the rescan, in this order; none is below another one
 * @addresses: of every BAR and window that has an address before or afterwards
 */
typedef struct RebalancePlan {
    PlanVerdict verdict;
    char reason[REBALANCE_WHY_SIZE];
    PlanShortage shortage;
    bool exact;
    bool widened;
    PlanCost cost;
    RebalanceMember *scope;
    size_t scope_count;
    RebalanceMember *incoming;
    size_t incoming_count;
    RebalanceMember resized;
    int resized_bar;
    uint64_t resized_bytes;
    RebalanceMember *removed;
    size_t removed_count;
    RebalanceAddress *addresses;
    size_t address_count;
} RebalancePlan;

/**
 * rebalance_plan() - plan with the machine as it is, or read a plan and hold it against it
 * @topology: for a live newcomer after newcomer_probe()
 * @plan: (out) freed with rebalance_plan_free(), whatever the result
 * @why: (out) REBALANCE_WHY_SIZE bytes, set when the result is negative
 *
 * Without any need to stop somebody the scope is empty; when there is nothing to do, nothing is
 * removed. A plan from a file is refused when somebody stands elsewhere than the plan says, or
 * works below what it removes without being in its scope.
 *
 * Return: 0, also when there is no plan: see the verdict; -ENODEV: no such function or port;
 * -EINVAL: no such BAR or size, a file that is no plan, a machine that cannot be planned with;
 * -ESTALE: a file that does not fit the machine; -ENOMEM; -errno of the file.
 */
int rebalance_plan(const Topology *topology, const RebalanceAsk *ask, RebalancePlan *plan,
                   char *why);
void rebalance_plan_free(RebalancePlan *plan);

/** rebalance_address_find() - by its path, and BAR or window; NULL: the plan has none such */
const RebalanceAddress *rebalance_address_find(const RebalancePlan *plan,
                                               const RebalanceAddress *wanted);

/** rebalance_address_now() - where what an address is about is in a topology, by its BDF */
Range rebalance_address_now(const Topology *topology, const RebalanceAddress *address);

/** rebalance_in_scope() - is a function, by its present BDF, to be stopped? */
bool rebalance_in_scope(const RebalancePlan *plan, const char *bdf);

/**
 * rebalance_smallest() - how many functions the smallest plan stops
 * @ask: of a plan file it is asked anew what the plan is for
 * @stops: (out) set only when there is a plan
 *
 * Return: 0; 1 when there is no plan; or -errno as above.
 */
int rebalance_smallest(const Topology *topology, const RebalanceAsk *ask, unsigned *stops,
                       char *why);

#endif
