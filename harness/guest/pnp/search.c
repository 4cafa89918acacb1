/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

bool search_goes_on(Search *search, const PlanCost *cost)
{
    search->work++;
    if (search->work + search->layout.work > search->work_max) {
        search->bound_reached = true;
    }
    if (search->bound_reached || search->error != 0 || (search->found && search->first_only)) {
        return false;
    }
    return !search->found || plan_cost_order(cost, &search->best) < 0;
}

bool search_counts(const Search *search, size_t position)
{
    return search->tree->functions[search->reach.functions[position]].working;
}

bool search_stop(Search *search, size_t first, size_t end)
{
    bool allowed = true;

    search->work += end - first;
    for (size_t i = first; i < end; i++) {
        allowed = allowed && search->tree->functions[search->reach.functions[i]].stoppable;
        if (search->stopped[i]++ == 0 && search_counts(search, i)) {
            search->cost.stops++;
        }
    }
    return allowed;
}

void search_release(Search *search, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        if (--search->stopped[i] == 0 && search_counts(search, i)) {
            search->cost.stops--;
        }
    }
}

int search_push_placement(Search *search, PlacementKind kind, const LayoutElement *element,
                          Range range)
{
    if (search->placement_count == search->placement_room) {
        size_t room = 2 * search->placement_room + 16;
        Placement *placements = reallocarray(search->placements, room, sizeof(*placements));

        if (!placements) {
            return search->error = -ENOMEM;
        }
        search->placements = placements;
        search->placement_room = room;
    }
    search->placements[search->placement_count++] =
        (Placement) { .kind = kind, .element = *element, .range = range };
    return 0;
}

static int demand_push(Search *search, Level *level, const LayoutElement *element, bool shrinks)
{
    if (search->demand_count == search->demand_room) {
        size_t room = 2 * search->demand_room + 16;
        Demand *demands = reallocarray(search->demands, room, sizeof(*demands));

        if (!demands) {
            return search->error = -ENOMEM;
        }
        search->demands = demands;
        search->demand_room = room;
    }
    search->demands[search->demand_count++] =
        (Demand) { .level = level, .element = *element, .shrinks = shrinks };
    return 0;
}

static int item_evict(Search *search, Level *level, LevelItem *item, Range range)
{
    bool shrinks = level_item_shrinks(item, range);

    item->evicted = true;
    search_stop(search, item->first_function, item->end_function);
    search->cost.bytes += item->vanishes || shrinks ? 0 : item->element.bytes;
    search->cost.bridges += item->element.bridges;
    if (item->vanishes) {
        return search_push_placement(search, PLACE_WINDOW, &item->element, range_empty());
    }
    return demand_push(search, level, &item->element, shrinks);
}

static void item_restore(Search *search, LevelItem *item)
{
    item->evicted = false;
    search_release(search, item->first_function, item->end_function);
}

void search_evict(Search *search, size_t block_index, Level *level, const Candidate *candidate)
{
    size_t demand_count = search->demand_count;
    size_t placement_count = search->placement_count;
    PlanCost cost = search->cost;
    size_t *evicted = calloc(candidate->spot.end_item - candidate->spot.first_item + 1,
                             sizeof(*evicted));
    size_t count = 0;

    if (!evicted || level_place(level, candidate->spot.range) < 0) {
        free(evicted);
        search->error = -ENOMEM;
        return;
    }
    for (size_t i = candidate->spot.first_item; i < candidate->spot.end_item; i++) {
        if (!level->items[i].evicted) {
            evicted[count++] = i;
            item_evict(search, level, &level->items[i], candidate->spot.range);
        }
    }
    if (search->error == 0) {
        search_demands(search, block_index);
    }
    while (count > 0) {
        item_restore(search, &level->items[evicted[--count]]);
    }
    free(evicted);
    level_unplace(level);
    search->demand_count = demand_count;
    search->placement_count = placement_count;
    search->cost = cost;
}

static PlanCost cost_sum(const PlanCost *a, const PlanCost *b)
{
    return (PlanCost) { a->stops + b->stops, a->bytes + b->bytes, a->bridges + b->bridges };
}

static void demand_shrink(Search *search, size_t block_index, const Demand *demand)
{
    Candidate candidate = { .spot = level_spot(demand->level, demand->element.held) };

    if (!candidate.spot.allowed ||
        search_push_placement(search, PLACE_WINDOW, &demand->element, demand->element.held) < 0) {
        return;
    }
    search_evict(search, block_index, demand->level, &candidate);
    search->placement_count--;
}

