/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bounded-write.h"
#include "clock.h"
#include "kernel-driver.h"
#include "sysfs.h"

#define NS_PER_MS UINT64_C(1000000)

static int write_timed(const char *path, const char *text, unsigned timeout_ms)
{
    return bounded_write(path, text, clock_now_ns() + timeout_ms * NS_PER_MS);
}

static void attribute_path(char *path, const char *root, const char *bdf, const char *name)
{
    snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s/%s", root, bdf, name);
}

void kernel_driver_name(const char *root, const char *bdf, char *name)
{
    if (sysfs_link_read(root, bdf, "driver", name, KERNEL_DRIVER_NAME_SIZE) < 0) {
        name[0] = '\0';
    }
}

/* Never waits for long itself, but for whoever binds or unbinds the function at the moment */
static int override_write(const char *root, const char *bdf, const char *driver,
                          unsigned timeout_ms, char *why)
{
    char path[PATH_MAX];
    char line[KERNEL_DRIVER_NAME_SIZE + 2];
    int result;

    attribute_path(path, root, bdf, "driver_override");
    snprintf(line, sizeof(line), "%s\n", driver);
    result = write_timed(path, line, timeout_ms);
    if (result < 0) {
        snprintf(why, KERNEL_DRIVER_WHY_SIZE, "%s: its driver cannot be chosen: %s", bdf,
                 strerror(-result));
    }
    return result;
}

static int driver_check(const char *root, const char *bdf, const char *driver, char *why)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers/%s", root, driver);
    if (access(path, F_OK) == 0) {
        return 0;
    }
    snprintf(why, KERNEL_DRIVER_WHY_SIZE, "%s: the kernel has no driver %s now; load its module",
             bdf, driver);
    return -ENOENT;
}

static bool has_function(const char *root, const char *bdf, const char *driver, char *now)
{
    kernel_driver_name(root, bdf, now);
    return now[0] != '\0' && (driver[0] == '\0' || strcmp(now, driver) == 0);
}

static int probe(const char *root, const char *bdf, const char *driver, unsigned timeout_ms,
                 char *why)
{
    char now[KERNEL_DRIVER_NAME_SIZE];
    char path[PATH_MAX];
    int result;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/drivers_probe", root);
    result = write_timed(path, bdf, timeout_ms);
    if (result < 0) {
        snprintf(why, KERNEL_DRIVER_WHY_SIZE, "%s: the kernel finds no driver for it: %s", bdf,
                 strerror(-result));
        return result;
    }
    if (has_function(root, bdf, driver, now)) {
        return 0;
    }
    snprintf(why, KERNEL_DRIVER_WHY_SIZE, "%s: expected %s to take it, observed %s", bdf,
             driver[0] == '\0' ? "a driver of the kernel" : driver, now[0] == '\0' ? "none" : now);
    return -ENODEV;
}

int kernel_driver_bind(const char *root, const char *bdf, const char *driver, unsigned timeout_ms,
                       char *why)
{
    char now[KERNEL_DRIVER_NAME_SIZE];
    char ignored[KERNEL_DRIVER_WHY_SIZE];
    int result = driver_check(root, bdf, driver, why);

    if (result < 0 || has_function(root, bdf, driver, now)) {
        return result;
    }
    result = kernel_driver_unbind(root, bdf, timeout_ms, why);
    if (result == 0) {
        result = override_write(root, bdf, driver, timeout_ms, why);
    }
    if (result < 0) {
        return result;
    }
    result = probe(root, bdf, driver, timeout_ms, why);
    if (result < 0) {
        override_write(root, bdf, KERNEL_DRIVER_ANY, timeout_ms, ignored);
    }
    return result;
}

int kernel_driver_unbind(const char *root, const char *bdf, unsigned timeout_ms, char *why)
{
    char name[KERNEL_DRIVER_NAME_SIZE];
    char path[PATH_MAX];
    char ignored[KERNEL_DRIVER_WHY_SIZE];
    int result;

    kernel_driver_name(root, bdf, name);
    override_write(root, bdf, KERNEL_DRIVER_ANY, timeout_ms, ignored);
    if (name[0] == '\0') {
        return 0;
    }
    attribute_path(path, root, bdf, "driver/unbind");
    result = write_timed(path, bdf, timeout_ms);
    if (result == -ENOENT || result == -ENODEV) {
        return 0;
    }
    if (result < 0) {
        snprintf(why, KERNEL_DRIVER_WHY_SIZE, "%s: %s does not let go of it: %s", bdf, name,
                 strerror(-result));
    }
    return result;
}
