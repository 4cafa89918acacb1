/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "pnp-request.h"

static const char *const request_names[PNP_REQUESTS] = {
    [PNP_QUERY_STOP] = "query-stop",
    [PNP_CANCEL_STOP] = "cancel-stop",
    [PNP_QUERY_REQUIREMENTS] = "query-requirements",
    [PNP_FILTER_REQUIREMENTS] = "filter-requirements",
    [PNP_STOP] = "stop",
    [PNP_START] = "start",
    [PNP_SURPRISE_REMOVAL] = "surprise-removal",
    [PNP_REMOVE] = "remove",
};

static const char *const state_names[PNP_STATES] = {
    [PNP_STARTED] = "started",
    [PNP_STOP_PENDING] = "stop-pending",
    [PNP_STOPPED] = "stopped",
    [PNP_SURPRISE_REMOVED] = "surprise-removed",
    [PNP_REMOVED] = "removed",
    [PNP_FAILED] = "failed",
    [PNP_ADDED] = "added",
};

static const char *const status_names[PNP_STATUSES] = {
    [PNP_STATUS_OK] = "ok",
    [PNP_STATUS_REFUSED] = "refused",
    [PNP_STATUS_FAILED] = "failed",
    [PNP_STATUS_TIMEOUT] = "timeout",
};

const char *pnp_request_name(PnpRequest request)
{
    return request_names[request];
}

const char *pnp_state_name(PnpState state)
{
    return state_names[state];
}

const char *pnp_status_name(PnpStatus status)
{
    return status_names[status];
}

int pnp_request_parse(const char *name)
{
    for (int request = 0; request < PNP_REQUESTS; request++) {
        if (strcmp(name, request_names[request]) == 0) {
            return request;
        }
    }
    return -EINVAL;
}
