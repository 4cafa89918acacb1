/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what is asked to a tree in which somebody lacks addresses. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "newcomer.h"
#include "rebalance-draft.h"
#include "rebar-size.h"

int draft_member(const Draft *draft, int function, RebalanceMember *member)
{
    const Tree *tree = &draft->tree;
    char above[PATH_NAME_SIZE] = "";
    int result = 0;

    if (function != draft->arbiter.newcomer) {
        snprintf(member->bdf, sizeof(member->bdf), "%s", tree->functions[function].bdf);
        return path_name(draft->topology, member->bdf, member->path);
    }
    member->bdf[0] = '\0';
    if (draft->bus >= 0) {
        result = path_name(draft->topology, tree->bridges[draft->bus].bdf, above);
    }
    snprintf(member->path, sizeof(member->path), "%.*s/newcomer", PATH_NAME_SIZE - 10, above);
    return result;
}

/* The BARs that it has and that have no address, with their present sizes */
static int newcomer_bars_add(Draft *draft, int index)
{
    const Function *function = &draft->topology->functions[index];
    RequirementList wanted;

    requirements_read(draft->topology, function, &wanted);
    for (size_t i = 0; i < wanted.count; i++) {
        const Requirement *item = &wanted.items[i];

        if (item->bar_nr < 0 || (item->option & REQUIREMENT_ALTERNATIVE) != 0 ||
            !range_is_empty(bar_assigned_range(draft->topology, function,
                                               &function->bars[item->bar_nr]))) {
            continue;
        }
        if (tree_add_bar(&draft->tree, index, *item, range_empty()) < 0) {
            return -ENOMEM;
        }
        draft->tree.functions[index].working = false; /* it is stopped in any case */
        draft->asking++;
    }
    return 0;
}

static int draft_incoming(Draft *draft)
{
    const Function *newcomer = topology_find(draft->topology, draft->ask->bdf);

    if (!newcomer) {
        snprintf(draft->why, REBALANCE_WHY_SIZE, "%s: no such function", draft->ask->bdf);
        return -ENODEV;
    }
    draft->bus = newcomer->parent;
    for (size_t i = 0; i < draft->topology->function_count; i++) {
        const char *bdf = draft->topology->functions[i].bdf;

        if (newcomer_is_same_slot(bdf, newcomer->bdf) && newcomer_bars_add(draft, (int)i) < 0) {
            return -ENOMEM;
        }
    }
    return 0;
}

static int resize_check(const Draft *draft, const Function *function)
{
    const RebalanceAsk *ask = draft->ask;
    const Bar *bar = function && ask->bar_nr >= 0 && ask->bar_nr < BARSHIFT_BARS
                         ? &function->bars[ask->bar_nr]
                         : NULL;
    unsigned field;

    if (!function) {
        snprintf(draft->why, REBALANCE_WHY_SIZE, "%s: no such function", ask->bdf);
        return -ENODEV;
    }
    if (!bar || bar->kind == BAR_NONE || !bar->resizable) {
        snprintf(draft->why, REBALANCE_WHY_SIZE, "%s BAR %d: not resizable", ask->bdf,
                 ask->bar_nr);
        return -EINVAL;
    }
    if (rebar_size_encode(ask->size_bytes, &field) < 0 ||
        !rebar_size_offered(bar->rebar_sizes, field)) {
        snprintf(draft->why, REBALANCE_WHY_SIZE,
                 "%s BAR %d: size 0x%" PRIx64 " is not among those that it offers", ask->bdf,
                 ask->bar_nr, ask->size_bytes);
        return -EINVAL;
    }
    return 0;
}

static TreeBar *tree_bar(Tree *tree, int function, int bar_nr)
{
    for (size_t i = 0; i < tree->bar_count; i++) {
        if (tree->bars[i].function == function && tree->bars[i].wanted.bar_nr == bar_nr) {
            return &tree->bars[i];
        }
    }
    return NULL;
}

/* The old place is free, and the function is stopped in any case */
static int draft_resize(Draft *draft)
{
    const RebalanceAsk *ask = draft->ask;
    const Function *function = topology_find(draft->topology, ask->bdf);
    int result = resize_check(draft, function);
    const Bar *bar;
    TreeBar *item;
    int index;

    if (result < 0) {
        return result;
    }
    bar = &function->bars[ask->bar_nr];
    index = (int)(function - draft->topology->functions);
    draft->bus = function->parent;
    draft->tree.functions[index].working = false;
    if (bar_size_bytes(bar) == ask->size_bytes &&
        !range_is_empty(bar_assigned_range(draft->topology, function, bar))) {
        return 0;
    }
    item = tree_bar(&draft->tree, index, ask->bar_nr);
    if (item) {
        item->now = range_empty();
        item->wanted.length = ask->size_bytes;
        item->wanted.alignment = ask->size_bytes;
    } else if (tree_add_bar(&draft->tree, index,
                            requirement_memory(ask->bar_nr, ask->size_bytes,
                                               bar->kind == BAR_MEM64, bar->prefetchable),
                            range_empty()) < 0) {
        return -ENOMEM;
    }
    draft->asking = 1;
    draft->plan->resized_bar = ask->bar_nr;
    draft->plan->resized_bytes = ask->size_bytes;
    return draft_member(draft, index, &draft->plan->resized);
}

static int draft_arrival(Draft *draft)
{
    draft->bus = tree_find_bridge(&draft->tree, draft->ask->bdf);
    if (draft->bus < 0) {
        snprintf(draft->why, REBALANCE_WHY_SIZE, "%s: no such bridge", draft->ask->bdf);
        return -ENODEV;
    }
    draft->asking = draft->ask->wanted->count;
    return 0;
}

static int refusers_mark(Draft *draft)
{
    for (size_t i = 0; i < draft->ask->refuser_count; i++) {
        int function = tree_find_function(&draft->tree, draft->ask->refusers[i]);

        if (function < 0) {
            snprintf(draft->why, REBALANCE_WHY_SIZE, "%s: no such function",
                     draft->ask->refusers[i]);
            return -ENODEV;
        }
        draft->tree.functions[function].stoppable = false;
    }
    return 0;
}

/* Number of the root bus above those who ask */
static int root_of(const Draft *draft)
{
    int function = tree_find_function(&draft->tree, draft->ask->bdf);

    return draft->bus >= 0 ? draft->tree.bridges[draft->bus].root
                           : draft->tree.functions[function].root;
}

int draft_tree(Draft *draft)
{
    static int (*const readers[])(Draft *) = {
        [REBALANCE_INCOMING] = draft_incoming,
        [REBALANCE_RESIZE] = draft_resize,
        [REBALANCE_ARRIVAL] = draft_arrival,
    };
    int result = tree_read(&draft->tree, draft->topology);

    for (size_t i = 0; result == 0 && i < draft->ask->window_count; i++) {
        result = tree_add_host_window(&draft->tree, &draft->ask->windows[i]) < 0 ? -ENOMEM : 0;
    }
    if (result == 0) {
        result = refusers_mark(draft);
    }
    if (result == 0) {
        result = readers[draft->ask->kind](draft);
    }
    if (result < 0) {
        return result;
    }
    draft->tree.root = root_of(draft);
    return tree_check(&draft->tree, draft->why);
}
