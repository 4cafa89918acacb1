/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCIe function whose BARs can be moved and resized, and which tells what it saw of it.
 *
 * QEMU interface:
 *  + PCI BARs, expansion ROM: as the properties "bar0" to "bar5" and "rom" say; by default
 *    BAR 0, 16 KiB: control registers; BAR 2: memory, 64-bit prefetchable, resizable
 *  + QOM property "tag": instance tag, in every header and in the Device Serial Number
 *  + QOM properties "size", "rebar": of BAR 2 of the default layout
 *  + QOM properties "vendor-id", "device-id", "revision", "class", "subsystem-vendor-id",
 *    "subsystem-id", "serial": identity
 *  + QOM properties "msix", "msix-bar", "msix-offset", "msi", "intx": interrupts
 *  + QOM property "ledger-depth": records that the ledger keeps
 *  + QOM properties "flr", "no-soft-reset": resets and power states (power.h)
 *  + QOM property "aer": Advanced Error Reporting
 *  + QOM properties "vfs", "vf-bar0" to "vf-bar5": virtual functions
 *  + QOM property "fault" (read and write): what is broken on purpose (faults.h)
 *  + QOM property "next-size" (write): size of a BAR from the next reset on
 *  + QOM property "removed" (read and write): it was pulled out of its slot (removal.h)
 *  + QOM property "ledger" (read): BARs, and the whole ledger
 *  + QOM property "moves" (read): times a BAR was mapped elsewhere than before
 *
 * Specification: docs/device.md
 */
#ifndef BARSHIFT_DEVICE_H
#define BARSHIFT_DEVICE_H

#include "qom/object.h"
#include "aer.h"
#include "bar.h"
#include "dma.h"
#include "faults.h"
#include "identity.h"
#include "interrupts.h"
#include "ledger.h"
#include "pcie_rebar.h"
#include "power.h"
#include "qemu-compat.h"
#include "quiesce.h"
#include "sight.h"
#include "sriov.h"

#define TYPE_BARSHIFT "barshift"
OBJECT_DECLARE_SIMPLE_TYPE(BarshiftState, BARSHIFT)

/**
 * BarshiftState - the function
 * @bars: by number
 * @rom: expansion ROM; in use when @rom_bytes is not 0
 * @rebar: Resizable BAR capability; @rebar.count is 0 when no BAR is resizable
 * @ledger: what the function saw
 * @sight: what it sees
 * @quiesce: what its driver declared
 * @dma: DMA engine
 * @power: power state
 * @aer: error reporting
 * @interrupts: MSI-X, MSI, INTx; some of its fields are properties
 * @sriov: its virtual functions, or what it is to its physical one
 * @faults: what is broken on purpose, one bit for each Fault
 * @faults_given: property "fault"; @faults from realize on
 * @removed: property; nothing of the function answers, nor will
 * @scratch: registers of the control page
 * @ledger_select: register of the control page
 * @tag: property
 * @bar_texts: properties "bar0" to "bar5", NULL when not given
 * @size_text: property "size", NULL when not given
 * @rebar_text: property "rebar", NULL when not given
 * @rom_bytes: property "rom", 0 when not given
 * @ledger_depth: property
 * @identity: properties
 */
struct BarshiftState {
    PCIDevice parent_obj;

    BarshiftBar bars[BARSHIFT_BARS];
    MemoryRegion rom;
    PCIEReBar rebar;
    Ledger ledger;
    Sight sight;
    Quiesce quiesce;
    Dma dma;
    Power power;
    Aer aer;
    Sriov sriov;
    Interrupts interrupts;
    uint32_t faults;
    uint32_t faults_given;
    bool removed;
    uint64_t scratch[BARSHIFT_SCRATCHES];
    uint64_t ledger_select;

    uint32_t tag;
    char *bar_texts[BARSHIFT_BARS];
    char *size_text;
    char *rebar_text;
    uint64_t rom_bytes;
    uint32_t ledger_depth;
    Identity identity;
};

/** fault_on() - is @fault injected? */
static inline bool fault_on(const BarshiftState *s, Fault fault)
{
    return (s->faults & 1u << fault) != 0;
}

/**
 * barshift_register_type() - make "-device barshift" known
 *
 * Only after the ABI check: the sizes of the parent types are in this object's layout.
 */
void barshift_register_type(void);

#endif
