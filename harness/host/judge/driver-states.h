/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states that a function is told, DRIVER_STATE in registers.h, and what leads there. */
#ifndef BARSHIFT_HOST_DRIVER_STATES_H
#define BARSHIFT_HOST_DRIVER_STATES_H

#include <glib.h>

/** driver_state_name() - "stop-pending"; "unknown" for what is none */
const char *driver_state_name(guint64 state);

/** driver_state_after() - what a function is told in a request; FALSE when that is nothing */
gboolean driver_state_after(const char *request, guint *state);

#endif
