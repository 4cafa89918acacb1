/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved state of the function: of each part what it says itself, in an order that matters.
 *
 * A function that differs is refused before anything is loaded. What configuration space is
 * compared with, and what BARs are mapped by, comes in front of it; what depends on where BARs are
 * mapped, behind it. The PCI core maps the BARs as it loads configuration space, and nothing here
 * looks at them afterwards: what the function saw is loaded as well, so the next look finds
 * nothing new and the ledger goes on where it was.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/pci/msix.h"
#include "barshift.h"
#include "next_size.h"
#include "saved_layout.h"
#include "vmstate.h"

/* QEMU makes virtual functions of what is written to configuration space, not of a saved state */
static int pre_save(void *opaque)
{
    const BarshiftState *s = opaque;

    if (s->sriov.count == 0 && !s->sriov.physical) {
        return 0;
    }
    error_report("barshift: property 'vfs': the state of virtual functions cannot be saved");
    return -ENOTSUP;
}

const VMStateDescription vmstate_barshift = {
    .name = TYPE_BARSHIFT,
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_save = pre_save,
    .fields = (VMStateField[]) {
        VMSTATE_WHOLE("layout", BarshiftState, vmstate_saved_layout),
        VMSTATE_WHOLE("faults", BarshiftState, vmstate_faults),
        VMSTATE_STRUCT_ARRAY(bars, BarshiftState, BARSHIFT_BARS, 1, vmstate_bar_sizes, BarshiftBar),
        VMSTATE_PCIE_REBAR(rebar, BarshiftState),
        VMSTATE_PCI_DEVICE(parent_obj, BarshiftState),
        VMSTATE_MSIX(parent_obj, BarshiftState),
        VMSTATE_STRUCT_ARRAY(bars, BarshiftState, BARSHIFT_BARS, 1, vmstate_bar, BarshiftBar),
        VMSTATE_WHOLE("power", BarshiftState, vmstate_power),
        VMSTATE_STRUCT(ledger, BarshiftState, 1, vmstate_ledger, Ledger),
        VMSTATE_STRUCT(sight, BarshiftState, 1, vmstate_sight, Sight),
        VMSTATE_STRUCT(quiesce, BarshiftState, 1, vmstate_quiesce, Quiesce),
        VMSTATE_STRUCT(interrupts, BarshiftState, 1, vmstate_interrupts, Interrupts),
        VMSTATE_STRUCT(dma, BarshiftState, 1, vmstate_dma, Dma),
        VMSTATE_UINT64_ARRAY(scratch, BarshiftState, BARSHIFT_SCRATCHES),
        VMSTATE_UINT64(ledger_select, BarshiftState),
        VMSTATE_BOOL(removed, BarshiftState),
        VMSTATE_END_OF_LIST()
    }
};
