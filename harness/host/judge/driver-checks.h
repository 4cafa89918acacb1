/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What function drivers owe their functions and applications: I9, I10, and their part of I5. */
#ifndef BARSHIFT_HOST_DRIVER_CHECKS_H
#define BARSHIFT_HOST_DRIVER_CHECKS_H

#include "verdict.h"

/** driver_checks_add() - add the checks to @checks */
void driver_checks_add(const Story *story, GPtrArray *checks);

#endif
