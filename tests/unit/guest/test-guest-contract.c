/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checker of I10: content with the golden traces, and with nothing that differs from them in
 * one event or one request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "contract.h"
#include "golden.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static const char *fixtures;

static void breach_print(void *context, const char *sentence)
{
    print_message("# %s: %s\n", (const char *)context, sentence);
}

static void test_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < golden_count; i++) {
        Golden *golden = golden_read(fixtures, golden_names[i]);
        void *name = (void *)(uintptr_t)golden_names[i];

        assert_int_equal(
            contract_check(golden->model, &golden->trace, NULL, breach_print, name), 0);
        golden_free(golden);
    }
}

/* Mutations */

typedef enum Mutation { DROP, DUPLICATE, SWAP, STATUS, MUTATIONS } Mutation;

static const char *const mutation_names[MUTATIONS] = { "drop", "duplicate", "swap", "status" };

/* What the contract allows; SWAP: @callback and the one behind it */
static const struct {
    const char *models;
    PnpRequest request;
    const char *situation; /* a word of it; NULL: any */
    Mutation mutation;
    const char *callback;
    const char *other;
    const char *why;
} allowed[] = {
    { "kmdf acx", PNP_STOP, NULL, SWAP, "EvtIoStop", "EvtIoStop", "no order of requests" },
    { "kmdf", PNP_START, NULL, SWAP, "EvtInterruptEnable", "EvtInterruptEnable",
      "no order of interrupts" },
    { "kmdf", PNP_STOP, NULL, SWAP, "EvtInterruptDisable", "EvtInterruptDisable",
      "no order of interrupts" },
    { "acx", PNP_STOP, NULL, SWAP, "EvtAcxStreamPowerDown", "EvtAcxStreamPowerDown",
      "no order of streams" },
    { "acx", PNP_STOP, NULL, SWAP, "EvtAcxStreamPowerDown", "EvtAcxCircuitPowerDown",
      "none is documented" },
    { "acx", PNP_START, NULL, SWAP, "EvtChildListScanForChildren", "EvtAcxStreamPowerUp",
      "none is documented" },
    { "acx", PNP_STOP, NULL, SWAP, "EvtAcxStreamReleaseHardware", "EvtAcxStreamReleaseHardware",
      "no order of streams" },
    { "acx", PNP_STOP, NULL, SWAP, "EvtAcxStreamReleaseHardware",
      "EvtAcxCircuitReleaseHardware", "none is documented" },
    { "acx", PNP_START, NULL, SWAP, "EvtAcxStreamPrepareHardware",
      "EvtAcxStreamPrepareHardware", "no order of streams" },
    { "acx", PNP_START, NULL, SWAP, "EvtAcxCircuitPrepareHardware",
      "EvtAcxStreamPrepareHardware", "none is documented" },
    { "acx", PNP_START, NULL, SWAP, "EvtAcxStreamPowerUp", "EvtAcxStreamPowerUp",
      "no order of streams" },
    { "wdm", PNP_SURPRISE_REMOVAL, NULL, SWAP, "IRP_MN_SURPRISE_REMOVAL",
      "IRP_MN_SURPRISE_REMOVAL", "none is documented" },
    { "wdm", PNP_REMOVE, NULL, SWAP, "IRP_MN_REMOVE_DEVICE", "IRP_MN_REMOVE_DEVICE",
      "none is documented" },
    { "ndis", PNP_CANCEL_STOP, NULL, SWAP, "FilterNetPnPEvent", "FilterNetPnPEvent",
      "none is documented" },
    { "ndis", PNP_STOP, NULL, SWAP, "FilterDetach", "FilterDetach", "none is documented" },
    { "ndis", PNP_QUERY_STOP, "objection=ignored", STATUS, "FilterNetPnPEvent", NULL,
      "whatever is objected" },
    { "ndis", PNP_QUERY_STOP, "objection=ignored", STATUS, "ProtocolNetPnPEvent", NULL,
      "whatever is objected" },
    { "wddm", PNP_STOP, NULL, SWAP, "gpu-idle", "evict", "none is documented" },
    { "portcls", PNP_START, NULL, SWAP, "register-subdevice", "register-subdevice",
      "no order of subdevices" },
    { "portcls", PNP_STOP, NULL, SWAP, "IMiniportPnpNotify::PnpStop",
      "IMiniportPnpNotify::PnpStop", "no order of subdevices" },
    { "portcls", PNP_STOP, NULL, SWAP, "IMiniportPnpNotify::PnpStop", "stream-stop",
      "none is documented" },
    { "portcls", PNP_STOP, NULL, SWAP, "IMiniportPnpNotify::PnpStop", "ioctls-stop",
      "none is documented" },
    { "portcls", PNP_STOP, NULL, SWAP, "stream-stop", "stream-stop", "no order of streams" },
    { "portcls", PNP_STOP, NULL, SWAP, "stream-stop", "ioctls-stop", "none is documented" },
    { "portcls", PNP_STOP, NULL, SWAP, "ioctls-stop", "pending-cancel", "none is documented" },
    { "portcls", PNP_STOP, NULL, SWAP, "pending-cancel", "interfaces-off",
      "none is documented" },
};

