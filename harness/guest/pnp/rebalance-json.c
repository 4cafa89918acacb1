/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "json.h"
#include "rebalance-print.h"

#define RANGE_SIZE 48

static void plan_json(Json *json, const RebalancePlan *plan)
{
    if (plan->verdict != PLAN_FITS) {
        json_null(json, "plan");
        return;
    }
    json_open(json, "plan", '{');
    json_text(json, "verdict", plan_verdict_name(plan->verdict));
    json_bool(json, "exact", plan->exact);
    json_number(json, "stops", plan->cost.stops);
    json_hex(json, "bytes", plan->cost.bytes);
    json_number(json, "bridges", plan->cost.bridges);
    json_open(json, "removed", '[');
    for (size_t i = 0; i < plan->removed_count; i++) {
        json_text(json, NULL, plan->removed[i].bdf);
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void function_json(Json *json, const Participant *participant, const Member *member)
{
    json_open(json, NULL, '{');
    json_text(json, "path", participant->path);
    if (member->tagged) {
        json_number(json, "tag", member->tag);
    } else {
        json_null(json, "tag");
    }
    json_text(json, "before", member->before);
    json_text(json, "after", participant->bdf);
    json_text(json, "model", member->driver.model);
    json_bool(json, "in_scope", participant->in_scope);
    json_bool(json, "stopped", participant->stopped);
    json_text(json, "state", pnp_state_name(participant->state));
    json_bool(json, "refused", participant->refused);
    json_text(json, "reason", participant->reason);
    json_bool(json, "mapped_after_stop", participant->mapped_after_stop);
    json_close(json, '}');
}

static void request_json(Json *json, const Rebalance *rebalance, const RequestRecord *record)
{
    json_open(json, NULL, '{');
    json_number(json, "time_ns", record->time_ns);
    json_text(json, "path", rebalance->members.participants[record->participant].path);
    json_text(json, "bdf", record->bdf);
    json_text(json, "request", pnp_request_name(record->request));
    json_text(json, "status", pnp_status_name(record->status));
    json_text(json, "reason", record->reason);
    json_close(json, '}');
}

static void range_json(Json *json, const char *key, Range range)
{
    char text[RANGE_SIZE] = "";

    if (!range_is_empty(range)) {
        snprintf(text, sizeof(text), "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
    json_text(json, key, text);
}

static void differences_json(Json *json, const ReassignDifferences *differences)
{
    json_open(json, "differences", '[');
    for (size_t i = 0; i < differences->count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "what", differences->items[i].what);
        range_json(json, "predicted", differences->items[i].predicted);
        range_json(json, "observed", differences->items[i].observed);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The last one tells how many have no sentence */
static void breaches_json(Json *json, const Breaches *breaches)
{
    size_t listed = breaches_listed(breaches);
    char more[32];

    json_open(json, "breaches", '[');
    for (size_t i = 0; i < listed; i++) {
        json_text(json, NULL, breaches->sentences[i]);
    }
    if (breaches->count > listed) {
        snprintf(more, sizeof(more), "%zu more", breaches->count - listed);
        json_text(json, NULL, more);
    }
    json_close(json, ']');
}

static void lists_json(Json *json, const Rebalance *rebalance)
{
    const Manager *manager = &rebalance->manager;

    json_open(json, "functions", '[');
    for (size_t i = 0; i < rebalance->members.count; i++) {
        function_json(json, &rebalance->members.participants[i], &rebalance->members.members[i]);
    }
    json_close(json, ']');
    json_open(json, "requests", '[');
    for (size_t i = 0; i < manager->log.count; i++) {
        request_json(json, rebalance, &manager->log.records[i]);
    }
    json_close(json, ']');
    differences_json(json, &rebalance->differences);
    breaches_json(json, &manager->breaches);
}

static void times_json(Json *json, const Rebalance *rebalance)
{
    const ManagerTimes *times = &rebalance->manager.times;

    json_open(json, "times_ns", '{');
    json_number(json, "plan", times->plan_ns);
    json_number(json, "query", times->query_ns);
    json_number(json, "stop", times->stop_ns);
    json_number(json, "remove", rebalance->reassigned.remove_ns);
    json_number(json, "rescan", rebalance->reassigned.rescan_ns);
    json_number(json, "start", times->start_ns);
    json_number(json, "total", times->total_ns);
    json_close(json, '}');
}

void rebalance_json(const Rebalance *rebalance, FILE *file)
{
    const Manager *manager = &rebalance->manager;
    Json json = JSON_INIT(file);

    json_open(&json, NULL, '{');
    json_text(&json, "result", rebalance_result_name(rebalance));
    json_text(&json, "reason", manager->reason);
    json_text(&json, "policy", manager_policy_name(manager->policy));
    json_number(&json, "attempts", manager->attempts);
    plan_json(&json, &rebalance->plan);
    if (rebalance->smallest_known) {
        json_number(&json, "smallest_stops", rebalance->smallest_stops);
    } else {
        json_null(&json, "smallest_stops");
    }
    lists_json(&json, rebalance);
    times_json(&json, rebalance);
    json_close(&json, '}');
    fputc('\n', file);
}
