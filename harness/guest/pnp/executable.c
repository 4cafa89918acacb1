/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan to the ports that the kernel has to find again. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "kernel-model.h"

/* Predictions that are tried; a machine of many functions makes each one expensive */
#define TRIES_MAX 256
#define TRIES_MIN 16
#define TRIES_WORK 100000

/** struct Extra - a port, or a function, that the plan leaves alone and that may be removed */
typedef struct Extra {
    int bridge; /* -1: a function */
    int function;
    unsigned stops;
    uint64_t bytes;
    bool taken;
} Extra;

typedef struct Attempt {
    const Tree *tree;
    const Plan *plan;
    RemovalSet *set;
    RemovalSet base; /* what the plan itself asks for */
    RemovalSet bare; /* of that, what every plan would ask for */
    const RemovalSet *from; /* one of the two, to which extras are added */
    Extra *extras;   /* cheapest first */
    size_t extra_count;
    unsigned tries_left;
} Attempt;

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

static bool is_gone(const Tree *tree, const RemovalSet *set, int bridge)
{
    for (size_t i = 0; bridge >= 0 && i < set->bridge_count; i++) {
        if (tree_is_below(tree, bridge, set->bridges[i])) {
            return true;
        }
    }
    return false;
}

bool removal_takes(const Tree *tree, const RemovalSet *set, int function)
{
    for (size_t i = 0; i < set->function_count; i++) {
        if (set->functions[i] == function) {
            return true;
        }
    }
    return is_gone(tree, set, tree->functions[function].parent) ||
           is_gone(tree, set, tree->functions[function].bridge);
}

/* What is below it is removed with it */
static void bridge_add(const Tree *tree, RemovalSet *set, int bridge)
{
    size_t bridges = 0;
    size_t functions = 0;

    if (is_gone(tree, set, bridge)) {
        return;
    }
    for (size_t i = 0; i < set->bridge_count; i++) {
        if (!tree_is_below(tree, set->bridges[i], bridge)) {
            set->bridges[bridges++] = set->bridges[i];
        }
    }
    for (size_t i = 0; i < set->function_count; i++) {
        if (!tree_is_below(tree, tree->functions[set->functions[i]].parent, bridge)) {
            set->functions[functions++] = set->functions[i];
        }
    }
    set->bridges[bridges] = bridge;
    set->bridge_count = bridges + 1;
    set->function_count = functions;
}

static void function_add(const Tree *tree, RemovalSet *set, int function)
{
    if (!removal_takes(tree, set, function)) {
        set->functions[set->function_count++] = function;
    }
}

/* The port of those who ask, and themselves */
static void bare_choose(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    if (plan->bus >= 0 && may_remove(tree, plan, plan->bus)) {
        bridge_add(tree, set, plan->bus);
    }
    for (size_t i = 0; i < tree->bar_count; i++) {
        if (range_is_empty(tree->bars[i].now) && tree->bars[i].function != plan->newcomer) {
            function_add(tree, set, tree->bars[i].function);
        }
    }
}

static void bridges_choose(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    for (size_t bridge = 0; bridge < tree->bridge_count; bridge++) {
        bool changes = (int)bridge == plan->bus;

        for (size_t i = 0; i < plan->window_count; i++) {
            changes = changes || plan->windows[i].bridge == (int)bridge;
        }
        if (changes && may_remove(tree, plan, (int)bridge)) {
            bridge_add(tree, set, (int)bridge);
        }
    }
}

/*
 * Those who move while the window around them stays, and those who ask for an address: the kernel
 * has forgotten what it could not place, and a new size has to be seen
 */
static void functions_choose(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        int function = tree->bars[plan->moves[i].bar].function;

        if (function != plan->newcomer) {
            function_add(tree, set, function);
        }
    }
}

