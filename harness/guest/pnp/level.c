/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "level.h"

typedef struct Children {
    int *first; /* of each bridge, one more in front for the root bus */
    int *next;
} Children;

/* Bridges in the order of a walk that finishes a subtree before its next sibling */
static void reach_number(Reach *reach, const Tree *tree, const int *first_function,
                         const int *next_function, const Children *children)
{
    size_t count = 0;
    int bridge = TREE_ROOT;

    for (;;) {
        if (bridge >= 0) {
            reach->first[bridge] = count;
        }
        for (int f = first_function[bridge + 1]; f >= 0; f = next_function[f]) {
            reach->position[f] = count;
            reach->functions[count++] = f;
        }
        if (children->first[bridge + 1] >= 0) {
            bridge = children->first[bridge + 1];
            continue;
        }
        while (bridge >= 0 && children->next[bridge] < 0) {
            reach->end[bridge] = count;
            bridge = tree->bridges[bridge].parent;
        }
        if (bridge < 0) {
            return;
        }
        reach->end[bridge] = count;
        bridge = children->next[bridge];
    }
}

int reach_init(Reach *reach, const Tree *tree)
{
    size_t bridges = tree->bridge_count + 1;
    size_t functions = tree->function_count + 1;
    int *lists = calloc(2 * bridges + bridges + functions, sizeof(*lists));
    Children children = { lists, lists + bridges };
    int *first_function = lists + 2 * bridges;
    int *next_function = lists + 3 * bridges;

    *reach = (Reach) {
        .functions = calloc(functions, sizeof(*reach->functions)),
        .first = calloc(bridges, sizeof(*reach->first)),
        .end = calloc(bridges, sizeof(*reach->end)),
        .position = calloc(functions, sizeof(*reach->position)),
    };
    if (!lists || !reach->functions || !reach->first || !reach->end || !reach->position) {
        free(lists);
        return -ENOMEM;
    }
    memset(lists, 0xff, 3 * bridges * sizeof(*lists)); /* -1: the end of each list */
    for (int i = (int)tree->bridge_count - 1; i >= 0; i--) {
        children.next[i] = children.first[tree->bridges[i].parent + 1];
        children.first[tree->bridges[i].parent + 1] = i;
    }
    for (int i = (int)tree->function_count - 1; i >= 0; i--) {
        next_function[i] = first_function[tree->functions[i].parent + 1];
        first_function[tree->functions[i].parent + 1] = i;
    }
    reach_number(reach, tree, first_function, next_function, &children);
    free(lists);
    return 0;
}

void reach_deinit(Reach *reach)
{
    free(reach->functions);
    free(reach->first);
    free(reach->end);
    free(reach->position);
    memset(reach, 0, sizeof(*reach));
}

static bool holds_kind(const Level *level, WindowKind kind)
{
    return level->bridge == TREE_ROOT ? (kind == WINDOW_IO) == (level->kind == WINDOW_IO)
                                      : kind == level->kind;
}

static void rooms_find(Level *level, const Tree *tree)
{
    if (level->bridge != TREE_ROOT) {
        Range window = tree->bridges[level->bridge].windows[level->kind];

        level->rooms[0] = window;
        level->room_count = !range_is_empty(window);
        return;
    }
    for (size_t i = 0; i < tree->window_count; i++) {
        if (tree->windows[i].io == (level->kind == WINDOW_IO) &&
            tree_window_serves(&tree->windows[i], tree->root) &&
            level->room_count < TOPOLOGY_HOST_WINDOWS_MAX) {
            level->rooms[level->room_count++] = tree->windows[i].range;
        }
    }
}

