/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of I10 over requests: traces that a model makes, in the wrong order or situation; and
 * what an event has to say.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "contract.h"
#include "golden.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define REQUESTS_MAX 8

static const char *fixtures;

typedef struct Rule {
    const char *model;
    const char *expected; /* in the first sentence; NULL: there is no breach */
    /* Each a request and its situation; '!': the driver fails, '?': refuses, '*': does not know */
    const char *requests[REQUESTS_MAX];
} Rule;

typedef struct Actor {
    Trace trace;
    int fails;
    char sentence[CONTRACT_SENTENCE_SIZE];
} Actor;

static int actor_work(void *context, const ModelStep *step, unsigned index, char *detail)
{
    Actor *actor = context;
    int result = step->may_fail ? actor->fails : 0;

    (void)index;
    (void)detail;
    actor->fails = result != 0 ? 0 : actor->fails;
    return result;
}

static void actor_note(void *context, const TraceEvent *event)
{
    assert_int_equal(trace_add(&((Actor *)context)->trace, event), 0);
}

static void actor_breach(void *context, const char *sentence)
{
    Actor *actor = context;

    if (actor->sentence[0] == '\0') {
        strcpy(actor->sentence, sentence);
    }
}

/* "start! dma": a request, what the driver makes of it, its situation */
static void actor_request(Actor *actor, const DriverModel *model, const char *text)
{
    DriverHooks hooks = { .work = actor_work, .note = actor_note, .context = actor };
    char name[32];
    Situation situation;
    size_t length = strcspn(text, "!?* ");
    size_t sent = actor->trace.count;
    bool knows = text[length] != '*';

    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    actor->fails = text[length] == '!' ? -EIO : text[length] == '?' ? -EBUSY : 0;
    assert_int_equal(situation_parse(knows ? text + strcspn(text, " ") : "", &situation), 0);
    model_run(model, (PnpRequest)pnp_request_parse(name), &situation, &hooks);
    if (!knows) {
        strcpy(actor->trace.events[sent].detail, text + strcspn(text, " "));
    }
}

#define FIRST "start first-start"
#define STOPPED "start first-start", "query-stop", "stop"

