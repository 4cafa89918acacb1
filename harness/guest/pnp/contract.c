/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "contract-walk.h"

/* Where a driver stands; finer than PnpState, which has no need to remember how it came there */
typedef enum Standing {
    NEVER_STARTED,
    STARTED,
    STOP_PENDING,
    REFUSED, /* and not cancelled yet */
    STOPPED,
    START_FAILED,
    FIRST_START_FAILED,
    SURPRISE_REMOVED,
    REMOVED,
} Standing;

#define BIT(request) (1u << (request))
#define REQUIREMENTS (BIT(PNP_QUERY_REQUIREMENTS) | BIT(PNP_FILTER_REQUIREMENTS))

/* What may come, and may a trace end there? SURPRISE_REMOVAL asks nobody */
static const struct {
    const char *name;
    unsigned requests;
    const char *expected;
    bool may_end;
    const char *source;
} standings[] = {
    [NEVER_STARTED] = { "never started", BIT(PNP_START) | REQUIREMENTS, "START", true, "start" },
    [STARTED] = { "started",
                  BIT(PNP_QUERY_STOP) | BIT(PNP_CANCEL_STOP) | BIT(PNP_START) | REQUIREMENTS |
                      BIT(PNP_SURPRISE_REMOVAL),
                  "QUERY_STOP", true, "query-stop" },
    [STOP_PENDING] = { "stop-pending",
                       BIT(PNP_STOP) | BIT(PNP_CANCEL_STOP) | REQUIREMENTS |
                           BIT(PNP_SURPRISE_REMOVAL),
                       "STOP or CANCEL_STOP", false, "rebalance" },
    [REFUSED] = { "refused to stop", BIT(PNP_CANCEL_STOP) | BIT(PNP_SURPRISE_REMOVAL),
                  "CANCEL_STOP", false, "rebalance" },
    [STOPPED] = { "stopped", BIT(PNP_START) | REQUIREMENTS | BIT(PNP_SURPRISE_REMOVAL), "START",
                  false, "rebalance" },
    [START_FAILED] = { "failed to start", BIT(PNP_SURPRISE_REMOVAL), "SURPRISE_REMOVAL", false,
                       "rebalance" },
    [FIRST_START_FAILED] = { "failed to start for the first time", BIT(PNP_REMOVE), "REMOVE",
                             false, "first-start" },
    [SURPRISE_REMOVED] = { "surprise-removed", BIT(PNP_REMOVE), "REMOVE", true,
                           "surprise-removal" },
    [REMOVED] = { "removed", 0, "nothing", true, "rebalance" },
};

/** struct Judge - what is remembered from request to request */
typedef struct Judge {
    ContractReport report;
    const ContractOrders *orders;
    Standing standing;
    unsigned handles;   /* at the last SURPRISE_REMOVAL */
    unsigned suspended; /* requests that the last STOP has acknowledged */
    bool streams_stay;  /* a STOP has put them into STOP */
    bool asked;         /* requirements, since QUERY_STOP */
    bool filtered;
} Judge;

void contract_report(ContractReport *report, const char *format, ...)
{
    char sentence[CONTRACT_SENTENCE_SIZE];
    int length = snprintf(sentence, sizeof(sentence), "%s (request %u): ",
                          pnp_request_name(report->request), report->number);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence + length, sizeof(sentence) - (size_t)length, format, arguments);
    va_end(arguments);
    report->breaches++;
    if (report->breach) {
        report->breach(report->context, sentence);
    }
}

static Standing standing_next(Standing standing, PnpRequest request, TraceStatus status)
{
    bool well = status == TRACE_OK;

    switch (request) {
    case PNP_QUERY_STOP:
        return well ? STOP_PENDING : REFUSED;
    case PNP_CANCEL_STOP:
        return STARTED;
    case PNP_STOP:
        return STOPPED;
    case PNP_START:
        return well ? STARTED : standing == NEVER_STARTED ? FIRST_START_FAILED : START_FAILED;
    case PNP_SURPRISE_REMOVAL:
        return SURPRISE_REMOVED;
    case PNP_REMOVE:
        return REMOVED;
    default:
        return standing;
    }
}

/* Nothing in a trace puts them into RUN again: the applications of these drivers do not */
static void streams_check(Judge *judge, const Situation *now)
{
    if (judge->streams_stay && now->streams_running != 0) {
        contract_report(&judge->report, "expected every stream to stay in STOP after a rebalance, "
                        "seen %u in RUN [portcls-rebalance]", now->streams_running);
    }
}

static void turn_check(Judge *judge, const Situation *now)
{
    PnpRequest request = judge->report.request;
    bool to_started = request == PNP_START && judge->standing == STARTED;

    if ((standings[judge->standing].requests & BIT(request)) == 0) {
        contract_report(&judge->report, "came when the driver was %s: expected %s [%s]",
                        standings[judge->standing].name, standings[judge->standing].expected,
                        standings[judge->standing].source);
    } else if (to_started && !judge->orders->takes_start) {
        contract_report(&judge->report, "came when the driver was started: expected STOP before "
                        "it, as nothing is known of %s without it [start]", judge->orders->name);
    }
    if (request == PNP_REMOVE && now->handles != 0) {
        contract_report(&judge->report, "expected no open handle, seen %u [rebalance]",
                        now->handles);
    }
    if (request == PNP_START && now->held_requests > judge->suspended && !to_started &&
        judge->orders->simulates_stop) {
        contract_report(&judge->report, "expected at most the %u requests that STOP has "
                        "acknowledged, seen %u held [kmdf-irps]", judge->suspended,
                        now->held_requests);
    }
}

