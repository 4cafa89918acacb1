/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One BAR: what is mapped at its address.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "bar_backing.h"
#include "bar_registers.h"
#include "barshift.h"
#include "vmstate.h"

/* The PCI core adds an MSI-X table with 0; a fault adds the upper half with -1 */
#define PRIORITY_HEADER 1
#define PRIORITY_RAM (-2)
#define PRIORITY_BACKING (-3)

uint8_t bar_pci_type(const BarSpec *spec)
{
    if (spec->kind == BAR_IO) {
        return PCI_BASE_ADDRESS_SPACE_IO;
    }
    return PCI_BASE_ADDRESS_SPACE_MEMORY |
           (spec->kind == BAR_MEM64 ? PCI_BASE_ADDRESS_MEM_TYPE_64 : 0) |
           (spec->prefetchable ? PCI_BASE_ADDRESS_MEM_PREFETCH : 0);
}

static char *region_name(const BarshiftBar *bar, const char *suffix)
{
    return g_strdup_printf("barshift-%" PRIu32 "-bar%u%s", bar->device->tag, bar->nr, suffix);
}

static void use_ram(BarshiftBar *bar, MemoryRegion *ram)
{
    bar->ram = ram;
    memory_region_add_subregion_overlap(&bar->region, 0, ram, PRIORITY_RAM);
}

static MemoryRegion *new_ram(BarshiftBar *bar)
{
    MemoryRegion *ram = g_new0(MemoryRegion, 1);

    bar->rams = g_slist_prepend(bar->rams, ram);
    return ram;
}

static bool init_ram(BarshiftBar *bar, Error **errp)
{
    g_autofree char *name = region_name(bar, "-ram");
    MemoryRegion *ram = new_ram(bar);
    Error *err = NULL;

    if (!sparse_memory_init(ram, OBJECT(bar->device), name, bar_spec_largest(&bar->spec), &err)) {
        error_propagate_prepend(errp, err, "property 'bar%u': ", bar->nr);
        return false;
    }
    use_ram(bar, ram);
    return true;
}

static bool make_ram_larger(BarshiftBar *bar, uint64_t size_bytes, Error **errp)
{
    g_autofree char *name = region_name(bar, "-ram");
    MemoryRegion *smaller = bar->ram, *ram = new_ram(bar);

    if (!sparse_memory_init_larger(ram, smaller, OBJECT(bar->device), name, size_bytes, errp)) {
        return false;
    }
    memory_region_transaction_begin();
    memory_region_set_enabled(ram, smaller->enabled);
    memory_region_del_subregion(&bar->region, smaller);
    use_ram(bar, ram);
    bar_faults_ram_replaced(bar);
    memory_region_transaction_commit();
    return true;
}

static void init_registers(BarshiftBar *bar, MemoryRegion *region, const MemoryRegionOps *ops,
                           const char *suffix, uint64_t size_bytes, int priority)
{
    g_autofree char *name = region_name(bar, suffix);

    memory_region_init_io(region, OBJECT(bar->device), ops, bar, name, size_bytes);
    memory_region_add_subregion_overlap(&bar->region, 0, region, priority);
}

bool bar_realize(BarshiftBar *bar, BarshiftState *device, unsigned nr, const BarSpec *spec,
                 Error **errp)
{
    g_autofree char *name = NULL;

    bar->device = device;
    bar->nr = nr;
    bar->spec = *spec;
    bar->given_bytes = spec->size_bytes;
    name = region_name(bar, "");
    memory_region_init(&bar->region, OBJECT(device), name, spec->size_bytes);
    if (bar_has_ram(bar) && !init_ram(bar, errp)) {
        bar->spec.kind = BAR_ABSENT;
        return false;
    }
    init_registers(bar, &bar->backing, &bar_backing_ops, "-backing", bar_spec_largest(spec),
                   PRIORITY_BACKING);
    /* The function's own DMA may come here: what is behind the header starts nothing */
    bar->backing.disable_reentrancy_guard = true;
    if (bar_spec_header_bytes(spec) > 0) {
        init_registers(bar, &bar->header, &bar_header_ops, "-header", bar_spec_header_bytes(spec),
                       PRIORITY_HEADER);
    }
    return true;
}

void bar_unrealize(BarshiftBar *bar)
{
    if (!bar_present(bar)) {
        return;
    }
    bar_faults_undo(bar);
    if (bar_spec_header_bytes(&bar->spec) > 0) {
        memory_region_del_subregion(&bar->region, &bar->header);
    }
    if (bar_has_ram(bar)) {
        memory_region_del_subregion(&bar->region, bar->ram);
    }
    memory_region_del_subregion(&bar->region, &bar->backing);
}

void bar_finalize(BarshiftBar *bar)
{
    g_slist_free_full(bar->rams, g_free);
}

uint64_t bar_room(BarshiftBar *bar)
{
    return bar_present(bar) ? memory_region_size(&bar->backing) : 0;
}

bool bar_make_room(BarshiftBar *bar, uint64_t size_bytes, Error **errp)
{
    if (size_bytes <= bar_room(bar)) {
        return true;
    }
    if (bar_has_ram(bar) && !make_ram_larger(bar, size_bytes, errp)) {
        return false;
    }
    memory_region_set_size(&bar->backing, size_bytes);
    return true;
}

void bar_show(BarshiftBar *bar)
{
    memory_region_set_enabled(&bar->region, power_is_d0(bar->device) && !bar->faults.dead);
}

void bar_watch(BarshiftBar *bar, bool watched)
{
    if (bar_present(bar) && bar_has_ram(bar)) {
        memory_region_set_enabled(bar->ram, !watched);
    }
}

void bar_clear(BarshiftBar *bar)
{
    int result = bar_has_ram(bar) ? sparse_memory_clear(bar->ram) : 0;

    if (result != 0) {
        error_report("barshift: memory of BAR %u cannot be cleared: %s", bar->nr,
                     strerror(-result));
    }
}

/* Migration */

static bool has_ram(void *opaque, int version_id)
{
    return bar_has_ram(opaque);
}

const VMStateDescription vmstate_bar = {
    .name = "barshift-bar",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(scratch, BarshiftBar),
        VMSTATE_SPARSE_MEMORY_POINTER(ram, BarshiftBar, has_ram),
        VMSTATE_WHOLE("faults", BarshiftBar, vmstate_bar_faults),
        VMSTATE_END_OF_LIST()
    }
};
