/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "path.h"

#define STEP_SIZE 8 /* "02.0/" */

/* Device and function number of a name such as "0000:01:02.0": what follows the last colon */
static const char *step_of(const char *bdf)
{
    return strrchr(bdf, ':') + 1;
}

static int step_prepend(char *path, const char *step)
{
    size_t length = strlen(path);
    size_t added = strlen(step) + (length > 0);

    if (length + added >= PATH_NAME_SIZE) {
        return -E2BIG;
    }
    memmove(path + added, path, length + 1);
    memcpy(path, step, strlen(step));
    if (length > 0) {
        path[added - 1] = '/';
    }
    return 0;
}

static int path_of(const Topology *topology, const Function *function, char *path)
{
    const char *bdf = function->bdf;
    int parent = function->parent;
    char root[STEP_SIZE + BDF_SIZE];
    int result = step_prepend(path, step_of(bdf));

    while (result == 0 && parent >= 0) {
        bdf = topology->bridges[parent].bdf;
        parent = topology->bridges[parent].parent;
        result = step_prepend(path, step_of(bdf));
    }
    if (result < 0 || strncmp(bdf, "0000:00:", 8) == 0) {
        return result;
    }
    snprintf(root, sizeof(root), "%.*s", (int)(step_of(bdf) - bdf - 1), bdf);
    return step_prepend(path, root);
}

int path_name(const Topology *topology, const char *bdf, char *path)
{
    const Function *function = topology_find(topology, bdf);
    char found[PATH_NAME_SIZE] = "";
    int result = function ? path_of(topology, function, found) : -ENODEV;

    if (result == 0) {
        strcpy(path, found);
    }
    return result;
}

const Function *path_find(const Topology *topology, const char *path)
{
    for (size_t i = 0; i < topology->function_count; i++) {
        char found[PATH_NAME_SIZE] = "";

        if (path_of(topology, &topology->functions[i], found) == 0 && strcmp(found, path) == 0) {
            return &topology->functions[i];
        }
    }
    return NULL;
}
