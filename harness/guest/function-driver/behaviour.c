/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "behaviour.h"

#define SLOW_MS_MAX 600000

typedef enum ValueKind {
    VALUE_NONE,
    VALUE_TIME, /* [REQUEST:]MS */
    VALUE_CALLBACK,
    VALUE_REQUEST,
} ValueKind;

static const struct {
    const char *name;
    ValueKind value;
    const char *describe;
} table[BEHAVIOURS] = {
    [BEHAVE_VETO] = { "veto", VALUE_NONE, "refuses every query-stop" },
    [BEHAVE_VETO_ONCE] = { "veto-once", VALUE_NONE, "refuses the first query-stop" },
    [BEHAVE_SLOW] = { "slow", VALUE_TIME,
                      "=[REQUEST:]MS: waits so long before it carries a request out" },
    [BEHAVE_FAIL_START] = { "fail-start", VALUE_NONE, "every start after a stop fails at its end" },
    [BEHAVE_FAIL_START_ONCE] = { "fail-start-once", VALUE_NONE, "the first of them does" },
    [BEHAVE_FAIL_PREPARE] = { "fail-prepare", VALUE_NONE,
                              "every start after a stop fails with the hardware half prepared" },
    [BEHAVE_TOUCH_STOPPED] = { "touch-stopped", VALUE_NONE,
                               "reads a register when the function is stopped" },
    [BEHAVE_KEEP_MAPPING] = { "keep-mapping", VALUE_NONE, "lets the BARs mapped at stop" },
    [BEHAVE_KEEP_DMA] = { "keep-dma", VALUE_NONE, "lets its DMA run on at stop" },
    [BEHAVE_RESTART_STREAM] = { "restart-stream", VALUE_NONE,
                                "runs streams again that have to stay stopped" },
    [BEHAVE_SKIP] = { "skip", VALUE_CALLBACK, "=CALLBACK: leaves a callback out, and its work" },
    [BEHAVE_REPEAT] = { "repeat", VALUE_CALLBACK, "=CALLBACK: does a callback twice" },
    [BEHAVE_DROP_REQUEST] = { "drop-request", VALUE_NONE, "forgets one request that it holds" },
    [BEHAVE_DIE] = { "die", VALUE_REQUEST, "=REQUEST: is killed when the request comes" },
};

static int usage(char *why, const char *name, const char *what)
{
    snprintf(why, BEHAVIOUR_WHY_SIZE, "behaviour %s: %s", name, what);
    return -EINVAL;
}

static int slow_parse(Behaviours *behaviours, const char *value, char *why)
{
    const char *colon = strchr(value, ':');
    const char *number = colon ? colon + 1 : value;
    char name[TRACE_WORD_SIZE];
    char *end;
    unsigned long ms = strtoul(number, &end, 10);
    int request = -1;

    if (end == number || *end != '\0' || ms > SLOW_MS_MAX) {
        return usage(why, "slow", "wants milliseconds, at most 600000");
    }
    if (colon) {
        snprintf(name, sizeof(name), "%.*s", (int)(colon - value), value);
        request = pnp_request_parse(name);
        if (request < 0) {
            return usage(why, "slow", "no such request");
        }
    }
    for (int i = 0; i < PNP_REQUESTS; i++) {
        if (!colon || i == request) {
            behaviours->slow_ms[i] = (unsigned)ms;
        }
    }
    return 0;
}

static bool has_callback(const DriverModel *model, const char *name)
{
    for (int request = 0; request < PNP_REQUESTS; request++) {
        for (unsigned i = 0; i < model->step_counts[request]; i++) {
            if (strcmp(model->steps[request][i].callback, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static int value_take(Behaviours *behaviours, const DriverModel *model, BehaviourKind kind,
                      const char *value, char *why)
{
    int request;

    switch (table[kind].value) {
    case VALUE_TIME:
        return slow_parse(behaviours, value, why);
    case VALUE_CALLBACK:
        if (!has_callback(model, value)) {
            return usage(why, table[kind].name, "the driver model has no such callback");
        }
        snprintf(kind == BEHAVE_SKIP ? behaviours->skip : behaviours->repeat, TRACE_WORD_SIZE,
                 "%s", value);
        return 0;
    case VALUE_REQUEST:
        request = pnp_request_parse(value);
        if (request < 0) {
            return usage(why, table[kind].name, "no such request");
        }
        behaviours->die = (PnpRequest)request;
        return 0;
    default:
        return 0;
    }
}

static bool is_veto(BehaviourKind kind)
{
    return kind == BEHAVE_VETO || kind == BEHAVE_VETO_ONCE;
}

int behaviour_add(Behaviours *behaviours, const DriverModel *model, const char *text, char *why)
{
    size_t length = strcspn(text, "=");
    const char *value = text[length] == '=' ? text + length + 1 : NULL;

    for (int kind = 0; kind < BEHAVIOURS; kind++) {
        if (strlen(table[kind].name) != length || strncmp(text, table[kind].name, length) != 0) {
            continue;
        }
        if ((value != NULL) != (table[kind].value != VALUE_NONE)) {
            return usage(why, table[kind].name, value ? "takes no value" : "wants a value");
        }
        if (is_veto((BehaviourKind)kind) && !model->may_refuse) {
            return usage(why, table[kind].name, "a driver of this model cannot refuse");
        }
        behaviours->on[kind] = true;
        return value_take(behaviours, model, (BehaviourKind)kind, value, why);
    }
    return usage(why, text, "there is none of this name");
}

bool behaviour_take(Behaviours *behaviours, BehaviourKind kind)
{
    bool on = behaviours->on[kind];

    if (kind == BEHAVE_VETO_ONCE || kind == BEHAVE_FAIL_START_ONCE || kind == BEHAVE_DROP_REQUEST) {
        behaviours->on[kind] = false;
    }
    return on;
}

void behaviours_print(FILE *file)
{
    for (int kind = 0; kind < BEHAVIOURS; kind++) {
        fprintf(file, "%s%s%s\n", table[kind].name, table[kind].value == VALUE_NONE ? ": " : "",
                table[kind].describe);
    }
}
