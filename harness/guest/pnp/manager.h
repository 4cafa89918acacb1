/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PnP manager: takes a scope of functions through a rebalance, and back when that fails.
 *
 *     choose a scope, QUERY_STOP top down      somebody refuses: CANCEL_STOP, another scope or none
 *     requirements                             fails: CANCEL_STOP to all
 *     CANCEL_STOP to those without resources
 *     STOP top down, probe for mappings        fails: SURPRISE_REMOVAL, START to the others
 *     reassign                                 fails: START with what they have
 *     START bottom up                          fails: SURPRISE_REMOVAL at once, REMOVE when closed
 *
 * Top down is children before parents, see pnp-request.h. What it does and why: docs/rebalance.md.
 */
#ifndef BARSHIFT_MANAGER_H
#define BARSHIFT_MANAGER_H

#include "request-log.h"

#define MANAGER_ATTEMPTS_MAX 8
#define MANAGER_REASON_SIZE 640

/** What a refusal brings: both are documented behaviours of the same system */
typedef enum ManagerPolicy {
    MANAGER_BEST_EFFORT,    /* go on without the one that refused */
    MANAGER_ALL_OR_NOTHING, /* give up, CANCEL_STOP to everybody who was asked */
    MANAGER_POLICIES
} ManagerPolicy;

typedef enum ManagerResult {
    MANAGER_REBALANCED, /* reassigned, and everybody concerned works */
    MANAGER_REFUSED,    /* or given up: nobody was stopped, everybody works as before */
    MANAGER_FAILED,     /* it was begun and did not end well; the reason says who is harmed */
} ManagerResult;

/**
 * struct ManagerHooks - the rest of the machine
 * @choose: set in_scope of every participant, and nobody's who refused. Called for each attempt.
 *          Returns 0, or negative when there is no such scope. NULL: the scope is as the caller
 *          has set it, after a refusal without the refuser and everybody above it
 * @probe: what does anybody have mapped of one that is stopped? Each finding is noted as a breach
 *         by the hook. Returns how many there are, or -errno. NULL: nobody looks
 * @reassign: give everybody addresses and write their new BDFs, empty for who is gone. Returns 0
 *            or -errno
 * @interrupted: has anybody asked to give up? Until the reassignment begins that is done; from then
 *               on everybody is started first. NULL: never
 * @now_ns, @wait_ns: the clock; NULL: CLOCK_MONOTONIC
 *
 * @why: (out) PARTICIPANT_WHY_SIZE bytes, the sentence when negative, or when interrupted
 */
typedef struct ManagerHooks {
    int (*choose)(void *context, char *why);
    int (*probe)(void *context, const Participant *participant, Breaches *breaches, char *why);
    int (*reassign)(void *context, char *why);
    bool (*interrupted)(void *context, char *why);
    uint64_t (*now_ns)(void *context);
    void (*wait_ns)(void *context, uint64_t time_ns);
    void *context;
} ManagerHooks;

typedef struct ManagerTimes {
    uint64_t plan_ns;
    uint64_t query_ns; /* with requirements and cancels */
    uint64_t stop_ns;
    uint64_t start_ns; /* with what a failed one brings */
    uint64_t total_ns;
} ManagerTimes;

typedef struct Manager {
    /* Options */
    Participant *participants;
    size_t count;
    ManagerPolicy policy;
    ManagerHooks hooks;
    uint64_t deadline_ns; /* of each request */
    uint64_t close_ns;    /* how long handles may stay open after a surprise removal */

    /* Results */
    ManagerResult result;
    char reason[MANAGER_REASON_SIZE]; /* empty when all is well */
    unsigned attempts;
    RequestLog log;
    Breaches breaches; /* of the rules of the protocol, by participants or by the manager */
    ManagerTimes times;

    /* Private */
    size_t *order; /* bottom up */
    int refuser;
    bool interrupted;
} Manager;

/**
 * manager_run() - do it
 * @manager: options are set, the rest is 0; freed with manager_deinit(), whatever the result
 *
 * A scope includes all that is below it: what is missing is added. The log is held against the
 * rules of order_check() at the end.
 *
 * Return: 0, whatever came of it: see the result; -ENOMEM: nothing was done.
 */
int manager_run(Manager *manager);
void manager_deinit(Manager *manager);

/** manager_policy_name(), manager_policy_parse() - "best-effort", "all-or-nothing"; -EINVAL */
const char *manager_policy_name(ManagerPolicy policy);
int manager_policy_parse(const char *name);

#endif
