/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario has done to its functions so far, and what was seen: all that a verdict needs. */
#ifndef BARSHIFT_HOST_STORY_H
#define BARSHIFT_HOST_STORY_H

#include "observation.h"
#include "rebalance-record.h"
#include "scenario-expect.h"

/* What happened between two observations. */
typedef struct Story {
    const Scenario *scenario;
    ScenarioExpectation *expectation; /* what it is held against */
    /* (nullable): what would be expected without the condition, as long as that holds, too */
    ScenarioExpectation *rival;
    GPtrArray *shortfalls; /* (nullable) (element-type utf8): why the expectation did not hold */
    gboolean outside;          /* the guest could not be asked */
    const Observation *before; /* when every function present worked */
    const Observation *after;
    char *kernel_log;      /* (nullable): the guest's, for the final judgement */
    GHashTable *newcomers; /* set of Function: hot-added since */
    GHashTable *served;    /* set of Function: has worked at some time, so it can be harmed */
    GHashTable *stopped;   /* set of Function: stopped by a rebalance since */
    GHashTable *asked;     /* set of Function: asked by a PnP manager since whether it can stop */
    GHashTable *handled;   /* set of Function: moved, reset or the like by a step since */
    GHashTable *reset;     /* set of Function: by a step since */
    GHashTable *asleep;    /* set of Function: a step has put it into D3hot */
    GHashTable *lost;      /* set of Function: could not be started again, so nobody serves it */
    GHashTable *removed;   /* set of Function: unplugged on purpose since */
    GHashTable *forgotten; /* set of Function: the kernel was told to, and has not found it */
    GHashTable *sought;    /* set of Function: of the forgotten, those that it was to find since */
    GHashTable *let_go;    /* Function to gboolean: unplugged under its driver; has that noticed? */
    GPtrArray *unmet;      /* (element-type utf8): what a step did not do that it was to */
    GHashTable *resized;   /* Function to GArray of ResizeRequest: asked of it since */
    GPtrArray *rebalances; /* (element-type RebalanceRecord), not owned: in their order */
    const DriverReports *drivers; /* (nullable): what the guest's function drivers say now */
} Story;

typedef struct ResizeRequest {
    guint bar_nr;
    guint64 size_bytes;
} ResizeRequest;

/** story_init() - a story in which nothing has happened yet; to be cleared by the caller */
void story_init(Story *story, const Scenario *scenario);
void story_clear(Story *story);

/** story_expect() - decide what is expected, now that the versions are known */
void story_expect(Story *story, const char *kernel_version, const char *qemu_version);

/** story_ask_size() - a BAR was asked to have a size; the last request for a BAR counts */
void story_ask_size(Story *story, Function *function, guint bar_nr, guint64 size_bytes);

/** story_in_scope() - may this function have seen events? Everybody else must be left alone. */
gboolean story_in_scope(const Story *story, const Function *function);

/**
 * story_add_rebalance() - a step of a PnP manager, as its account tells it
 * @record: (transfer none): with an account; outlives the story
 * @step: the step, which may be a resize: whose BAR it is, is not counted among the stopped
 */
void story_add_rebalance(Story *story, const RebalanceRecord *record, const Step *step);

/** story_last_stop() - (nullable): the last rebalance of a PnP manager that stopped a function */
const RebalanceRecord *story_last_stop(const Story *story, const Function *function);

/**
 * story_traffic_goes_on() - has the driver of a function got something through since?
 *
 * A request since it was started; and an interrupt, if it raises any, since it was stopped last.
 */
gboolean story_traffic_goes_on(const Story *story, const Function *function,
                               const DriverReport *report);

#endif
