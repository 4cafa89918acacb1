/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCIe function whose BARs can be moved and resized, and which tells what it saw of it.
 *
 * QEMU interface:
 *  + PCI BAR 0: control registers and ledger, 16 KiB, 32-bit memory (registers.h)
 *  + PCI BAR 2: memory with a header page, 64-bit prefetchable, resizable
 *  + QOM property "tag": instance tag, in every header and in the Device Serial Number
 *  + QOM property "size": size of BAR 2 after reset
 *  + QOM property "rebar": sizes that BAR 2 can be given, "off" for none but "size"
 *  + QOM property "fault": what is broken on purpose (faults.h)
 *  + QOM property "ledger" (read): the whole ledger
 *  + QOM property "moves" (read): times a BAR was mapped elsewhere than before
 *
 * Specification: docs/device.md
 */
#ifndef BARSHIFT_DEVICE_H
#define BARSHIFT_DEVICE_H

#include "qom/object.h"
#include "faults.h"
#include "ledger.h"
#include "pcie_rebar.h"

#define TYPE_BARSHIFT "barshift"
OBJECT_DECLARE_SIMPLE_TYPE(BarshiftState, BARSHIFT)

/**
 * BarshiftBar - one memory BAR
 * @device: the function that it belongs to
 * @nr: number of the BAR
 * @region: what is mapped; of the memory BAR a container as large as the BAR
 * @header: (memory BAR) header page, over the first page of @ram
 * @ram: (memory BAR) memory of the largest size, the same through every move and resize
 * @scratch: of its header
 * @seen_base: where it was decoded when last looked at, or BARSHIFT_NOT_DECODED
 * @seen_size: its size then
 * @mapped_base: where it was decoded the last time that it was, or BARSHIFT_NOT_DECODED
 * @mapped_size: its size there
 */
typedef struct BarshiftBar {
    BarshiftState *device;
    unsigned nr;
    MemoryRegion region;
    MemoryRegion header;
    MemoryRegion ram;
    uint64_t scratch;
    uint64_t seen_base;
    uint64_t seen_size;
    uint64_t mapped_base;
    uint64_t mapped_size;
} BarshiftBar;

/**
 * BarshiftState - the function
 * @control: BAR 0
 * @memory: BAR 2
 * @rebar: Resizable BAR capability; @rebar.count is 0 with rebar=off
 * @ledger: what the function saw
 * @faults: what is broken on purpose
 * @seen_decode: memory decode when last looked at
 * @moves: times a BAR was mapped elsewhere than before
 * @scratch: registers of the control BAR
 * @tag: property
 * @size_bytes: property "size"
 * @rebar_text: property "rebar"
 * @fault_text: property "fault", NULL when not given
 */
struct BarshiftState {
    PCIDevice parent_obj;

    BarshiftBar control;
    BarshiftBar memory;
    PCIEReBar rebar;
    Ledger ledger;
    Faults faults;
    bool seen_decode;
    uint64_t moves;
    uint64_t scratch[BARSHIFT_SCRATCHES];

    uint32_t tag;
    uint64_t size_bytes;
    char *rebar_text;
    char *fault_text;
};

/**
 * barshift_register_type() - make "-device barshift" known
 *
 * Only after the ABI check: the sizes of the parent types are in this object's layout.
 */
void barshift_register_type(void);

#endif
