/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan from a file, held against the machine as it is. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "plan-file.h"
#include "tree.h"

/** struct Holder - the plan, and the machine it is held against */
typedef struct Holder {
    const Topology *topology;
    RebalancePlan *plan;
    char *why;
} Holder;

static int member_find(const Holder *holder, RebalanceMember *member)
{
    const Function *function = path_find(holder->topology, member->path);

    if (!function) {
        snprintf(holder->why, REBALANCE_WHY_SIZE, "%s (%s in the plan): no such function now",
                 member->path, member->bdf);
        return -ESTALE;
    }
    memcpy(member->bdf, function->bdf, BDF_SIZE);
    return 0;
}

static int members_find(const Holder *holder, RebalanceMember *members, size_t count)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < count; i++) {
        result = member_find(holder, &members[i]);
    }
    return result;
}

static int bridge_find(const Topology *topology, const char *bdf)
{
    for (size_t i = 0; i < topology->bridge_count; i++) {
        if (strcmp(topology->bridges[i].bdf, bdf) == 0) {
            return (int)i;
        }
    }
    return -1;
}

Range rebalance_address_now(const Topology *topology, const RebalanceAddress *address)
{
    const Function *function = topology_find(topology, address->owner.bdf);
    int bridge = bridge_find(topology, address->owner.bdf);

    if (address->bar_nr >= 0) {
        return function ? bar_assigned_range(topology, function, &function->bars[address->bar_nr])
                        : range_empty();
    }
    return bridge >= 0 ? tree_window_range(topology,
                                           &topology->bridges[bridge].windows[address->kind])
                       : range_empty();
}

static int addresses_check(const Holder *holder)
{
    for (size_t i = 0; i < holder->plan->address_count; i++) {
        RebalanceAddress *address = &holder->plan->addresses[i];
        int result = member_find(holder, &address->owner);
        Range now;

        if (result < 0) {
            return result;
        }
        now = rebalance_address_now(holder->topology, address);
        if (!range_same(now, address->before)) {
            snprintf(holder->why, REBALANCE_WHY_SIZE,
                     "%s: 0x%" PRIx64 "-0x%" PRIx64 " now, 0x%" PRIx64 "-0x%" PRIx64
                     " when the plan was made",
                     address->owner.bdf, now.start, now.end, address->before.start,
                     address->before.end);
            return -ESTALE;
        }
    }
    return 0;
}

/* What the plan does not mention stays where it is */
static int address_keep(const Holder *holder, RebalanceAddress address)
{
    RebalancePlan *plan = holder->plan;
    RebalanceAddress *grown;

    address.before = rebalance_address_now(holder->topology, &address);
    address.after = address.before;
    if (range_is_empty(address.before) || rebalance_address_find(plan, &address)) {
        return 0;
    }
    grown = reallocarray(plan->addresses, plan->address_count + 1, sizeof(*grown));
    if (!grown) {
        return -ENOMEM;
    }
    plan->addresses = grown;
    grown[plan->address_count++] = address;
    return 0;
}

static int addresses_keep(const Holder *holder)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < holder->topology->function_count; i++) {
        const Function *function = &holder->topology->functions[i];
        RebalanceAddress address = { .bar_nr = 0 };

        memcpy(address.owner.bdf, function->bdf, BDF_SIZE);
        result = path_name(holder->topology, function->bdf, address.owner.path);
        for (; result == 0 && address.bar_nr < TOPOLOGY_BARS; address.bar_nr++) {
            result = address_keep(holder, address);
        }
        address.bar_nr = -1;
        for (int kind = 0; result == 0 && function->is_bridge && kind < WINDOW_KINDS; kind++) {
            address.kind = (WindowKind)kind;
            result = address_keep(holder, address);
        }
    }
    return result;
}

/* Is it removed, by itself or with a bridge above it? */
static bool is_removed(const Holder *holder, const Function *function)
{
    const char *bdf = function->bdf;
    int above = function->parent;

    for (;;) {
        for (size_t i = 0; i < holder->plan->removed_count; i++) {
            if (strcmp(holder->plan->removed[i].bdf, bdf) == 0) {
                return true;
            }
        }
        if (above < 0) {
            return false;
        }
        bdf = holder->topology->bridges[above].bdf;
        above = holder->topology->bridges[above].parent;
    }
}

static int scope_check(const Holder *holder)
{
    for (size_t i = 0; i < holder->topology->function_count; i++) {
        const Function *function = &holder->topology->functions[i];

        if (tree_function_works(function) && is_removed(holder, function) &&
            !rebalance_in_scope(holder->plan, function->bdf)) {
            snprintf(holder->why, REBALANCE_WHY_SIZE,
                     "%s works where the plan removes, and the plan does not stop it",
                     function->bdf);
            return -ESTALE;
        }
    }
    return 0;
}

static int plan_hold(const Holder *holder)
{
    RebalancePlan *plan = holder->plan;
    int result = members_find(holder, plan->scope, plan->scope_count);

    if (result == 0) {
        result = members_find(holder, plan->incoming, plan->incoming_count);
    }
    if (result == 0) {
        result = members_find(holder, plan->removed, plan->removed_count);
    }
    if (result == 0 && plan->resized.path[0] != '\0') {
        result = member_find(holder, &plan->resized);
    }
    if (result == 0) {
        result = addresses_check(holder);
    }
    if (result == 0) {
        result = addresses_keep(holder);
    }
    return result == 0 ? scope_check(holder) : result;
}

int plan_file_load(const char *name, const Topology *topology, RebalancePlan *plan, char *why)
{
    CLEANUP(file_close) FILE *file = fopen(name, "re");
    char what[REBALANCE_WHY_SIZE] = "";
    Holder holder = { .topology = topology, .plan = plan, .why = what };
    int result;

    *plan = (RebalancePlan) { .resized_bar = -1, .shortage.largest_hole = range_empty() };
    if (!file) {
        result = -errno;
        snprintf(why, REBALANCE_WHY_SIZE, "%s: %s", name, strerror(errno));
        return result;
    }
    result = plan_file_read(file, plan, what);
    if (result == 0) {
        result = plan_hold(&holder);
    }
    if (result < 0) {
        snprintf(why, REBALANCE_WHY_SIZE, "%.100s: %.200s", name, what);
    }
    return result;
}
