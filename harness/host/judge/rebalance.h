/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the PnP manager in the guest says of one rebalance, the output of "barshift-guest rebalance
 * --json". It is a claim like any other: the device models' ledgers are held against it.
 */
#ifndef BARSHIFT_HOST_REBALANCE_H
#define BARSHIFT_HOST_REBALANCE_H

#include <json-glib/json-glib.h>

typedef enum RebalanceResult {
    REBALANCE_SETTLED,    /* the newcomer got its resources, nobody was stopped */
    REBALANCE_REBALANCED, /* it got them after others were stopped */
    REBALANCE_RESIZED,
    REBALANCE_REFUSED, /* nothing was changed, or everything was put back */
    REBALANCE_FAILED,  /* neither */
    REBALANCE_RESULTS
} RebalanceResult;

/* Result by name, in the order of the enum, NULL-terminated */
extern const char *const rebalance_result_names[REBALANCE_RESULTS + 1];

/* What the time went into, in this order. */
typedef enum RebalanceTime {
    REBALANCE_TIME_PLAN,
    REBALANCE_TIME_QUERY,
    REBALANCE_TIME_STOP,
    REBALANCE_TIME_REMOVE, /* this one and the next are the kernel's */
    REBALANCE_TIME_RESCAN,
    REBALANCE_TIME_START,
    REBALANCE_TIMES
} RebalanceTime;

/* Time by name, in the order of the enum, NULL-terminated */
extern const char *const rebalance_time_names[REBALANCE_TIMES + 1];

/* All text below belongs to the JSON. */

typedef struct RebalanceFunction {
    const char *path;   /* device and function numbers from the root, "02.0/00.0" */
    const char *before; /* address at the beginning, "0000:01:00.0" */
    guint32 tag;        /* 0: none of barshift's */
    const char *state;
    const char *reason; /* (nullable) */
    gboolean stopped;
    gboolean refused;
} RebalanceFunction;

typedef struct RebalanceRequest {
    gint64 time_ns; /* of the guest's monotonic clock */
    const char *path;
    const char *bdf;
    const char *request; /* "query-stop" */
    const char *status;  /* "ok", "refused", "failed", "timeout" */
    const char *reason;  /* (nullable) */
} RebalanceRequest;

typedef struct RebalanceDifference {
    const char *what;      /* "0000:01:00.0 BAR 2" */
    const char *predicted; /* (nullable): NULL: nothing */
    const char *observed;  /* (nullable) */
} RebalanceDifference;

typedef struct Rebalance {
    JsonNode *json;
    RebalanceResult result;
    const char *reason; /* (nullable) */
    const char *policy;
    guint attempts;     /* scopes that were tried */
    int smallest_stops; /* functions that the arbiter's first scope stops; -1: there was none */
    gint64 times_ns[REBALANCE_TIMES];
    gint64 total_ns;
    GArray *functions;   /* (element-type RebalanceFunction) */
    GArray *requests;    /* (element-type RebalanceRequest): in their order */
    GArray *differences; /* (element-type RebalanceDifference): prediction and result */
    char **breaches;     /* of the manager's own rules, sentences */
} Rebalance;

/**
 * rebalance_parse() - read what the manager printed
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when the text has another form.
 */
Rebalance *rebalance_parse(const char *text, GError **error);

void rebalance_free(Rebalance *rebalance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rebalance, rebalance_free)

/** rebalance_plan_stops() - functions that a plan stops, of "plan --json"; -1: it has none */
int rebalance_plan_stops(const char *text);

/** rebalance_function_at() - (nullable): what it says of the function on a path */
const RebalanceFunction *rebalance_function_at(const Rebalance *rebalance, const char *path);

/** rebalance_stops() - number of functions that were stopped */
guint rebalance_stops(const Rebalance *rebalance);

/** rebalance_was_asked() - was the function on a path asked whether it can stop? */
gboolean rebalance_was_asked(const Rebalance *rebalance, const char *path);

/** rebalance_function_lost() - is it in a state in which it serves nobody any more? */
gboolean rebalance_function_lost(const RebalanceFunction *function);

#endif
