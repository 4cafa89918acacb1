/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the search needs around it, and what becomes of a complete plan. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

static void path_find(Search *search, int bridge)
{
    while (bridge != TREE_ROOT && search->path_count < SEARCH_PATH_MAX - 1) {
        search->path[search->path_count++] = bridge;
        bridge = search->tree->bridges[bridge].parent;
    }
    search->path[search->path_count++] = TREE_ROOT;
}

static int element_order(const void *a, const void *b)
{
    const LayoutElement *left = a;
    const LayoutElement *right = b;

    return left->size != right->size ? (left->size > right->size ? -1 : 1)
                                     : left->bar - right->bar;
}

/* The largest kind first: it is the hardest to place */
static void blocks_find(Search *search)
{
    static const WindowKind kinds[] = { WINDOW_PREF, WINDOW_MEM, WINDOW_IO };

    for (size_t i = 0; i < WINDOW_KINDS; i++) {
        Block *block = &search->blocks[search->block_count];

        *block = (Block) { .kind = kinds[i] };
        for (size_t bar = 0; bar < search->tree->bar_count; bar++) {
            const TreeBar *item = &search->tree->bars[bar];

            if (range_is_empty(item->now) && item->kind == kinds[i] &&
                block->count < SEARCH_BLOCK_MAX) {
                block->elements[block->count++] = layout_bar_element(search->tree, (int)bar);
            }
        }
        qsort(block->elements, block->count, sizeof(*block->elements), element_order);
        search->block_count += block->count > 0;
    }
}

int search_init(Search *search, const Tree *tree, int bus, uint64_t work_max)
{
    size_t windows = tree->bridge_count * WINDOW_KINDS + 1;

    *search = (Search) {
        .tree = tree,
        .work_max = work_max,
        .stopped = calloc(tree->function_count + 1, sizeof(*search->stopped)),
        .stamps = calloc(tree->function_count + 1, sizeof(*search->stamps)),
        .best_place = calloc(tree->bar_count + 1, sizeof(*search->best_place)),
        .best_windows = calloc(windows, sizeof(*search->best_windows)),
        .windows = calloc(windows, sizeof(*search->windows)),
        .best_stopped = calloc(tree->function_count + 1, sizeof(*search->best_stopped)),
    };
    if (!search->stopped || !search->stamps || !search->best_place || !search->best_windows ||
        !search->windows || !search->best_stopped ||
        layout_init(&search->layout, tree) < 0 || reach_init(&search->reach, tree) < 0) {
        return -ENOMEM;
    }
    search->layout.work = 0;
    path_find(search, bus);
    blocks_find(search);
    return 0;
}

void search_deinit(Search *search)
{
    for (size_t i = 0; i < search->path_count; i++) {
        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            if (search->levels[i][kind]) {
                level_deinit(search->levels[i][kind]);
                free(search->levels[i][kind]);
            }
        }
    }
    layout_deinit(&search->layout);
    reach_deinit(&search->reach);
    free(search->demands);
    free(search->placements);
    free(search->stopped);
    free(search->stamps);
    free(search->best_place);
    free(search->best_windows);
    free(search->windows);
    free(search->best_stopped);
    memset(search, 0, sizeof(*search));
}

/* On the root bus both kinds of memory are one */
Level *search_level(Search *search, size_t path_index, WindowKind kind)
{
    int bridge = search->path[path_index];
    Level **level;

    if (bridge == TREE_ROOT && kind == WINDOW_PREF) {
        kind = WINDOW_MEM;
    }
    level = &search->levels[path_index][kind];
    if (!*level) {
        *level = calloc(1, sizeof(**level));
        if (!*level ||
            level_init(*level, &search->layout, &search->reach, bridge, kind) < 0) {
            search->error = -ENOMEM;
            return NULL;
        }
    }
    return *level;
}

static Range *window_of(Search *search, int bridge, WindowKind kind)
{
    return &search->windows[(size_t)bridge * WINDOW_KINDS + kind];
}

static Range range_join(Range a, Range b)
{
    if (range_is_empty(a) || range_is_empty(b)) {
        return range_is_empty(a) ? b : a;
    }
    return (Range) { a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end };
}

