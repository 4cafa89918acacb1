/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "plan-check.h"

#define BARS_MAX 64
#define BRIDGES_MAX 32

static bool is_stopped(const Plan *plan, int function)
{
    for (size_t i = 0; i < plan->stop_count; i++) {
        if (plan->stops[i] == function) {
            return true;
        }
    }
    return false;
}

static bool in_host_window(const Tree *tree, Range range)
{
    for (size_t i = 0; i < tree->window_count; i++) {
        if (range_contains(tree->windows[i].range, range)) {
            return true;
        }
    }
    return false;
}

static bool move_is_right(const Tree *tree, const Plan *plan, const PlanMove *move, char *why)
{
    const TreeBar *bar = &tree->bars[move->bar];
    const TreeFunction *function = &tree->functions[bar->function];
    bool allowed = bar->function == plan->newcomer ||
                   (function->stoppable && function->movable &&
                    (!function->working || is_stopped(plan, bar->function)));

    snprintf(why, TREE_WHY_SIZE, "%s BAR %d to 0x%llx: %s", function->bdf, bar->wanted.bar_nr,
             (unsigned long long)move->to.start, allowed ? "misplaced" : "was not stopped");
    return allowed && range_size(move->to) == bar->wanted.length &&
           move->to.start % bar->wanted.alignment == 0 && move->to.end <= bar->wanted.max &&
           in_host_window(tree, move->to);
}

static bool window_is_right(const Tree *tree, const Plan *plan, const PlanWindow *window, char *why)
{
    snprintf(why, TREE_WHY_SIZE, "%s: a window changes while somebody below works",
             tree->bridges[window->bridge].bdf);
    for (size_t i = 0; i < tree->function_count && !range_is_empty(window->from); i++) {
        const TreeFunction *function = &tree->functions[i];

        if (tree_is_below(tree, function->parent, window->bridge) && function->working &&
            !is_stopped(plan, (int)i)) {
            return false;
        }
    }
    return range_is_empty(window->to) ||
           (window->to.start % tree_window_step(window->kind) == 0 &&
            (window->to.end + 1) % tree_window_step(window->kind) == 0 &&
            in_host_window(tree, window->to));
}

bool plan_check(const Tree *tree, const Plan *plan, char *why)
{
    TreeBar *bars = malloc((tree->bar_count + 1) * sizeof(*bars));
    TreeBridge *bridges = malloc((tree->bridge_count + 1) * sizeof(*bridges));
    Tree after = *tree;
    bool right = true;

    memcpy(bars, tree->bars, tree->bar_count * sizeof(*bars));
    if (tree->bridge_count > 0) {
        memcpy(bridges, tree->bridges, tree->bridge_count * sizeof(*bridges));
    }
    after.bars = bars;
    after.bridges = bridges;
    for (size_t i = 0; right && i < plan->move_count; i++) {
        right = move_is_right(tree, plan, &plan->moves[i], why);
        bars[plan->moves[i].bar].now = plan->moves[i].to;
    }
    for (size_t i = 0; right && i < plan->window_count; i++) {
        const PlanWindow *window = &plan->windows[i];

        right = window_is_right(tree, plan, window, why);
        bridges[window->bridge].windows[window->kind] = window->to;
    }
    for (size_t i = 0; right && i < tree->bar_count; i++) {
        right = !range_is_empty(bars[i].now);
    }
    right = right && tree_check(&after, why) == 0;
    free(bars);
    free(bridges);
    return right;
}

/** struct Brute - one set of stopped functions */
typedef struct Brute {
    const Tree *tree;
    int newcomer;
    uint64_t stopped; /* a bit for each function */
    bool touchable[BRIDGES_MAX];
    Range places[BARS_MAX];
    int free_bars[BARS_MAX];
    size_t free_count;
    bool weigh_bytes;
    uint64_t bytes;
    uint64_t best_bytes;
} Brute;

static bool is_free(const Brute *brute, int function)
{
    const TreeFunction *item = &brute->tree->functions[function];

    return item->stoppable && (function == brute->newcomer || !item->working ||
                               (brute->stopped >> function & 1) != 0);
}

static Range join(Range a, Range b)
{
    if (range_is_empty(a) || range_is_empty(b)) {
        return range_is_empty(a) ? b : a;
    }
    return (Range) { a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end };
}

