/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was predicted, and what the kernel has made of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reassign.h"

typedef struct Comparison {
    const RebalancePlan *plan;
    const Topology *after;
    bool *seen; /* addresses of the plan whose owner is there */
    ReassignDifferences *differences;
} Comparison;

static int difference_add(ReassignDifferences *differences, const char *bdf,
                          const RebalanceAddress *address, Range predicted, Range observed)
{
    size_t count = differences->count;
    ReassignDifference *item;

    if ((count & (count + 1)) == 0) { /* room is 1, 3, 7, ... elements */
        ReassignDifference *grown =
            reallocarray(differences->items, 2 * count + 1, sizeof(*grown));

        if (!grown) {
            return -ENOMEM;
        }
        differences->items = grown;
    }
    item = &differences->items[differences->count++];
    *item = (ReassignDifference) { .predicted = predicted, .observed = observed };
    if (address->bar_nr >= 0) {
        snprintf(item->what, sizeof(item->what), "%s BAR %d", bdf, address->bar_nr);
    } else {
        snprintf(item->what, sizeof(item->what), "%s window %s", bdf,
                 window_kind_name(address->kind));
    }
    return 0;
}

static int address_compare(const Comparison *comparison, const RebalanceAddress *address)
{
    const RebalanceAddress *planned = rebalance_address_find(comparison->plan, address);
    Range predicted = planned ? planned->after : range_empty();
    Range observed = rebalance_address_now(comparison->after, address);

    if (planned) {
        comparison->seen[planned - comparison->plan->addresses] = true;
    }
    return range_same(predicted, observed)
               ? 0
               : difference_add(comparison->differences, address->owner.bdf, address, predicted,
                                observed);
}

static int function_compare(const Comparison *comparison, const Function *function)
{
    RebalanceAddress address = { .bar_nr = 0 };
    int result = 0;

    memcpy(address.owner.bdf, function->bdf, BDF_SIZE);
    if (path_name(comparison->after, function->bdf, address.owner.path) < 0) {
        return 0;
    }
    for (; result == 0 && address.bar_nr < TOPOLOGY_BARS; address.bar_nr++) {
        result = address_compare(comparison, &address);
    }
    address.bar_nr = -1;
    for (int kind = 0; result == 0 && function->is_bridge && kind < WINDOW_KINDS; kind++) {
        address.kind = (WindowKind)kind;
        result = address_compare(comparison, &address);
    }
    return result;
}

int reassign_compare(const RebalancePlan *plan, const Topology *after,
                     ReassignDifferences *differences)
{
    Comparison comparison = { .plan = plan, .after = after, .differences = differences,
                              .seen = calloc(plan->address_count + 1, sizeof(bool)) };
    int result = comparison.seen ? 0 : -ENOMEM;

    *differences = (ReassignDifferences) { .items = NULL };
    for (size_t i = 0; result == 0 && i < after->function_count; i++) {
        result = function_compare(&comparison, &after->functions[i]);
    }
    for (size_t i = 0; result == 0 && i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if (!comparison.seen[i] && !range_is_empty(address->after)) {
            result = difference_add(differences, address->owner.bdf, address, address->after,
                                    range_empty());
        }
    }
    free(comparison.seen);
    return result;
}

void reassign_differences_free(ReassignDifferences *differences)
{
    free(differences->items);
    memset(differences, 0, sizeof(*differences));
}
