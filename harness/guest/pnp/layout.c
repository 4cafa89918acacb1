/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

#define GAPS_MAX 64 /* what does not fit in the list is not used, which loses room but no truth */

typedef struct Gaps {
    Range gaps[GAPS_MAX]; /* ascending */
    size_t count;
} Gaps;

/** struct Order - the search for the best order of a few elements */
typedef struct Order {
    Layout *layout;
    const LayoutElement *elements;
    size_t count;
    Range room;
    size_t present[LAYOUT_ORDERS_MAX];
    size_t best[LAYOUT_ORDERS_MAX];
    uint64_t best_end;
    bool found;
} Order;

LayoutNode *layout_node(const Layout *layout, int bridge, WindowKind kind)
{
    return &layout->nodes[(size_t)bridge * WINDOW_KINDS + kind];
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

LayoutElement layout_bar_element(const Tree *tree, int bar)
{
    const TreeBar *item = &tree->bars[bar];
    const TreeFunction *function = &tree->functions[item->function];

    return (LayoutElement) {
        .bar = bar,
        .bridge = -1,
        .kind = item->kind,
        .align = item->wanted.alignment,
        .size = item->wanted.length,
        .min = item->wanted.min,
        .max = item->wanted.max,
        .bytes = range_size(item->now),
        .held = range_empty(),
        .simple = item->wanted.alignment == item->wanted.length,
        .pinned = !function->movable || !function->stoppable,
    };
}

/* Return: the lowest place of an element in a gap, empty when it does not fit */
static Range gap_fit(Layout *layout, const LayoutElement *element, Range gap)
{
    uint64_t start = layout_round_up(gap.start, element->align);
    Range place = range_sized(start, element->size);

    layout->work++;
    if (!element->simple && element->bridge >= 0) {
        return layout_pack_one(layout, element, gap, false);
    }
    return range_contains(gap, place) ? place : range_empty();
}

static void gap_take(Gaps *gaps, size_t index, Range taken)
{
    Range gap = gaps->gaps[index];
    Range below = { gap.start, taken.start - 1 };
    Range above = { taken.end + 1, gap.end };
    bool has_below = taken.start > gap.start;
    bool has_above = taken.end < gap.end;

    if (has_below && has_above && gaps->count < GAPS_MAX) {
        memmove(&gaps->gaps[index + 1], &gaps->gaps[index],
                (gaps->count - index) * sizeof(*gaps->gaps));
        gaps->gaps[index] = below;
        gaps->gaps[index + 1] = above;
        gaps->count++;
    } else if (has_below && !has_above) {
        gaps->gaps[index] = below;
    } else if (has_above) {
        gaps->gaps[index] = above;
    } else {
        gaps->count--;
        memmove(&gaps->gaps[index], &gaps->gaps[index + 1],
                (gaps->count - index) * sizeof(*gaps->gaps));
    }
}

static void element_place(Layout *layout, const LayoutElement *element, Range range)
{
    if (element->bar >= 0) {
        layout->place[element->bar] = range.start;
    } else {
        layout_pack_one(layout, element, range, true);
    }
}

static Range hull(Range a, Range b)
{
    if (range_is_empty(a) || range_is_empty(b)) {
        return range_is_empty(a) ? b : a;
    }
    return (Range) { smaller(a.start, b.start), larger(a.end, b.end) };
}

/* Each where the first gap has room for it. Return: what they take, empty when one has none */
static Range pack_descending(Layout *layout, const LayoutElement *elements, size_t count,
                             Range room, bool place)
{
    Gaps gaps = { .gaps = { room }, .count = 1 };
    Range all = range_empty();

    for (size_t i = 0; i < count; i++) {
        Range range = range_empty();
        size_t gap = 0;

        while (gap < gaps.count && range_is_empty(range)) {
            range = gap_fit(layout, &elements[i], gaps.gaps[gap]);
            gap += range_is_empty(range);
        }
        if (range_is_empty(range)) {
            return range;
        }
        if (place) {
            element_place(layout, &elements[i], range);
        }
        gap_take(&gaps, gap, range);
        all = hull(all, range);
    }
    return all;
}

/* Each behind the one before it, as low as it can */
static Range order_follow(Order *order, const size_t *sequence, bool place)
{
    Range left = order->room;
    Range all = range_empty();

    for (size_t i = 0; i < order->count; i++) {
        const LayoutElement *element = &order->elements[sequence[i]];
        Range range = range_is_empty(left) ? left : gap_fit(order->layout, element, left);

        if (range_is_empty(range)) {
            return range;
        }
        if (place) {
            element_place(order->layout, element, range);
        }
        all = hull(all, range);
        left = range.end == UINT64_MAX ? range_empty() : (Range) { range.end + 1, left.end };
    }
    return all;
}

static void order_try(Order *order, size_t depth, unsigned used)
{
    if (depth == order->count) {
        Range range = order_follow(order, order->present, false);

        if (!range_is_empty(range) && (!order->found || range.end < order->best_end)) {
            order->found = true;
            order->best_end = range.end;
            memcpy(order->best, order->present, sizeof(order->best));
        }
        return;
    }
    for (size_t i = 0; i < order->count; i++) {
        if ((used & 1u << i) == 0) {
            order->present[depth] = i;
            order_try(order, depth + 1, used | 1u << i);
        }
    }
}

static Range pack_ordered(Layout *layout, const LayoutElement *elements, size_t count, Range room,
                          bool place)
{
    Order order = { .layout = layout, .elements = elements, .count = count, .room = room };

    order_try(&order, 0, 0);
    return order.found ? order_follow(&order, order.best, place) : range_empty();
}

static bool all_simple(const LayoutElement *elements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!elements[i].simple) {
            return false;
        }
    }
    return true;
}

