/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a plan one that may be carried out, and could anybody have done with fewer stops? */
#ifndef BARSHIFT_PLAN_CHECK_H
#define BARSHIFT_PLAN_CHECK_H

#include "arbiter.h"

/**
 * plan_check() - carry a plan out on the tree it was made for, and look at the result
 * @why: (out) TREE_WHY_SIZE bytes
 *
 * Return: is everything aligned, inside its windows and alone there, did nobody move who was not
 * stopped, and was everybody stopped below a window that changes?
 */
bool plan_check(const Tree *tree, const Plan *plan, char *why);

/**
 * plan_brute_force() - the fewest stops, by trying every set of functions and every place
 * @newcomer: index of the function whose BARs have no address
 *
 * For memory of one kind, in steps of 1 MiB, on trees of a few functions.
 *
 * Return: the number, -1 when it never fits.
 */
int plan_brute_force(const Tree *tree, int newcomer);

/** plan_brute_bytes() - the fewest bytes that may move with so many stops, found the same way */
uint64_t plan_brute_bytes(const Tree *tree, int newcomer, int stops);

#endif
