/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command "plan" is asked, and where it looks for the machine. */
#ifndef BARSHIFT_PLAN_REQUEST_H
#define BARSHIFT_PLAN_REQUEST_H

#include "rebalance-plan.h"

#define PLAN_REFUSERS_MAX 64
#define PLAN_WHY_SIZE REBALANCE_WHY_SIZE

/**
 * struct PlanRequest - an ask with what it points to; stays where it is
 * @windows: of the host bridges; a capture without /proc/iomem does not know them
 */
typedef struct PlanRequest {
    RebalanceAsk ask;
    RequirementList wanted;
    char refusers[PLAN_REFUSERS_MAX][BDF_SIZE];
    HostWindow windows[TOPOLOGY_HOST_WINDOWS_MAX];
} PlanRequest;

/** plan_request_init() - nothing is asked yet */
void plan_request_init(PlanRequest *request);

/** plan_request_port(), plan_request_incoming() - read "BDF"; Return: 0 or -EINVAL */
int plan_request_port(PlanRequest *request, const char *text);
int plan_request_incoming(PlanRequest *request, const char *text);

/**
 * plan_request_resize() - read "BDF:BAR=SIZE"
 *
 * Return: 0, or -EINVAL for anything else.
 */
int plan_request_resize(PlanRequest *request, const char *text);

/**
 * plan_request_size() - read "SIZE", "SIZE:pref64" or "SIZE:mem32": one more BAR of the newcomer
 *
 * Return: 0, or -EINVAL for anything else, or a size that no BAR can have.
 */
int plan_request_size(PlanRequest *request, const char *text);

/** plan_request_refuser() - read "BDF", who may not be stopped; Return: 0, -EINVAL, -E2BIG */
int plan_request_refuser(PlanRequest *request, const char *text);

/** plan_request_window() - read "START-END", hexadecimal; Return: 0, -EINVAL, -E2BIG */
int plan_request_window(PlanRequest *request, const char *text);

/**
 * plan_request_read() - topology_read(), what a capture tells beside the registers, and what a
 * live newcomer's registers tell
 *
 * Return: 0 or -errno, then @why is set (PLAN_WHY_SIZE bytes).
 */
int plan_request_read(PlanRequest *request, const ConfigSource *source, Topology *topology,
                      char *why);

/** plan_request_windows_read() - find host bridge windows in a capture; Return: 0 or -errno */
int plan_request_windows_read(PlanRequest *request, const char *name, char *why);

#endif
