/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan while it is made: who asks for addresses first, then what becomes of it. */
#ifndef BARSHIFT_REBALANCE_DRAFT_H
#define BARSHIFT_REBALANCE_DRAFT_H

#include "kernel-model.h"
#include "rebalance-plan.h"

/** struct Draft - on the way from a topology to a plan */
typedef struct Draft {
    const Topology *topology;
    const RebalanceAsk *ask;
    Tree tree;
    Plan arbiter;
    RemovalSet set;
    Prediction prediction;
    RebalancePlan *plan;
    char *why;
    int bus;         /* of those who ask */
    size_t asking;   /* BARs without an address */
} Draft;

/**
 * draft_tree() - the tree with those who ask, and with refusers marked
 *
 * Return: 0, or as rebalance_plan().
 */
int draft_tree(Draft *draft);

/** draft_member() - name a function of the tree; Return: 0 or as path_name() */
int draft_member(const Draft *draft, int function, RebalanceMember *member);

#endif
