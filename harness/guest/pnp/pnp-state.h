/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which request a function may get in which state, and where the answer takes it. */
#ifndef BARSHIFT_PNP_STATE_H
#define BARSHIFT_PNP_STATE_H

#include <stdbool.h>

#include "pnp-request.h"

#define PNP_STATE_WHY_SIZE 160

/** pnp_request_allowed() - may a function in this state get this request? */
bool pnp_request_allowed(PnpState state, PnpRequest request);

/**
 * pnp_state_next() - the state after a request
 * @status: how the request ended. A query that was not answered in time is a refusal, a START that
 *          was not is a failure; STOP, CANCEL_STOP and the removals have to end well
 * @next: (out) set unless the result is -EINVAL
 * @why: (out) PNP_STATE_WHY_SIZE bytes, the sentence when the result is negative
 *
 * Return: 0; -EINVAL when the request must not be sent in this state: the caller's bug; -EPROTO
 * when it must not end so: the participant's breach. Nobody knows then how the function stands,
 * which is PNP_FAILED.
 */
int pnp_state_next(PnpState state, PnpRequest request, PnpStatus status, PnpState *next,
                   char *why);

#endif
