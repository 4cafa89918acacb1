/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks that need witnesses outside the guest: device model and VMM. */
#ifndef BARSHIFT_HOST_WITNESS_CHECKS_H
#define BARSHIFT_HOST_WITNESS_CHECKS_H

#include "verdict.h"

/** witness_checks_add() - append to @checks (element-type Check) what the story shows */
void witness_checks_add(const Story *story, GPtrArray *checks);

#endif
