/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From where a machine is read to a plan on paper. */
#ifndef BARSHIFT_PLAN_REQUEST_H
#define BARSHIFT_PLAN_REQUEST_H

#include <stdio.h>

#include "plan-print.h"

#define PLAN_WHY_SIZE CONFIG_WHY_SIZE

/**
 * struct PlanRequest - what is asked
 * @port: name of the bridge that the newcomer arrives at
 * @windows: of the host bridges; a dump does not know them, a running system needs none here
 */
typedef struct PlanRequest {
    const char *port;
    uint64_t size_bytes;
    bool low; /* a 32-bit BAR that is not prefetchable, instead of a 64-bit prefetchable one */
    bool json;
    Range windows[TOPOLOGY_HOST_WINDOWS_MAX];
    size_t window_count;
} PlanRequest;

/**
 * plan_request_size() - read "SIZE", "SIZE:pref64" or "SIZE:mem32"
 *
 * Return: 0, or -EINVAL for anything else, or a size that no BAR can have.
 */
int plan_request_size(PlanRequest *request, const char *text);

/** plan_request_window() - read "START-END", hexadecimal; Return: 0, -EINVAL, -E2BIG */
int plan_request_window(PlanRequest *request, const char *text);

/** plan_topology_read() - topology_read(), and what lspci told beside the registers of a dump */
int plan_topology_read(Topology *topology, const ConfigSource *source, char *why);

/**
 * plan_run() - plan and print
 * @why: (out) PLAN_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0 when there is a plan that the kernel carries out, 1 when there is none, or -errno.
 */
int plan_run(const Topology *topology, const PlanRequest *request, FILE *file, char *why);

#endif
