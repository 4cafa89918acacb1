/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan to the ports that the kernel has to find again. */
#include <errno.h>
#include <stdlib.h>

#include "kernel-model.h"

static bool is_stopped(const Plan *plan, int function)
{
    for (size_t i = 0; i < plan->stop_count; i++) {
        if (plan->stops[i] == function) {
            return true;
        }
    }
    return false;
}

/* Does nobody work below it but those who are stopped anyway, and may all of them be removed? */
static bool may_remove(const Tree *tree, const Plan *plan, int bridge)
{
    for (size_t i = 0; i < tree->function_count; i++) {
        const TreeFunction *function = &tree->functions[i];

        if (tree_is_below(tree, function->parent, bridge) &&
            (!function->stoppable || (function->working && !is_stopped(plan, (int)i)))) {
            return false;
        }
    }
    return true;
}

/* Return: is it in the set, or below one that is? */
static bool is_gone(const Tree *tree, const RemovalSet *set, int bridge)
{
    for (size_t i = 0; bridge >= 0 && i < set->bridge_count; i++) {
        if (tree_is_below(tree, bridge, set->bridges[i])) {
            return true;
        }
    }
    return false;
}

static void bridges_choose(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    int port = tree->functions[plan->newcomer].parent;

    for (size_t bridge = 0; bridge < tree->bridge_count; bridge++) {
        bool changes = (int)bridge == port;

        for (size_t i = 0; i < plan->window_count; i++) {
            changes = changes || plan->windows[i].bridge == (int)bridge;
        }
        if (changes && !is_gone(tree, set, (int)bridge) && may_remove(tree, plan, (int)bridge)) {
            set->bridges[set->bridge_count++] = (int)bridge;
        }
    }
}

/* Those who move while the window around them stays */
static void functions_choose(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        int function = tree->bars[plan->moves[i].bar].function;
        const TreeFunction *item = &tree->functions[function];
        bool known = function == plan->newcomer || is_gone(tree, set, item->parent) ||
                     is_gone(tree, set, item->bridge);

        for (size_t n = 0; n < set->function_count; n++) {
            known = known || set->functions[n] == function;
        }
        if (!known) {
            set->functions[set->function_count++] = function;
        }
    }
}

static bool is_open(const TreeBridge *bridge)
{
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        if (!range_is_empty(bridge->windows[kind])) {
            return true;
        }
    }
    return false;
}

/* Return: was one added that nobody uses? */
static bool stale_add(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    for (size_t bridge = 0; bridge < tree->bridge_count; bridge++) {
        if (is_open(&tree->bridges[bridge]) && !is_gone(tree, set, (int)bridge) &&
            may_remove(tree, plan, (int)bridge)) {
            set->bridges[set->bridge_count++] = (int)bridge;
            return true;
        }
    }
    return false;
}

int plan_executable(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    int result;

    *set = (RemovalSet) {
        .bridges = calloc(tree->bridge_count + 1, sizeof(*set->bridges)),
        .functions = calloc(tree->function_count + 1, sizeof(*set->functions)),
    };
    if (!set->bridges || !set->functions) {
        return -ENOMEM;
    }
    if (plan->verdict != PLAN_FITS) {
        return -EINVAL;
    }
    bridges_choose(tree, plan, set);
    functions_choose(tree, plan, set);
    do {
        Prediction prediction;

        result = kernel_predict(tree, plan->newcomer, set, &prediction);
        if (result == 0 && prediction.lost > 0) {
            result = -ENOSPC;
        }
        prediction_free(&prediction);
    } while (result == -ENOSPC && stale_add(tree, plan, set));
    return result;
}