/* Windows that may change are as large as what is in them, the others stay */
static bool windows_are_right(const Brute *brute)
{
    const Tree *tree = brute->tree;
    TreeBridge bridges[BRIDGES_MAX];
    TreeBar bars[BARS_MAX];
    Tree after = *tree;
    char why[TREE_WHY_SIZE];

    for (size_t i = 0; i < tree->bridge_count; i++) {
        bridges[i] = tree->bridges[i];
    }
    memcpy(bars, tree->bars, tree->bar_count * sizeof(*bars));
    after.bridges = bridges;
    after.bars = bars;
    for (int i = (int)tree->bridge_count - 1; i >= 0; i--) {
        Range range = range_empty();

        for (size_t n = 0; n < tree->bar_count; n++) {
            bars[n].now = brute->places[n];
            if (tree->functions[bars[n].function].parent == i) {
                range = join(range, bars[n].now);
            }
        }
        for (size_t n = (size_t)i + 1; n < tree->bridge_count; n++) {
            if (bridges[n].parent == i) {
                range = join(range, bridges[n].windows[WINDOW_PREF]);
            }
        }
        if (brute->touchable[i]) {
            bridges[i].windows[WINDOW_PREF] = range;
        }
        if (!range_is_empty(range) && !in_host_window(tree, range)) {
            return false;
        }
    }
    return tree_check(&after, why) == 0;
}

static bool is_clear(const Brute *brute, int bar, Range range)
{
    for (size_t i = 0; i < brute->tree->bar_count; i++) {
        if ((int)i != bar && range_overlaps(brute->places[i], range)) {
            return false;
        }
    }
    return true;
}

static bool place_all(Brute *brute, size_t index)
{
    const TreeBar *bar;
    int nr;

    if (brute->weigh_bytes && brute->bytes >= brute->best_bytes) {
        return false;
    }
    if (index == brute->free_count) {
        if (!windows_are_right(brute)) {
            return false;
        }
        brute->best_bytes = brute->bytes;
        return !brute->weigh_bytes;
    }
    nr = brute->free_bars[index];
    bar = &brute->tree->bars[nr];
    for (size_t w = 0; w < brute->tree->window_count; w++) {
        Range room = brute->tree->windows[w].range;

        for (uint64_t start = room.start; start <= room.end; start += TREE_MEMORY_STEP) {
            Range range = range_sized(start, bar->wanted.length);
            uint64_t moved = range_is_empty(bar->now) || bar->now.start == start
                                 ? 0
                                 : bar->wanted.length;
            bool done;

            if (start % bar->wanted.alignment != 0 || !range_contains(room, range) ||
                !is_clear(brute, nr, range)) {
                continue;
            }
            brute->places[nr] = range;
            brute->bytes += moved;
            done = place_all(brute, index + 1);
            brute->bytes -= moved;
            brute->places[nr] = range_empty();
            if (done) {
                return true;
            }
        }
    }
    return false;
}

static bool bridge_may_change(const Brute *brute, int bridge)
{
    const Tree *tree = brute->tree;

    for (size_t i = 0; i < tree->function_count; i++) {
        if (tree_is_below(tree, tree->functions[i].parent, bridge) && !is_free(brute, (int)i)) {
            return range_is_empty(tree->bridges[bridge].windows[WINDOW_PREF]);
        }
    }
    return true;
}

static bool set_fits(Brute *brute)
{
    brute->free_count = 0;
    for (size_t i = 0; i < brute->tree->bar_count; i++) {
        bool moves = is_free(brute, brute->tree->bars[i].function);

        brute->places[i] = moves ? range_empty() : brute->tree->bars[i].now;
        if (moves) {
            brute->free_bars[brute->free_count++] = (int)i;
        }
    }
    for (size_t i = 0; i < brute->tree->bridge_count; i++) {
        brute->touchable[i] = bridge_may_change(brute, (int)i);
    }
    return place_all(brute, 0);
}

static bool set_is_allowed(const Tree *tree, int newcomer, uint64_t set)
{
    for (size_t i = 0; i < tree->function_count; i++) {
        const TreeFunction *function = &tree->functions[i];

        if ((set >> i & 1) != 0 &&
            ((int)i == newcomer || !function->working || !function->stoppable)) {
            return false;
        }
    }
    return true;
}

int plan_brute_force(const Tree *tree, int newcomer)
{
    for (int stops = 0; stops <= (int)tree->function_count; stops++) {
        for (uint64_t set = 0; set < UINT64_C(1) << tree->function_count; set++) {
            Brute brute = { .tree = tree, .newcomer = newcomer, .stopped = set };

            if (__builtin_popcountll(set) == stops && set_is_allowed(tree, newcomer, set) &&
                set_fits(&brute)) {
                return stops;
            }
        }
    }
    return -1;
}

uint64_t plan_brute_bytes(const Tree *tree, int newcomer, int stops)
{
    uint64_t best = UINT64_MAX;

    for (uint64_t set = 0; set < UINT64_C(1) << tree->function_count; set++) {
        Brute brute = { .tree = tree, .newcomer = newcomer, .stopped = set, .weigh_bytes = true,
                        .best_bytes = best };

        if (__builtin_popcountll(set) == stops && set_is_allowed(tree, newcomer, set)) {
            set_fits(&brute);
            best = brute.best_bytes;
        }
    }
    return best;
}