Range layout_pack(Layout *layout, const LayoutElement *elements, size_t count, uint64_t step,
                  Range room, bool place)
{
    Range range;

    room.start = layout_round_up(room.start, step);
    room.end = layout_round_down(room.end + 1, step) - 1;
    if (range_is_empty(room) || count == 0) {
        return range_empty();
    }
    range = count > LAYOUT_ORDERS_MAX || all_simple(elements, count)
                ? pack_descending(layout, elements, count, room, place)
                : pack_ordered(layout, elements, count, room, place);
    if (range_is_empty(range)) {
        return range;
    }
    return (Range) { layout_round_down(range.start, step),
                     layout_round_up(range.end + 1, step) - 1 };
}

Range layout_pack_one(Layout *layout, const LayoutElement *element, Range room, bool place)
{
    const LayoutNode *node;

    if (element->bar >= 0) {
        return layout_pack(layout, element, 1, 1, room, place);
    }
    node = layout_node(layout, element->bridge, element->kind);
    return layout_pack(layout, node->elements, node->count, tree_window_step(element->kind), room,
                       place);
}

static int element_order(const void *a, const void *b)
{
    const LayoutElement *left = a;
    const LayoutElement *right = b;

    if (left->align != right->align) {
        return left->align > right->align ? -1 : 1;
    }
    if (left->size != right->size) {
        return left->size > right->size ? -1 : 1;
    }
    return left->bar != right->bar ? left->bar - right->bar : left->bridge - right->bridge;
}

