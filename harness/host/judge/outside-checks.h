/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that a guest makes of itself, as far as QEMU can tell when nobody can ask the guest. */
#ifndef BARSHIFT_HOST_OUTSIDE_CHECKS_H
#define BARSHIFT_HOST_OUTSIDE_CHECKS_H

#include "observation.h"

/* Who cannot be asked, and what that means for a verdict: for reports, one line */
extern const char outside_absent_text[];

/* The same as names, NULL-terminated */
extern char *outside_absent[];

/* Invariants that nobody can judge without asking the guest, NULL-terminated */
extern const char *const outside_unjudged[];

/**
 * outside_checks_add() - I2, but for the windows of the host bridge, I3 and I4
 * @observation: from observation_new_outside()
 * @checks: (element-type Check)
 */
void outside_checks_add(const Observation *observation, GPtrArray *checks);

#endif
