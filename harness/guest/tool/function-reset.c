/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "function-reset": has the kernel reset a function. */
#include <string.h>

#include "tool.h"

int tool_function_reset(const Tool *tool, int argc, char **argv)
{
    char bdf[BDF_SIZE];
    char method[PATH_MAX];
    char reset[PATH_MAX];
    int status;
    int result;

    if (argc < 1 || argc > 2 ||
        (argc == 2 && strcmp(argv[1], "flr") != 0 && strcmp(argv[1], "bus") != 0)) {
        return TOOL_MISUSED;
    }
    status = tool_function(tool, argv[0], bdf);
    if (status != EXIT_OK) {
        return status;
    }
    tool_path(tool, method, "devices/%s/reset_method", bdf);
    tool_path(tool, reset, "devices/%s/reset", bdf);
    result = argc == 2 ? tool_write(method, argv[1]) : 0;
    if (result < 0) {
        return tool_stop(tool, EXIT_FAILED, "%s: reset method %s: %s", bdf, argv[1],
                         strerror(-result));
    }
    result = tool_write(reset, "1");
    if (argc == 2) {
        tool_write(method, "default");
    }
    if (result < 0) {
        return tool_stop(tool, EXIT_FAILED, "%s: reset: %s", bdf, strerror(-result));
    }
    fprintf(tool->out, "reset %s\n", bdf);
    return EXIT_OK;
}