static const Rule rules[] = {
    { "kmdf", NULL, { FIRST, "query-stop?", "cancel-stop", "query-stop", "stop", "start" } },
    { "wdm", NULL, { FIRST, "query-stop", "cancel-stop", "cancel-stop" } },
    { "wdm", NULL, { FIRST, "start start-to-start" } },
    { "ndis", "expected STOP before it", { FIRST, "start start-to-start" } },
    { "wdm", "came when the driver was started: expected QUERY_STOP", { FIRST, "stop" } },
    { "kmdf", "came when the driver was never started", { "query-stop" } },
    { "kmdf", "EvtDeviceSelfManagedIoRestart of function: expected it not", { "start" } },
    { "kmdf", "EvtDriverDeviceAdd of function: expected it not", { STOPPED, FIRST } },
    { "kmdf", "refused to stop: expected CANCEL_STOP", { FIRST, "query-stop?", "stop" } },
    { "kmdf", "refused to stop: expected CANCEL_STOP", { FIRST, "query-stop?", "query-stop" } },
    { "kmdf", "and left the driver refused to stop", { FIRST, "query-stop!" } },
    { "kmdf", "and left the driver stop-pending", { FIRST, "query-stop" } },
    { "kmdf", "and left the driver stopped", { STOPPED } },
    { "kmdf", "was stop-pending: expected STOP", { FIRST, "query-stop", "query-stop" } },
    { "kmdf", "was stopped: expected START", { STOPPED, "cancel-stop", "start" } },
    { "kmdf", "was stopped: expected START", { STOPPED, "stop", "start" } },
    { "kmdf", "and left the driver failed to start", { STOPPED, "start!" } },
    { "kmdf", "failed to start: expected SURPRISE_REMOVAL", { STOPPED, "start!", "start" } },
    { "kmdf", "failed to start: expected SURPRISE_REMOVAL", { STOPPED, "start!", "remove" } },
    { "kmdf", NULL, { STOPPED, "start!", "surprise-removal", "remove" } },
    { "kmdf", NULL, { STOPPED, "start!", "surprise-removal handles=1" } },
    { "kmdf", "surprise-removed without open handles: expected REMOVE",
      { STOPPED, "start!", "surprise-removal" } },
    { "kmdf", "expected no open handle, seen 2",
      { STOPPED, "start!", "surprise-removal", "remove handles=2" } },
    { "kmdf", "was removed: expected nothing",
      { STOPPED, "start!", "surprise-removal", "remove", "remove" } },
    { "wdm", NULL, { "start! first-start", "remove" } },
    { "wdm", "failed to start for the first time: expected REMOVE",
      { "start! first-start", "surprise-removal", "remove" } },
    { "wdm", NULL, { FIRST, "surprise-removal", "remove" } },
    { "wdm", "was started: expected QUERY_STOP", { FIRST, "remove" } },
    { "wdm", "expected QUERY_REQUIREMENTS before it",
      { FIRST, "query-stop", "filter-requirements", "cancel-stop" } },
    { "wdm", "expected FILTER_REQUIREMENTS before it",
      { FIRST, "query-stop", "query-requirements", "stop", "start" } },
    { "wdm", NULL, { FIRST, "filter-requirements" } },
    { "kmdf", "at most the 1 requests", { FIRST, "query-stop", "stop requests=1",
                                          "start held-requests=2" } },
    { "wdm", NULL, { FIRST, "query-stop", "stop requests=1", "start held-requests=2" } },
    { "wdm", "ok: it is in a paging path", { FIRST, "query-stop* paging-path", "cancel-stop" } },
    { "kmdf", "ok: it is in a paging path", { FIRST, "query-stop* paging-path", "cancel-stop" } },
    { "storport", "ok: it is in a paging path",
      { FIRST, "query-stop* paging-path", "cancel-stop" } },
    { "wdm", "ok: it cannot be stopped", { FIRST, "query-stop* no-stop", "cancel-stop" } },
    { "acx", "ok: it cannot be stopped", { FIRST, "query-stop* no-stop", "cancel-stop" } },
    { "acx", "ok: a stream runs", { FIRST, "query-stop* streams=1 running=1", "cancel-stop" } },
    { "portcls", "ok: the Rebalance Req", { FIRST, "query-stop* other-ports", "cancel-stop" } },
    { "portcls", "ok: the Rebalance Req",
      { FIRST, "query-stop* position-register streams=1", "cancel-stop" } },
    { "portcls", NULL, { FIRST, "query-stop* position-register", "cancel-stop" } },
    { "portcls", NULL,
      { FIRST, "query-stop* position-register packet-streams streams=1", "cancel-stop" } },
    { "kmdf", "expected a situation, seen", { FIRST, "query-stop* tired", "cancel-stop" } },
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const DriverModel *model = driver_model_find(rules[i].model);
        Actor actor = { .fails = 0 };
        unsigned breaches;

        for (size_t n = 0; n < REQUESTS_MAX && rules[i].requests[n]; n++) {
            actor_request(&actor, model, rules[i].requests[n]);
        }
        breaches = contract_check(model, &actor.trace, NULL, actor_breach, &actor);
        trace_free(&actor.trace);
        if ((breaches == 0) != (rules[i].expected == NULL) ||
            (rules[i].expected && !strstr(actor.sentence, rules[i].expected))) {
            fail_msg("rule %zu: expected \"%s\", seen \"%s\"", i,
                     rules[i].expected ? rules[i].expected : "nothing", actor.sentence);
        }
    }
}

static const struct {
    const char *callback;
    const char *detail;
    const char *expected; /* NULL: there is no breach */
} details[] = {
    { "EvtDeviceD0Entry", "WdfPowerDeviceD0", "expected WdfPowerDeviceD3Final, seen" },
    { "EvtIoStop", "#0", "expected WdfRequestStopActionSuspend, seen" },
    { "EvtIoStop", "#1 WdfRequestStopActionSuspend", "expected each once, seen #1 after #1" },
    { "EvtIoStop", "WdfRequestStopActionSuspend", "expected a number" },
    { "EvtIoResume", "#1", "expected each once and in order, seen #1 after #1" },
    { "queues-start", "#0", "expected no number" },
    { "queues-stop", "requests=3", "EvtIoStop of function: expected 3, seen 2" },
    { "queues-stop", "requests=2", NULL },
};

static void test_details(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
        Golden *golden = golden_read(fixtures, "kmdf-success");
        Actor actor = { .fails = 0 };
        size_t at = 0;

        while (strcmp(golden->trace.events[at].callback, details[i].callback) != 0) {
            at++;
        }
        strcpy(golden->trace.events[at].detail, details[i].detail);
        contract_check(golden->model, &golden->trace, NULL, actor_breach, &actor);
        if (details[i].expected ? !strstr(actor.sentence, details[i].expected)
                                : actor.sentence[0] != '\0') {
            fail_msg("%s \"%s\": seen \"%s\"", details[i].callback, details[i].detail,
                     actor.sentence);
        }
        golden_free(golden);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE("/contract/rules-over-requests", test_rules),
        CASE("/contract/details-and-numbers-of-events", test_details),
    };

    (void)argc;
    fixtures = argv[1];
    return cmocka_run_group_tests_name("contract-rules", tests, NULL, NULL);
}
