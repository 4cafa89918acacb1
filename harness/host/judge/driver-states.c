/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "driver-states.h"

#include "registers.h"

const char *driver_state_name(guint64 state)
{
    static const char *const names[] = {
        [BARSHIFT_DRIVER_UNDECLARED] = "undeclared",
        [BARSHIFT_DRIVER_STARTED] = "started",
        [BARSHIFT_DRIVER_STOP_PENDING] = "stop-pending",
        [BARSHIFT_DRIVER_STOPPED] = "stopped",
    };

    return state < G_N_ELEMENTS(names) ? names[state] : "unknown";
}

gboolean driver_state_after(const char *request, guint *state)
{
    static const struct {
        const char *request;
        guint state;
    } rows[] = {
        { "query-stop", BARSHIFT_DRIVER_STOP_PENDING },
        { "cancel-stop", BARSHIFT_DRIVER_STARTED },
        { "stop", BARSHIFT_DRIVER_STOPPED },
        { "start", BARSHIFT_DRIVER_STARTED },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].request, request)) {
            *state = rows[i].state;
            return TRUE;
        }
    }
    return FALSE;
}