static Range bar_place(const Search *search, int bar)
{
    return range_sized(search->layout.place[bar], search->tree->bars[bar].wanted.length);
}

/* The window around what has been placed below a bridge, the windows below it included */
static Range window_settle(Search *search, int bridge, WindowKind kind)
{
    const LayoutNode *node = layout_node(&search->layout, bridge, kind);
    uint64_t step = tree_window_step(kind);
    Range range = range_empty();

    for (size_t i = 0; i < node->count; i++) {
        const LayoutElement *element = &node->elements[i];

        range = range_join(range, element->bar >= 0 ? bar_place(search, element->bar)
                                                    : window_settle(search, element->bridge, kind));
    }
    if (!range_is_empty(range)) {
        range = (Range) { layout_round_down(range.start, step),
                          layout_round_up(range.end + 1, step) - 1 };
    }
    *window_of(search, bridge, kind) = range;
    return range;
}

/* Windows with nothing in them stay only where the one around them still is */
static void windows_below_close(Search *search, int bridge, WindowKind kind, Range left)
{
    for (int i = bridge + 1; i < (int)search->tree->bridge_count; i++) {
        if (layout_node(&search->layout, i, kind)->count == 0 &&
            tree_is_below(search->tree, i, bridge) &&
            !range_contains(left, *window_of(search, i, kind))) {
            *window_of(search, i, kind) = range_empty();
        }
    }
}

static void placement_apply(Search *search, const Placement *placement)
{
    const LayoutElement *element = &placement->element;

    switch (placement->kind) {
    case PLACE_ELEMENT:
        layout_pack_one(&search->layout, element, placement->range, true);
        if (element->bridge >= 0) {
            window_settle(search, element->bridge, element->kind);
            windows_below_close(search, element->bridge, element->kind, range_empty());
        }
        break;
    case PLACE_BLOCK:
        for (size_t i = 0; i < search->block_count; i++) {
            if (search->blocks[i].kind == element->kind) {
                layout_pack(&search->layout, search->blocks[i].elements, search->blocks[i].count, 1,
                            placement->range, true);
            }
        }
        break;
    case PLACE_WINDOW:
        *window_of(search, element->bridge, element->kind) = placement->range;
        windows_below_close(search, element->bridge, element->kind, placement->range);
        break;
    }
}

static bool bridge_changes(const Search *search, size_t bridge)
{
    for (size_t kind = 0; kind < WINDOW_KINDS; kind++) {
        if (!range_same(search->windows[bridge * WINDOW_KINDS + kind],
                        search->tree->bridges[bridge].windows[kind])) {
            return true;
        }
    }
    return false;
}

static PlanCost real_cost(const Search *search)
{
    PlanCost cost = { .stops = search->cost.stops };

    for (size_t i = 0; i < search->tree->bar_count; i++) {
        const TreeBar *bar = &search->tree->bars[i];

        if (!range_is_empty(bar->now) && bar->now.start != search->layout.place[i]) {
            cost.bytes += range_size(bar->now);
        }
    }
    for (size_t i = 0; i < search->tree->bridge_count; i++) {
        cost.bridges += bridge_changes(search, i);
    }
    return cost;
}

void search_weigh(Search *search)
{
    const Tree *tree = search->tree;
    size_t windows = tree->bridge_count * WINDOW_KINDS;
    PlanCost cost;

    search->work += tree->bar_count + windows;
    for (size_t i = 0; i < tree->bar_count; i++) {
        search->layout.place[i] = tree->bars[i].now.start;
    }
    for (size_t i = 0; i < windows; i++) {
        search->windows[i] = tree->bridges[i / WINDOW_KINDS].windows[i % WINDOW_KINDS];
    }
    for (size_t i = 0; i < search->placement_count; i++) {
        placement_apply(search, &search->placements[i]);
    }
    cost = real_cost(search);
    if (search->found && plan_cost_order(&cost, &search->best) >= 0) {
        return;
    }
    search->found = true;
    search->best = cost;
    memcpy(search->best_place, search->layout.place, tree->bar_count * sizeof(*search->best_place));
    memcpy(search->best_windows, search->windows, windows * sizeof(*search->best_windows));
    memcpy(search->best_stopped, search->stopped,
           tree->function_count * sizeof(*search->best_stopped));
}
