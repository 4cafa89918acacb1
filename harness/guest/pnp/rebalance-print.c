/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "rebalance-print.h"

#define NS_PER_MS 1e6

static void range_print(FILE *file, Range range)
{
    if (range_is_empty(range)) {
        fprintf(file, "none");
    } else {
        fprintf(file, "0x%" PRIx64 "-0x%" PRIx64, range.start, range.end);
    }
}

static void names_print(const char *what, const RebalanceMember *members, size_t count, FILE *file)
{
    if (count == 0) {
        return;
    }
    fprintf(file, "%s", what);
    for (size_t i = 0; i < count; i++) {
        fprintf(file, " %s", members[i].bdf);
    }
    fprintf(file, "\n");
}

static bool is_moved(const RebalanceAddress *address)
{
    return address->before.start != address->after.start ||
           address->before.end != address->after.end;
}

static void addresses_print(const RebalancePlan *plan, FILE *file)
{
    for (size_t i = 0; i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if (address->bar_nr < 0 || !is_moved(address)) {
            continue;
        }
        fprintf(file, "move %s BAR %d ", address->owner.bdf, address->bar_nr);
        range_print(file, address->before);
        fprintf(file, " -> ");
        range_print(file, address->after);
        fprintf(file, "\n");
    }
}

static void plan_lines(const RebalancePlan *plan, FILE *file)
{
    fprintf(file, "plan %s%s\n", plan_verdict_name(plan->verdict),
            plan->exact ? "" : ", without proof");
    if (plan->verdict != PLAN_FITS) {
        return;
    }
    fprintf(file, "scope %u functions, 0x%" PRIx64 " bytes, %u bridges%s\n", plan->cost.stops,
            plan->cost.bytes, plan->cost.bridges,
            plan->widened ? ", more than the arbiter asked for" : "");
    names_print("stop", plan->scope, plan->scope_count, file);
    addresses_print(plan, file);
    names_print("remove", plan->removed, plan->removed_count, file);
}

static void requests_print(const Rebalance *rebalance, FILE *file)
{
    const RequestLog *log = &rebalance->manager.log;

    for (size_t i = 0; i < log->count; i++) {
        const RequestRecord *record = &log->records[i];

        fprintf(file, "%9.3f ms  %-19s  %s  %s%s%s\n",
                (double)(record->time_ns - rebalance->begin_ns) / NS_PER_MS,
                pnp_request_name(record->request), record->bdf, pnp_status_name(record->status),
                record->reason[0] != '\0' ? ": " : "", record->reason);
    }
}

static void members_print(const Rebalance *rebalance, FILE *file)
{
    for (size_t i = 0; i < rebalance->members.count; i++) {
        const Participant *participant = &rebalance->members.participants[i];
        const Member *member = &rebalance->members.members[i];

        if (participant->in_scope || participant->refused || participant->newcomer) {
            fprintf(file, "%s is %s", member->before, pnp_state_name(participant->state));
            if (participant->bdf[0] == '\0') {
                fprintf(file, ", gone");
            }
            fprintf(file, "\n");
        }
    }
}

static void differences_print(const ReassignDifferences *differences, FILE *file)
{
    for (size_t i = 0; i < differences->count; i++) {
        fprintf(file, "difference: %s predicted ", differences->items[i].what);
        range_print(file, differences->items[i].predicted);
        fprintf(file, ", observed ");
        range_print(file, differences->items[i].observed);
        fprintf(file, "\n");
    }
}

void rebalance_print(const Rebalance *rebalance, FILE *file)
{
    const Manager *manager = &rebalance->manager;

    plan_lines(&rebalance->plan, file);
    requests_print(rebalance, file);
    members_print(rebalance, file);
    differences_print(&rebalance->differences, file);
    for (size_t i = 0; i < breaches_listed(&manager->breaches); i++) {
        fprintf(file, "breach: %s\n", manager->breaches.sentences[i]);
    }
    if (manager->breaches.count > breaches_listed(&manager->breaches)) {
        fprintf(file, "breach: %zu more\n",
                manager->breaches.count - breaches_listed(&manager->breaches));
    }
    fprintf(file, "%s after %.1f ms%s%s\n", rebalance_result_name(rebalance),
            (double)manager->times.total_ns / NS_PER_MS,
            manager->reason[0] != '\0' ? ": " : "", manager->reason);
}
