/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How little room do the BARs below a bridge take, and in which order do they lie there?
 *
 * BARs are powers of two, naturally aligned. Placed from the largest to the smallest, each at the
 * lowest address that is free, they end as low as in any order: how many aligned blocks of a size
 * are free does not depend on where the larger ones went. A bridge's window that is no power of
 * two breaks that; up to LAYOUT_ORDERS_MAX such neighbours are tried in every order, which is
 * exact again because an order decides everything once each one lies as low as it can.
 */
#ifndef BARSHIFT_LAYOUT_H
#define BARSHIFT_LAYOUT_H

#include "tree.h"

#define LAYOUT_ORDERS_MAX 5

/** struct LayoutElement - what lies in a window: a BAR, or the window of a bridge below */
typedef struct LayoutElement {
    int bar;    /* -1: a window */
    int bridge; /* -1: a BAR */
    WindowKind kind;
    uint64_t align; /* of the largest BAR in it, at least the step of windows */
    uint64_t size;  /* bytes when it starts at a multiple of @align */
    uint64_t min;
    uint64_t max;
    uint64_t bytes; /* of the BARs in it, apart from the newcomer's */
    unsigned bridges; /* bridges whose window it takes to change when it moves */
    Range held;       /* around what is in it now; empty: nothing, or it is a BAR */
    bool simple;      /* size and alignment are one power of two */
    bool pinned;      /* one that may not move is in it */
} LayoutElement;

typedef struct LayoutNode {
    LayoutElement window; /* what it takes as an element of the bus above */
    LayoutElement *elements; /* by alignment and size, largest first */
    size_t count;
} LayoutNode;

typedef struct Layout {
    const Tree *tree;
    LayoutNode *nodes; /* a bridge has one for each kind of window */
    LayoutElement *storage;
    uint64_t *place; /* (out) address of each BAR that was placed */
    uint64_t work;   /* elements looked at */
} Layout;

/**
 * layout_init() - find what each bridge has to hold, with what asks for an address
 *
 * Return: 0 or -ENOMEM; layout_deinit() in both cases.
 */
int layout_init(Layout *layout, const Tree *tree);
void layout_deinit(Layout *layout);

LayoutNode *layout_node(const Layout *layout, int bridge, WindowKind kind);

/** layout_bar_element() - a BAR as an element */
LayoutElement layout_bar_element(const Tree *tree, int bar);

/**
 * layout_pack() - place elements into a range so that they end as low as possible
 * @elements: largest first
 * @step: what they take is rounded to this
 * @place: note the address of each BAR in layout->place
 *
 * Return: what they take of the room, empty when they do not fit.
 */
Range layout_pack(Layout *layout, const LayoutElement *elements, size_t count, uint64_t step,
                  Range room, bool place);

/** layout_pack_one() - the same for one element, the contents of a window included */
Range layout_pack_one(Layout *layout, const LayoutElement *element, Range room, bool place);

static inline uint64_t layout_round_down(uint64_t address, uint64_t align)
{
    return address & ~(align - 1);
}

/** layout_round_up() - 0 when that is beyond the address space */
static inline uint64_t layout_round_up(uint64_t address, uint64_t align)
{
    return (address + align - 1) & ~(align - 1);
}

#endif
