/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "plan-file.h"
#include "rebalance-draft.h"

static void draft_free(Draft *draft)
{
    tree_free(&draft->tree);
    plan_free(&draft->arbiter);
    removal_set_free(&draft->set);
    prediction_free(&draft->prediction);
}

void rebalance_plan_free(RebalancePlan *plan)
{
    free(plan->scope);
    free(plan->incoming);
    free(plan->removed);
    free(plan->addresses);
    memset(plan, 0, sizeof(*plan));
}

bool rebalance_in_scope(const RebalancePlan *plan, const char *bdf)
{
    for (size_t i = 0; i < plan->scope_count; i++) {
        if (strcmp(plan->scope[i].bdf, bdf) == 0) {
            return true;
        }
    }
    return false;
}

const RebalanceAddress *rebalance_address_find(const RebalancePlan *plan,
                                               const RebalanceAddress *wanted)
{
    for (size_t i = 0; i < plan->address_count; i++) {
        const RebalanceAddress *address = &plan->addresses[i];

        if (address->bar_nr == wanted->bar_nr &&
            (address->bar_nr >= 0 || address->kind == wanted->kind) &&
            strcmp(address->owner.path, wanted->owner.path) == 0) {
            return address;
        }
    }
    return NULL;
}

static bool is_asking(const Draft *draft, int function)
{
    for (size_t i = 0; i < draft->tree.bar_count; i++) {
        const TreeBar *bar = &draft->tree.bars[i];

        if (bar->function == function && range_is_empty(bar->now)) {
            return true;
        }
    }
    return false;
}

static bool works(const Draft *draft, int function)
{
    return function != draft->arbiter.newcomer &&
           tree_function_works(&draft->topology->functions[function]);
}

static void reason_set(Draft *draft)
{
    const PlanShortage *shortage = &draft->arbiter.shortage;
    char *reason = draft->plan->reason;

    switch (draft->arbiter.verdict) {
    case PLAN_NO_SPACE:
        snprintf(reason, REBALANCE_WHY_SIZE,
                 "0x%" PRIx64 " bytes are needed in window %s, 0x%" PRIx64
                 " are free, the largest hole has 0x%" PRIx64,
                 shortage->needed_bytes, window_kind_name(shortage->kind), shortage->free_bytes,
                 range_size(shortage->largest_hole));
        break;
    case PLAN_NO_WINDOW:
        snprintf(reason, REBALANCE_WHY_SIZE, "no host bridge window has addresses for window %s",
                 window_kind_name(shortage->kind));
        break;
    case PLAN_NO_BUS:
        snprintf(reason, REBALANCE_WHY_SIZE, "the port has too few bus numbers");
        break;
    default:
        snprintf(reason, REBALANCE_WHY_SIZE, "the search came to its bound before it found a plan");
        break;
    }
}

static void loser_tell(Draft *draft)
{
    const Tree *tree = &draft->tree;

    for (size_t i = 0; i < tree->bar_count; i++) {
        if (range_is_empty(draft->prediction.bars[i])) {
            snprintf(draft->plan->reason, REBALANCE_WHY_SIZE,
                     "there is room, but whatever is removed, the kernel would leave %s BAR %d "
                     "without an address",
                     tree->functions[tree->bars[i].function].bdf, tree->bars[i].wanted.bar_nr);
            return;
        }
    }
}

/* Known before there is a plan: a newcomer may decode, and is nobody who works all the same */
static int incoming_set(Draft *draft)
{
    RebalancePlan *plan = draft->plan;
    int count = (int)draft->tree.function_count;
    int result = 0;

    plan->incoming = calloc((size_t)count + 1, sizeof(*plan->incoming));
    if (!plan->incoming) {
        return -ENOMEM;
    }
    for (int i = 0; result == 0 && i < count && draft->ask->kind != REBALANCE_RESIZE; i++) {
        if (is_asking(draft, i)) {
            result = draft_member(draft, i, &plan->incoming[plan->incoming_count++]);
        }
    }
    return result;
}

