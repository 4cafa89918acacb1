/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search behind arbiter_plan(): depth first, largest demand first, cheapest place first, cut
 * where the cost reaches that of the best plan so far.
 *
 * For each kind of addresses the newcomer wants, some bus on the way up is where its window stops
 * growing: there others make room, and below it everything in the windows that grow is stopped.
 */
#ifndef BARSHIFT_SEARCH_H
#define BARSHIFT_SEARCH_H

#include "arbiter.h"
#include "level.h"

#define SEARCH_PATH_MAX 256 /* bus numbers end here */
#define SEARCH_BLOCK_MAX (8 * TOPOLOGY_BARS) /* a device has eight functions */

/** struct Demand - somebody who needs a place on a bus */
typedef struct Demand {
    Level *level;
    LayoutElement element;
    bool shrinks; /* a window that may also stay around what is in it; its bytes are not paid */
} Demand;

typedef enum PlacementKind {
    PLACE_ELEMENT, /* a BAR, or a window with all that is in it */
    PLACE_BLOCK,   /* the newcomer's BARs of one kind, among neighbours that stay */
    PLACE_WINDOW,  /* a window that changes around what stays; empty: it is closed */
} PlacementKind;

typedef struct Placement {
    PlacementKind kind;
    LayoutElement element;
    Range range;
} Placement;

/** struct Block - the newcomer's BARs of one kind */
typedef struct Block {
    WindowKind kind;
    LayoutElement elements[SEARCH_BLOCK_MAX];
    size_t count;
} Block;

typedef struct Search {
    const Tree *tree;
    Layout layout;
    Reach reach;
    int path[SEARCH_PATH_MAX]; /* from the newcomer's port to TREE_ROOT */
    size_t path_count;
    Level *levels[SEARCH_PATH_MAX][WINDOW_KINDS]; /* made when they are first looked at */
    Block blocks[WINDOW_KINDS];
    size_t block_count;

    Demand *demands;
    size_t demand_count;
    size_t demand_room;
    Placement *placements;
    size_t placement_count;
    size_t placement_room;
    unsigned *stopped; /* how often each function, in the order of reach, has been stopped */
    uint64_t *stamps;  /* to count a function once for a candidate */
    uint64_t stamp;
    PlanCost cost;

    uint64_t work;
    uint64_t work_max;
    bool first_only; /* any plan will do */
    bool bound_reached;
    bool approximate; /* places were left out that might have been better */
    int error;

    bool found;
    PlanCost best;
    uint64_t *best_place;     /* of each BAR */
    Range *best_windows;      /* of each bridge and kind */
    Range *windows;           /* while a plan is weighed */
    unsigned *best_stopped;
} Search;

/**
 * search_init() - prepare the search for places for all that ask for an address
 * @bus: where they all are: the bridge above, or TREE_ROOT
 *
 * Return: 0 or -ENOMEM; search_deinit() in both cases.
 */
int search_init(Search *search, const Tree *tree, int bus, uint64_t work_max);
void search_deinit(Search *search);

/** search_run() - fill the results; Return: 0 or -ENOMEM */
int search_run(Search *search);

/** search_weigh() - compare a complete plan with the best so far, and keep the better one */
void search_weigh(Search *search);

/** search_level() - of a bus on the path; NULL without memory */
Level *search_level(Search *search, size_t path_index, WindowKind kind);

/** search_in_place() - let the windows of the path grow around what they hold, up to a bus */
void search_in_place(Search *search, size_t block_index, size_t pivot);

/** search_demands() - place the largest demand and go on; the next block when there is none */
void search_demands(Search *search, size_t block_index);

/** struct Candidate - a place and what it adds to the cost */
typedef struct Candidate {
    LevelSpot spot;
    Range inner; /* of the block, where the place is that of the windows around it */
    PlanCost cost;
    size_t first_stop; /* in the order of reach; SIZE_MAX: it stops nobody */
} Candidate;

typedef struct Candidates {
    Candidate *items;
    size_t count;
    size_t room;
} Candidates;

/** candidates_add() - weigh a spot, unless it is not allowed; Return: the candidate or NULL */
Candidate *candidates_add(Candidates *candidates, Search *search, const Level *level,
                          LevelSpot spot);

/** candidates_sort() - cheapest first, then by who is found first, then lowest first */
void candidates_sort(Candidates *candidates);

/** candidates_collect() - the places for a demand, sorted; @candidates: (out) items are freed */
void candidates_collect(Candidates *candidates, Search *search, const Demand *demand);

/**
 * search_evict() - take a place on a bus: evict who lies there, place, and search on
 *
 * Everything is as before when this returns.
 */
void search_evict(Search *search, size_t block_index, Level *level, const Candidate *candidate);

/** search_push() - Return: 0 or -ENOMEM, which is noted as well */
int search_push_placement(Search *search, PlacementKind kind, const LayoutElement *element,
                          Range range);

/** search_goes_on() - is there work left to do, and could @cost lead to a better plan? */
bool search_goes_on(Search *search, const PlanCost *cost);

/** search_counts() - is the function at a position of reach one that works? */
bool search_counts(const Search *search, size_t position);

/** search_stop() - stop or release functions in the order of reach; Return: may they be? */
bool search_stop(Search *search, size_t first, size_t end);
void search_release(Search *search, size_t first, size_t end);

#endif
