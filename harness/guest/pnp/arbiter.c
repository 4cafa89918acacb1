/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

#define CONFIGURATIONS_MAX 64 /* of a requirement list that are tried */

const char *plan_verdict_name(PlanVerdict verdict)
{
    static const char *const names[] = { "fits", "no space", "no window", "no bus", "undecided",
                                         "blocked", "no removal" };

    return names[verdict];
}

void plan_free(Plan *plan)
{
    free(plan->stops);
    free(plan->moves);
    free(plan->windows);
    memset(plan, 0, sizeof(*plan));
}

static void moves_take(Plan *plan, const Search *search)
{
    for (size_t i = 0; i < search->tree->bar_count; i++) {
        const TreeBar *bar = &search->tree->bars[i];

        if (range_is_empty(bar->now) || bar->now.start != search->best_place[i]) {
            plan->moves[plan->move_count++] = (PlanMove) {
                .bar = (int)i,
                .from = bar->now,
                .to = range_sized(search->best_place[i], bar->wanted.length),
            };
        }
    }
}

static void windows_take(Plan *plan, const Search *search)
{
    for (size_t i = 0; i < search->tree->bridge_count * WINDOW_KINDS; i++) {
        PlanWindow window = {
            .bridge = (int)(i / WINDOW_KINDS),
            .kind = (WindowKind)(i % WINDOW_KINDS),
            .from = search->tree->bridges[i / WINDOW_KINDS].windows[i % WINDOW_KINDS],
            .to = search->best_windows[i],
        };
        bool both_closed = range_is_empty(window.from) && range_is_empty(window.to);

        if (!both_closed &&
            (window.from.start != window.to.start || window.from.end != window.to.end)) {
            plan->windows[plan->window_count++] = window;
        }
    }
}

static int plan_take(Plan *plan, const Search *search)
{
    const Tree *tree = search->tree;

    plan->stops = calloc(tree->function_count + 1, sizeof(*plan->stops));
    plan->moves = calloc(tree->bar_count + 1, sizeof(*plan->moves));
    plan->windows = calloc(tree->bridge_count * WINDOW_KINDS + 1, sizeof(*plan->windows));
    if (!plan->stops || !plan->moves || !plan->windows) {
        return -ENOMEM;
    }
    plan->verdict = PLAN_FITS;
    plan->cost = search->best;
    plan->exact = plan->cost.stops == 0 || (!search->bound_reached && !search->approximate);
    for (size_t i = 0; i < tree->function_count; i++) {
        int function = search->reach.functions[i];

        if (search->best_stopped[i] != 0 && tree->functions[function].working) {
            plan->stops[plan->stop_count++] = function;
        }
    }
    moves_take(plan, search);
    windows_take(plan, search);
    return 0;
}

static int newcomer_set(Tree *tree, int newcomer, size_t bar_count, const Requirement *items,
                        int count)
{
    tree->bar_count = bar_count;
    for (int i = 0; i < count; i++) {
        if (items[i].bar_nr >= 0 &&
            tree_add_bar(tree, newcomer, items[i], range_empty()) < 0) {
            return -ENOMEM;
        }
    }
    return 0;
}

/* Return: is there any plan for those who ask? Or -ENOMEM */
static int fits_at_all(const Tree *tree, Plan *plan, uint64_t work_max)
{
    Search search;
    int result = search_init(&search, tree, plan->bus, work_max);

    search.first_only = true;
    if (result == 0) {
        result = search_run(&search);
    }
    if (result == 0) {
        result = search.found;
    }
    plan->work += search.work + search.layout.work;
    search_deinit(&search);
    return result;
}

/* Return: the largest BAR without an address, the number of BARs when there is none */
static size_t largest_asking(const Tree *tree)
{
    size_t largest = tree->bar_count;

    for (size_t i = 0; i < tree->bar_count; i++) {
        if (range_is_empty(tree->bars[i].now) &&
            (largest == tree->bar_count ||
             tree->bars[i].wanted.length > tree->bars[largest].wanted.length)) {
            largest = i;
        }
    }
    return largest;
}

/* The largest BAR is what somebody would do without; halve it until the rest fits */
static int largest_fit_find(Tree *tree, uint64_t work_max, Plan *plan)
{
    size_t largest = largest_asking(tree);
    Requirement wanted;
    int result = 0;

    wanted = tree->bars[largest].wanted;
    while (result == 0 && tree->bars[largest].wanted.length > 1) {
        tree->bars[largest].wanted.length /= 2;
        tree->bars[largest].wanted.alignment = tree->bars[largest].wanted.length;
        result = fits_at_all(tree, plan, work_max / 8);
    }
    plan->shortage.largest_fit_bytes = result > 0 ? tree->bars[largest].wanted.length : 0;
    tree->bars[largest].wanted = wanted;
    return result < 0 ? result : 0;
}

static void hole_note(Plan *plan, uint64_t start, uint64_t end, Range limits)
{
    Range hole = { start < limits.start ? limits.start : start,
                   end > limits.end ? limits.end : end };

    plan->shortage.free_bytes += range_size(hole);
    if (range_size(hole) > range_size(plan->shortage.largest_hole)) {
        plan->shortage.largest_hole = hole;
    }
}