static int members_set(Draft *draft)
{
    RebalancePlan *plan = draft->plan;
    const Tree *tree = &draft->tree;
    int result = 0;

    for (int i = 0; result == 0 && i < (int)tree->function_count; i++) {
        if (works(draft, i) && removal_takes(tree, &draft->set, i)) {
            result = draft_member(draft, i, &plan->scope[plan->scope_count++]);
        }
    }
    for (size_t i = 0; result == 0 && i < draft->set.bridge_count; i++) {
        RebalanceMember *member = &plan->removed[plan->removed_count++];

        snprintf(member->bdf, BDF_SIZE, "%s", tree->bridges[draft->set.bridges[i]].bdf);
        result = path_name(draft->topology, member->bdf, member->path);
    }
    for (size_t i = 0; result == 0 && i < draft->set.function_count; i++) {
        result = draft_member(draft, draft->set.functions[i],
                              &plan->removed[plan->removed_count++]);
    }
    return result;
}

static int address_add(Draft *draft, int function, RebalanceAddress address)
{
    RebalancePlan *plan = draft->plan;
    bool moves = address.before.start != address.after.start;

    if (range_is_empty(address.before) && range_is_empty(address.after)) {
        return 0;
    }
    if (address.bar_nr >= 0 && moves && works(draft, function) && !is_asking(draft, function)) {
        plan->cost.bytes += range_size(address.before);
    }
    plan->addresses[plan->address_count] = address;
    return draft_member(draft, function, &plan->addresses[plan->address_count++].owner);
}

static int addresses_set(Draft *draft)
{
    const Topology *topology = draft->topology;
    const Tree *tree = &draft->tree;
    int result = 0;

    for (size_t i = 0; result == 0 && i < tree->bar_count; i++) {
        const TreeBar *bar = &tree->bars[i];
        int nr = bar->wanted.bar_nr;
        RebalanceAddress address = { .bar_nr = nr, .kind = bar->kind,
                                     .before = range_empty() };

        if (bar->function != draft->arbiter.newcomer) {
            const Function *function = &topology->functions[bar->function];

            address.before = bar_assigned_range(topology, function, &function->bars[nr]);
        }
        address.after = draft->asking > 0 ? draft->prediction.bars[i] : address.before;
        result = address_add(draft, bar->function, address);
    }
    for (size_t i = 0; result == 0 && i < tree->function_count * WINDOW_KINDS; i++) {
        int function = (int)(i / WINDOW_KINDS);
        int bridge = tree->functions[function].bridge;
        size_t kind = i % WINDOW_KINDS;
        RebalanceAddress address = { .bar_nr = -1, .kind = (WindowKind)kind };

        if (bridge >= 0) {
            address.before = tree->bridges[bridge].windows[kind];
            address.after =
                draft->asking > 0
                    ? draft->prediction.windows[(size_t)bridge * WINDOW_KINDS + kind]
                    : address.before;
            result = address_add(draft, function, address);
        }
    }
    return result;
}

static int plan_fill(Draft *draft)
{
    RebalancePlan *plan = draft->plan;
    const Tree *tree = &draft->tree;
    unsigned wanted = draft->arbiter.cost.stops;
    int result;

    plan->scope = calloc(tree->function_count + 1, sizeof(*plan->scope));
    plan->removed = calloc(tree->function_count + tree->bridge_count + 1, sizeof(*plan->removed));
    plan->addresses = calloc(tree->bar_count + tree->bridge_count * WINDOW_KINDS + 1,
                             sizeof(*plan->addresses));
    if (!plan->scope || !plan->removed || !plan->addresses) {
        return -ENOMEM;
    }
    /* Who is only described is in the tree since it has a place */
    result = draft->ask->kind == REBALANCE_ARRIVAL ? incoming_set(draft) : 0;
    if (result == 0) {
        result = members_set(draft);
    }
    if (result == 0) {
        result = addresses_set(draft);
    }
    for (size_t i = 0; i < tree->function_count; i++) {
        wanted += works(draft, (int)i) && is_asking(draft, (int)i);
        plan->cost.bridges += tree->functions[i].bridge >= 0 &&
                              removal_takes(tree, &draft->set, (int)i);
    }
    plan->cost.stops = (unsigned)plan->scope_count;
    plan->widened = plan->cost.stops > wanted;
    plan->exact = !plan->widened && (draft->arbiter.exact || plan->cost.stops == 0);
    return result;
}

