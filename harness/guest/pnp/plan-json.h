/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan for programs. */
#ifndef BARSHIFT_PLAN_JSON_H
#define BARSHIFT_PLAN_JSON_H

#include <stdio.h>

#include "rebalance-plan.h"

/** plan_json() - who stops and what changes, or why there is no plan, on one line */
void plan_json(const RebalancePlan *plan, FILE *file);

#endif
