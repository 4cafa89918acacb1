/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's view of PCI functions, as sysfs tells it.
 *
 * @root everywhere: what stands before "/sys"; "" on a live system, a fixture tree in tests.
 */
#ifndef BARSHIFT_SYSFS_H
#define BARSHIFT_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

/* Flags of a resource line, as in the kernel's include/linux/ioport.h */
#define SYSFS_RESOURCE_ROM_SHADOW 0x2u /* of a ROM's line only */
#define SYSFS_RESOURCE_IO 0x100u
#define SYSFS_RESOURCE_MEM 0x200u
#define SYSFS_RESOURCE_PREFETCH 0x2000u
#define SYSFS_RESOURCE_MEM64 0x100000u
#define SYSFS_RESOURCE_DISABLED 0x10000000u
#define SYSFS_RESOURCE_UNSET 0x20000000u

#define SYSFS_RESOURCES_MAX 24 /* a bridge of a kernel with SR-IOV has 17 */
#define SYSFS_SLOT_NAME_SIZE 32

/** struct SysfsResource - one line of a function's resource file */
typedef struct SysfsResource {
    uint64_t start;
    uint64_t end; /* inclusive */
    uint64_t flags;
} SysfsResource;

/**
 * sysfs_resource_parse() - read one line of a resource file
 * @line: "0x... 0x... 0x...", a line end may follow
 * @resource: (out) set only on success
 *
 * Return: 0, or -EINVAL for anything else.
 */
int sysfs_resource_parse(const char *line, SysfsResource *resource);

/**
 * sysfs_resource_range() - the addresses that the kernel has assigned
 *
 * Return: an empty range for a resource that is absent, unset or disabled.
 */
Range sysfs_resource_range(const SysfsResource *resource);

/**
 * sysfs_resource_is_rom_copy() - does the line of a ROM tell of a copy that firmware has made?
 *
 * The copy lies in the RAM below 1 MiB, behind no bridge; of the ROM itself the kernel then knows
 * neither address nor size.
 */
bool sysfs_resource_is_rom_copy(const SysfsResource *resource);

/** sysfs_resource_size() - bytes of a resource, assigned or not; 0 when it is absent */
uint64_t sysfs_resource_size(const SysfsResource *resource);

/**
 * sysfs_resources_read() - read the resource file of a function
 * @resources: (out) SYSFS_RESOURCES_MAX elements; BAR n is element n
 *
 * Return: the number of lines, or -errno: -ENOENT when the function is gone, -EINVAL for a line
 * that is no resource, -E2BIG for more lines than any kernel writes.
 */
int sysfs_resources_read(const char *root, const char *bdf, SysfsResource *resources);

/**
 * sysfs_number_read() - read an attribute of a function that is one decimal number
 *
 * Return: the number, or -errno; -EINVAL when it is none.
 */
int sysfs_number_read(const char *root, const char *bdf, const char *attribute);

/**
 * sysfs_link_read() - where a link of a function leads: "driver", "iommu_group"
 * @name: (out) @size bytes: the last part of the path, set only on success
 *
 * Return: 0; -ENOENT when there is no such link, so no driver is bound; -ENAMETOOLONG.
 */
int sysfs_link_read(const char *root, const char *bdf, const char *link, char *name, size_t size);

/**
 * sysfs_enable() - enable or disable a function, as its driver would
 *
 * Return: 0, or the errno of the kernel, negative: -EBUSY a driver is bound, -EINVAL or -EIO
 * a BAR has no address or the function is not enabled, -ENOENT the function is gone.
 */
int sysfs_enable(const char *root, const char *bdf, bool enable);

/**
 * sysfs_resource_path() - the file of a BAR
 * @path: (out) PATH_MAX bytes
 */
void sysfs_resource_path(char *path, const char *root, const char *bdf, int bar_nr);

/** sysfs_is_root_bus() - does the kernel know a host bridge with this bus number? */
bool sysfs_is_root_bus(const char *root, unsigned domain, unsigned bus);

/** Called for each hotplug slot with the bus that it leads to; @name is shorter than
 *  SYSFS_SLOT_NAME_SIZE */
typedef void SysfsSlotVisit(unsigned domain, unsigned bus, const char *name, void *data);

/** sysfs_slots_visit() - visit the hotplug slots that the kernel has, in any order */
void sysfs_slots_visit(const char *root, SysfsSlotVisit *visit, void *data);

#endif
