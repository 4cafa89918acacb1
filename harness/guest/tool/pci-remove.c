/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools "pci-remove" and "remove-rescan": have the kernel forget functions. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "tool.h"

#define BDFS_MAX 256

typedef struct Bdfs {
    char names[BDFS_MAX][BDF_SIZE];
    int count;
} Bdfs;

int tool_pci_remove(const Tool *tool, int argc, char **argv)
{
    char bdf[BDF_SIZE];
    int status = argc == 0 ? TOOL_MISUSED : EXIT_OK;

    for (int i = 0; i < argc && status == EXIT_OK; i++) {
        status = tool_function(tool, argv[i], bdf);
    }
    for (int i = 0; i < argc && status == EXIT_OK; i++) {
        bdf_normalise(argv[i], bdf);
        status = tool_remove(tool, bdf);
        if (status == EXIT_OK) {
            fprintf(tool->out, "removed %s\n", bdf);
        }
    }
    return status;
}

/* The functions on the way to one in the tree of devices, the outermost first, and itself */
static void path_read(const Tool *tool, const char *bdf, Bdfs *path)
{
    char link[PATH_MAX];
    CLEANUP(memory_free) char *target = NULL;
    char *rest;

    path->count = 0;
    tool_path(tool, link, "devices/%s", bdf);
    target = realpath(link, NULL);
    for (char *part = target ? strtok_r(target, "/", &rest) : NULL; part && path->count < BDFS_MAX;
         part = strtok_r(NULL, "/", &rest)) {
        if (bdf_normalise(part, path->names[path->count]) == 0) {
            path->count++;
        }
    }
}

static bool is_bridge(const Tool *tool, const char *bdf)
{
    char path[PATH_MAX];

    tool_path(tool, path, "devices/%s/secondary_bus_number", bdf);
    return access(path, F_OK) == 0;
}

/* @port: (out); Return: false when there is no bridge above a function */
static bool port_above(const Tool *tool, const char *bdf, bool outermost, char *port)
{
    Bdfs path;
    int last; /* of the bridges */

    path_read(tool, bdf, &path);
    last = path.count - (is_bridge(tool, bdf) ? 1 : 2);
    if (last < 0) {
        return false;
    }
    strcpy(port, path.names[outermost ? 0 : last]);
    return true;
}

/* All names are checked before the first removal, which may take others away */
static int ports_resolve(const Tool *tool, int argc, char **argv, Bdfs *ports)
{
    bool by_function = strcmp(argv[0], "ports") != 0;
    bool outermost = strcmp(argv[0], "root-port") == 0;

    for (int i = 1; i < argc; i++) {
        char bdf[BDF_SIZE];
        int status = tool_function(tool, argv[i], bdf);

        if (status != EXIT_OK) {
            return status;
        }
        if (!by_function) {
            strcpy(ports->names[ports->count], bdf);
        } else if (!port_above(tool, bdf, outermost, ports->names[ports->count])) {
            return tool_stop(tool, EXIT_ENVIRONMENT, "%s: no bridge above it", bdf);
        }
        ports->count++;
    }
    return EXIT_OK;
}

static int port_remove(const Tool *tool, const char *port)
{
    int status;

    if (!tool_is_present(tool, port)) {
        fprintf(tool->out, "gone already: %s\n", port);
        return EXIT_OK;
    }
    status = tool_remove(tool, port);
    if (status == EXIT_OK) {
        fprintf(tool->out, "removed %s\n", port);
    }
    return status;
}

static int rescan(const Tool *tool)
{
    char path[PATH_MAX];
    int result;

    tool_path(tool, path, "rescan");
    result = tool_write(path, "1");
    if (result < 0) {
        return tool_stop(tool, EXIT_FAILED, "rescan: %s", strerror(-result));
    }
    fputs("rescanned\n", tool->out);
    return EXIT_OK;
}

static bool is_misused(int argc, char **argv)
{
    if (argc < 2 || argc > BDFS_MAX) {
        return true;
    }
    return strcmp(argv[0], "ports") != 0 &&
           (argc != 2 ||
            (strcmp(argv[0], "nearest") != 0 && strcmp(argv[0], "root-port") != 0));
}

int tool_remove_rescan(const Tool *tool, int argc, char **argv)
{
    Bdfs ports = { 0 };
    int status;

    if (is_misused(argc, argv)) {
        return TOOL_MISUSED;
    }
    status = ports_resolve(tool, argc, argv, &ports);
    for (int i = 0; i < ports.count && status == EXIT_OK; i++) {
        status = port_remove(tool, ports.names[i]);
    }
    return status == EXIT_OK ? rescan(tool) : status;
}
