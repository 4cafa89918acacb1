/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the function sees of itself.
 */

#include "qemu/osdep.h"
#include "barshift.h"

void sight_init(BarshiftState *s)
{
    for (unsigned nr = 0; nr < PCI_NUM_REGIONS; nr++) {
        s->sight.regions[nr] = (RegionSight) {
            .base = BARSHIFT_NOT_DECODED,
            .mapped_base = BARSHIFT_NOT_DECODED,
            .size_bytes = PCI_DEVICE(s)->io_regions[nr].size,
        };
    }
}

uint64_t sight_base(BarshiftState *s, unsigned nr)
{
    return power_is_d0(s) ? pci_get_bar_addr(PCI_DEVICE(s), nr) : BARSHIFT_NOT_DECODED;
}

static void see_mapping(BarshiftState *s, unsigned nr, uint64_t base)
{
    RegionSight *seen = &s->sight.regions[nr];
    RegionSight before = *seen;
    bool moved = before.mapped_base != BARSHIFT_NOT_DECODED && before.mapped_base != base;

    ledger_write(&s->ledger, BARSHIFT_EVENT_MAP, nr, base);
    seen->mapped_base = base;
    seen->mapped_size_bytes = seen->size_bytes;
    if (moved) {
        quiesce_disturbed(s, BARSHIFT_VIOLATION_MOVE, nr, base);
    }
    if (nr == PCI_ROM_SLOT) {
        return;
    }
    s->sight.moves += moved;
    faults_mapped(s, &s->bars[nr]);
    if (moved) {
        faults_moved(s, &s->bars[nr], before.mapped_base, before.mapped_size_bytes);
    }
}

static void see_region(BarshiftState *s, unsigned nr)
{
    RegionSight *seen = &s->sight.regions[nr];
    uint64_t base = sight_base(s, nr);
    uint64_t size_bytes = PCI_DEVICE(s)->io_regions[nr].size;

    if (base != seen->base && seen->base != BARSHIFT_NOT_DECODED) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_UNMAP, nr, seen->base);
    }
    /* The ROM has one size, and one that QEMU reads from a file has it after sight_init() only */
    if (nr != PCI_ROM_SLOT && size_bytes != seen->size_bytes) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_RESIZE, nr, size_bytes);
        quiesce_disturbed(s, BARSHIFT_VIOLATION_RESIZE, nr, size_bytes);
        faults_resized(s, &s->bars[nr]);
        seen->size_bytes = size_bytes;
    }
    if (base != seen->base && base != BARSHIFT_NOT_DECODED) {
        see_mapping(s, nr, base);
    }
    seen->base = base;
}

static void see_decode(BarshiftState *s, uint16_t command, uint16_t bit, enum barshift_event on,
                       enum barshift_event off)
{
    if ((command & bit) == (s->sight.command & bit)) {
        return;
    }
    ledger_write(&s->ledger, command & bit ? on : off, BARSHIFT_NO_BAR, command);
    if (!(command & bit)) {
        quiesce_disturbed(s, BARSHIFT_VIOLATION_DECODE_OFF, BARSHIFT_NO_BAR, command);
    }
}

void sight_look(BarshiftState *s)
{
    uint16_t command = pci_get_word(PCI_DEVICE(s)->config + PCI_COMMAND);

    see_decode(s, command, PCI_COMMAND_MEMORY, BARSHIFT_EVENT_DECODE_ON,
               BARSHIFT_EVENT_DECODE_OFF);
    see_decode(s, command, PCI_COMMAND_IO, BARSHIFT_EVENT_IO_DECODE_ON,
               BARSHIFT_EVENT_IO_DECODE_OFF);
    s->sight.command = command & (PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
    for (unsigned nr = 0; nr < PCI_NUM_REGIONS; nr++) {
        if (PCI_DEVICE(s)->io_regions[nr].size) {
            see_region(s, nr);
        }
    }
}

/* Migration */

static const VMStateDescription vmstate_region_sight = {
    .name = "barshift-region-sight",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT64(base, RegionSight),
        VMSTATE_UINT64(size_bytes, RegionSight),
        VMSTATE_UINT64(mapped_base, RegionSight),
        VMSTATE_UINT64(mapped_size_bytes, RegionSight),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_sight = {
    .name = "barshift-sight",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(command, Sight),
        VMSTATE_STRUCT_ARRAY(regions, Sight, PCI_NUM_REGIONS, 1, vmstate_region_sight, RegionSight),
        VMSTATE_UINT64(moves, Sight),
        VMSTATE_END_OF_LIST()
    }
};