/* Requirements are asked for, then filtered, both before STOP, or neither */
static void requirements_check(Judge *judge)
{
    PnpRequest request = judge->report.request;

    if (request == PNP_QUERY_STOP) {
        judge->asked = false;
        judge->filtered = false;
    } else if (request == PNP_QUERY_REQUIREMENTS) {
        judge->asked = true;
        judge->filtered = false;
    } else if (request == PNP_FILTER_REQUIREMENTS) {
        if (judge->standing == STOP_PENDING && !judge->asked) {
            contract_report(&judge->report,
                            "expected QUERY_REQUIREMENTS before it [rebalance-tests]");
        }
        judge->filtered = true;
    } else if (request == PNP_STOP && judge->asked && !judge->filtered) {
        contract_report(&judge->report,
                        "expected FILTER_REQUIREMENTS before it [rebalance-tests]");
    }
}

/* Who must refuse, whatever the driver says */
static void veto_check(Judge *judge, const Situation *now)
{
    const char *name = judge->orders->name;
    bool on_kmdf = judge->orders->simulates_stop;
    bool wdm = strcmp(name, "wdm") == 0;
    bool mapped = now->streams != 0 && !now->packet_streams && now->position_register;
    const struct {
        bool must;
        const char *why;
    } reasons[] = {
        { now->paging_path && (on_kmdf || wdm || strcmp(name, "storport") == 0),
          "it is in a paging path [query-stop]" },
        { now->no_stop && (on_kmdf || wdm), "it cannot be stopped [query-stop]" },
        { now->streams_running != 0 && strcmp(name, "acx") == 0, "a stream runs [acx-streams]" },
        { (mapped || now->other_ports) && strcmp(name, "portcls") == 0,
          "the Rebalance Requirements do not hold [portcls-rebalance]" },
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].must) {
            contract_report(&judge->report, "expected a refusal, seen ok: %s", reasons[i].why);
        }
    }
}

static unsigned suspended_count(const TraceEvent *events, size_t count)
{
    unsigned suspended = 0;

    for (size_t i = 0; i < count; i++) {
        suspended += strcmp(events[i].callback, "EvtIoStop") == 0;
    }
    return suspended;
}

/* @events: of one request, from sent to completed */
static void request_judge(Judge *judge, const TraceEvent *events, size_t count)
{
    ContractWalk walk = {
        .orders = judge->orders,
        .request = events[0].request,
        .events = events + 1,
        .count = count - 2,
        .completed = events[count - 1].status,
    };

    if (situation_parse(events[0].detail, &walk.now) < 0) {
        contract_report(&judge->report, "expected a situation, seen \"%s\"", events[0].detail);
        return;
    }
    walk.now.first_start = walk.request == PNP_START && judge->standing == NEVER_STARTED;
    walk.now.start_to_start = walk.request == PNP_START && judge->standing == STARTED;
    walk.now.pulled = walk.request == PNP_SURPRISE_REMOVAL && judge->standing == STOPPED;
    turn_check(judge, &walk.now);
    streams_check(judge, &walk.now);
    requirements_check(judge);
    contract_walk_check(&walk, &judge->report);
    if (walk.request == PNP_QUERY_STOP && walk.completed == TRACE_OK) {
        veto_check(judge, &walk.now);
    }
    if (walk.request == PNP_STOP) {
        judge->suspended = suspended_count(walk.events, walk.count);
        judge->streams_stay = judge->orders->streams_stay;
    }
    judge->handles = walk.now.handles;
    judge->standing = standing_next(judge->standing, walk.request, walk.completed);
}

static bool is_pnp(const TraceEvent *event, const char *callback)
{
    return strcmp(event->driver, TRACE_PNP) == 0 && strcmp(event->callback, callback) == 0;
}

/* How many events belong to the request that begins here; 0: it was never completed */
static size_t request_length(const TraceEvent *events, size_t count)
{
    for (size_t i = 1; i < count && events[i].request == events[0].request; i++) {
        if (is_pnp(&events[i], TRACE_COMPLETED)) {
            return i + 1;
        }
        if (is_pnp(&events[i], TRACE_SENT)) {
            break;
        }
    }
    return 0;
}

static void end_check(Judge *judge)
{
    bool removable = judge->standing == SURPRISE_REMOVED && judge->handles == 0;

    if (!standings[judge->standing].may_end || removable) {
        contract_report(&judge->report, "was the last, and left the driver %s%s: expected %s [%s]",
                        standings[judge->standing].name,
                        removable ? " without open handles" : "",
                        standings[judge->standing].expected, standings[judge->standing].source);
    }
}

unsigned contract_check(const DriverModel *model, const Trace *trace, const Situation *now,
                        ContractBreach *breach, void *context)
{
    Judge judge = {
        .report = { .breach = breach, .context = context },
        .orders = contract_orders_find(model->name),
    };
    size_t length;

    for (size_t at = 0; at < trace->count; at += length) {
        const TraceEvent *event = &trace->events[at];

        judge.report.request = event->request;
        judge.report.number++;
        length = is_pnp(event, TRACE_SENT) ? request_length(event, trace->count - at) : 0;
        if (length == 0) {
            contract_report(&judge.report, is_pnp(event, TRACE_SENT)
                                               ? "%s of %s: was never completed"
                                               : "%s of %s: expected a request to be sent first",
                            event->callback, event->driver);
            return judge.report.breaches;
        }
        if (event->status != TRACE_OK) {
            contract_report(&judge.report, "expected to be sent as ok, seen %s",
                            trace_status_name(event->status));
        }
        request_judge(&judge, event, length);
    }
    if (trace->count != 0) {
        end_check(&judge);
        if (now) {
            streams_check(&judge, now);
        }
    }
    return judge.report.breaches;
}
