/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
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

#define ATTRIBUTE_SIZE 2048 /* SYSFS_RESOURCES_MAX lines of 57 characters, and some */
#define HEXADECIMAL 16

/* Return: what is behind the number, NULL when there is none; scanf takes ten times as long */
static const char *number_parse(const char *text, uint64_t *number)
{
    char *end;

    if (strncmp(text, "0x", 2) != 0 || !isxdigit((unsigned char)text[2])) {
        return NULL;
    }
    *number = strtoull(text + 2, &end, HEXADECIMAL);
    return end;
}

/* Return: what is behind the line, NULL when it is none */
static const char *line_parse(const char *line, SysfsResource *resource)
{
    line = number_parse(line, &resource->start);
    line = line && *line == ' ' ? number_parse(line + 1, &resource->end) : NULL;
    line = line && *line == ' ' ? number_parse(line + 1, &resource->flags) : NULL;
    if (!line || (*line != '\0' && *line != '\n')) {
        return NULL;
    }
    return *line == '\n' ? line + 1 : line;
}

int sysfs_resource_parse(const char *line, SysfsResource *resource)
{
    SysfsResource parsed;
    const char *rest = line_parse(line, &parsed);

    if (!rest || *rest != '\0') {
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

/* Return: 0 with the whole file and a final NUL in @text, -E2BIG when it is larger, or -errno */
static int file_read(const char *path, char *text, size_t size)
{
    CLEANUP(fd_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t count;

    if (fd < 0) {
        return -errno;
    }
    do {
        count = read(fd, text + length, size - length);
        if (count < 0) {
            return -errno;
        }
        length += (size_t)count;
    } while (count > 0 && length < size);
    if (length == size) {
        return -E2BIG;
    }
    text[length] = '\0';
    return 0;
}

int sysfs_resources_read(const char *root, const char *bdf, SysfsResource *resources)
{
    char path[PATH_MAX];
    char text[ATTRIBUTE_SIZE];
    int count = 0;
    int result;

    attribute_path(path, root, bdf, "resource");
    result = file_read(path, text, sizeof(text));
    if (result < 0) {
        return result;
    }
    for (const char *line = text; *line != '\0'; count++) {
        if (count == SYSFS_RESOURCES_MAX) {
            return -E2BIG;
        }
        line = line_parse(line, &resources[count]);
        if (!line) {
            return -EINVAL;
        }
    }
    return count;
}

int sysfs_number_read(const char *root, const char *bdf, const char *attribute)
{
    char path[PATH_MAX];
    char text[ATTRIBUTE_SIZE];
    char *end;
    long number;
    int result;

    attribute_path(path, root, bdf, attribute);
    result = file_read(path, text, sizeof(text));
    if (result < 0) {
        return result;
    }
    number = strtol(text, &end, 10);
    return end == text || *end != '\n' || number < 0 || number > INT_MAX ? -EINVAL : (int)number;
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

static void slot_visit(const char *root, const char *name, SysfsSlotVisit *visit, void *data)
{
    char path[PATH_MAX];
    char address[ATTRIBUTE_SIZE];
    unsigned domain;
    unsigned bus;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/slots/%s/address", root, name);
    if (file_read(path, address, sizeof(address)) == 0 &&
        sscanf(address, "%x:%x:", &domain, &bus) == 2) {
        visit(domain, bus, name, data);
    }
}

void sysfs_slots_visit(const char *root, SysfsSlotVisit *visit, void *data)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    struct dirent *entry;

    snprintf(path, sizeof(path), "%s/sys/bus/pci/slots", root);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < SYSFS_SLOT_NAME_SIZE) {
            slot_visit(root, entry->d_name, visit, data);
        }
    }
}
