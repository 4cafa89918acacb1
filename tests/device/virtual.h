/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function below a root port with virtual functions.
 *
 * VF BARs of the default layout: BAR 0 control registers, 16 KiB, BAR 2 memory, 1 MiB.
 */
#ifndef BARSHIFT_TEST_VIRTUAL_H
#define BARSHIFT_TEST_VIRTUAL_H

#include "below.h"

#define VFS 4

#define VF_CONTROL_SIZE 0x4000u
#define VF_MEMORY_SIZE MIB
#define VF_MEMORY_BAR 2

/* Where the VF BARs are; the physical function is at CONTROL_BASE and MEMORY_BASE */
#define VF_CONTROL_BASE (CONTROL_BASE + 0x40000)
#define VF_MEMORY_BASE (MEMORY_BASE + 32 * GIB)
#define VF_OTHER_BASE (MEMORY_BASE + 64 * GIB)

/**
 * Virtual - the functions
 * @below: the physical one
 * @sriov: offset of its capability
 * @functions: the virtual ones, whether they are there or not
 */
typedef struct Virtual {
    Below below;
    unsigned sriov;
    Function functions[BARSHIFT_VFS_MAX];
} Virtual;

/** virtual_start() - start a QEMU; windows are open, the physical function is placed */
void virtual_start(Virtual *virtual, const char *properties);

/** virtual_start_acpi() - virtual_start(), with ACPI hotplug */
void virtual_start_acpi(Virtual *virtual, const char *properties);

/** virtual_init() - find the virtual functions of a physical one that is there already */
void virtual_init(Virtual *virtual);

/** virtual_stop() - end it */
void virtual_stop(Virtual *virtual);

/** sriov_read(), sriov_write() - registers of the capability */
uint32_t sriov_read(const Virtual *virtual, unsigned offset, unsigned size);
void sriov_write(const Virtual *virtual, unsigned offset, unsigned size, uint32_t value);

/** virtual_place() - write the VF BARs of the default layout, the memory to @base */
void virtual_place(const Virtual *virtual, uint64_t base);

/** virtual_enable() - @count functions, with decode */
void virtual_enable(Virtual *virtual, unsigned count);

/** virtual_disable() - none */
void virtual_disable(const Virtual *virtual);

/** virtual_memory() - where function @index is that is placed at @base */
uint64_t virtual_memory(uint64_t base, unsigned index);

/** assert_virtual_works() - function @index answers where it should, with its own tag */
void assert_virtual_works(const Virtual *virtual, unsigned index, uint64_t base);

/** assert_virtual_gone() - neither configuration space nor BARs of function @index answer */
void assert_virtual_gone(const Virtual *virtual, unsigned index, uint64_t base);

/** assert_all_virtual_work() - assert_virtual_works() for all VFS */
void assert_all_virtual_work(const Virtual *virtual, uint64_t base);

/** virtual_contents_write() - into the memory of all VFS, different in each */
void virtual_contents_write(const Virtual *virtual, uint64_t base);

/** virtual_contents_check() - it is still there */
void virtual_contents_check(const Virtual *virtual, uint64_t base);

/** virtual_ledger() - of function @index, as the physical one tells it; free it */
JsonNode *virtual_ledger(const Virtual *virtual, unsigned index);

#endif