static int draft_place(Draft *draft)
{
    Plan *arbiter = &draft->arbiter;

    return draft->ask->kind == REBALANCE_ARRIVAL
               ? arbiter_plan(&draft->tree, draft->bus, draft->ask->wanted, ARBITER_WORK_MAX,
                              arbiter)
               : arbiter_place(&draft->tree, draft->bus, ARBITER_WORK_MAX, arbiter);
}

/* Who has to be found again so that the kernel carries it out? Return: 0, or -errno */
static int draft_remove(Draft *draft)
{
    int executable = plan_executable(&draft->tree, &draft->arbiter, &draft->set);
    int result = executable == -ENOSPC ? 0 : executable;

    if (result == 0) {
        result = kernel_predict(&draft->tree, &draft->set, &draft->prediction);
    }
    if (result == 0 && executable == -ENOSPC) {
        draft->plan->verdict = PLAN_NO_REMOVAL;
        draft->plan->exact = false;
        loser_tell(draft);
        return 0;
    }
    return result == 0 ? plan_fill(draft) : result;
}

/* Do the port's windows have room as they are? Return: 1, then the prediction is made; 0; -errno */
static int draft_settle(Draft *draft)
{
    int result;

    if (draft->ask->kind != REBALANCE_ARRIVAL) {
        return 0; /* who is there already was left without, and has to be found again */
    }
    result = kernel_predict_arrival(&draft->tree, draft->bus, &draft->prediction);
    if (result == 0 && draft->prediction.lost == 0) {
        return 1;
    }
    prediction_free(&draft->prediction);
    return result;
}

/* What the kernel makes of a plan that fits. Return: 0, or -errno */
static int draft_execute(Draft *draft)
{
    int result = draft_settle(draft);

    if (result < 0) {
        return result;
    }
    return result > 0 ? plan_fill(draft) : draft_remove(draft);
}

/* Return: 0 with a verdict, or -errno */
static int draft_plan(Draft *draft)
{
    RebalancePlan *plan = draft->plan;
    int result = draft_tree(draft);

    if (result == 0 && draft->ask->kind != REBALANCE_ARRIVAL) {
        result = incoming_set(draft);
    }
    if (result < 0) {
        return result;
    }
    if (draft->asking == 0) {
        plan->verdict = PLAN_FITS;
        plan->exact = true;
        return plan_fill(draft);
    }
    result = draft_place(draft);
    if (result < 0) {
        return result;
    }
    plan->verdict = draft->arbiter.verdict;
    plan->exact = draft->arbiter.exact;
    plan->shortage = draft->arbiter.shortage;
    if (plan->verdict != PLAN_FITS) {
        reason_set(draft);
        return 0;
    }
    return draft_execute(draft);
}

static int plan_make(const Topology *topology, const RebalanceAsk *ask, RebalancePlan *plan,
                     char *why)
{
    Draft draft = { .topology = topology, .ask = ask, .plan = plan, .why = why,
                    .arbiter = { .exact = true, .newcomer = -1 } };
    int result;

    *plan = (RebalancePlan) { .resized_bar = -1, .shortage.largest_hole = range_empty() };
    why[0] = '\0';
    result = draft_plan(&draft);
    draft_free(&draft);
    if (result < 0 && why[0] == '\0') {
        snprintf(why, REBALANCE_WHY_SIZE, "%s", strerror(-result));
    }
    return result;
}

