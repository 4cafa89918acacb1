/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan as text, for people and to be read again, docs/arbiter.md.
 *
 * A line a fact, beginning with its keyword. What has a path behind "at" is found again by it.
 */
#ifndef BARSHIFT_PLAN_FILE_H
#define BARSHIFT_PLAN_FILE_H

#include <stdio.h>

#include "rebalance-plan.h"

/** plan_file_write() - write who stops and what changes, or why there is no plan */
void plan_file_write(const RebalancePlan *plan, FILE *file);

/**
 * plan_file_read() - read what plan_file_write() wrote
 * @plan: (out) freed with rebalance_plan_free(), whatever the result
 * @why: (out) REBALANCE_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0, -EINVAL for anything else than a plan that fits, -ENOMEM.
 */
int plan_file_read(FILE *file, RebalancePlan *plan, char *why);

/**
 * plan_file_load() - read a plan and find everybody in the machine as it is
 *
 * BDFs become the present ones; what the plan does not mention stays where it is.
 *
 * Return: as rebalance_plan().
 */
int plan_file_load(const char *name, const Topology *topology, RebalancePlan *plan, char *why);

#endif
