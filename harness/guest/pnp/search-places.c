/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places for one demand, and what each adds to the cost. */
#include <errno.h>
#include <stdlib.h>

#include "search.h"

#define DENSE_BLOCKS_MAX 256 /* rooms of so many steps are searched step by step */

/** struct Collection - the places for one demand */
typedef struct Collection {
    Search *search;
    const Level *level;
    const LayoutElement *element;
    Candidates candidates;
    Range limits;
    bool pure;  /* powers of two only: a free place is as good as any other */
    bool settled; /* one was found that leaves nothing to decide */
} Collection;

int plan_cost_order(const PlanCost *a, const PlanCost *b)
{
    if (a->stops != b->stops) {
        return a->stops < b->stops ? -1 : 1;
    }
    if (a->bytes != b->bytes) {
        return a->bytes < b->bytes ? -1 : 1;
    }
    return a->bridges < b->bridges ? -1 : a->bridges > b->bridges;
}

/* What it adds to the cost when an item has to go; a function counts once for a stamp */
static void item_weigh(Search *search, const LevelItem *item, Candidate *candidate)
{
    PlanCost *cost = &candidate->cost;

    if (item->evicted) {
        return;
    }
    if (!item->vanishes && !level_item_shrinks(item, candidate->spot.range)) {
        cost->bytes += item->element.bytes;
    }
    cost->bridges += item->element.bridges;
    search->work += item->end_function - item->first_function;
    for (size_t i = item->first_function; i < item->end_function; i++) {
        if (search->stopped[i] == 0 && search->stamps[i] != search->stamp &&
            search_counts(search, i)) {
            search->stamps[i] = search->stamp;
            cost->stops++;
            candidate->first_stop = i < candidate->first_stop ? i : candidate->first_stop;
        }
    }
}

Candidate *candidates_add(Candidates *candidates, Search *search, const Level *level,
                          LevelSpot spot)
{
    Candidate *candidate;

    search->work++;
    if (!spot.allowed) {
        return NULL;
    }
    if (candidates->count == candidates->room) {
        size_t room = 2 * candidates->room + 16;
        Candidate *items = reallocarray(candidates->items, room, sizeof(*items));

        if (!items) {
            search->error = -ENOMEM;
            return NULL;
        }
        candidates->items = items;
        candidates->room = room;
    }
    candidate = &candidates->items[candidates->count++];
    *candidate = (Candidate) { .spot = spot, .first_stop = SIZE_MAX };
    search->stamp++;
    for (size_t i = spot.first_item; i < spot.end_item; i++) {
        item_weigh(search, &level->items[i], candidate);
    }
    return candidate;
}

static int candidate_order(const void *a, const void *b)
{
    const Candidate *left = a;
    const Candidate *right = b;
    int order = plan_cost_order(&left->cost, &right->cost);

    if (order != 0) {
        return order;
    }
    if (left->first_stop != right->first_stop) {
        return left->first_stop < right->first_stop ? -1 : 1;
    }
    return left->spot.range.start < right->spot.range.start
               ? -1
               : left->spot.range.start > right->spot.range.start;
}

void candidates_sort(Candidates *candidates)
{
    if (candidates->count > 1) {
        qsort(candidates->items, candidates->count, sizeof(*candidates->items), candidate_order);
    }
}

static bool spot_is_free(const Collection *collection, const LevelSpot *spot)
{
    for (size_t i = spot->first_item; i < spot->end_item; i++) {
        if (!collection->level->items[i].evicted) {
            return false;
        }
    }
    return spot->allowed;
}

/* Whoever needs as much could be moved only to where the demand could go at once */
static bool is_pointless(const Collection *collection, const LevelSpot *spot)
{
    const LevelItem *item = &collection->level->items[spot->first_item];

    return collection->pure && spot->end_item == spot->first_item + 1 && !item->evicted &&
           !item->vanishes && range_size(item->now) == item->element.size &&
           item->element.size >= collection->element->size &&
           item->element.max <= collection->element->max;
}

/* Low addresses are for those that need them: only a high place is as good as any other */
static bool settles(const Collection *collection, const LevelSpot *spot)
{
    return collection->pure &&
           (!collection->level->split || collection->element->max <= UINT32_MAX ||
            spot->range.start > UINT32_MAX);
}

static bool simple_visit(void *data, uint64_t start)
{
    Collection *collection = data;
    LevelSpot spot =
        level_spot(collection->level, range_sized(start, collection->element->size));

    if (spot_is_free(collection, &spot) && settles(collection, &spot)) {
        collection->candidates.count = 0;
        collection->settled = true;
    }
    if (!is_pointless(collection, &spot)) {
        candidates_add(&collection->candidates, collection->search, collection->level, spot);
    }
    return !collection->settled && search_goes_on(collection->search, &collection->search->cost);
}

static Range room_from(const Level *level, uint64_t start, Range limits)
{
    for (size_t i = 0; i < level->room_count; i++) {
        Range room = level->rooms[i];

        if (room.start <= start && start <= room.end) {
            return (Range) { start, room.end < limits.end ? room.end : limits.end };
        }
    }
    return range_empty();
}

static void packed_add(Collection *collection, uint64_t start)
{
    Range room = room_from(collection->level, start, collection->limits);
    Range range = layout_pack_one(&collection->search->layout, collection->element, room, false);

    if (!range_is_empty(range)) {
        candidates_add(&collection->candidates, collection->search, collection->level,
                       level_spot(collection->level, range));
    }
}

static bool dense_visit(void *data, uint64_t start)
{
    Collection *collection = data;

    packed_add(collection, start);
    return search_goes_on(collection->search, &collection->search->cost);
}

/* The largest BAR at the start, and at the end */
static bool sparse_visit(void *data, uint64_t start)
{
    Collection *collection = data;
    uint64_t rest = collection->element->size - collection->element->align;

    packed_add(collection, start);
    if (rest != 0 && start >= rest) {
        packed_add(collection, start - rest);
    }
    return search_goes_on(collection->search, &collection->search->cost);
}

static bool only_simple_demands(const Search *search, const Level *level)
{
    for (size_t i = 0; i < search->demand_count; i++) {
        if (search->demands[i].level == level && !search->demands[i].element.simple) {
            return false;
        }
    }
    return true;
}

void candidates_collect(Candidates *candidates, Search *search, const Demand *demand)
{
    Collection all = { .search = search, .level = demand->level, .element = &demand->element };
    Collection *collection = &all;

    const LayoutElement *element = collection->element;
    const Level *level = collection->level;
    uint64_t *work = &collection->search->work;
    uint64_t step = element->bridge >= 0 ? tree_window_step(element->kind) : element->align;
    bool dense;

    step = step < level->step ? step : level->step;
    collection->limits = (Range) { element->min, element->max };
    collection->pure = level->pure && element->simple && element->min == 0 &&
                       only_simple_demands(collection->search, level);
    dense = !collection->pure && level_blocks(level) <= DENSE_BLOCKS_MAX &&
            level_blocks(level) * (level->step / step) <= DENSE_BLOCKS_MAX;
    if (element->simple) {
        level_scan(level, element->align, collection->limits, dense, work, simple_visit,
                   collection);
    } else if (dense) {
        level_scan(level, step, collection->limits, true, work, dense_visit, collection);
    } else {
        level_scan(level, element->align, collection->limits, false, work, sparse_visit,
                   collection);
    }
    if (!collection->pure && !dense) {
        collection->search->approximate = true;
    }
    candidates_sort(&collection->candidates);
    *candidates = collection->candidates;
}
