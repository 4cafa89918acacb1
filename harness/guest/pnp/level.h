/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One bus and one kind of addresses: who lies where, which places would do for one more, and who
 * would have to go for it.
 *
 * On the root bus both kinds of memory share the windows of the host bridges; behind a bridge
 * each kind has its own window.
 */
#ifndef BARSHIFT_LEVEL_H
#define BARSHIFT_LEVEL_H

#include "layout.h"

/** struct LevelItem - who lies there */
typedef struct LevelItem {
    LayoutElement element;
    Range now;
    bool vanishes; /* a window with nothing in it: it may be closed */
    bool stays;    /* somebody below may be neither stopped nor moved */
    bool evicted;
    size_t first_function; /* those to stop for it, in the order of struct Reach */
    size_t end_function;
} LevelItem;

/** struct Reach - the functions in an order in which each subtree is contiguous */
typedef struct Reach {
    int *functions;      /* index of a function of the tree */
    size_t *first;       /* of each bridge */
    size_t *end;
    size_t *position;    /* of each function of the tree */
} Reach;

typedef struct Level {
    int bridge; /* TREE_ROOT: the root bus */
    WindowKind kind;
    Range rooms[TOPOLOGY_HOST_WINDOWS_MAX];
    size_t room_count;
    LevelItem *items; /* ascending, disjoint */
    size_t item_count;
    Range *placed; /* what this plan has put there */
    size_t placed_count;
    size_t placed_room;
    bool pure;  /* everything there is a power of two, naturally aligned, or vanishes */
    bool split; /* some of them have to stay below 4 GiB, others not */
    uint64_t step; /* every address in it can be a multiple of this */
} Level;

/** What a place costs nobody, and what it takes */
typedef struct LevelSpot {
    Range range;
    size_t first_item; /* those that overlap, evicted ones among them */
    size_t end_item;
    bool allowed; /* inside a room, and nobody who stays or was placed is in the way */
} LevelSpot;

int reach_init(Reach *reach, const Tree *tree);
void reach_deinit(Reach *reach);

/** level_init() - Return: 0 or -ENOMEM; level_deinit() in both cases */
int level_init(Level *level, const Layout *layout, const Reach *reach, int bridge,
               WindowKind kind);
void level_deinit(Level *level);

/** level_spot() - look at one place */
LevelSpot level_spot(const Level *level, Range range);

/** level_item_shrinks() - can a window make room without anybody in it moving? */
bool level_item_shrinks(const LevelItem *item, Range range);

/** level_place(), level_unplace() - in the order of a stack; Return: 0 or -ENOMEM */
int level_place(Level *level, Range range);
void level_unplace(Level *level);

/** Called with the start of an aligned block. Return: true to go on */
typedef bool LevelVisit(void *data, uint64_t start);

/**
 * level_scan() - visit the aligned blocks that are worth a look, from the bottom
 * @limits: the blocks are inside
 * @dense: visit every one; otherwise of a row of free ones, and of those inside one item, the
 *         first and the last
 * @work: (in/out) grows with what was looked at
 */
void level_scan(const Level *level, uint64_t align, Range limits, bool dense, uint64_t *work,
                LevelVisit *visit, void *data);

/** level_blocks() - how many steps the rooms have, to judge whether every one can be tried */
uint64_t level_blocks(const Level *level);

#endif
