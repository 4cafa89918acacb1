/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One BAR: what is mapped at its address.
 *
 * A container as large as the BAR is registered with the PCI core. In it lie, the upper in front
 * of the lower:
 *
 *   header   registers: the first page of a memory BAR, 64 bytes of an I/O BAR
 *   MSI-X    table and pending bits, in the BAR that has them
 *   ram      memory, if there is any; away while the driver says that it has stopped
 *   backing  registers over the whole BAR: pattern, nothing, or memory that is watched
 *
 * They stay where they are through every move and resize of the container, which clips them. Ram
 * and backing are as large as the largest size that the BAR has had or can be given.
 */
#ifndef BARSHIFT_BAR_H
#define BARSHIFT_BAR_H

#include "bar_spec.h"
#include "faults.h"
#include "qemu-compat.h"
#include "sparse_memory.h"

struct BarshiftState;

/**
 * BarshiftBar - embed it in the device's state
 * @device: the function that it belongs to
 * @nr: number of the BAR
 * @spec: what it is; BAR_ABSENT: there is none, and nothing else is in use
 * @given_bytes: size after reset that the property asked for
 * @next_bytes: size after reset from the next reset on, 0 when it stays (next_size.h)
 * @region: container
 * @header: see above
 * @ram: see above; the first one of @rams, NULL when there is none
 * @rams: it was replaced by a larger one, but QEMU may look at it as long as the function is there
 * @backing: see above
 * @scratch: of its header
 * @faults: what moves have broken
 */
typedef struct BarshiftBar {
    struct BarshiftState *device;
    unsigned nr;
    BarSpec spec;
    uint64_t given_bytes;
    uint64_t next_bytes;
    MemoryRegion region;
    MemoryRegion header;
    MemoryRegion *ram;
    GSList *rams;
    MemoryRegion backing;
    uint64_t scratch;
    BarFaults faults;
} BarshiftBar;

/**
 * bar_realize() - make the regions
 * @spec: not BAR_ABSENT
 *
 * Return: false with @errp set when the memory cannot be had.
 */
bool bar_realize(BarshiftBar *bar, struct BarshiftState *device, unsigned nr, const BarSpec *spec,
                 Error **errp);

/** bar_unrealize() - undo; each subregion holds a reference to the function */
void bar_unrealize(BarshiftBar *bar);

/** bar_finalize() - free what is left when the function and its regions are gone */
void bar_finalize(BarshiftBar *bar);

/** bar_present() - is there such a BAR? */
static inline bool bar_present(const BarshiftBar *bar)
{
    return bar->spec.kind != BAR_ABSENT;
}

/** bar_has_ram() - is there memory behind it? */
static inline bool bar_has_ram(const BarshiftBar *bar)
{
    return bar->spec.backing == BARSHIFT_BACKING_RAM;
}

/** bar_room() - bytes of ram and backing */
uint64_t bar_room(BarshiftBar *bar);

/**
 * bar_make_room() - let ram and backing have at least @size_bytes; contents stay
 *
 * Return: false with @errp set when the memory cannot be had.
 */
bool bar_make_room(BarshiftBar *bar, uint64_t size_bytes, Error **errp);

/** bar_pci_type() - type bits of its register */
uint8_t bar_pci_type(const BarSpec *spec);

/** bar_show() - let it answer, unless the power state or a fault keeps it from that */
void bar_show(BarshiftBar *bar);

/** bar_watch() - let each access to the memory be seen, or do not */
void bar_watch(BarshiftBar *bar, bool watched);

/** bar_clear() - the memory reads as zero afterwards */
void bar_clear(BarshiftBar *bar);

/** vmstate_bar - contents and faults; after configuration space. All slots, with a BAR or not. */
extern const VMStateDescription vmstate_bar;

#endif