static void item_add(Level *level, const Layout *layout, const Reach *reach,
                     const LayoutElement *element, Range now)
{
    const Tree *tree = layout->tree;
    LevelItem item = { .element = *element, .now = now, .stays = element->pinned };
    int bridge = element->bridge;

    if (element->bar >= 0) {
        int function = tree->bars[element->bar].function;

        bridge = tree->functions[function].bridge;
        item.first_function = reach->position[function];
        item.end_function = item.first_function + 1;
    } else {
        item.vanishes = layout_node(layout, bridge, element->kind)->count == 0;
    }
    if (bridge >= 0) {
        item.first_function = reach->first[bridge];
        item.end_function = reach->end[bridge];
    }
    for (size_t i = item.first_function; i < item.end_function; i++) {
        item.stays = item.stays || !tree->functions[reach->functions[i]].stoppable;
    }
    level->items[level->item_count++] = item;
}

static void items_find(Level *level, const Layout *layout, const Reach *reach)
{
    const Tree *tree = layout->tree;

    for (size_t i = 0; i < tree->bar_count; i++) {
        const TreeBar *bar = &tree->bars[i];

        if (tree->functions[bar->function].parent == level->bridge &&
            holds_kind(level, bar->kind) && !range_is_empty(bar->now)) {
            LayoutElement element = layout_bar_element(tree, (int)i);

            item_add(level, layout, reach, &element, bar->now);
        }
    }
    for (size_t i = 0; i < tree->bridge_count; i++) {
        const TreeBridge *bridge = &tree->bridges[i];

        for (int kind = 0; kind < WINDOW_KINDS && bridge->parent == level->bridge; kind++) {
            if (holds_kind(level, (WindowKind)kind) && !range_is_empty(bridge->windows[kind])) {
                item_add(level, layout, reach,
                         &layout_node(layout, (int)i, (WindowKind)kind)->window,
                         bridge->windows[kind]);
            }
        }
    }
}

static int item_order(const void *a, const void *b)
{
    const LevelItem *left = a;
    const LevelItem *right = b;

    return left->now.start < right->now.start ? -1 : left->now.start > right->now.start;
}

static void character_find(Level *level)
{
    bool low = false;
    bool high = false;

    level->pure = true;
    for (size_t i = 0; i < level->item_count; i++) {
        const LevelItem *item = &level->items[i];

        if (item->vanishes || item->stays) {
            continue;
        }
        level->pure = level->pure && item->element.simple && item->element.min == 0 &&
                      (item->element.max == UINT32_MAX || item->element.max == UINT64_MAX);
        low = low || item->element.max <= UINT32_MAX;
        high = high || item->element.max > UINT32_MAX;
        level->step = item->element.align < level->step ? item->element.align : level->step;
    }
    level->split = low && high;
}

int level_init(Level *level, const Layout *layout, const Reach *reach, int bridge,
               WindowKind kind)
{
    const Tree *tree = layout->tree;
    size_t most = tree->bar_count + tree->bridge_count * WINDOW_KINDS + 1;
    LevelItem *fitting;

    *level = (Level) { .bridge = bridge, .kind = kind, .step = UINT64_C(1) << 63 };
    level->items = calloc(most, sizeof(*level->items));
    if (!level->items) {
        return -ENOMEM;
    }
    rooms_find(level, tree);
    items_find(level, layout, reach);
    fitting = realloc(level->items, (level->item_count + 1) * sizeof(*fitting));
    level->items = fitting ? fitting : level->items;
    qsort(level->items, level->item_count, sizeof(*level->items), item_order);
    character_find(level);
    return 0;
}

void level_deinit(Level *level)
{
    free(level->items);
    free(level->placed);
    memset(level, 0, sizeof(*level));
}

