/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "kernel-driver": gives a function to a driver of the kernel, or takes it away. */
#include <string.h>
#include <unistd.h>

#include "kernel-driver.h"
#include "tool.h"

/* @name: (out) KERNEL_DRIVER_NAME_SIZE bytes; Return: false when nobody has it */
static bool bound_to(const Tool *tool, const char *bdf, char *name)
{
    kernel_driver_name(tool->root, bdf, name);
    return name[0] != '\0';
}

static bool driver_exists(const Tool *tool, const char *driver)
{
    char path[PATH_MAX];

    tool_path(tool, path, "drivers/%s", driver);
    return access(path, F_OK) == 0;
}

static void choose(const Tool *tool, const char *bdf, const char *driver)
{
    char path[PATH_MAX];
    char line[KERNEL_DRIVER_NAME_SIZE + 1];

    snprintf(line, sizeof(line), "%s\n", driver);
    tool_path(tool, path, "devices/%s/driver_override", bdf);
    tool_write(path, line);
}

static int bind(const Tool *tool, const char *bdf, const char *driver)
{
    char name[KERNEL_DRIVER_NAME_SIZE];
    char path[PATH_MAX];
    int result;

    if (bound_to(tool, bdf, name)) {
        return tool_stop(tool, EXIT_FAILED, "%s: %s has it already", bdf, name);
    }
    if (!driver_exists(tool, driver)) {
        int status = tool_load_module(tool, driver);

        if (status != EXIT_OK) {
            return status;
        }
    }
    if (!driver_exists(tool, driver)) {
        return tool_stop(tool, EXIT_ENVIRONMENT, "%s: not a driver for PCI", driver);
    }
    choose(tool, bdf, driver);
    tool_path(tool, path, "drivers_probe");
    result = tool_write(path, bdf);
    if (!bound_to(tool, bdf, name) || strcmp(name, driver) != 0) {
        return tool_stop(tool, EXIT_FAILED, "%s: %s does not take it%s%s", bdf, driver,
                         result < 0 ? ": " : "", result < 0 ? strerror(-result) : "");
    }
    fprintf(tool->out, "%s bound to %s\n", bdf, driver);
    return EXIT_OK;
}

static int unbind(const Tool *tool, const char *bdf)
{
    char name[KERNEL_DRIVER_NAME_SIZE];
    char path[PATH_MAX];
    int result;

    if (!bound_to(tool, bdf, name)) {
        return tool_stop(tool, EXIT_FAILED, "%s: no driver has it", bdf);
    }
    tool_path(tool, path, "devices/%s/driver/unbind", bdf);
    result = tool_write(path, bdf);
    choose(tool, bdf, KERNEL_DRIVER_ANY);
    if (result < 0) {
        return tool_stop(tool, EXIT_FAILED, "%s: unbind from %s: %s", bdf, name,
                         strerror(-result));
    }
    fprintf(tool->out, "%s unbound from %s\n", bdf, name);
    return EXIT_OK;
}

int tool_kernel_driver(const Tool *tool, int argc, char **argv)
{
    bool binds = argc == 3 && strcmp(argv[0], "bind") == 0;
    char bdf[BDF_SIZE];
    int status;

    if (!binds && (argc != 2 || strcmp(argv[0], "unbind") != 0)) {
        return TOOL_MISUSED;
    }
    status = tool_function(tool, argv[1], bdf);
    if (status != EXIT_OK) {
        return status;
    }
    return binds ? bind(tool, bdf, argv[2]) : unbind(tool, bdf);
}