/* Windows that nobody uses count as free */
static void holes_find(Plan *plan, const Level *level, Range limits)
{
    for (size_t r = 0; r < level->room_count; r++) {
        uint64_t start = level->rooms[r].start;

        for (size_t i = 0; i < level->item_count; i++) {
            const LevelItem *item = &level->items[i];

            if (item->vanishes || !range_overlaps(item->now, level->rooms[r])) {
                continue;
            }
            if (item->now.start > start) {
                hole_note(plan, start, item->now.start - 1, limits);
            }
            start = item->now.end + 1;
        }
        if (start <= level->rooms[r].end && start != 0) {
            hole_note(plan, start, level->rooms[r].end, limits);
        }
    }
}

static void reason_find(Plan *plan, Search *search)
{
    const Block *block = &search->blocks[0];
    const Level *level = search_level(search, search->path_count - 1, block->kind);
    Range limits = { block->elements[0].min, block->elements[0].max };

    plan->shortage.kind = block->kind;
    plan->shortage.largest_hole = range_empty();
    for (size_t i = 0; i < block->count; i++) {
        plan->shortage.needed_bytes += block->elements[i].size;
    }
    if (block->kind != WINDOW_PREF && limits.end > UINT32_MAX) {
        limits.end = UINT32_MAX;
    }
    if (level) {
        holes_find(plan, level, limits);
    }
    plan->verdict = search->bound_reached ? PLAN_UNDECIDED
                    : !level || level->room_count == 0 ? PLAN_NO_WINDOW
                                                       : PLAN_NO_SPACE;
    plan->exact = plan->verdict != PLAN_UNDECIDED && !search->approximate;
}

/* One kind after the other, to name the one that is short; together they may be short, too */
static int reason_search(Search *search, Plan *plan)
{
    Block blocks[WINDOW_KINDS];
    size_t count = search->block_count;

    memcpy(blocks, search->blocks, sizeof(blocks));
    for (size_t i = 0; i < count && search->error == 0; i++) {
        search->blocks[0] = blocks[i];
        search->block_count = 1;
        search->first_only = true;
        search->found = false;
        search->work = 0;
        search->layout.work = 0;
        search->bound_reached = false;
        search_run(search);
        plan->work += search->work + search->layout.work;
        if (!search->found || i == count - 1) {
            reason_find(plan, search);
            break;
        }
    }
    return search->error;
}

/* Return: 0 when it fits, 1 when it does not, or -ENOMEM */
static int configuration_try(const Tree *tree, uint64_t work_max, bool last, Plan *plan)
{
    Search search;
    int result = search_init(&search, tree, plan->bus, work_max);

    if (result == 0) {
        result = search_run(&search);
        plan->work += search.work + search.layout.work;
    }
    if (result == 0 && search.found) {
        result = plan_take(plan, &search);
    } else if (result == 0) {
        result = last ? reason_search(&search, plan) : 0;
        result = result < 0 ? result : 1;
    }
    search_deinit(&search);
    return result;
}

static bool has_buses(const Tree *tree, int port, const Requirement *items, int count)
{
    uint64_t wanted = 1; /* the bus that the newcomer sits on */

    for (int i = 0; i < count; i++) {
        wanted += items[i].type == RESOURCE_BUS ? items[i].length : 0;
    }
    for (size_t i = 0; i < tree->bridge_count; i++) {
        wanted += port >= 0 && tree->bridges[i].parent == port ? tree->bridges[i].buses : 0;
    }
    return port < 0 || wanted <= tree->bridges[port].buses;
}

static Plan plan_empty(int bus)
{
    return (Plan) { .verdict = PLAN_NO_BUS, .exact = true, .bus = bus, .newcomer = -1,
                    .shortage.largest_hole = range_empty() };
}

int arbiter_plan(Tree *tree, int port, const RequirementList *wanted, uint64_t work_max,
                 Plan *plan)
{
    Requirement items[REQUIREMENTS_MAX];
    size_t bar_count = tree->bar_count;
    int result = 1;
    int count;

    *plan = plan_empty(port);
    if (wanted->count == 0) {
        return -EINVAL;
    }
    plan->newcomer = tree_add_function(tree, "newcomer", port);
    if (plan->newcomer < 0) {
        return plan->newcomer;
    }
    tree->functions[plan->newcomer].working = false;
    for (size_t number = 0; result > 0 && number < CONFIGURATIONS_MAX; number++) {
        bool last = number + 1 == CONFIGURATIONS_MAX ||
                    requirements_choose(wanted, number + 1, items) < 0;

        count = requirements_choose(wanted, number, items);
        if (count < 0) {
            break;
        }
        if (!has_buses(tree, port, items, count)) {
            continue;
        }
        result = newcomer_set(tree, plan->newcomer, bar_count, items, count);
        if (result == 0) {
            result = configuration_try(tree, work_max, last, plan);
        }
    }
    if (result > 0 && plan->verdict == PLAN_NO_SPACE) {
        result = largest_fit_find(tree, work_max, plan);
    }
    return result < 0 ? result : 0;
}

int arbiter_place(Tree *tree, int bus, uint64_t work_max, Plan *plan)
{
    int result;

    *plan = plan_empty(bus);
    if (largest_asking(tree) == tree->bar_count) {
        return -EINVAL;
    }
    result = configuration_try(tree, work_max, true, plan);
    if (result > 0 && plan->verdict == PLAN_NO_SPACE) {
        result = largest_fit_find(tree, work_max, plan);
    }
    return result < 0 ? result : 0;
}