static void demand_place(Search *search, size_t block_index, const Demand *demand)
{
    Candidates candidates;

    if (demand->shrinks) {
        demand_shrink(search, block_index, demand);
        search->cost.bytes += demand->element.bytes;
    }
    candidates_collect(&candidates, search, demand);
    for (size_t i = 0; i < candidates.count; i++) {
        const Candidate *candidate = &candidates.items[i];
        PlanCost cost = cost_sum(&search->cost, &candidate->cost);

        if (!search_goes_on(search, &cost) ||
            search_push_placement(search, PLACE_ELEMENT, &demand->element,
                                  candidate->spot.range) < 0) {
            break;
        }
        search_evict(search, block_index, demand->level, candidate);
        search->placement_count--;
    }
    search->cost.bytes -= demand->shrinks ? demand->element.bytes : 0;
    free(candidates.items);
}

static bool is_larger(const LayoutElement *a, const LayoutElement *b)
{
    return a->align != b->align ? a->align > b->align : a->size > b->size;
}

static void search_block(Search *search, size_t block_index);

void search_demands(Search *search, size_t block_index)
{
    size_t last = search->demand_count - 1;
    size_t largest = 0;
    Demand demand;

    if (!search_goes_on(search, &search->cost)) {
        return;
    }
    if (search->demand_count == 0) {
        search_block(search, block_index + 1);
        return;
    }
    for (size_t i = 1; i < search->demand_count; i++) {
        if (is_larger(&search->demands[i].element, &search->demands[largest].element)) {
            largest = i;
        }
    }
    demand = search->demands[largest];
    search->demands[largest] = search->demands[last];
    search->demand_count = last;
    demand_place(search, block_index, &demand);
    search->demand_count = last + 1;
    search->demands[last] = search->demands[largest];
    search->demands[largest] = demand;
}

static void block_as_demands(Search *search, size_t block_index, Level *level)
{
    const Block *block = &search->blocks[block_index];
    size_t demand_count = search->demand_count;

    for (size_t i = 0; i < block->count; i++) {
        if (demand_push(search, level, &block->elements[i], false) < 0) {
            return;
        }
    }
    search_demands(search, block_index);
    search->demand_count = demand_count;
}

/* Windows that are open and have to change. Return: the uppermost, NULL when there is none */
static const int *path_open(const Search *search, size_t pivot, WindowKind kind, unsigned *count)
{
    const int *upper = NULL;

    *count = 0;
    for (size_t i = 0; i < pivot; i++) {
        if (!range_is_empty(search->tree->bridges[search->path[i]].windows[kind])) {
            upper = &search->path[i];
            ++*count;
        }
    }
    return upper;
}

/* The window that has to grow makes way for itself. Return: NULL when it is closed */
static LevelItem *own_item(const Search *search, Level *level, size_t pivot, WindowKind kind)
{
    for (size_t i = 0; i < level->item_count; i++) {
        if (level->items[i].element.bridge == search->path[pivot - 1] &&
            level->items[i].element.kind == kind) {
            return &level->items[i];
        }
    }
    return NULL;
}

static void path_grow(Search *search, size_t block_index, size_t pivot, Level *level)
{
    WindowKind kind = search->blocks[block_index].kind;
    const LayoutElement *window =
        &layout_node(&search->layout, search->path[pivot - 1], kind)->window;
    LevelItem *own = own_item(search, level, pivot, kind);
    PlanCost cost = search->cost;

    search->cost.bridges += (unsigned)pivot;
    if (own) {
        own->evicted = true;
    }
    if (window->bytes != 0) {
        search_in_place(search, block_index, pivot);
    }
    if (!window->pinned) {
        search->cost.bytes += window->bytes;
        if (demand_push(search, level, window, false) == 0) {
            search_demands(search, block_index);
            search->demand_count--;
        }
    }
    if (own) {
        own->evicted = false;
    }
    search->cost = cost;
}

static void search_pivot(Search *search, size_t block_index, size_t pivot)
{
    WindowKind kind = search->blocks[block_index].kind;
    Level *level = search_level(search, pivot, kind);
    unsigned open;
    const int *upper = path_open(search, pivot, kind, &open);
    PlanCost cost = search->cost;

    if (!level || level->room_count == 0) {
        return;
    }
    if (pivot == 0) {
        block_as_demands(search, block_index, level);
        return;
    }
    if (!upper) {
        path_grow(search, block_index, pivot, level);
        return;
    }
    if (search_stop(search, search->reach.first[*upper], search->reach.end[*upper])) {
        path_grow(search, block_index, pivot, level);
    }
    search_release(search, search->reach.first[*upper], search->reach.end[*upper]);
    search->cost = cost;
}

static void search_block(Search *search, size_t block_index)
{
    if (block_index == search->block_count) {
        search_weigh(search);
        return;
    }
    for (size_t pivot = 0; pivot < search->path_count; pivot++) {
        if (search_goes_on(search, &search->cost)) {
            search_pivot(search, block_index, pivot);
        }
    }
}

int search_run(Search *search)
{
    search_block(search, 0);
    return search->error;
}
