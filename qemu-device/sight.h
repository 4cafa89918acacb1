/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the function sees of itself: memory and I/O decode, and where the PCI core has mapped its
 * BARs at which size. Each change goes into the ledger.
 */
#ifndef BARSHIFT_SIGHT_H
#define BARSHIFT_SIGHT_H

#include "migration/vmstate.h"
#include "qemu-compat.h"

struct BarshiftState;

/**
 * RegionSight - one BAR, or the expansion ROM
 * @base: where it was decoded when last looked at, or BARSHIFT_NOT_DECODED
 * @size_bytes: its size then
 * @mapped_base: where it was decoded the last time that it was, or BARSHIFT_NOT_DECODED
 * @mapped_size_bytes: its size there
 */
typedef struct RegionSight {
    uint64_t base;
    uint64_t size_bytes;
    uint64_t mapped_base;
    uint64_t mapped_size_bytes;
} RegionSight;

/**
 * Sight - embed it in the device's state
 * @command: memory and I/O decode of the Command register when last looked at
 * @regions: by number of the BAR, the expansion ROM last
 * @moves: times a BAR was mapped elsewhere than before
 */
typedef struct Sight {
    uint16_t command;
    RegionSight regions[PCI_NUM_REGIONS];
    uint64_t moves;
} Sight;

/** sight_init() - nothing is decoded yet; after the BARs were registered */
void sight_init(struct BarshiftState *s);

/** sight_base() - where a region answers now, or BARSHIFT_NOT_DECODED */
uint64_t sight_base(struct BarshiftState *s, unsigned nr);

/** sight_look() - look, and tell the ledger and the faults what has changed */
void sight_look(struct BarshiftState *s);

/** vmstate_sight - what was seen; loading it is no look, so it brings no records */
extern const VMStateDescription vmstate_sight;

#endif
