/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"
#include "plan-json.h"

static void range_json(Json *json, const char *key, Range range)
{
    if (range_is_empty(range)) {
        json_null(json, key);
        return;
    }
    json_open(json, key, '{');
    json_hex(json, "start", range.start);
    json_hex(json, "end", range.end);
    json_close(json, '}');
}

static void member_json(Json *json, const char *key, const RebalanceMember *member)
{
    json_text(json, key, member->bdf);
    json_text(json, "path", member->path);
}

static void members_json(Json *json, const char *key, const RebalanceMember *members,
                         size_t count)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_text(json, NULL, members[i].bdf[0] != '\0' ? members[i].bdf : "newcomer");
    }
    json_close(json, ']');
}

static void addresses_json(Json *json, const char *key, const RebalancePlan *plan, bool windows)
{
    json_open(json, key, '[');
    for (size_t i = 0; i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if ((address->bar_nr < 0) != windows || range_same(address->before, address->after)) {
            continue;
        }
        json_open(json, NULL, '{');
        member_json(json, windows ? "bridge" : "function", &address->owner);
        if (windows) {
            json_text(json, "kind", window_kind_name(address->kind));
        } else {
            json_number(json, "bar", (uint64_t)address->bar_nr);
        }
        range_json(json, "from", address->before);
        range_json(json, "to", address->after);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void resize_json(Json *json, const RebalancePlan *plan)
{
    if (plan->resized.path[0] == '\0') {
        json_null(json, "resize");
        return;
    }
    json_open(json, "resize", '{');
    member_json(json, "function", &plan->resized);
    json_number(json, "bar", (uint64_t)plan->resized_bar);
    json_hex(json, "size", plan->resized_bytes);
    json_close(json, '}');
}

static void shortage_json(Json *json, const PlanShortage *shortage)
{
    json_text(json, "short_of", window_kind_name(shortage->kind));
    json_hex(json, "needed", shortage->needed_bytes);
    json_hex(json, "free", shortage->free_bytes);
    range_json(json, "largest_hole", shortage->largest_hole);
    json_hex(json, "largest_fit", shortage->largest_fit_bytes);
}

void plan_json(const RebalancePlan *plan, FILE *file)
{
    Json json = JSON_INIT(file);

    json_open(&json, NULL, '{');
    json_text(&json, "verdict", plan_verdict_name(plan->verdict));
    json_text(&json, "reason", plan->reason);
    json_bool(&json, "exact", plan->exact);
    if (plan->verdict == PLAN_FITS) {
        json_bool(&json, "widened", plan->widened);
        members_json(&json, "stops", plan->scope, plan->scope_count);
        json_hex(&json, "bytes", plan->cost.bytes);
        json_number(&json, "bridges", plan->cost.bridges);
        members_json(&json, "incoming", plan->incoming, plan->incoming_count);
        resize_json(&json, plan);
        addresses_json(&json, "moves", plan, false);
        addresses_json(&json, "windows", plan, true);
        members_json(&json, "remove", plan->removed, plan->removed_count);
    } else if (plan->verdict == PLAN_NO_SPACE || plan->verdict == PLAN_NO_WINDOW) {
        shortage_json(&json, &plan->shortage);
    }
    json_close(&json, '}');
    fputc('\n', file);
}
