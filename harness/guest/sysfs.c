/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "sysfs.h"

#define LINE_SIZE 128

int sysfs_resource_parse(const char *line, SysfsResource *resource)
{
    SysfsResource parsed;
    char rest = '\n';
    int count = sscanf(line, "0x%" SCNx64 " 0x%" SCNx64 " 0x%" SCNx64 "%c", &parsed.start,
                       &parsed.end, &parsed.flags, &rest);

    if (count < 3 || rest != '\n') {
        return -EINVAL;
    }
    *resource = parsed;
    return 0;
}

bool sysfs_resource_is_rom_copy(const SysfsResource *resource)
{
    return (resource->flags & SYSFS_RESOURCE_ROM_SHADOW) != 0;
}

uint64_t sysfs_resource_size(const SysfsResource *resource)
{
    if (resource->end == 0 || resource->flags == 0) {
        return 0;
    }
    return range_size((Range) { resource->start, resource->end });
}

Range sysfs_resource_range(const SysfsResource *resource)
{
    if ((resource->flags & (SYSFS_RESOURCE_UNSET | SYSFS_RESOURCE_DISABLED)) != 0 ||
        sysfs_resource_size(resource) == 0) {
        return range_empty();
    }
    return (Range) { resource->start, resource->end };
}

static void attribute_path(char *path, const char *root, const char *bdf, const char *attribute)
{
    snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s/%s", root, bdf, attribute);
}

void sysfs_resource_path(char *path, const char *root, const char *bdf, int bar_nr)
{
    snprintf(path, PATH_MAX, "%s/sys/bus/pci/devices/%s/resource%d", root, bdf, bar_nr);
}

bool sysfs_is_root_bus(const char *root, unsigned domain, unsigned bus)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/devices/pci%04x:%02x", root, domain, bus);
    return access(path, F_OK) == 0;
}

int sysfs_resources_read(const char *root, const char *bdf, SysfsResource *resources)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char line[LINE_SIZE];
    int count = 0;

    attribute_path(path, root, bdf, "resource");
    file = fopen(path, "re");
    if (!file) {
        return -errno;
    }
    while (fgets(line, sizeof(line), file)) {
        if (count == SYSFS_RESOURCES_MAX) {
            return -E2BIG;
        }
        if (sysfs_resource_parse(line, &resources[count]) < 0) {
            return -EINVAL;
        }
        count++;
    }
    return count;
}

int sysfs_number_read(const char *root, const char *bdf, const char *attribute)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char rest;
    int number;

    attribute_path(path, root, bdf, attribute);
    file = fopen(path, "re");
    if (!file) {
        return -errno;
    }
    if (fscanf(file, "%9d%c", &number, &rest) != 2 || rest != '\n' || number < 0) {
        return -EINVAL;
    }
    return number;
}

int sysfs_link_read(const char *root, const char *bdf, const char *link, char *name, size_t size)
{
    char path[PATH_MAX];
    char target[PATH_MAX];
    ssize_t length;
    const char *last;

    attribute_path(path, root, bdf, link);
    length = readlink(path, target, sizeof(target) - 1);
    if (length < 0) {
        return -errno;
    }
    target[length] = '\0';
    last = strrchr(target, '/');
    last = last ? last + 1 : target;
    if (strlen(last) >= size) {
        return -ENAMETOOLONG;
    }
    strcpy(name, last);
    return 0;
}

int sysfs_enable(const char *root, const char *bdf, bool enable)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];

    attribute_path(path, root, bdf, "enable");
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    return write(fd, enable ? "1" : "0", 1) < 0 ? -errno : 0;
}

static bool slot_is_on_bus(const char *root, const char *slot, const char *prefix)
{
    CLEANUP(file_close) FILE *file = NULL;
    char path[PATH_MAX];
    char address[LINE_SIZE];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/slots/%s/address", root, slot);
    file = fopen(path, "re");
    return file && fgets(address, sizeof(address), file) &&
           strncmp(address, prefix, strlen(prefix)) == 0;
}

int sysfs_slot_find(const char *root, unsigned domain, unsigned secondary, char *name)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    char prefix[32];
    struct dirent *entry;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/slots", root);
    snprintf(prefix, sizeof(prefix), "%04x:%02x:", domain, secondary);
    directory = opendir(path);
    if (!directory) {
        return -ENOENT;
    }
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < SYSFS_SLOT_NAME_SIZE &&
            slot_is_on_bus(root, entry->d_name, prefix)) {
            strcpy(name, entry->d_name);
            return 0;
        }
    }
    return -ENOENT;
}
