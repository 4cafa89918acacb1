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

/* Command bit of one function, read anew; Return: 0 or 1, or -errno */
static int memory_decode_read(const ConfigSource *source, const char *bdf, char *why)
{
    CLEANUP(topology_free) Topology topology;
    const Function *function;
    int result = topology_read(&topology, source, why);

    if (result < 0) {
        return result;
    }
    function = topology_find(&topology, bdf);
    if (!function) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: no such function", bdf);
        return -ENODEV;
    }
    return function->memory_decode;
}

int driver_start(const ConfigSource *source, const char *bdf, char *why)
{
    int decode = memory_decode_read(source, bdf, why);
    int users = decode < 0 ? decode : sysfs_number_read(source->root, bdf, "enable");
    int result;

    if (decode < 0) {
        return decode;
    }
    if (users > 0 && decode == 1) {
        return 0;
    }
    /* Enabled but not decoding: the kernel writes Command only when its count leaves 0 */
    if (users > 0) {
        sysfs_enable(source->root, bdf, false);
    }
    result = sysfs_enable(source->root, bdf, true);
    if (result < 0) {
        return refused(bdf, "enable", result, why);
    }
    decode = memory_decode_read(source, bdf, why);
    if (decode == 0) {
        snprintf(why, DRIVER_WHY_SIZE, "%s: expected memory decode on after enabling, observed off",
                 bdf);
        return -EIO;
    }
    return decode < 0 ? decode : 0;
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
