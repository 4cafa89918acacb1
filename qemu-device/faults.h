/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults: each breaks one thing of the memory BAR, so that the invariant which watches
 * it can be seen to fail. docs/device.md names the invariant of each.
 *
 * A fault that needs a move strikes when the BAR is mapped at another address than before, and
 * lasts until the next reset.
 */
#ifndef BARSHIFT_FAULTS_H
#define BARSHIFT_FAULTS_H

#include "hw/pci/pci.h"

struct BarshiftBar;

/** Fault - bit numbers in Faults.enabled */
typedef enum Fault {
    FAULT_BASE_LIES,    /* register DECODED_BASE is one BAR size too high */
    FAULT_HEADER_STALE, /* register HEADER_ADDRESS keeps the first address after a move */
    FAULT_CONTENT_LOST, /* the memory is zeroed by a move */
    FAULT_OLD_ANSWERS,  /* after a move the BAR answers at its old address, too */
    FAULT_SCRATCH_LOST, /* register HEADER_SCRATCH is cleared by a move */
    FAULT_SIZE_LIES,    /* the Resizable BAR Control register reads as another size */
    FAULT_STUCK_BIT,    /* the decoder takes address bit 32 for 0, the BAR reads back as written */
    FAULT_DEAD_MAPPING, /* after a move reads return 0 and writes go nowhere */
    FAULTS
} Fault;

/**
 * Faults - embed it, zeroed, in the device's state
 * @enabled: one bit for each Fault
 * @has_stale_base: @stale_base is in use
 * @stale_base: the first address that was left by a move
 * @old_mapping: alias of the BAR; it exists when FAULT_OLD_ANSWERS is enabled
 * @old_space: where @old_mapping is mapped, NULL when it is not
 */
typedef struct Faults {
    uint32_t enabled;
    bool has_stale_base;
    uint64_t stale_base;
    MemoryRegion old_mapping;
    MemoryRegion *old_space;
} Faults;

/**
 * faults_parse() - read the property "fault"
 * @text: names joined by '+', or NULL for none
 * @enabled: (out) set only on success
 *
 * Return: false with @errp set, and all names in it, when a name is unknown.
 */
bool faults_parse(const char *text, uint32_t *enabled, Error **errp);

/** fault_on() - is @fault injected? */
static inline bool fault_on(const Faults *faults, Fault fault)
{
    return (faults->enabled & (1u << fault)) != 0;
}

/**
 * faults_init() - prepare what the enabled faults need
 * @bar: the memory BAR, its regions initialised
 */
void faults_init(Faults *faults, struct BarshiftBar *bar);

/** faults_mapped() - the BAR has just been mapped, moved or not */
void faults_mapped(Faults *faults, struct BarshiftBar *bar);

/**
 * faults_moved() - the BAR has just been mapped elsewhere than before
 * @old_base: where it was mapped before
 * @old_size: its size there
 */
void faults_moved(Faults *faults, struct BarshiftBar *bar, uint64_t old_base, uint64_t old_size);

/** faults_reset() - undo what moves have done; the same faults strike again later */
void faults_reset(Faults *faults, struct BarshiftBar *bar);

#endif
