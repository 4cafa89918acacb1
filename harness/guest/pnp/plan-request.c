/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "cleanup.h"
#include "newcomer.h"
#include "plan-request.h"

#define SIZE_TEXT 24

void plan_request_init(PlanRequest *request)
{
    memset(request, 0, sizeof(*request));
    request->ask.wanted = &request->wanted;
    request->ask.refusers = (const char (*)[BDF_SIZE])request->refusers;
    request->ask.windows = request->windows;
}

/* One thing is asked */
static int bdf_read(PlanRequest *request, RebalanceKind kind, const char *text)
{
    if (request->ask.bdf[0] != '\0' || bdf_normalise(text, request->ask.bdf) < 0) {
        return -EINVAL;
    }
    request->ask.kind = kind;
    return 0;
}

int plan_request_port(PlanRequest *request, const char *text)
{
    return bdf_read(request, REBALANCE_ARRIVAL, text);
}

int plan_request_incoming(PlanRequest *request, const char *text)
{
    return bdf_read(request, REBALANCE_INCOMING, text);
}

int plan_request_resize(PlanRequest *request, const char *text)
{
    const char *dot = strchr(text, '.');
    const char *colon = dot ? strchr(dot, ':') : NULL; /* the first one that is not of the name */
    char bdf[BDF_SIZE];
    char size[SIZE_TEXT];
    char rest;

    if (!colon || (size_t)(colon - text) >= sizeof(bdf) ||
        sscanf(colon, ":%d=%23s%c", &request->ask.bar_nr, size, &rest) != 2 ||
        capture_size_parse(size, &request->ask.size_bytes) < 0) {
        return -EINVAL;
    }
    snprintf(bdf, sizeof(bdf), "%.*s", (int)(colon - text), text);
    return bdf_read(request, REBALANCE_RESIZE, bdf);
}

int plan_request_size(PlanRequest *request, const char *text)
{
    const char *colon = strchr(text, ':');
    bool low = colon && strcmp(colon, ":mem32") == 0;
    char size[SIZE_TEXT];
    uint64_t size_bytes;
    size_t length = colon ? (size_t)(colon - text) : strlen(text);

    if (length >= sizeof(size) || request->wanted.count == BARSHIFT_BARS ||
        (colon && strcmp(colon, ":pref64") != 0 && !low)) {
        return -EINVAL;
    }
    memcpy(size, text, length);
    size[length] = '\0';
    if (capture_size_parse(size, &size_bytes) < 0 || size_bytes < 16 ||
        (size_bytes & (size_bytes - 1)) != 0 || (low && size_bytes > UINT32_MAX)) {
        return -EINVAL;
    }
    return requirement_add(&request->wanted,
                           requirement_memory((int)request->wanted.count, size_bytes, !low, !low));
}

int plan_request_refuser(PlanRequest *request, const char *text)
{
    if (request->ask.refuser_count == PLAN_REFUSERS_MAX) {
        return -E2BIG;
    }
    if (bdf_normalise(text, request->refusers[request->ask.refuser_count]) < 0) {
        return -EINVAL;
    }
    request->ask.refuser_count++;
    return 0;
}

static int window_add(PlanRequest *request, HostWindow window)
{
    if (request->ask.window_count == TOPOLOGY_HOST_WINDOWS_MAX) {
        return -E2BIG;
    }
    request->windows[request->ask.window_count++] = window;
    return 0;
}

int plan_request_window(PlanRequest *request, const char *text)
{
    Range range;
    char rest;

    if (sscanf(text, "%" SCNx64 "-%" SCNx64 "%c", &range.start, &range.end, &rest) != 2 ||
        range_is_empty(range)) {
        return -EINVAL;
    }
    return window_add(request, (HostWindow) { .bus = TOPOLOGY_ANY_BUS, .range = range });
}

int plan_request_windows_read(PlanRequest *request, const char *name, char *why)
{
    CLEANUP(file_close) FILE *file = fopen(name, "re");
    HostWindow windows[TOPOLOGY_HOST_WINDOWS_MAX];
    int result = file ? capture_read_windows(file, windows) : -errno;

    if (result < 0) {
        snprintf(why, PLAN_WHY_SIZE, "%s: %s", name, strerror(-result));
        return result;
    }
    for (int i = 0; i < result; i++) {
        if (window_add(request, windows[i]) < 0) {
            snprintf(why, PLAN_WHY_SIZE, "%s: too many host bridge windows", name);
            return -E2BIG;
        }
    }
    return 0;
}

static int capture_read(PlanRequest *request, const char *name, Topology *topology, char *why)
{
    CLEANUP(file_close) FILE *file = fopen(name, "re");
    int result;

    if (!file) {
        result = -errno;
        snprintf(why, PLAN_WHY_SIZE, "%s: %s", name, strerror(errno));
        return result;
    }
    capture_add_sizes(topology, file);
    return plan_request_windows_read(request, name, why);
}

int plan_request_read(PlanRequest *request, const ConfigSource *source, Topology *topology,
                      char *why)
{
    int result = topology_read(topology, source, why);

    if (result == 0 && source->dump) {
        return capture_read(request, source->dump, topology, why);
    }
    if (result == 0 && request->ask.kind == REBALANCE_INCOMING) {
        return newcomer_probe(source, topology, request->ask.bdf, why);
    }
    return result;
}
