/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bounded-write.h"
#include "cleanup.h"
#include "clock.h"
#include "disk-use.h"
#include "participant-kernel.h"
#include "sysfs.h"
#include "vfio-use.h"

#define POLL_NS 10000000
#define OVERRIDE_NONE "(null)" /* as the kernel writes it */

_Static_assert(DISK_USE_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "it is the manager's buffer");
_Static_assert(VFIO_USE_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "it is the manager's buffer");

/* Return: 0 or -errno */
static int driver_read(const char *root, const char *bdf, char *driver)
{
    return sysfs_link_read(root, bdf, "driver", driver, PARTICIPANT_KERNEL_NAME_SIZE);
}

static void override_read(const char *root, const char *bdf, char *override)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/driver_override", root, bdf);
    file = fopen(path, "re");
    if (!file || fscanf(file, "%63s", override) != 1 || strcmp(override, OVERRIDE_NONE) == 0) {
        override[0] = '\0';
    }
}

int participant_kernel_open(const char *root, const char *bdf, ParticipantKernel *kernel)
{
    ParticipantKernel found = { .root = root };
    int result = driver_read(root, bdf, found.driver);

    if (result == 0) {
        override_read(root, bdf, found.override);
        *kernel = found;
    }
    return result;
}

static int query_stop(const ParticipantKernel *kernel, const char *bdf, char *why)
{
    int result = disk_use_check(kernel->root, bdf, why);

    if (result == 0) {
        result = vfio_use_check(kernel->root, bdf, why);
    }
    return result > 0 ? -EBUSY : result;
}

static int failed(const ParticipantKernel *kernel, const char *bdf, const char *action, int result,
                  char *why)
{
    snprintf(why, PARTICIPANT_WHY_SIZE, "%s: driver %s: %s: %s", bdf, kernel->driver, action,
             strerror(-result));
    return result == -EBUSY ? -EIO : result; /* only a query is refused */
}

static bool deadline_passed(uint64_t deadline_ns)
{
    return clock_now_ns() >= deadline_ns;
}

/* @driver: NULL: until none is bound. A probe may go on after the write. Return: 0, -ETIMEDOUT */
static int wait_bound(const char *root, const char *bdf, const char *driver, uint64_t deadline_ns)
{
    for (;;) {
        char bound[PARTICIPANT_KERNEL_NAME_SIZE];
        int result = driver_read(root, bdf, bound);

        if (driver ? result == 0 && strcmp(bound, driver) == 0 : result < 0) {
            return 0;
        }
        if (deadline_passed(deadline_ns)) {
            return -ETIMEDOUT;
        }
        nanosleep(&(struct timespec) { .tv_nsec = POLL_NS }, NULL);
    }
}

/* Unbinds whoever is bound */
static int unbind(const ParticipantKernel *kernel, const char *bdf, uint64_t deadline_ns, char *why)
{
    char bound[PARTICIPANT_KERNEL_NAME_SIZE];
    char path[PATH_MAX];
    int result;

    if (driver_read(kernel->root, bdf, bound) < 0) {
        return 0;
    }
    snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s/unbind", kernel->root, bound);
    result = bounded_write(path, bdf, deadline_ns);
    if (result == 0) {
        result = wait_bound(kernel->root, bdf, NULL, deadline_ns);
    }
    return result < 0 ? failed(kernel, bdf, "unbind", result, why) : 0;
}

static int override_write(const ParticipantKernel *kernel, const char *bdf, const char *driver,
                          uint64_t deadline_ns)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/driver_override", kernel->root, bdf);
    return bounded_write(path, driver[0] != '\0' ? driver : "\n", deadline_ns);
}

static int probe(const ParticipantKernel *kernel, const char *bdf, uint64_t deadline_ns)
{
    char path[PATH_MAX];
    int result = override_write(kernel, bdf, kernel->driver, deadline_ns);

    if (result < 0) {
        return result;
    }
    snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers_probe", kernel->root);
    result = bounded_write(path, bdf, deadline_ns);
    return result < 0 ? result : wait_bound(kernel->root, bdf, kernel->driver, deadline_ns);
}

static int start(const ParticipantKernel *kernel, const char *bdf, uint64_t deadline_ns, char *why)
{
    char bound[PARTICIPANT_KERNEL_NAME_SIZE];
    int result;

    if (driver_read(kernel->root, bdf, bound) == 0 && strcmp(bound, kernel->driver) == 0) {
        return 0;
    }
    result = unbind(kernel, bdf, deadline_ns, why);
    if (result < 0) {
        return result;
    }
    result = probe(kernel, bdf, deadline_ns);
    /* It has to be taken back, also when no time is left */
    override_write(kernel, bdf, kernel->override, deadline_ns + NS_PER_S);
    return result < 0 ? failed(kernel, bdf, "bind", result, why) : 0;
}

static int kernel_request(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                          char *why)
{
    switch (request) {
    case PNP_QUERY_STOP: return query_stop(context, bdf, why);
    case PNP_STOP: return unbind(context, bdf, deadline_ns, why);
    case PNP_START: return start(context, bdf, deadline_ns, why);
    case PNP_SURPRISE_REMOVAL:
        return bdf[0] != '\0' ? unbind(context, bdf, deadline_ns, why) : 0;
    default: return 0;
    }
}

const ParticipantOps participant_kernel_ops = { .request = kernel_request };
