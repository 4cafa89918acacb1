/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bounded-write.h"
#include "clock.h"
#include "reassign.h"
#include "rebar-write.h"

#define SETTLE_STEP_MS 20

static void sleep_ms(unsigned duration_ms)
{
    struct timespec duration = { duration_ms / 1000, (long)(duration_ms % 1000) * 1000000 };

    nanosleep(&duration, NULL);
}

/* The kernel may not return from this write */
static int attribute_write(const char *path, unsigned limit_ms)
{
    return bounded_write(path, "1", clock_now_ns() + limit_ms * UINT64_C(1000000));
}

static int remove_one(const ConfigSource *source, const char *bdf, unsigned limit_ms, char *why)
{
    char path[PATH_MAX];
    int result;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/remove", source->root, bdf);
    result = attribute_write(path, limit_ms);
    if (result < 0) {
        snprintf(why, REASSIGN_WHY_SIZE, "remove %s: %s", bdf,
                 result == -ETIMEDOUT ? "it has not returned" : strerror(-result));
    }
    return result;
}

static int rescan(const ConfigSource *source, unsigned limit_ms, char *why)
{
    char path[PATH_MAX];
    int result;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/rescan", source->root);
    result = attribute_write(path, limit_ms);
    if (result < 0) {
        snprintf(why, REASSIGN_WHY_SIZE, "rescan: %s",
                 result == -ETIMEDOUT ? "it has not returned" : strerror(-result));
    }
    return result;
}

/* Everything is written by value into memory that was zeroed, so bytes can be compared */
static bool is_same(const Topology *a, const Topology *b)
{
    return a->function_count == b->function_count && a->bridge_count == b->bridge_count &&
           a->function_count > 0 &&
           memcmp(a->functions, b->functions, a->function_count * sizeof(*a->functions)) == 0 &&
           (a->bridge_count == 0 ||
            memcmp(a->bridges, b->bridges, a->bridge_count * sizeof(*a->bridges)) == 0);
}

/* Until two looks in a row see the same */
static int settle(const ConfigSource *source, unsigned limit_ms, Topology *topology, char *why)
{
    uint64_t deadline = clock_now_ns() + limit_ms * UINT64_C(1000000);
    int result = topology_read(topology, source, why);

    while (result == 0) {
        Topology before = *topology;
        bool same;

        sleep_ms(SETTLE_STEP_MS);
        result = topology_read(topology, source, why);
        same = result == 0 && is_same(&before, topology);
        topology_free(&before);
        if (same) {
            return 0;
        }
        if (result == 0 && clock_now_ns() > deadline) {
            snprintf(why, REASSIGN_WHY_SIZE, "the kernel has not settled");
            result = -ETIMEDOUT;
        }
    }
    return result;
}

static int names_make(const Topology *before, ReassignResult *result)
{
    const Topology *after = &result->topology;

    result->names = calloc(before->function_count + after->function_count + 1,
                           sizeof(*result->names));
    if (!result->names) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < before->function_count; i++) {
        ReassignName *name = &result->names[result->name_count++];
        const Function *found;

        memcpy(name->before, before->functions[i].bdf, BDF_SIZE);
        if (path_name(before, name->before, name->path) == 0) {
            found = path_find(after, name->path);
            memcpy(name->after, found ? found->bdf : "", found ? BDF_SIZE : 1);
        }
    }
    for (size_t i = 0; i < after->function_count; i++) {
        ReassignName *name = &result->names[result->name_count];

        if (path_name(after, after->functions[i].bdf, name->path) == 0 &&
            !path_find(before, name->path)) {
            memcpy(name->after, after->functions[i].bdf, BDF_SIZE);
            result->name_count++;
        }
    }
    return 0;
}

/* Return: 0, or the first error; @removed: (out) is anybody gone? */
static int remove_all(const ConfigSource *source, const RebalancePlan *plan,
                      const ReassignLimits *limits, bool *removed, char *why)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < plan->removed_count; i++) {
        result = remove_one(source, plan->removed[i].bdf, limits->remove_ms, why);
        *removed = *removed || result == 0;
    }
    return result;
}

/* Who is still there has a size that the kernel does not know of: back to the one it does */
static void size_undo(const ConfigSource *source, const Topology *before,
                      const RebalancePlan *plan)
{
    const Function *function = topology_find(before, plan->resized.bdf);
    char why[CONFIG_WHY_SIZE];

    if (function) {
        const Bar *bar = &function->bars[plan->resized_bar];

        rebar_write(source, function->bdf, bar->nr, bar_size_bytes(bar), bar->config_base, false,
                    why);
    }
}

static int kernel_run(const ConfigSource *source, const Topology *before,
                      const RebalancePlan *plan, const ReassignLimits *limits,
                      ReassignResult *result, char *why)
{
    uint64_t start = clock_now_ns();
    char second[REASSIGN_WHY_SIZE];
    bool removed = false;
    int status = 0;
    int rescanned = 0;

    if (plan->resized.bdf[0] != '\0') {
        status = rebar_write(source, plan->resized.bdf, plan->resized_bar, plan->resized_bytes,
                             0, false, why);
    }
    if (status == 0) {
        status = remove_all(source, plan, limits, &removed, why);
        if (status < 0) {
            size_undo(source, before, plan);
        }
    }
    result->remove_ns = clock_now_ns() - start;
    start = clock_now_ns();
    if (removed && status != -ETIMEDOUT) {
        rescanned = rescan(source, limits->rescan_ms, status == 0 ? why : second);
    }
    status = status == 0 ? rescanned : status;
    if (status != -ETIMEDOUT && rescanned != -ETIMEDOUT) {
        int settled = settle(source, limits->settle_ms, &result->topology,
                             status == 0 ? why : second);

        status = status == 0 ? settled : status;
    }
    result->rescan_ns = clock_now_ns() - start;
    return status;
}

int reassign_run(const ConfigSource *source, const Topology *before, const RebalancePlan *plan,
                 const ReassignLimits *limits, ReassignResult *result, char *why)
{
    int status;

    memset(result, 0, sizeof(*result));
    if (plan->verdict != PLAN_FITS) {
        snprintf(why, REASSIGN_WHY_SIZE, "%s", plan->reason);
        return -EINVAL;
    }
    status = kernel_run(source, before, plan, limits, result, why);
    if (result->topology.function_count > 0 && names_make(before, result) < 0) {
        snprintf(why, REASSIGN_WHY_SIZE, "no memory");
        return -ENOMEM;
    }
    return status;
}

void reassign_result_free(ReassignResult *result)
{
    topology_free(&result->topology);
    free(result->names);
    memset(result, 0, sizeof(*result));
}

const char *reassign_after(const ReassignResult *result, const char *before)
{
    for (size_t i = 0; i < result->name_count; i++) {
        const ReassignName *name = &result->names[i];

        if (strcmp(name->before, before) == 0) {
            return name->after[0] != '\0' ? name->after : NULL;
        }
    }
    return NULL;
}