static void price_below(Attempt *attempt, Extra *extra)
{
    const Tree *tree = attempt->tree;

    for (size_t i = 0; i < tree->function_count; i++) {
        bool taken = extra->bridge >= 0
                         ? tree_is_below(tree, tree->functions[i].parent, extra->bridge)
                         : (int)i == extra->function;

        extra->stops += taken && tree->functions[i].working;
    }
    for (size_t i = 0; i < tree->bar_count; i++) {
        int function = tree->bars[i].function;
        bool taken = extra->bridge >= 0
                         ? tree_is_below(tree, tree->functions[function].parent, extra->bridge)
                         : function == extra->function;

        extra->bytes += taken ? range_size(tree->bars[i].now) : 0;
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

static bool has_addresses(const Tree *tree, int function)
{
    for (size_t i = 0; i < tree->bar_count; i++) {
        if (tree->bars[i].function == function && !range_is_empty(tree->bars[i].now)) {
            return true;
        }
    }
    return false;
}

static bool all_stoppable(const Tree *tree, int bridge)
{
    for (size_t i = 0; i < tree->function_count; i++) {
        if (!tree->functions[i].stoppable &&
            tree_is_below(tree, tree->functions[i].parent, bridge)) {
            return false;
        }
    }
    return true;
}

static int extra_order(const void *a, const void *b)
{
    const Extra *left = a;
    const Extra *right = b;

    if (left->stops != right->stops) {
        return left->stops < right->stops ? -1 : 1;
    }
    if (left->bytes != right->bytes) {
        return left->bytes < right->bytes ? -1 : 1;
    }
    if (left->bridge != right->bridge) {
        return left->bridge - right->bridge;
    }
    return left->function - right->function;
}

static void extra_note(Attempt *attempt, int bridge, int function)
{
    Extra *extra = &attempt->extras[attempt->extra_count++];

    *extra = (Extra) { .bridge = bridge, .function = function };
    price_below(attempt, extra);
}

/* Return: 0 or -ENOMEM */
static int extras_find(Attempt *attempt)
{
    const Tree *tree = attempt->tree;

    attempt->extras = calloc(tree->bridge_count + tree->function_count + 1,
                             sizeof(*attempt->extras));
    if (!attempt->extras) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < tree->bridge_count; i++) {
        if (is_open(&tree->bridges[i]) && !is_gone(tree, &attempt->bare, (int)i) &&
            all_stoppable(tree, (int)i)) {
            extra_note(attempt, (int)i, -1);
        }
    }
    for (size_t i = 0; i < tree->function_count; i++) {
        const TreeFunction *function = &tree->functions[i];

        if (function->bridge < 0 && function->stoppable && (int)i != attempt->plan->newcomer &&
            has_addresses(tree, (int)i) && !removal_takes(tree, &attempt->bare, (int)i)) {
            extra_note(attempt, -1, (int)i);
        }
    }
    qsort(attempt->extras, attempt->extra_count, sizeof(*attempt->extras), extra_order);
    return 0;
}

/* Return: 0, -ENOSPC when somebody would go without, -ENOMEM */
static int set_try(Attempt *attempt)
{
    Prediction prediction;
    int result = kernel_predict(attempt->tree, attempt->set, &prediction);

    if (result == 0 && prediction.lost > 0) {
        result = -ENOSPC;
    }
    prediction_free(&prediction);
    return result;
}

/* What it starts from, and the extras that are taken */
static void set_make(Attempt *attempt)
{
    RemovalSet *set = attempt->set;

    set->bridge_count = attempt->from->bridge_count;
    set->function_count = attempt->from->function_count;
    memcpy(set->bridges, attempt->from->bridges, set->bridge_count * sizeof(*set->bridges));
    memcpy(set->functions, attempt->from->functions,
           set->function_count * sizeof(*set->functions));
    for (size_t i = 0; i < attempt->extra_count; i++) {
        const Extra *extra = &attempt->extras[i];

        if (extra->taken && extra->bridge >= 0) {
            bridge_add(attempt->tree, set, extra->bridge);
        } else if (extra->taken) {
            function_add(attempt->tree, set, extra->function);
        }
    }
}

/* Return: as set_try() */
static int extras_try(Attempt *attempt)
{
    if (attempt->tries_left == 0) {
        return -ENOSPC;
    }
    attempt->tries_left--;
    set_make(attempt);
    return set_try(attempt);
}

/* One after the other, and all of them stay. Return: as set_try() */
static int extras_add(Attempt *attempt, size_t first, size_t end)
{
    int result = -ENOSPC;

    for (size_t i = first; result == -ENOSPC && i < end && attempt->tries_left > 0; i++) {
        attempt->extras[i].taken = true;
        result = extras_try(attempt);
    }
    return result;
}

/* Is one of them enough, that stops no more than so many? Return: as set_try() */
static int extras_single(Attempt *attempt, size_t first, size_t end, unsigned stops_max)
{
    int result = -ENOSPC;

    for (size_t i = first; result == -ENOSPC && i < end && attempt->tries_left > 0 &&
                           attempt->extras[i].stops <= stops_max; i++) {
        attempt->extras[i].taken = true;
        result = extras_try(attempt);
        attempt->extras[i].taken = result != -ENOSPC;
    }
    return result;
}

/* The dearest first: who is not needed after all? Return: 0 or -ENOMEM */
static int extras_reduce(Attempt *attempt)
{
    for (size_t i = attempt->extra_count; i-- > 0;) {
        int result;

        if (!attempt->extras[i].taken) {
            continue;
        }
        attempt->extras[i].taken = false;
        result = extras_try(attempt);
        attempt->extras[i].taken = result == -ENOSPC;
        if (result == -ENOMEM) {
            return result;
        }
    }
    set_make(attempt);
    return 0;
}

/*
 * Who stops nobody first; then somebody else in place of those in the plan; then whoever is enough
 * beside them, then more and more. Return: as set_try()
 */
static int set_widen(Attempt *attempt)
{
    size_t cheap = 0;
    int result = extras_find(attempt);

    if (result < 0) {
        return result;
    }
    while (cheap < attempt->extra_count && attempt->extras[cheap].stops == 0) {
        cheap++;
    }
    result = extras_add(attempt, 0, cheap);
    if (result == -ENOSPC) {
        attempt->from = &attempt->bare;
        result = extras_single(attempt, cheap, attempt->extra_count, attempt->plan->cost.stops);
    }
    if (result == -ENOSPC) {
        attempt->from = &attempt->base;
        result = extras_single(attempt, cheap, attempt->extra_count, UINT_MAX);
    }
    if (result == -ENOSPC) {
        result = extras_add(attempt, cheap, attempt->extra_count);
    }
    if (result == 0) {
        attempt->tries_left += TRIES_MIN;
        result = extras_reduce(attempt);
    }
    return result;
}

static int set_init(const Tree *tree, RemovalSet *set)
{
    *set = (RemovalSet) {
        .bridges = calloc(tree->bridge_count + 1, sizeof(*set->bridges)),
        .functions = calloc(tree->function_count + 1, sizeof(*set->functions)),
    };
    return set->bridges && set->functions ? 0 : -ENOMEM;
}

void removal_set_free(RemovalSet *set)
{
    free(set->bridges);
    free(set->functions);
    memset(set, 0, sizeof(*set));
}

static unsigned tries_allowed(const Tree *tree)
{
    size_t tries = TRIES_WORK / (tree->function_count + tree->bridge_count + 1);

    return tries > TRIES_MAX ? TRIES_MAX : tries < TRIES_MIN ? TRIES_MIN : (unsigned)tries;
}

int plan_executable(const Tree *tree, const Plan *plan, RemovalSet *set)
{
    CLEANUP(removal_set_free) RemovalSet base = { .bridges = NULL };
    CLEANUP(removal_set_free) RemovalSet bare = { .bridges = NULL };
    Attempt attempt = { .tree = tree, .plan = plan, .set = set,
                        .tries_left = tries_allowed(tree) };
    int result;

    if (set_init(tree, set) < 0 || set_init(tree, &base) < 0 || set_init(tree, &bare) < 0) {
        return -ENOMEM;
    }
    if (plan->verdict != PLAN_FITS) {
        return -EINVAL;
    }
    bridges_choose(tree, plan, &base);
    functions_choose(tree, plan, &base);
    bare_choose(tree, plan, &bare);
    attempt.base = base;
    attempt.bare = bare;
    attempt.from = &attempt.base;
    set_make(&attempt);
    result = set_try(&attempt);
    if (result == -ENOSPC) {
        result = set_widen(&attempt);
        if (result == -ENOSPC) {
            attempt.extra_count = 0;
            attempt.from = &attempt.base;
            set_make(&attempt);
        }
    }
    free(attempt.extras);
    return result;
}