static bool refuses(const RebalanceAsk *ask, const char *bdf)
{
    for (size_t i = 0; i < ask->refuser_count; i++) {
        if (strcmp(ask->refusers[i], bdf) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a plan that would do: who in its scope refuses? Return: is there anybody? */
static bool blockers_tell(const RebalanceAsk *ask, const RebalancePlan *without, char *reason)
{
    size_t length = 0;

    for (size_t i = 0; i < without->scope_count; i++) {
        if (refuses(ask, without->scope[i].bdf) && length < REBALANCE_WHY_SIZE - 64) {
            length += (size_t)snprintf(reason + length, REBALANCE_WHY_SIZE - length, "%s%s",
                                       length == 0 ? "" : ", ", without->scope[i].bdf);
        }
    }
    snprintf(reason + length, REBALANCE_WHY_SIZE - length,
             " would have to be stopped and may not be");
    return length > 0;
}

/* Return: 0 or -errno; the verdict of @plan becomes PLAN_BLOCKED when refusers are the reason */
static int blockers_find(const Topology *topology, const RebalanceAsk *ask, RebalancePlan *plan,
                         char *why)
{
    CLEANUP(rebalance_plan_free) RebalancePlan without;
    RebalanceAsk unasked = *ask;
    char reason[REBALANCE_WHY_SIZE];
    int result;

    unasked.refuser_count = 0;
    result = plan_make(topology, &unasked, &without, why);
    if (result == 0 && without.verdict == PLAN_FITS && blockers_tell(ask, &without, reason)) {
        rebalance_plan_free(plan);
        *plan = (RebalancePlan) { .verdict = PLAN_BLOCKED, .exact = without.exact,
                                  .incoming = without.incoming,
                                  .incoming_count = without.incoming_count,
                                  .resized_bar = -1,
                                  .shortage.largest_hole = range_empty() };
        memcpy(plan->reason, reason, sizeof(reason));
        without.incoming = NULL;
    }
    return result;
}

static bool scope_has_refuser(const RebalanceAsk *ask, const RebalancePlan *plan)
{
    for (size_t i = 0; i < plan->scope_count; i++) {
        if (refuses(ask, plan->scope[i].bdf)) {
            return true;
        }
    }
    return false;
}

int rebalance_plan(const Topology *topology, const RebalanceAsk *ask, RebalancePlan *plan,
                   char *why)
{
    int result;

    if (ask->kind == REBALANCE_FILE) {
        result = plan_file_load(ask->file, topology, plan, why);
        if (result == 0 && scope_has_refuser(ask, plan)) {
            plan->verdict = PLAN_BLOCKED;
            blockers_tell(ask, plan, plan->reason);
        }
        return result;
    }
    result = plan_make(topology, ask, plan, why);
    if (result == 0 && ask->refuser_count > 0 &&
        (plan->verdict != PLAN_FITS || scope_has_refuser(ask, plan))) {
        result = blockers_find(topology, ask, plan, why);
    }
    return result;
}

/* Return: what a plan that was read is for */
static RebalanceAsk ask_of(const RebalancePlan *plan)
{
    bool resize = plan->resized.path[0] != '\0';
    RebalanceAsk ask = { .kind = resize ? REBALANCE_RESIZE : REBALANCE_INCOMING,
                         .bar_nr = plan->resized_bar, .size_bytes = plan->resized_bytes };

    if (resize || plan->incoming_count > 0) {
        memcpy(ask.bdf, resize ? plan->resized.bdf : plan->incoming[0].bdf, BDF_SIZE);
    }
    return ask;
}

int rebalance_smallest(const Topology *topology, const RebalanceAsk *ask, unsigned *stops,
                       char *why)
{
    CLEANUP(rebalance_plan_free) RebalancePlan plan;
    int result = rebalance_plan(topology, ask, &plan, why);
    RebalanceAsk asked;

    if (result == 0 && ask->kind == REBALANCE_FILE) {
        asked = ask_of(&plan);
    }
    if (result == 0 && ask->kind == REBALANCE_FILE && asked.bdf[0] != '\0') {
        rebalance_plan_free(&plan);
        result = rebalance_plan(topology, &asked, &plan, why);
    }
    if (result == 0 && plan.verdict != PLAN_FITS) {
        return 1;
    }
    if (result == 0) {
        *stops = plan.cost.stops;
    }
    return result;
}
