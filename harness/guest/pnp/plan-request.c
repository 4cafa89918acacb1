/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "cleanup.h"
#include "plan-request.h"

int plan_request_size(PlanRequest *request, const char *text)
{
    const char *colon = strchr(text, ':');
    char size[24];
    uint64_t size_bytes;
    size_t length = colon ? (size_t)(colon - text) : strlen(text);

    if (length >= sizeof(size) || (colon && strcmp(colon, ":pref64") != 0 &&
                                   strcmp(colon, ":mem32") != 0)) {
        return -EINVAL;
    }
    memcpy(size, text, length);
    size[length] = '\0';
    if (capture_size_parse(size, &size_bytes) < 0 || size_bytes < 16 ||
        (size_bytes & (size_bytes - 1)) != 0) {
        return -EINVAL;
    }
    request->low = colon && strcmp(colon, ":mem32") == 0;
    if (request->low && size_bytes > UINT32_MAX) {
        return -EINVAL;
    }
    request->size_bytes = size_bytes;
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
    if (request->window_count == TOPOLOGY_HOST_WINDOWS_MAX) {
        return -E2BIG;
    }
    request->windows[request->window_count++] = range;
    return 0;
}

int plan_topology_read(Topology *topology, const ConfigSource *source, char *why)
{
    CLEANUP(file_close) FILE *file = NULL;
    int result = topology_read(topology, source, why);

    if (result < 0 || !source->dump) {
        return result;
    }
    file = fopen(source->dump, "re");
    if (!file) {
        result = -errno;
        snprintf(why, CONFIG_WHY_SIZE, "%s: %s", source->dump, strerror(errno));
        return result;
    }
    capture_add_sizes(topology, file);
    return 0;
}

/* Return: 0 with a plan that the kernel carries out, 1 without, or -errno */
static int plan_tree(Tree *tree, int port, const PlanRequest *request, FILE *file)
{
    CLEANUP(plan_free) Plan plan = { .stops = NULL };
    CLEANUP(removal_set_free) RemovalSet set = { .bridges = NULL };
    RequirementList wanted = { .count = 0 };
    int executable = -EINVAL;
    int result;

    requirement_add(&wanted,
                    requirement_memory(0, request->size_bytes, !request->low, !request->low));
    result = arbiter_plan(tree, port, &wanted, ARBITER_WORK_MAX, &plan);
    if (result < 0) {
        return result;
    }
    if (plan.verdict == PLAN_FITS) {
        executable = plan_executable(tree, &plan, &set);
        if (executable == -ENOMEM) {
            return executable;
        }
    }
    (request->json ? plan_json : plan_print)(tree, &plan, executable == 0 ? &set : NULL, file);
    return executable == 0 ? 0 : 1;
}

int plan_run(const Topology *topology, const PlanRequest *request, FILE *file, char *why)
{
    CLEANUP(tree_free) Tree tree = { .windows = NULL };
    int result = tree_read(&tree, topology);
    int port;

    for (size_t i = 0; result == 0 && i < request->window_count; i++) {
        result = tree_add_window(&tree, false, request->windows[i]) < 0 ? -ENOMEM : 0;
    }
    if (result < 0) {
        snprintf(why, PLAN_WHY_SIZE, "%s", strerror(-result));
        return result;
    }
    port = tree_find_bridge(&tree, request->port);
    if (port < 0) {
        snprintf(why, PLAN_WHY_SIZE, "%s: no such bridge", request->port);
        return -ENODEV;
    }
    result = tree_check(&tree, why);
    if (result == 0) {
        result = plan_tree(&tree, port, request, file);
        if (result < 0) {
            snprintf(why, PLAN_WHY_SIZE, "%s", strerror(-result));
        }
    }
    return result;
}
