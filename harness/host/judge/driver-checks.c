/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver-checks.h"

#include "driver-states.h"
#include "ledger-records.h"
#include "registers.h"

/* One function with a driver, at the time of a judgement. */
typedef struct Driven {
    const Story *story;
    const Function *function;
    const DriverReport *report;
    const char *bdf;
    GPtrArray *checks;
} Driven;

/* I10: the driver's own checker has seen the callbacks come as the model says. */
static void add_breaches(const Driven *driven)
{
    guint count = g_strv_length(driven->report->breaches);
    char *text = count == 0 ? NULL
                            : g_strdup_printf("%s: %s (%u breach%s)", driven->report->model,
                                              driven->report->breaches[0], count,
                                              count == 1 ? "" : "es");

    check_add(driven->checks, count == 0, text, "I10/contract/%s/driver", driven->bdf);
}

/* I10: what an application has asked for has come to an end, or is still held. */
static void add_requests(const Driven *driven)
{
    gint64 lost = driven->report->lost;
    char *text = lost == 0 ? NULL
                           : g_strdup_printf("%" G_GINT64_FORMAT " request%s taken and never came "
                                             "to an end", lost, lost == 1 ? " was" : "s were");

    check_add(driven->checks, lost == 0, text, "I10/contract/%s/requests", driven->bdf);
}

/* I5: the traffic goes on, through the mapping that the driver has made for itself. */
static void add_traffic(const Driven *driven)
{
    const DriverReport *report = driven->report;
    char *text = NULL;

    if (report->errors != 0) {
        text = g_strdup_printf("%" G_GINT64_FORMAT " wrong answers through the driver's mapping",
                               report->errors);
    } else if (report->since_start <= 0) {
        text = g_strdup_printf("no request has come to its end since the driver was started; it is "
                               "%s", report->state);
    }
    check_add(driven->checks, text == NULL, text, "I5/reachable/%s/traffic", driven->bdf);
}

/* A state that a function is told in the course of a request. */
typedef struct Claim {
    guint state;
    gboolean optional; /* some drivers tell it, and some do not get so far */
} Claim;

static void add_claim(GArray *claims, guint state, gboolean optional)
{
    Claim claim = { .state = state, .optional = optional };

    g_array_append_val(claims, claim);
}

/*
 * What the function is told in a request; one that was not carried out may have been begun. Some
 * models quiet the function when they agree to stop, others when they stop: one whose stop is
 * cancelled need not have been told anything.
 * @agreed: whether it has agreed to stop before
 */
static void add_request_claims(GArray *claims, const char *request, gboolean ok, gboolean agreed)
{
    gboolean is_stop = g_str_equal(request, "stop");
    guint state;

    if (is_stop) {
        add_claim(claims, BARSHIFT_DRIVER_STOP_PENDING, !ok || !agreed);
    }
    if (driver_state_after(request, &state)) {
        add_claim(claims, state, !ok || g_str_equal(request, "query-stop"));
    }
    if (!ok || g_str_equal(request, "surprise-removal") || g_str_equal(request, "remove")) {
        add_claim(claims, BARSHIFT_DRIVER_STOP_PENDING, TRUE);
        add_claim(claims, BARSHIFT_DRIVER_STOPPED, TRUE);
    }
}

/* The time of the manager's first request: what a driver did before is of no concern. */
static gint64 begin_ns(const RebalanceRecord *record)
{
    const GArray *requests = record->account->requests;

    return requests->len == 0 ? G_MAXINT64
                              : g_array_index(requests, RebalanceRequest, 0).time_ns;
}

/* By the driver's trace: a request that all its callbacks carried out was carried out. */
static GArray *trace_claims(const RebalanceRecord *record, const DriverReport *report)
{
    const GArray *events = report->events;
    GArray *claims = g_array_new(FALSE, FALSE, sizeof(Claim));
    gint64 begin = begin_ns(record);
    gboolean agreed = FALSE;
    gboolean ok = TRUE;

    for (guint i = 0; i < events->len; i++) {
        const DriverEvent *event = &g_array_index(events, DriverEvent, i);
        const DriverEvent *next = i + 1 == events->len ? NULL : event + 1;

        if (event->time_ns < begin) {
            continue;
        }
        ok &= g_str_equal(event->status, "ok");
        if (next == NULL || !g_str_equal(next->request, event->request)) {
            add_request_claims(claims, event->request, ok, agreed);
            agreed |= ok && g_str_equal(event->request, "query-stop");
            ok = TRUE;
        }
    }
    return claims;
}

