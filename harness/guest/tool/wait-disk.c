/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool "wait-disk": waits until a driver of the kernel has made block devices of functions. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "tool.h"

#define TIMEOUT_S 10
#define BLOCK "%s/sys/class/block"

/* Partitions lie below their disk */
static bool is_disk_of(const Tool *tool, const char *bdf, const char *disk)
{
    char path[PATH_MAX];
    char part[BDF_SIZE + 2];
    CLEANUP(memory_free) char *target = NULL;

    snprintf(path, sizeof(path), BLOCK "/%s/partition", tool->root, disk);
    if (access(path, F_OK) == 0) {
        return false;
    }
    snprintf(path, sizeof(path), BLOCK "/%s", tool->root, disk);
    target = realpath(path, NULL);
    snprintf(part, sizeof(part), "/%s/", bdf);
    return target && strstr(target, part);
}

/* @disk: (out) NAME_MAX + 1 bytes; Return: false when a function has none */
static bool disk_find(const Tool *tool, const char *bdf, char *disk)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    struct dirent *entry;

    snprintf(path, sizeof(path), BLOCK, tool->root);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.' && is_disk_of(tool, bdf, entry->d_name)) {
            snprintf(disk, NAME_MAX + 1, "%s", entry->d_name);
            return true;
        }
    }
    return false;
}

static int disk_wait(const Tool *tool, const char *bdf, unsigned timeout_s, uint64_t deadline_ns)
{
    char disk[NAME_MAX + 1];

    while (!disk_find(tool, bdf, disk)) {
        if (!tool_pause(deadline_ns)) {
            return tool_stop(tool, EXIT_FAILED, "%s: no block device after %u s", bdf, timeout_s);
        }
    }
    fprintf(tool->out, "started %s %s\n", bdf, disk);
    return EXIT_OK;
}

int tool_wait_disk(const Tool *tool, int argc, char **argv)
{
    unsigned timeout_s = TIMEOUT_S;
    int taken = tool_timeout(argc, argv, &timeout_s);
    uint64_t deadline_ns = tool_deadline_ns(timeout_s);
    int status = EXIT_OK;

    if (taken < 0 || argc == taken) {
        return TOOL_MISUSED;
    }
    for (int i = taken; i < argc; i++) {
        char bdf[BDF_SIZE];
        int named = tool_function(tool, argv[i], bdf);

        if (named != EXIT_OK) {
            return named;
        }
        if (disk_wait(tool, bdf, timeout_s, deadline_ns) != EXIT_OK) {
            status = EXIT_FAILED;
        }
    }
    return status;
}
