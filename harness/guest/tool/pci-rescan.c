/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "pci-rescan": has the kernel look for functions that it does not know. */
#include <glob.h>
#include <string.h>

#include "tool.h"

/* Return: false when @bdf is a path of @known */
static bool is_new(const glob_t *known, const char *path)
{
    for (size_t i = 0; i < known->gl_pathc; i++) {
        if (strcmp(known->gl_pathv[i], path) == 0) {
            return false;
        }
    }
    return true;
}

static void functions_list(const Tool *tool, glob_t *functions)
{
    char pattern[PATH_MAX];

    *functions = (glob_t) { 0 };
    tool_path(tool, pattern, "devices/*");
    glob(pattern, 0, NULL, functions);
}

/* A bridge has the bus below it as a folder, and a host bridge has its root bus so */
static int rescan(const Tool *tool, const char *where)
{
    char path[PATH_MAX];
    size_t count;
    int status;

    if (strcmp(where, "all") == 0) {
        tool_path(tool, path, "rescan");
        return tool_rescan(tool, path);
    }
    if (strcmp(where, "root") == 0) {
        snprintf(path, sizeof(path), "%s/sys/devices/pci*", tool->root);
        return tool_rescan_below(tool, path, &count);
    }
    tool_path(tool, path, "devices/%s", where);
    status = tool_rescan_below(tool, path, &count);
    return status == EXIT_OK && count == 0
               ? tool_stop(tool, EXIT_ENVIRONMENT, "%s: not a bridge with a bus below it", where)
               : status;
}

int tool_pci_rescan(const Tool *tool, int argc, char **argv)
{
    char bdf[BDF_SIZE];
    const char *where = argv[0];
    glob_t before;
    glob_t after;
    int status = argc == 1 ? EXIT_OK : TOOL_MISUSED;

    if (argc == 1 && strcmp(where, "all") != 0 && strcmp(where, "root") != 0) {
        status = tool_function(tool, where, bdf);
        where = bdf;
    }
    if (status != EXIT_OK) {
        return status;
    }
    functions_list(tool, &before);
    status = rescan(tool, where);
    functions_list(tool, &after);
    for (size_t i = 0; i < after.gl_pathc && status == EXIT_OK; i++) {
        if (is_new(&before, after.gl_pathv[i])) {
            fprintf(tool->out, "found %s\n", strrchr(after.gl_pathv[i], '/') + 1);
        }
    }
    globfree(&before);
    globfree(&after);
    return status;
}
