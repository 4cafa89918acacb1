/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up rebalances, to be changed and judged: one that went well, and one that was refused. */
#ifndef BARSHIFT_TEST_REBALANCE_WORLD_H
#define BARSHIFT_TEST_REBALANCE_WORLD_H

#include "made-up.h"
#include "verdict.h"

#define GIB (1ull << 30)

/* By the manager a is stopped and moved, b is asked first and refuses, c gets what a had */
extern const char rebalance_world_account[];

/* The first of the counters is as it was right after the step; START before it is old history */
#define DRIVERS(since_start, lost, errors, raised, arrived, breaches)                             \
    "{\"drivers\":[{\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"tag\":1,"                   \
    "\"model\":\"kmdf\",\"back_end\":\"vfio\",\"state\":\"started\",\"counters\":{"               \
    "\"lost\":" lost ",\"errors\":" errors ",\"since_start\":" since_start ","                    \
    "\"interrupts_raised\":" raised ",\"interrupts_arrived\":" arrived "},"                       \
    "\"breaches\":[" breaches "],\"trace\":["                                                     \
    "{\"time_ns\":10,\"request\":\"start\",\"driver\":\"function\",\"status\":\"ok\"},"           \
    "{\"time_ns\":110,\"request\":\"query-stop\",\"driver\":\"filter\",\"status\":\"ok\"},"       \
    "{\"time_ns\":120,\"request\":\"query-stop\",\"driver\":\"function\",\"status\":\"ok\"},"     \
    "{\"time_ns\":210,\"request\":\"stop\",\"driver\":\"function\",\"status\":\"ok\"},"           \
    "{\"time_ns\":310,\"request\":\"start\",\"driver\":\"function\",\"status\":\"ok\"}]}]}"

/* What the drivers tell right after the step */
extern const char rebalance_world_then[];

typedef struct RebalanceWorld {
    Scenario *scenario;
    MadeUp before[4], after[4];
    const char *account;
    gboolean no_ledger; /* a is none of barshift's, and known by its place */
    const char *then, *drivers; /* reports right after the step, and now; NULL: there are none */
    Observation *seen_before, *seen_after;
    DriverReports *reports;
    RebalanceRecord *record;
    Story story;
} RebalanceWorld;

/** rebalance_world_new(), rebalance_world_refused() - it went well; nobody is where c was to be */
RebalanceWorld *rebalance_world_new(void);
RebalanceWorld *rebalance_world_refused(void);
void rebalance_world_free(RebalanceWorld *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RebalanceWorld, rebalance_world_free)

/** rebalance_world_judge() - have every witness tell, once for each world */
Judgement *rebalance_world_judge(RebalanceWorld *world);

/** rebalance_world_check() - Return: (nullable): the check of this name */
const Check *rebalance_world_check(const Judgement *judgement, const char *name);

#endif
