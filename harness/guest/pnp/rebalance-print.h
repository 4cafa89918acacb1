/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rebalance did, for people and for programs; docs/rebalance.md tells the fields. */
#ifndef BARSHIFT_REBALANCE_PRINT_H
#define BARSHIFT_REBALANCE_PRINT_H

#include <stdio.h>

#include "rebalance.h"

void rebalance_print(const Rebalance *rebalance, FILE *file);

/** rebalance_json() - one line */
void rebalance_json(const Rebalance *rebalance, FILE *file);

#endif
