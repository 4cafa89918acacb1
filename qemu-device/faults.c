/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "barshift.h"

#define STUCK_BIT (1ULL << 32)

/* Above every BAR and bridge window, which QEMU maps with priority 1 */
#define OLD_MAPPING_PRIORITY 2

static const char *const fault_names[FAULTS + 1] = {
    [FAULT_BASE_LIES] = "base-lies",
    [FAULT_HEADER_STALE] = "header-stale",
    [FAULT_CONTENT_LOST] = "content-lost",
    [FAULT_OLD_ANSWERS] = "old-answers",
    [FAULT_SCRATCH_LOST] = "scratch-lost",
    [FAULT_SIZE_LIES] = "size-lies",
    [FAULT_STUCK_BIT] = "stuck-bit",
    [FAULT_DEAD_MAPPING] = "dead-mapping",
};

static int fault_by_name(const char *name)
{
    for (int fault = 0; fault < FAULTS; fault++) {
        if (g_str_equal(name, fault_names[fault])) {
            return fault;
        }
    }
    return -1;
}

bool faults_parse(const char *text, uint32_t *enabled, Error **errp)
{
    g_auto(GStrv) names = g_strsplit(text ? text : "", "+", -1);
    uint32_t mask = 0;

    for (char **name = names; *name; name++) {
        int fault = fault_by_name(*name);

        if (fault < 0) {
            g_autofree char *all = g_strjoinv(", ", (char **)fault_names);

            error_setg(errp, "property 'fault': '%s' is none of %s", *name, all);
            return false;
        }
        mask |= 1u << fault;
    }
    *enabled = mask;
    return true;
}

void faults_init(Faults *faults, BarshiftBar *bar)
{
    if (fault_on(faults, FAULT_OLD_ANSWERS)) {
        g_autofree char *name = g_strdup_printf("%s-old", memory_region_name(&bar->region));

        memory_region_init_alias(&faults->old_mapping, OBJECT(bar->device), name, &bar->region, 0,
                                 memory_region_size(&bar->region));
    }
}

/*
 * The address space of the root bus, because the window of a bridge above the function may have
 * left the old address, and the fault shall show all the same.
 */
static void map_at_old_base(Faults *faults, BarshiftBar *bar, uint64_t old_base, uint64_t old_size)
{
    MemoryRegion *space = pci_device_root_bus(PCI_DEVICE(bar->device))->address_space_mem;

    memory_region_set_size(&faults->old_mapping, old_size);
    memory_region_add_subregion_overlap(space, old_base, &faults->old_mapping,
                                        OLD_MAPPING_PRIORITY);
    faults->old_space = space;
}

static void unmap_at_old_base(Faults *faults)
{
    if (faults->old_space) {
        memory_region_del_subregion(faults->old_space, &faults->old_mapping);
        faults->old_space = NULL;
    }
}

void faults_mapped(Faults *faults, BarshiftBar *bar)
{
    if (fault_on(faults, FAULT_STUCK_BIT)) {
        /* The PCI core compares BAR values, so it will not notice */
        memory_region_set_address(&bar->region, bar->region.addr & ~STUCK_BIT);
    }
}

void faults_moved(Faults *faults, BarshiftBar *bar, uint64_t old_base, uint64_t old_size)
{
    if (fault_on(faults, FAULT_HEADER_STALE) && !faults->has_stale_base) {
        faults->has_stale_base = true;
        faults->stale_base = old_base;
    }
    if (fault_on(faults, FAULT_CONTENT_LOST)) {
        /* Private anonymous memory reads as zero afterwards */
        if (madvise(memory_region_get_ram_ptr(&bar->ram), memory_region_size(&bar->ram),
                    MADV_DONTNEED) != 0) {
            error_report("barshift: fault content-lost: %s", strerror(errno));
        }
    }
    if (fault_on(faults, FAULT_SCRATCH_LOST)) {
        bar->scratch = 0;
    }
    if (fault_on(faults, FAULT_OLD_ANSWERS)) {
        unmap_at_old_base(faults);
        map_at_old_base(faults, bar, old_base, old_size);
    }
    if (fault_on(faults, FAULT_DEAD_MAPPING)) {
        memory_region_set_enabled(&bar->region, false);
    }
}

void faults_reset(Faults *faults, BarshiftBar *bar)
{
    faults->has_stale_base = false;
    unmap_at_old_base(faults);
    memory_region_set_enabled(&bar->region, true);
}
