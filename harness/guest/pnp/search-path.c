/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows grow around what they hold, which stays where it is. */
#include <errno.h>
#include <stdlib.h>

#include "search.h"

/** struct InPlace - the places for a block of BARs among neighbours that stay */
typedef struct InPlace {
    Search *search;
    const Block *block;
    size_t pivot;
    Level *level;
    Range held[SEARCH_PATH_MAX]; /* by each window of the path, the next one on the path apart */
    Range all;                   /* of these */
    Range windows[SEARCH_PATH_MAX]; /* for the place looked at last */
    Range limits;
    uint64_t align;
    Candidates candidates;
} InPlace;

static Range hull(Range a, Range b)
{
    if (range_is_empty(a) || range_is_empty(b)) {
        return range_is_empty(a) ? b : a;
    }
    return (Range) { a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end };
}

static bool is_on_path(const InPlace *place, size_t index, const LevelItem *item)
{
    return index > 0 && item->element.bridge == place->search->path[index - 1];
}

/* Return: false without memory */
static bool held_find(InPlace *place)
{
    place->all = range_empty();
    for (size_t i = 0; i < place->pivot; i++) {
        const Level *level = search_level(place->search, i, place->block->kind);

        if (!level) {
            return false;
        }
        place->held[i] = range_empty();
        for (size_t n = 0; n < level->item_count; n++) {
            if (!level->items[n].vanishes && !is_on_path(place, i, &level->items[n])) {
                place->held[i] = hull(place->held[i], level->items[n].now);
            }
        }
        place->all = hull(place->all, place->held[i]);
    }
    return true;
}

/* Is it clear of everything in a window of the path that is neither empty nor on the path? */
static bool is_clear(const InPlace *place, size_t index, Range range)
{
    const Level *level = place->search->levels[index][place->block->kind];
    LevelSpot spot;

    if (!range_overlaps(place->held[index], range)) {
        return true;
    }
    spot = level_spot(level, range);
    for (size_t i = spot.first_item;
         i < level->item_count && level->items[i].now.start <= range.end; i++) {
        if (!level->items[i].vanishes && !is_on_path(place, index, &level->items[i])) {
            return false;
        }
    }
    return true;
}

/* Return: the window at the pivot, empty when neighbours are in the way further down */
static Range windows_grow(InPlace *place, Range block)
{
    uint64_t step = tree_window_step(place->block->kind);
    Range range = block;

    for (size_t i = 0; i < place->pivot; i++) {
        place->search->work++;
        if (!is_clear(place, i, range)) {
            return range_empty();
        }
        range = hull(range, place->held[i]);
        range = (Range) { layout_round_down(range.start, step),
                          layout_round_up(range.end + 1, step) - 1 };
        place->windows[i] = range;
    }
    return range;
}

static bool block_visit(void *data, uint64_t start)
{
    InPlace *place = data;
    Search *search = place->search;
    Range room = { start, place->limits.end };
    Range block;
    Range window;
    Candidate *candidate;

    block = layout_pack(&search->layout, place->block->elements, place->block->count, 1, room,
                        false);
    if (range_is_empty(block)) {
        return true;
    }
    window = windows_grow(place, block);
    if (!range_is_empty(window)) {
        candidate = candidates_add(&place->candidates, search, place->level,
                                   level_spot(place->level, window));
        if (candidate) {
            candidate->inner = block;
        }
    }
    return search_goes_on(search, &search->cost);
}

static void neighbours_visit(InPlace *place)
{
    uint64_t size = 0;

    for (size_t i = 0; i < place->block->count; i++) {
        size += place->block->elements[i].size;
    }
    if (range_is_empty(place->all)) {
        return;
    }
    block_visit(place, layout_round_up(place->all.end + 1, place->align));
    if (place->all.start >= size) {
        block_visit(place, layout_round_down(place->all.start - size, place->align));
    }
}

static void stale_close(const InPlace *place, size_t index, Range block)
{
    Level *level = place->search->levels[index][place->block->kind];
    Range below = index > 0 ? place->windows[index - 1] : block;

    for (size_t i = 0; i < level->item_count; i++) {
        const LevelItem *item = &level->items[i];

        if (item->vanishes && !is_on_path(place, index, item) &&
            (!range_contains(place->windows[index], item->now) ||
             range_overlaps(below, item->now))) {
            search_push_placement(place->search, PLACE_WINDOW, &item->element, range_empty());
        }
    }
}

static void candidate_take(InPlace *place, size_t block_index, const Candidate *candidate)
{
    Search *search = place->search;
    LayoutElement element = { .bar = -1, .kind = place->block->kind };
    size_t placements = search->placement_count;

    windows_grow(place, candidate->inner);
    search_push_placement(search, PLACE_BLOCK, &element, candidate->inner);
    for (size_t i = 0; i < place->pivot; i++) {
        element.bridge = search->path[i];
        search_push_placement(search, PLACE_WINDOW, &element, place->windows[i]);
        stale_close(place, i, candidate->inner);
    }
    if (search->error == 0) {
        search_evict(search, block_index, place->level, candidate);
    }
    search->placement_count = placements;
}

static void candidates_try(InPlace *place, size_t block_index)
{
    candidates_sort(&place->candidates);
    for (size_t i = 0; i < place->candidates.count; i++) {
        const Candidate *candidate = &place->candidates.items[i];
        PlanCost cost = place->search->cost;

        cost.stops += candidate->cost.stops;
        cost.bytes += candidate->cost.bytes;
        cost.bridges += candidate->cost.bridges;
        if (!search_goes_on(place->search, &cost)) {
            return;
        }
        candidate_take(place, block_index, candidate);
    }
}

void search_in_place(Search *search, size_t block_index, size_t pivot)
{
    const Block *block = &search->blocks[block_index];
    InPlace *place = calloc(1, sizeof(*place));

    if (!place) {
        search->error = -ENOMEM;
        return;
    }
    *place = (InPlace) { .search = search, .block = block, .pivot = pivot,
                         .level = search_level(search, pivot, block->kind),
                         .align = block->elements[0].align };
    place->limits = (Range) { 0, block->kind == WINDOW_PREF ? UINT64_MAX >> 1 : UINT32_MAX };
    for (size_t i = 0; i < block->count; i++) {
        const LayoutElement *element = &block->elements[i];

        place->limits.start = element->min > place->limits.start ? element->min
                                                                 : place->limits.start;
        place->limits.end = element->max < place->limits.end ? element->max : place->limits.end;
    }
    if (held_find(place)) {
        neighbours_visit(place);
        level_scan(place->level, place->align, place->limits, false, &search->work, block_visit,
                   place);
        candidates_try(place, block_index);
    }
    free(place->candidates.items);
    free(place);
}