/* The states that the function was told: (element-type guint) */
static GArray *told_states(const RebalanceRecord *record, const Function *function)
{
    g_autoptr(GArray) records =
        ledger_records_between(record->before, record->after, function);
    GArray *states = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < records->len; i++) {
        const LedgerRecord *one = &g_array_index(records, LedgerRecord, i);
        guint state = (guint)one->value;

        if (ledger_record_is(one, "driver-state")) {
            g_array_append_val(states, state);
        }
    }
    return states;
}

/* A function without a ledger: what the manager has asked for and got. (element-type guint) */
static GArray *asked_states(const RebalanceRecord *record, const Function *function)
{
    const RebalanceFunction *told = rebalance_record_told(record, function);
    const GArray *requests = record->account->requests;
    GArray *states = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; told != NULL && i < requests->len; i++) {
        const RebalanceRequest *one = &g_array_index(requests, RebalanceRequest, i);
        guint state;

        if (g_str_equal(one->path, told->path) && g_str_equal(one->status, "ok") &&
            driver_state_after(one->request, &state)) {
            g_array_append_val(states, state);
        }
    }
    return states;
}

/* Has a request to it passed its deadline, so that only the driver knows what came of it? */
static gboolean was_late(const RebalanceRecord *record, const Function *function)
{
    const RebalanceFunction *told = rebalance_record_told(record, function);
    const GArray *requests = record->account->requests;

    for (guint i = 0; told != NULL && i < requests->len; i++) {
        const RebalanceRequest *one = &g_array_index(requests, RebalanceRequest, i);

        if (g_str_equal(one->path, told->path) && g_str_equal(one->status, "timeout")) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A state that the function has already been told need not be told again, and may be. */
static gboolean claims_hold(const GArray *claims, const GArray *states)
{
    guint current = BARSHIFT_DRIVER_STARTED;
    guint at = 0;

    for (guint i = 0; i < claims->len; i++) {
        const Claim *claim = &g_array_index(claims, Claim, i);

        while (at < states->len && g_array_index(states, guint, at) == current) {
            at++;
        }
        if (at < states->len && g_array_index(states, guint, at) == claim->state) {
            current = claim->state;
        } else if (claim->state != current && !claim->optional) {
            return FALSE;
        }
    }
    while (at < states->len && g_array_index(states, guint, at) == current) {
        at++;
    }
    return at == states->len;
}

static char *claims_text(const GArray *claims)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < claims->len; i++) {
        const Claim *claim = &g_array_index(claims, Claim, i);

        if (!claim->optional) {
            g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ",
                                   driver_state_name(claim->state));
        }
    }
    return g_string_free(text, FALSE);
}

static char *states_text(const GArray *states)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < states->len; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ",
                               driver_state_name(g_array_index(states, guint, i)));
    }
    return g_string_free(text, FALSE);
}

/* I10: another witness has it that the driver went through what it says it went through. */
static void add_agreed(const Driven *driven, const GArray *claims, const GArray *states,
                       const char *witness, const char *verb)
{
    char *text = NULL;

    if (!claims_hold(claims, states)) {
        g_autofree char *claimed = claims_text(claims);
        g_autofree char *told = states_text(states);

        text = g_strdup_printf("by its trace the driver has been %s; %s %s",
                               claims->len == 0 ? "left alone" : claimed, verb,
                               states->len == 0 ? "nothing" : told);
    }
    check_add(driven->checks, text == NULL, text, "I10/contract/%s/%s", driven->bdf, witness);
}

/* The ledger has the states that the function was told. Without one, the manager has to do. */
static void add_told(const Driven *driven, const RebalanceRecord *record)
{
    const DriverReport *report = driver_reports_find(record->drivers, driven->function);
    const FunctionState *state = observation_find(record->before, driven->function);
    g_autoptr(GArray) claims = NULL;
    g_autoptr(GArray) states = NULL;

    if (report == NULL || state == NULL) {
        return;
    }
    claims = trace_claims(record, report);
    if (state->has_ledger) {
        states = told_states(record, driven->function);
        add_agreed(driven, claims, states, "ledger", "the function was told");
    } else if (!was_late(record, driven->function)) {
        states = asked_states(record, driven->function);
        add_agreed(driven, claims, states, "manager", "by the manager's account it has been");
    }
}

