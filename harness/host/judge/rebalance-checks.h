/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I12, I13, P1 and the PnP manager's part of I10, for each rebalance of a story. */
#ifndef BARSHIFT_HOST_REBALANCE_CHECKS_H
#define BARSHIFT_HOST_REBALANCE_CHECKS_H

#include "verdict.h"

/** rebalance_checks_add() - add the checks to @checks */
void rebalance_checks_add(const Story *story, GPtrArray *checks);

#endif
