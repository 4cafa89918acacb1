/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan, for people and for programs. */
#ifndef BARSHIFT_PLAN_PRINT_H
#define BARSHIFT_PLAN_PRINT_H

#include <stdio.h>

#include "kernel-model.h"

/**
 * plan_print(), plan_json() - who stops and moves, or why there is no plan
 * @set: what to remove; NULL when the kernel would leave somebody without whatever is removed
 */
void plan_print(const Tree *tree, const Plan *plan, const RemovalSet *set, FILE *file);
void plan_json(const Tree *tree, const Plan *plan, const RemovalSet *set, FILE *file);

#endif