/* Return: the first item that ends at @address or behind it */
static size_t item_from(const Level *level, uint64_t address)
{
    size_t low = 0;
    size_t high = level->item_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (level->items[middle].now.end < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_in_room(const Level *level, Range range)
{
    for (size_t i = 0; i < level->room_count; i++) {
        if (range_contains(level->rooms[i], range)) {
            return true;
        }
    }
    return false;
}

LevelSpot level_spot(const Level *level, Range range)
{
    LevelSpot spot = { .range = range, .allowed = is_in_room(level, range) };

    spot.first_item = item_from(level, range.start);
    spot.end_item = spot.first_item;
    for (size_t i = 0; spot.allowed && i < level->placed_count; i++) {
        spot.allowed = !range_overlaps(level->placed[i], range);
    }
    while (spot.allowed && spot.end_item < level->item_count &&
           level->items[spot.end_item].now.start <= range.end) {
        const LevelItem *item = &level->items[spot.end_item++];

        spot.allowed = item->evicted || !item->stays;
    }
    return spot;
}

bool level_item_shrinks(const LevelItem *item, Range range)
{
    return !range_is_empty(item->element.held) && !range_overlaps(item->element.held, range);
}

int level_place(Level *level, Range range)
{
    if (level->placed_count == level->placed_room) {
        size_t room = 2 * level->placed_room + 8;
        Range *placed = reallocarray(level->placed, room, sizeof(*placed));

        if (!placed) {
            return -ENOMEM;
        }
        level->placed = placed;
        level->placed_room = room;
    }
    level->placed[level->placed_count++] = range;
    return 0;
}

void level_unplace(Level *level)
{
    level->placed_count--;
}

/* Return: the first address from @start on that is not free; what is placed counts */
static uint64_t next_obstacle(const Level *level, uint64_t start, size_t *item)
{
    uint64_t address = UINT64_MAX;

    while (*item < level->item_count &&
           (level->items[*item].evicted || level->items[*item].now.end < start)) {
        ++*item;
    }
    if (*item < level->item_count) {
        address = level->items[*item].now.start;
    }
    for (size_t i = 0; i < level->placed_count; i++) {
        if (level->placed[i].end >= start && level->placed[i].start < address) {
            address = level->placed[i].start;
        }
    }
    return address < start ? start : address;
}

/* Blocks between @start and the last one that makes a difference look alike: which is the last? */
static uint64_t row_end(const Level *level, uint64_t start, uint64_t align, size_t item,
                        uint64_t obstacle)
{
    uint64_t last = start;
    uint64_t clear;

    if (obstacle > start && obstacle - start >= align) {
        last = layout_round_down(obstacle - align, align);
    } else if (item < level->item_count && level->items[item].now.start <= start) {
        clear = layout_round_up(level->items[item].element.held.end + 1, align);
        last = layout_round_down(level->items[item].now.end, align);
        last = clear > start && clear < last ? clear : last; /* of what is in the window */
    }
    return last > start ? last : start;
}

static bool scan_room(const Level *level, uint64_t align, Range room, bool dense, uint64_t *work,
                      LevelVisit *visit, void *data)
{
    uint64_t start = layout_round_up(room.start, align);
    size_t item = item_from(level, start);
    uint64_t room_last;

    if (range_size(room) < align || start < room.start) {
        return true;
    }
    room_last = layout_round_down(room.end - (align - 1), align);
    while (start <= room_last) {
        uint64_t obstacle = next_obstacle(level, start, &item);
        uint64_t last = dense ? start : row_end(level, start, align, item, obstacle);

        ++*work;
        last = last > room_last ? room_last : last;
        if (!visit(data, start) || (last > start && !visit(data, last))) {
            return false;
        }
        if (last > UINT64_MAX - align) {
            break;
        }
        start = last + align;
    }
    return true;
}

void level_scan(const Level *level, uint64_t align, Range limits, bool dense, uint64_t *work,
                LevelVisit *visit, void *data)
{
    for (size_t i = 0; i < level->room_count; i++) {
        Range room = level->rooms[i];

        room.start = room.start < limits.start ? limits.start : room.start;
        room.end = room.end > limits.end ? limits.end : room.end;
        if (!range_is_empty(room) &&
            !scan_room(level, align, room, dense, work, visit, data)) {
            return;
        }
    }
}

uint64_t level_blocks(const Level *level)
{
    uint64_t blocks = 0;

    for (size_t i = 0; i < level->room_count; i++) {
        uint64_t size = range_size(level->rooms[i]);

        blocks = size / level->step > UINT32_MAX ? UINT32_MAX : blocks + size / level->step;
    }
    return blocks;
}