#define ALLOWED_COUNT (sizeof(allowed) / sizeof(allowed[0]))

static bool allowed_seen[ALLOWED_COUNT];

static bool is_allowed(const Golden *golden, Mutation mutation, size_t at)
{
    const TraceEvent *event = &golden->trace.events[at];
    const TraceEvent *sent = event;
    bool found = false;

    while (strcmp(sent->callback, TRACE_SENT) != 0) {
        sent--;
    }
    for (size_t i = 0; i < ALLOWED_COUNT; i++) {
        if (allowed[i].mutation == mutation && allowed[i].request == event->request &&
            strstr(allowed[i].models, golden->model->name) &&
            (!allowed[i].situation || strstr(sent->detail, allowed[i].situation)) &&
            strcmp(allowed[i].callback, event->callback) == 0 &&
            (!allowed[i].other || strcmp(allowed[i].other, event[1].callback) == 0)) {
            allowed_seen[i] = true;
            found = true;
        }
    }
    return found;
}

/* @count: of events that are dropped, doubled, or swapped with as many behind them */
static void range_mutate(Trace *trace, Mutation mutation, size_t at, size_t count)
{
    TraceEvent *events = trace->events;
    TraceEvent *copy = malloc((trace->count + 1) * sizeof(*copy));
    size_t rest = trace->count - at - count;

    assert_non_null(copy);
    memcpy(copy, events + at, (trace->count - at) * sizeof(*copy));
    if (mutation == DROP) {
        memcpy(events + at, copy + count, rest * sizeof(*copy));
        trace->count -= count;
    } else if (mutation == DUPLICATE) {
        memcpy(events + at + count, copy, (rest + count) * sizeof(*copy));
        trace->count += count;
    } else {
        memcpy(events + at, copy + count, count * sizeof(*copy));
        memcpy(events + at + count, copy, count * sizeof(*copy));
    }
    free(copy);
}

static Trace trace_copy(const Trace *trace)
{
    Trace copy = { .count = trace->count, .room = trace->count * 2 };

    copy.events = malloc(copy.room * sizeof(*copy.events));
    assert_non_null(copy.events);
    memcpy(copy.events, trace->events, trace->count * sizeof(*copy.events));
    return copy;
}

/* @status: for STATUS */
static void event_mutate(const Golden *golden, Mutation mutation, size_t at, TraceStatus status)
{
    Trace trace = trace_copy(&golden->trace);
    bool found;

    if (mutation == STATUS) {
        trace.events[at].status = status;
    } else {
        range_mutate(&trace, mutation, at, 1);
    }
    found = contract_check(golden->model, &trace, NULL, NULL, NULL) != 0;
    trace_free(&trace);
    if (!found && !is_allowed(golden, mutation, at)) {
        fail_msg("%s: %s of event %zu, %s of %s, is not found", golden->name,
                 mutation_names[mutation], at, golden->trace.events[at].callback,
                 golden->trace.events[at].driver);
    }
}

static void test_mutations(void **state)
{
    size_t done = 0;

    (void)state;
    for (size_t i = 0; i < golden_count; i++) {
        Golden *golden = golden_read(fixtures, golden_names[i]);

        for (size_t at = 0; at < golden->trace.count; at++) {
            event_mutate(golden, DROP, at, TRACE_OK);
            event_mutate(golden, DUPLICATE, at, TRACE_OK);
            if (at + 1 < golden->trace.count) {
                event_mutate(golden, SWAP, at, TRACE_OK);
            }
            for (int status = 0; status < TRACE_STATUSES; status++) {
                if ((TraceStatus)status != golden->trace.events[at].status) {
                    event_mutate(golden, STATUS, at, (TraceStatus)status);
                }
            }
            done++;
        }
        golden_free(golden);
    }
    print_message("# mutations of %zu events\n", done);
    /* Nothing is allowed that no trace shows to be needed */
    for (size_t i = 0; i < ALLOWED_COUNT; i++) {
        if (!allowed_seen[i]) {
            fail_msg("%s: %s of %s is not needed: %s", allowed[i].models,
                     mutation_names[allowed[i].mutation], allowed[i].callback, allowed[i].why);
        }
    }
}

/*
 * CANCEL_STOP may come without QUERY_STOP and again, requirements are asked for as often as one
 * likes, START without a STOP is nobody's duty, without the START that failed a removal is one
 * while stopped, which only KMDF tells apart, and REMOVE never comes while a handle is open.
 */