/* Each BAR and each window belongs to one bus, so this is the room they take together */
static void elements_assign(Layout *layout)
{
    const Tree *tree = layout->tree;
    LayoutElement *next = layout->storage;

    for (size_t i = 0; i < tree->bar_count; i++) {
        int parent = tree->functions[tree->bars[i].function].parent;

        if (parent >= 0) {
            layout_node(layout, parent, tree->bars[i].kind)->count++;
        }
    }
    for (size_t i = 0; i < tree->bridge_count * WINDOW_KINDS; i++) {
        int parent = tree->bridges[i / WINDOW_KINDS].parent;

        if (parent >= 0) {
            layout_node(layout, parent, (WindowKind)(i % WINDOW_KINDS))->count++;
        }
    }
    for (size_t i = 0; i < tree->bridge_count * WINDOW_KINDS; i++) {
        layout->nodes[i].elements = next;
        next += layout->nodes[i].count;
        layout->nodes[i].count = 0;
    }
    for (size_t i = 0; i < tree->bar_count; i++) {
        int parent = tree->functions[tree->bars[i].function].parent;

        if (parent >= 0) {
            LayoutNode *node = layout_node(layout, parent, tree->bars[i].kind);

            node->elements[node->count++] = layout_bar_element(tree, (int)i);
        }
    }
}

static Range element_now(const Layout *layout, const LayoutElement *element)
{
    return element->bar >= 0 ? layout->tree->bars[element->bar].now
                             : layout->tree->bridges[element->bridge].windows[element->kind];
}

/* Everything below @bridge is summed up already */
static void window_sum_up(Layout *layout, int bridge, WindowKind kind)
{
    LayoutNode *node = layout_node(layout, bridge, kind);
    uint64_t step = tree_window_step(kind);
    LayoutElement window = { .bar = -1, .bridge = bridge, .kind = kind, .align = step,
                             .max = kind == WINDOW_PREF ? UINT64_MAX : UINT32_MAX,
                             .held = range_empty() };
    Range range;

    qsort(node->elements, node->count, sizeof(*node->elements), element_order);
    window.bridges =
        node->count > 0 || !range_is_empty(layout->tree->bridges[bridge].windows[kind]);
    for (size_t i = 0; i < node->count; i++) {
        const LayoutElement *element = &node->elements[i];

        window.align = larger(window.align, element->align);
        window.min = larger(window.min, element->min);
        window.max = smaller(window.max, element->max);
        window.bytes += element->bytes;
        window.bridges += element->bridges;
        window.pinned = window.pinned || element->pinned;
        window.held = hull(window.held, element_now(layout, element));
    }
    if (!range_is_empty(window.held)) {
        window.held = (Range) { layout_round_down(window.held.start, step),
                                layout_round_up(window.held.end + 1, step) - 1 };
    }
    range = layout_pack(layout, node->elements, node->count, step,
                        (Range) { window.align, UINT64_MAX >> 1 }, false);
    window.size = range_size(range);
    window.simple = window.size == window.align;
    node->window = window;
}

int layout_init(Layout *layout, const Tree *tree)
{
    size_t nodes = tree->bridge_count * WINDOW_KINDS;

    *layout = (Layout) {
        .tree = tree,
        .nodes = calloc(nodes + 1, sizeof(*layout->nodes)),
        .storage = calloc(nodes + tree->bar_count + 1, sizeof(*layout->storage)),
        .place = calloc(tree->bar_count + 1, sizeof(*layout->place)),
    };
    if (!layout->nodes || !layout->storage || !layout->place) {
        return -ENOMEM;
    }
    elements_assign(layout);
    for (int bridge = (int)tree->bridge_count - 1; bridge >= 0; bridge--) {
        int parent = tree->bridges[bridge].parent;

        for (int kind = 0; kind < WINDOW_KINDS; kind++) {
            LayoutNode *above;

            window_sum_up(layout, bridge, (WindowKind)kind);
            if (parent >= 0 && layout_node(layout, bridge, (WindowKind)kind)->count > 0) {
                above = layout_node(layout, parent, (WindowKind)kind);
                above->elements[above->count++] =
                    layout_node(layout, bridge, (WindowKind)kind)->window;
            }
        }
    }
    return 0;
}

void layout_deinit(Layout *layout)
{
    free(layout->nodes);
    free(layout->storage);
    free(layout->place);
    memset(layout, 0, sizeof(*layout));
}
