/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "enable-functions": has the kernel enable functions that no driver is bound to. */
#include <string.h>
#include <unistd.h>

#include "sysfs.h"
#include "tool.h"

static bool has_driver(const Tool *tool, const char *bdf)
{
    char path[PATH_MAX];

    tool_path(tool, path, "devices/%s/driver", bdf);
    return access(path, F_OK) == 0;
}

static bool decodes_memory(const Tool *tool, const char *bdf)
{
    uint8_t command = 0;

    return tool_config(tool, bdf, PCI_COMMAND, &command, 1) == 0 &&
           (command & PCI_COMMAND_MEMORY) != 0;
}

static int enable(const Tool *tool, const char *bdf)
{
    int result = 0;

    if (!has_driver(tool, bdf) && !decodes_memory(tool, bdf)) {
        result = sysfs_enable(tool->root, bdf, true);
    }
    if (decodes_memory(tool, bdf)) {
        fprintf(tool->out, "started %s\n", bdf);
        return EXIT_OK;
    }
    return tool_stop(tool, EXIT_FAILED, "%s: %s", bdf,
                     result < 0 ? strerror(-result) : "does not decode memory");
}

int tool_enable_functions(const Tool *tool, int argc, char **argv)
{
    char bdf[BDF_SIZE];
    int status = argc == 0 ? TOOL_MISUSED : EXIT_OK;

    for (int i = 0; i < argc; i++) {
        int named = tool_function(tool, argv[i], bdf);

        if (named != EXIT_OK) {
            return named;
        }
        if (enable(tool, bdf) != EXIT_OK) {
            status = EXIT_FAILED;
        }
    }
    return status;
}