static void add_arrival(const Driven *driven, gint64 arrived)
{
    gint64 under_way = driven->report->interrupts_raised - driven->report->interrupts_arrived;
    char *text = NULL;

    if (arrived <= 0) {
        text = g_strdup("no interrupt has arrived since the function was started again");
    } else if (under_way < 0 || under_way > 1) { /* the driver waits for each */
        text = g_strdup_printf("%" G_GINT64_FORMAT " were raised and %" G_GINT64_FORMAT
                               " have arrived", driven->report->interrupts_raised,
                               driven->report->interrupts_arrived);
    }
    check_add(driven->checks, text == NULL, text, "I9/interrupts/%s/driver", driven->bdf);
}

/*
 * I9, when there are interrupts and the function was stopped. The device is asked before the driver
 * at first, and after it in the end, so it has counted at least what the driver has.
 */
static void add_interrupts(const Driven *driven)
{
    const RebalanceRecord *record = story_last_stop(driven->story, driven->function);
    const DriverReport *then =
        record == NULL ? NULL : driver_reports_find(record->drivers, driven->function);
    const FunctionState *from = then == NULL ? NULL
                                             : observation_find(record->after, driven->function);
    const FunctionState *to = observation_find(driven->story->after, driven->function);
    gint64 arrived;
    gint64 counted;

    if (then == NULL || from == NULL || to == NULL || driven->report->interrupts_raised == 0) {
        return;
    }
    arrived = driven->report->interrupts_arrived - then->interrupts_arrived;
    counted = to->interrupts - from->interrupts;
    add_arrival(driven, arrived);
    check_add(driven->checks, counted >= arrived,
              counted >= arrived
                  ? NULL
                  : g_strdup_printf("%" G_GINT64_FORMAT " interrupts have arrived, and the device "
                                    "has counted %" G_GINT64_FORMAT, arrived, counted),
              "I9/interrupts/%s/device", driven->bdf);
}

static void add_driven(const Driven *driven)
{
    gboolean lost = g_hash_table_contains(driven->story->lost, driven->function);

    add_breaches(driven);
    add_requests(driven);
    if (!lost) { /* who has no service any more has no traffic either */
        add_traffic(driven);
        add_interrupts(driven);
    }
    for (guint i = 0; i < driven->story->rebalances->len; i++) {
        const RebalanceRecord *record = g_ptr_array_index(driven->story->rebalances, i);

        if (record->account != NULL) {
            add_told(driven, record);
        }
    }
}

static void add_function(const Story *story, const Function *function, GPtrArray *checks)
{
    const FunctionState *state = observation_find(story->after, function);
    const char *bdf = state == NULL ? function->name : state->bdf;
    Driven driven = {
        .story = story,
        .function = function,
        .report = driver_reports_find(story->drivers, function),
        .bdf = bdf,
        .checks = checks,
    };

    if (driven.report == NULL) {
        check_add(checks, FALSE, g_strdup("its driver is not there any more"),
                  "I10/contract/%s/driver", driven.bdf);
        return;
    }
    add_driven(&driven);
}

/* Its function was unplugged, so it has nothing to hold any more. */
static void add_let_go(const Story *story, const Function *function, GPtrArray *checks)
{
    gboolean let_go = GPOINTER_TO_INT(g_hash_table_lookup(story->let_go, function));

    check_add(checks, let_go,
              let_go ? NULL : g_strdup("its driver has not let go of it although it was unplugged"),
              "I10/contract/%s/unplugged", function->name);
}

/* Has it a driver that ought to be there? Who sleeps, or is forgotten, was stopped with its own. */
static gboolean is_driven(const Story *story, const Function *function)
{
    return function->driver != NULL && !g_hash_table_contains(story->forgotten, function) &&
           !g_hash_table_contains(story->asleep, function) &&
           (g_hash_table_contains(story->served, function) ||
            g_hash_table_contains(story->lost, function));
}

void driver_checks_add(const Story *story, GPtrArray *checks)
{
    const GPtrArray *functions = story->scenario->functions;

    for (guint i = 0; i < functions->len; i++) {
        const Function *function = g_ptr_array_index(functions, i);

        if (g_hash_table_contains(story->let_go, function)) {
            add_let_go(story, function, checks);
        }
        if (is_driven(story, function)) {
            add_function(story, function, checks);
        }
    }
}
