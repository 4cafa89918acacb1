/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds addresses for who asks for some with the smallest scope: fewest working functions stopped,
 * then fewest bytes moved, then fewest bridges touched.
 *
 * A bridge whose open window changes is stopped with everything below it, as a kernel can do it
 * no other way. Windows with nothing in them may be closed or moved, which stops nobody. What is
 * exact and what is not: docs/arbiter.md.
 */
#ifndef BARSHIFT_ARBITER_H
#define BARSHIFT_ARBITER_H

#include "tree.h"

#define ARBITER_WORK_MAX UINT64_C(20000000)

typedef enum PlanVerdict {
    PLAN_FITS,
    PLAN_NO_SPACE,  /* whoever is stopped, it does not fit */
    PLAN_NO_WINDOW, /* no host bridge window has such addresses */
    PLAN_NO_BUS,    /* the port has too few bus numbers */
    PLAN_UNDECIDED, /* the bound on work came first */
    PLAN_BLOCKED,   /* it would fit if those who may not be stopped were */
    PLAN_NO_REMOVAL, /* it would fit, but the kernel gives somebody no address */
} PlanVerdict;

typedef struct PlanMove {
    int bar; /* index in the tree */
    Range from; /* empty: it asked for an address */
    Range to;
} PlanMove;

typedef struct PlanWindow {
    int bridge;
    WindowKind kind;
    Range from;
    Range to; /* empty: closed */
} PlanWindow;

/** struct PlanCost - in the order of their weight */
typedef struct PlanCost {
    unsigned stops;
    uint64_t bytes;
    unsigned bridges;
} PlanCost;

/** struct PlanShortage - of the kind of addresses that is short */
typedef struct PlanShortage {
    WindowKind kind;
    uint64_t needed_bytes;
    uint64_t free_bytes;        /* in all holes of the host bridge windows */
    Range largest_hole;         /* empty: there is none */
    uint64_t largest_fit_bytes; /* what the largest BAR could have; 0: nothing */
} PlanShortage;

typedef struct Plan {
    PlanVerdict verdict;
    bool exact; /* no plan stops fewer, or, without one: there is none */
    int bus;      /* of those who ask: the bridge above, or TREE_ROOT */
    int newcomer; /* index of the function that arbiter_plan() has added; otherwise -1 */
    PlanCost cost;
    int *stops; /* functions, by index */
    size_t stop_count;
    PlanMove *moves;
    size_t move_count;
    PlanWindow *windows; /* those that change */
    size_t window_count;
    uint64_t work;
    PlanShortage shortage; /* why not */
} Plan;

/**
 * arbiter_plan() - find the smallest scope
 * @tree: must pass tree_check(); the newcomer is added to it, as function plan->newcomer, with the
 *        BARs that were chosen
 * @port: the bridge it arrives at, TREE_ROOT for the root bus
 * @wanted: its requirements; the first configuration that fits counts, preferred ones first
 * @work_max: a bound, ARBITER_WORK_MAX when there is no reason for another
 * @plan: (out) freed with plan_free(), whatever the result
 *
 * Return: 0, also when there is no plan: see the verdict; -ENOMEM; -EINVAL for an empty list.
 */
int arbiter_plan(Tree *tree, int port, const RequirementList *wanted, uint64_t work_max,
                 Plan *plan);

/**
 * arbiter_place() - the same for the BARs of the tree that have no address, all of them on one bus
 * @tree: as it was when this returns
 * @bus: the bridge above them, or TREE_ROOT
 *
 * Return: 0, also when there is no plan; -ENOMEM; -EINVAL when nobody asks.
 */
int arbiter_place(Tree *tree, int bus, uint64_t work_max, Plan *plan);

void plan_free(Plan *plan);

/** plan_verdict_name() - as in every output */
const char *plan_verdict_name(PlanVerdict verdict);

/** plan_cost_order() - negative: @a is cheaper, 0: they cost the same */
int plan_cost_order(const PlanCost *a, const PlanCost *b);

#endif
