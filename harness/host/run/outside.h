/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenarios can be played with a guest that nobody can ask. */
#ifndef BARSHIFT_HOST_OUTSIDE_H
#define BARSHIFT_HOST_OUTSIDE_H

#include "scenario.h"

/**
 * outside_suits() - can everything in it be done and judged past the guest?
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE that names the first thing that cannot, and why.
 */
gboolean outside_suits(const Scenario *scenario, GError **error);

#endif
