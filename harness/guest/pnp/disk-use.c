/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "disk-use.h"

#define NAME_SIZE 256 /* of a folder entry */
#define LINE_SIZE 4096
#define HOLDERS_DEPTH 8

/** struct Search - @real: the folder of the function in sysfs */
typedef struct Search {
    const char *root;
    const char *real;
    char *why;
} Search;

/* What a namespace is called when several controllers lead to it, from the name of one path */
static void name_of_disk(const char *name, char *disk)
{
    int subsystem, path, space, length = 0;

    if (sscanf(name, "nvme%dc%dn%d%n", &subsystem, &path, &space, &length) == 3 &&
        name[length] == '\0') {
        snprintf(disk, NAME_SIZE, "nvme%dn%d", subsystem, space);
    } else {
        snprintf(disk, NAME_SIZE, "%s", name);
    }
}

static bool is_swap(const Search *search, const char *name)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char line[LINE_SIZE];
    char wanted[NAME_SIZE + 8];

    snprintf(path, sizeof(path), "%s/proc/swaps", search->root);
    snprintf(wanted, sizeof(wanted), "/dev/%s ", name);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\t")] = ' ';
        if (strncmp(line, wanted, strlen(wanted)) == 0) {
            snprintf(search->why, DISK_USE_WHY_SIZE, "/dev/%s is swapped to", name);
            return true;
        }
    }
    return false;
}

/* A line "36 35 98:0 / /mnt rw - ext4 /dev/sda1 rw"; the device of btrfs is none of its disks' */
static bool mount_matches(const char *line, const char *number, const char *name, char *where)
{
    char device[NAME_SIZE];
    char source[LINE_SIZE];
    char wanted[NAME_SIZE + 8];
    const char *rest = strstr(line, " - ");

    snprintf(wanted, sizeof(wanted), "/dev/%s", name);
    if (!rest || sscanf(line, "%*s %*s %255s %*s %127s", device, where) != 2) {
        return false;
    }
    return strcmp(device, number) == 0 ||
           (sscanf(rest, " - %*s %4095s", source) == 1 && strcmp(source, wanted) == 0);
}

static bool is_mounted(const Search *search, const char *name)
{
    CLEANUP(file_close) FILE *device = NULL;
    CLEANUP(file_close) FILE *mounts = NULL;
    char path[PATH_MAX];
    char line[LINE_SIZE];
    char number[NAME_SIZE] = "";
    char where[128];

    snprintf(path, sizeof(path), "%s/sys/class/block/%s/dev", search->root, name);
    device = fopen(path, "re");
    if (!device || fscanf(device, "%255s", number) != 1) {
        return false;
    }
    snprintf(path, sizeof(path), "%s/proc/self/mountinfo", search->root);
    mounts = fopen(path, "re");
    while (mounts && fgets(line, sizeof(line), mounts)) {
        if (mount_matches(line, number, name, where)) {
            snprintf(search->why, DISK_USE_WHY_SIZE, "/dev/%s is mounted on %s", name, where);
            return true;
        }
    }
    return false;
}

static int is_no_dot(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Calls for each name in a folder until one is in use */
static bool folder_in_use(const Search *search, const char *path, unsigned depth,
                          bool (*check)(const Search *, const char *, unsigned))
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_no_dot, alphasort);
    bool used = false;

    for (int i = 0; i < count; i++) {
        used = used || check(search, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return used;
}

static bool disk_in_use(const Search *search, const char *name, unsigned depth);

/* @name: something in the folder of a disk */
static bool partition_in_use(const Search *search, const char *name, unsigned depth)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/class/block/%s/partition", search->root, name);
    return access(path, F_OK) == 0 && disk_in_use(search, name, depth);
}

static bool disk_in_use(const Search *search, const char *name, unsigned depth)
{
    char path[PATH_MAX];
    char disk[PATH_MAX];

    if (depth == HOLDERS_DEPTH) {
        return false;
    }
    snprintf(disk, sizeof(disk), "%s/sys/class/block/%s", search->root, name);
    snprintf(path, sizeof(path), "%s/sys/class/block/%s/holders", search->root, name);
    return is_swap(search, name) || is_mounted(search, name) ||
           folder_in_use(search, disk, depth + 1, partition_in_use) ||
           folder_in_use(search, path, depth + 1, disk_in_use);
}

static bool disk_below_in_use(const Search *search, const char *name, unsigned depth)
{
    CLEANUP(memory_free) char *real = NULL;
    char path[PATH_MAX];
    char disk[NAME_SIZE];
    size_t length = strlen(search->real);

    snprintf(path, sizeof(path), "%s/sys/class/block/%s", search->root, name);
    real = realpath(path, NULL);
    if (!real || strncmp(real, search->real, length) != 0) {
        return false;
    }
    name_of_disk(name, disk);
    return disk_in_use(search, disk, depth);
}

int disk_use_check(const char *root, const char *bdf, char *why)
{
    CLEANUP(memory_free) char *real = NULL;
    Search search = { .root = root, .why = why };
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s", root, bdf);
    real = realpath(path, NULL);
    if (!real) {
        int result = -errno;

        snprintf(why, DISK_USE_WHY_SIZE, "%s: %s", bdf, strerror(-result));
        return result;
    }
    search.real = real;
    snprintf(path, sizeof(path), "%s/sys/class/block", root);
    return folder_in_use(&search, path, 0, disk_below_in_use) ? 1 : 0;
}