static bool request_is_allowed(const Golden *golden, Mutation mutation, size_t at, size_t count)
{
    const TraceEvent *sent = &golden->trace.events[at];
    bool last = at + count == golden->trace.count;
    bool cancel_follows = !last && sent[count].request == PNP_CANCEL_STOP;
    bool cancel = sent->request == PNP_CANCEL_STOP;
    bool to_started = strstr(sent->detail, "start-to-start") != NULL;
    const TraceEvent *before = sent; /* what was sent before it */

    while (before > golden->trace.events && before->request == sent->request) {
        before--;
    }
    while (strcmp(before->callback, TRACE_SENT) != 0) {
        before--;
    }

    if (mutation == DUPLICATE) {
        return cancel || to_started || sent->request == PNP_QUERY_REQUIREMENTS ||
               sent->request == PNP_FILTER_REQUIREMENTS;
    }
    return (sent->request == PNP_QUERY_STOP && cancel_follows) ||
           (cancel && (cancel_follows || sent[-1].request == PNP_CANCEL_STOP)) ||
           (to_started && last) ||
           (sent->request == PNP_REMOVE && strstr(before->detail, "handles=")) ||
           (!last && sent[count].request == PNP_SURPRISE_REMOVAL &&
            sent->request == PNP_START && !strstr("kmdf acx", golden->model->name));
}

static void request_mutate(const Golden *golden, Mutation mutation, size_t at, size_t count)
{
    Trace trace = trace_copy(&golden->trace);
    bool found;

    range_mutate(&trace, mutation, at, count);
    found = trace.count == 0 || contract_check(golden->model, &trace, NULL, NULL, NULL) != 0;
    trace_free(&trace);
    if (found == request_is_allowed(golden, mutation, at, count)) {
        fail_msg("%s: %s of %s, event %zu, is%s found", golden->name, mutation_names[mutation],
                 pnp_request_name(golden->trace.events[at].request), at, found ? "" : " not");
    }
}

static void test_request_mutations(void **state)
{
    (void)state;
    for (size_t i = 0; i < golden_count; i++) {
        Golden *golden = golden_read(fixtures, golden_names[i]);
        const TraceEvent *events = golden->trace.events;
        size_t count;

        for (size_t at = 0; at < golden->trace.count; at += count) {
            for (count = 1; strcmp(events[at + count - 1].callback, TRACE_COMPLETED) != 0;) {
                count++;
            }
            request_mutate(golden, DROP, at, count);
            request_mutate(golden, DUPLICATE, at, count);
        }
        golden_free(golden);
    }
}

/* A driver that died: its trace ends within a request, or where it is no use to anybody */
static void test_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < golden_count; i++) {
        Golden *golden = golden_read(fixtures, golden_names[i]);
        Trace trace = golden->trace;

        for (trace.count = 1; trace.count < golden->trace.count; trace.count++) {
            const TraceEvent *last = &trace.events[trace.count - 1];
            bool completed = strcmp(last->callback, TRACE_COMPLETED) == 0;
            bool rests = completed && (last->request == PNP_START || last->request == PNP_REMOVE ||
                                       last->request == PNP_CANCEL_STOP) &&
                         last->status == TRACE_OK;
            bool waits = completed && last->request == PNP_SURPRISE_REMOVAL;

            if (!rests && !waits) {
                assert_int_not_equal(contract_check(golden->model, &trace, NULL, NULL, NULL), 0);
            } else if (rests) {
                assert_int_equal(contract_check(golden->model, &trace, NULL, NULL, NULL), 0);
            }
        }
        golden_free(golden);
    }
}

/* The same driver through one rebalance after the other */
static void test_repeated(void **state)
{
    Golden *golden = golden_read(fixtures, "kmdf-success");
    Trace trace = { .count = 0 };
    size_t first = 1;

    (void)state;
    while (strcmp(golden->trace.events[first - 1].callback, TRACE_COMPLETED) != 0) {
        first++;
    }
    for (size_t i = 0; i < first; i++) {
        trace_add(&trace, &golden->trace.events[i]);
    }
    for (int round = 0; round < 3; round++) {
        for (size_t i = first; i < golden->trace.count; i++) {
            trace_add(&trace, &golden->trace.events[i]);
        }
    }
    assert_int_equal(contract_check(golden->model, &trace, NULL, breach_print, "repeated"), 0);
    trace_free(&trace);
    golden_free(golden);
}

static void breach_take(void *context, const char *sentence)
{
    strcpy(context, sentence);
}

static void test_sentence(void **state)
{
    Golden *golden = golden_read(fixtures, "kmdf-success");
    char sentence[CONTRACT_SENTENCE_SIZE] = "";
    size_t at = 0;

    (void)state;
    while (strcmp(golden->trace.events[at].callback, "EvtDeviceReleaseHardware") != 0) {
        at++;
    }
    range_mutate(&golden->trace, DROP, at, 1);
    assert_int_equal(contract_check(golden->model, &golden->trace, NULL, breach_take, sentence),
                     1);
    assert_string_equal(sentence, "stop (request 5): EvtDeviceReleaseHardware of function: "
                                  "expected 1, seen 0 [kmdf-release]");
    golden_free(golden);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE("/contract/golden-traces-hold", test_golden),
        CASE("/contract/every-mutation-is-found", test_mutations),
        CASE("/contract/every-request-counts", test_request_mutations),
        CASE("/contract/trace-that-ends-in-the-middle", test_cut),
        CASE("/contract/several-rebalances", test_repeated),
        CASE("/contract/sentence-names-what-and-where", test_sentence),
    };

    (void)argc;
    fixtures = argv[1];
    return cmocka_run_group_tests_name("contract", tests, NULL, NULL);
}
