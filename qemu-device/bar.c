/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One BAR: what is mapped at its address.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/memfd.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "bar_backing.h"
#include "bar_registers.h"
#include "barshift.h"

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

/*
 * Memory that costs what is touched: a file of holes, of which a shared mapping reserves nothing,
 * and no page is a huge one. The file tells what was touched, too. Saving the VM's state is left
 * to the device, because QEMU would go through all of the largest size.
 */
static bool init_ram(BarshiftBar *bar, Error **errp)
{
    g_autofree char *name = region_name(bar, "-ram");
    uint64_t size_bytes = bar_spec_largest(&bar->spec);
    Error *err = NULL;
    int fd = qemu_memfd_create(name, size_bytes, false, 0, 0, &err);

    if (fd >= 0) {
        memory_region_init_ram_from_fd(&bar->ram, OBJECT(bar->device), name, size_bytes,
                                       RAM_SHARED, fd, 0, &err);
    }
    if (err) {
        if (fd >= 0) {
            close(fd); /* the region has taken it only if all went well */
        }
        error_propagate_prepend(errp, err, "property 'bar%u': ", bar->nr);
        return false;
    }
    /* A kernel without huge pages has nothing to be asked for */
    (void)madvise(memory_region_get_ram_ptr(&bar->ram), size_bytes, MADV_NOHUGEPAGE);
    memory_region_add_subregion_overlap(&bar->region, 0, &bar->ram, PRIORITY_RAM);
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
        memory_region_del_subregion(&bar->region, &bar->ram);
    }
    memory_region_del_subregion(&bar->region, &bar->backing);
}

void bar_show(BarshiftBar *bar)
{
    memory_region_set_enabled(&bar->region, power_is_d0(bar->device) && !bar->faults.dead);
}

void bar_watch(BarshiftBar *bar, bool watched)
{
    if (bar_present(bar) && bar_has_ram(bar)) {
        memory_region_set_enabled(&bar->ram, !watched);
    }
}

void bar_clear(BarshiftBar *bar)
{
    if (bar_has_ram(bar) && fallocate(memory_region_get_fd(&bar->ram),
                                      FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                                      memory_region_size(&bar->ram)) != 0) {
        error_report("barshift: memory of BAR %u cannot be cleared: %s", bar->nr, strerror(errno));
    }
}
