/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "sysfs.h"
#include "vfio-use.h"

#define GROUPS "/dev/vfio/"
#define DEVICES "/dev/vfio/devices/"
#define DEVICE_OF_GROUP "[vfio-device]"
#define DRIVER "vfio-pci"

void vfio_files_find(const char *root, const char *bdf, VfioFiles *files)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    char name[16];
    struct dirent *entry;

    *files = (VfioFiles) { .bound = false };
    files->bound = sysfs_link_read(root, bdf, "driver", name, sizeof(name)) == 0 &&
                   strcmp(name, DRIVER) == 0;
    if (sysfs_link_read(root, bdf, "iommu_group", name, sizeof(name)) == 0) {
        snprintf(files->group, sizeof(files->group), GROUPS "%s", name);
    }
    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/vfio-dev", root, bdf);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.') {
            snprintf(files->device, sizeof(files->device), DEVICES "%.20s", entry->d_name);
        }
    }
}

/* @target: what a descriptor leads to */
static unsigned file_is(const VfioFiles *files, const char *target)
{
    if (strstr(target, DEVICE_OF_GROUP)) {
        return VFIO_OPEN_DEVICE;
    }
    if (strncmp(target, DEVICES, strlen(DEVICES)) != 0 &&
        (strncmp(target, GROUPS, strlen(GROUPS)) != 0 ||
         !isdigit((unsigned char)target[strlen(GROUPS)]))) {
        return 0; /* /dev/vfio/vfio is the container, which everybody has */
    }
    return strcmp(target, files->group) == 0 || strcmp(target, files->device) == 0
               ? VFIO_OPEN_FUNCTION
               : VFIO_OPEN_OTHER;
}

unsigned vfio_process_open(const char *root, const VfioFiles *files, const char *pid)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char folder[PATH_MAX];
    struct dirent *entry;
    unsigned open = 0;

    snprintf(folder, sizeof(folder), "%s/proc/%s/fd", root, pid);
    directory = opendir(folder);
    while (directory && (entry = readdir(directory))) {
        char target[PATH_MAX];
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1);

        target[length > 0 ? length : 0] = '\0';
        open |= file_is(files, target);
    }
    return open;
}

void vfio_process_command(const char *root, const char *pid, char *command)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/proc/%s/comm", root, pid);
    file = fopen(path, "re");
    if (!file || !fgets(command, VFIO_USE_COMMAND_SIZE, file)) {
        snprintf(command, VFIO_USE_COMMAND_SIZE, "?");
    }
    command[strcspn(command, "\n")] = '\0';
}

static bool has_function(unsigned open)
{
    return (open & VFIO_OPEN_FUNCTION) != 0 ||
           (open & (VFIO_OPEN_DEVICE | VFIO_OPEN_OTHER)) == VFIO_OPEN_DEVICE;
}

int vfio_use_check(const char *root, const char *bdf, char *why)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    struct dirent *entry;
    VfioFiles files;

    vfio_files_find(root, bdf, &files);
    if (!files.bound) {
        return 0;
    }
    snprintf(path, sizeof(path), "%s/proc", root);
    directory = opendir(path);
    if (!directory) {
        int result = -errno;

        snprintf(why, VFIO_USE_WHY_SIZE, "%s: /proc: %s", bdf, strerror(-result));
        return result;
    }
    while ((entry = readdir(directory))) {
        char command[VFIO_USE_COMMAND_SIZE];

        if (isdigit((unsigned char)entry->d_name[0]) &&
            has_function(vfio_process_open(root, &files, entry->d_name))) {
            vfio_process_command(root, entry->d_name, command);
            snprintf(why, VFIO_USE_WHY_SIZE, "process %.16s (%s) has it open through vfio",
                     entry->d_name, command);
            return 1;
        }
    }
    return 0;
}
