/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees by hand, and plans for what is to find room in them. */
#ifndef BARSHIFT_MADE_TREE_H
#define BARSHIFT_MADE_TREE_H

#include "arbiter.h"

#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define HIGH UINT64_C(0x100000000)

/** wants() - a prefetchable BAR 2 of 64 bits */
RequirementList wants(uint64_t size_bytes);

/** port_add() - a hotplug port with this prefetchable window; Return: its index */
int port_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size);

/** function_add() - a function with what it wants() at this place; Return: its index */
int function_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size);

/**
 * plan_for(), plan_of() - have the arbiter plan for a newcomer below @port
 *
 * Return: the plan, which has been checked if there is one; the caller frees it.
 */
Plan plan_for(Tree *tree, int port, const RequirementList *wanted);
Plan plan_of(Tree *tree, int port, uint64_t size_bytes);

/** new_start() - Return: where a BAR of the function is to be; 0: none of them moves */
uint64_t new_start(const Tree *tree, const Plan *plan, int function);

#endif
