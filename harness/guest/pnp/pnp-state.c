/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "pnp-state.h"

/** struct Transition - a request that is legal, and an answer to it that is */
typedef struct Transition {
    PnpState from;
    PnpRequest request;
    PnpStatus status;
    PnpState to;
} Transition;

/* Asking for requirements changes no state, whatever comes of it */
#define REQUIREMENTS(state, request) \
    { state, request, PNP_STATUS_OK, state }, { state, request, PNP_STATUS_FAILED, state }, \
    { state, request, PNP_STATUS_TIMEOUT, state }

static const Transition transitions[] = {
    { PNP_STARTED, PNP_QUERY_STOP, PNP_STATUS_OK, PNP_STOP_PENDING },
    { PNP_STARTED, PNP_QUERY_STOP, PNP_STATUS_REFUSED, PNP_STARTED },
    { PNP_STARTED, PNP_QUERY_STOP, PNP_STATUS_FAILED, PNP_STARTED },
    { PNP_STARTED, PNP_QUERY_STOP, PNP_STATUS_TIMEOUT, PNP_STARTED },
    { PNP_STARTED, PNP_CANCEL_STOP, PNP_STATUS_OK, PNP_STARTED }, /* without a query */
    REQUIREMENTS(PNP_STARTED, PNP_QUERY_REQUIREMENTS),
    REQUIREMENTS(PNP_STARTED, PNP_FILTER_REQUIREMENTS),
    { PNP_STARTED, PNP_START, PNP_STATUS_OK, PNP_STARTED }, /* without a stop */
    { PNP_STARTED, PNP_START, PNP_STATUS_FAILED, PNP_FAILED },
    { PNP_STARTED, PNP_START, PNP_STATUS_TIMEOUT, PNP_FAILED },
    { PNP_STARTED, PNP_SURPRISE_REMOVAL, PNP_STATUS_OK, PNP_SURPRISE_REMOVED },

    { PNP_STOP_PENDING, PNP_CANCEL_STOP, PNP_STATUS_OK, PNP_STARTED },
    REQUIREMENTS(PNP_STOP_PENDING, PNP_QUERY_REQUIREMENTS),
    REQUIREMENTS(PNP_STOP_PENDING, PNP_FILTER_REQUIREMENTS),
    { PNP_STOP_PENDING, PNP_STOP, PNP_STATUS_OK, PNP_STOPPED },
    { PNP_STOP_PENDING, PNP_SURPRISE_REMOVAL, PNP_STATUS_OK, PNP_SURPRISE_REMOVED },

    REQUIREMENTS(PNP_STOPPED, PNP_QUERY_REQUIREMENTS),
    REQUIREMENTS(PNP_STOPPED, PNP_FILTER_REQUIREMENTS),
    { PNP_STOPPED, PNP_START, PNP_STATUS_OK, PNP_STARTED },
    { PNP_STOPPED, PNP_START, PNP_STATUS_FAILED, PNP_FAILED },
    { PNP_STOPPED, PNP_START, PNP_STATUS_TIMEOUT, PNP_FAILED },
    { PNP_STOPPED, PNP_SURPRISE_REMOVAL, PNP_STATUS_OK, PNP_SURPRISE_REMOVED },

    { PNP_FAILED, PNP_SURPRISE_REMOVAL, PNP_STATUS_OK, PNP_SURPRISE_REMOVED },

    { PNP_SURPRISE_REMOVED, PNP_REMOVE, PNP_STATUS_OK, PNP_REMOVED },

    /* A first start that fails is followed by REMOVE alone */
    REQUIREMENTS(PNP_ADDED, PNP_QUERY_REQUIREMENTS),
    REQUIREMENTS(PNP_ADDED, PNP_FILTER_REQUIREMENTS),
    { PNP_ADDED, PNP_START, PNP_STATUS_OK, PNP_STARTED },
    { PNP_ADDED, PNP_START, PNP_STATUS_FAILED, PNP_ADDED },
    { PNP_ADDED, PNP_START, PNP_STATUS_TIMEOUT, PNP_ADDED },
    { PNP_ADDED, PNP_REMOVE, PNP_STATUS_OK, PNP_REMOVED },
};

#define TRANSITION_COUNT (sizeof(transitions) / sizeof(transitions[0]))

bool pnp_request_allowed(PnpState state, PnpRequest request)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++) {
        if (transitions[i].from == state && transitions[i].request == request) {
            return true;
        }
    }
    return false;
}

int pnp_state_next(PnpState state, PnpRequest request, PnpStatus status, PnpState *next, char *why)
{
    for (size_t i = 0; i < TRANSITION_COUNT; i++) {
        const Transition *row = &transitions[i];

        if (row->from == state && row->request == request && row->status == status) {
            *next = row->to;
            return 0;
        }
    }
    if (!pnp_request_allowed(state, request)) {
        snprintf(why, PNP_STATE_WHY_SIZE, "%s must not be sent to one that is %s",
                 pnp_request_name(request), pnp_state_name(state));
        return -EINVAL;
    }
    snprintf(why, PNP_STATE_WHY_SIZE, "%s must not end as %s", pnp_request_name(request),
             pnp_status_name(status));
    *next = PNP_FAILED;
    return -EPROTO;
}
