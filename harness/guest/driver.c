/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "content.h"
#include "driver.h"
#include "witness.h"

static int refused(const char *bdf, const char *action, int result, char *why)
{
    snprintf(why, DRIVER_WHY_SIZE, "%s: the kernel does not %s it: %s", bdf, action,
             strerror(-result));
    return result;
}

/* One function as it is now; it holds no reference to the topology that it comes from */
static int function_read(const ConfigSource *source, const char *bdf, Function *function, char *why)
{
    CLEANUP(topology_free) Topology topology;
    const Function *found;
    int result = topology_read(&topology, source, why);

    if (result < 0) {
        return result;
    }
    found = topology_find(&topology, bdf);
    if (!found) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: no such function", bdf);
        return -ENODEV;
    }
    *function = *found;
    return 0;
}

/*
 * The kernel itself enables a function that lacks an address when it has given up on the BAR,
 * since it then forgets that there is one.
 */
static int resources_check(const Function *function, char *why)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        const Bar *bar = &function->bars[nr];

        if (bar->kind != BAR_NONE && range_is_empty(bar->kernel)) {
            snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: expected an address, observed none",
                     function->bdf, nr);
            return -ENXIO;
        }
    }
    return 0;
}

static int function_enable(const ConfigSource *source, const Function *function, char *why)
{
    int users = sysfs_number_read(source->root, function->bdf, "enable");
    int result;

    if (users > 0 && function->memory_decode) {
        return 0;
    }
    /* Enabled but not decoding: the kernel writes Command only when its count leaves 0 */
    if (users > 0) {
        sysfs_enable(source->root, function->bdf, false);
    }
    result = sysfs_enable(source->root, function->bdf, true);
    return result < 0 ? refused(function->bdf, "enable", result, why) : 0;
}

int driver_start(const ConfigSource *source, const char *bdf, char *why)
{
    Function function;
    int result = function_read(source, bdf, &function, why);

    if (result == 0) {
        result = resources_check(&function, why);
    }
    if (result == 0) {
        result = function_enable(source, &function, why);
    }
    if (result == 0) {
        result = function_read(source, bdf, &function, why);
    }
    if (result == 0 && !function.memory_decode) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: expected memory decode on after enabling, observed off",
                 bdf);
        return -EIO;
    }
    return result;
}

static int bar_fill(const Access *access, const Function *function, const Bar *bar, char *why)
{
    int result;

    if (!bar->header.seen || bar->header.tag != function->tag ||
        bar->header.bar != (uint32_t)bar->nr) {
        snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: expected its own header, observed none",
                 function->bdf, bar->nr);
        return -EIO;
    }
    result = content_fill(access, function, bar);
    if (result < 0) {
        snprintf(why, DRIVER_WHY_SIZE, "%s BAR %d: cannot be written: %s", function->bdf, bar->nr,
                 strerror(-result));
    }
    return result;
}

int driver_fill(const ConfigSource *source, const Access *access, const char *bdf, char *why)
{
    CLEANUP(topology_free) Topology topology;
    const Function *function;
    int result = topology_read(&topology, source, why);

    if (result < 0) {
        return result;
    }
    witness_read(&topology, access);
    function = topology_find(&topology, bdf);
    if (!function || !function->tagged) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: not a barshift function, nothing is filled", bdf);
        return -ENODEV;
    }
    for (int nr = 0; nr < BARSHIFT_BARS && result == 0; nr++) {
        if (bar_is_memory(&function->bars[nr])) {
            result = bar_fill(access, function, &function->bars[nr], why);
        }
    }
    return result;
}

int driver_stop(const ConfigSource *source, const char *bdf, char *why)
{
    int users = sysfs_number_read(source->root, bdf, "enable");
    int result;

    if (users == 0) {
        return 0;
    }
    result = users < 0 ? users : sysfs_enable(source->root, bdf, false);
    return result < 0 ? refused(bdf, "disable", result, why) : 0;
}
