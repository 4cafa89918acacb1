/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "reset-state.h"

#define SCRATCH_BYTES 8u

static int headers_save(ResetState *state, const Access *access, const Function *function)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        int result;

        if (!function->bars[nr].header.seen) {
            continue;
        }
        result = access_read(access, function, nr, BARSHIFT_HEADER_SCRATCH, SCRATCH_BYTES,
                             &state->headers[nr]);
        if (result < 0) {
            return result;
        }
        state->has_header[nr] = true;
    }
    return 0;
}

int reset_state_save(ResetState *state, const Access *access, const Function *function)
{
    ResetState now = { .saved = true };
    int result = function->control_known ? 0 : -ENXIO;

    for (unsigned n = 0; n < BARSHIFT_SCRATCHES && result == 0; n++) {
        result = access_read(access, function, function->control_bar, BARSHIFT_CONTROL_SCRATCH(n),
                             SCRATCH_BYTES, &now.control[n]);
    }
    if (result == 0) {
        result = headers_save(&now, access, function);
    }
    if (result == 0) {
        *state = now;
    }
    return result;
}

int reset_state_restore(const ResetState *state, const Access *access, const Function *function)
{
    int result = 0;

    for (unsigned n = 0; n < BARSHIFT_SCRATCHES && state->saved && result == 0; n++) {
        result = access_write(access, function, function->control_bar, BARSHIFT_CONTROL_SCRATCH(n),
                              SCRATCH_BYTES, state->control[n]);
    }
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        if (state->has_header[nr]) {
            result = access_write(access, function, nr, BARSHIFT_HEADER_SCRATCH, SCRATCH_BYTES,
                                  state->headers[nr]);
        }
    }
    return result;
}

int reset_state_tell_stopped(const Access *access, const Function *function)
{
    Function awake = *function;

    if (function->control_bar < 0) {
        return -ENXIO;
    }
    awake.stopped = false;
    return access_write(access, &awake, awake.control_bar, BARSHIFT_DRIVER_STATE, 4,
                        BARSHIFT_DRIVER_STOPPED);
}
