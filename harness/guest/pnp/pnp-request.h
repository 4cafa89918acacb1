/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a PnP manager asks of a device stack, and the states in which a function is meanwhile.
 * The names are those of the IRP_MN_ codes and of the device node states of Windows, whose
 * protocol is the only published one for a rebalance of devices in use.
 *
 * Top and bottom are those of device stacks: the bus is the bottom, and the stack of a device
 * stands on that of the one it is attached to. So over devices top down is children before
 * parents, bottom up parents before children.
 */
#ifndef BARSHIFT_PNP_REQUEST_H
#define BARSHIFT_PNP_REQUEST_H

typedef enum PnpRequest {
    PNP_QUERY_STOP,          /* top down; may be refused */
    PNP_CANCEL_STOP,         /* bottom up; may not fail, and may come without a query */
    PNP_QUERY_REQUIREMENTS,  /* top down; answered by the bus driver */
    PNP_FILTER_REQUIREMENTS, /* bottom up */
    PNP_STOP,                /* top down; may not fail */
    PNP_START,               /* bottom up, with the new resources; may fail */
    PNP_SURPRISE_REMOVAL,    /* at once after a START that failed after a STOP */
    PNP_REMOVE,              /* once all handles are closed */
    PNP_REQUESTS
} PnpRequest;

typedef enum PnpState {
    PNP_STARTED,
    PNP_STOP_PENDING,
    PNP_STOPPED,
    PNP_SURPRISE_REMOVED,
    PNP_REMOVED,
    PNP_FAILED, /* a START failed and no SURPRISE_REMOVAL has been sent yet, or nobody knows */
    PNP_ADDED,  /* it is there and has never been started */
    PNP_STATES
} PnpState;

/** How a request ended */
typedef enum PnpStatus {
    PNP_STATUS_OK,
    PNP_STATUS_REFUSED,
    PNP_STATUS_FAILED,
    PNP_STATUS_TIMEOUT,
    PNP_STATUSES
} PnpStatus;

/** pnp_request_name(), pnp_state_name(), pnp_status_name() - as in every output: "query-stop" */
const char *pnp_request_name(PnpRequest request);
const char *pnp_state_name(PnpState state);
const char *pnp_status_name(PnpStatus status);

/** pnp_request_parse() - Return: the request with a name, or -EINVAL */
int pnp_request_parse(const char *name);

#endif
