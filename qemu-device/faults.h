/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Injected faults: each breaks one thing, so that the invariant which watches it can be seen to
 * fail. docs/faults.md names the invariant of each.
 *
 * Faults of BARs strike every BAR but the control BAR, and that one when it is the only memory
 * BAR. A fault that needs a move strikes when a BAR is mapped at another address than before, and
 * lasts until the next reset, or until it is switched off.
 */
#ifndef BARSHIFT_FAULTS_H
#define BARSHIFT_FAULTS_H

#include "migration/vmstate.h"
#include "qapi/error.h"
#include "fault-names.h"
#include "qemu-compat.h"

struct BarshiftBar;
struct BarshiftState;

#define FAULT_BIT(id, name, breaks) FAULT_##id,

/** Fault - bit numbers in BarshiftState.faults */
typedef enum Fault {
    BARSHIFT_FAULTS(FAULT_BIT)
    FAULTS
} Fault;

/**
 * BarFaults - what moves have broken of one BAR; embed it, zeroed, in the BAR
 * @has_stale_base: @stale_base is in use
 * @stale_base: the first address that was left by a move
 * @first_base: FAULT_BAR_IGNORED: the first address since the reset, 0 before it has one
 * @dead: FAULT_DEAD_MAPPING: nothing answers
 * @aliases: the two regions below were initialised
 * @old_mapping: the BAR once more
 * @old_space: where @old_mapping is mapped, NULL when it is not
 * @upper_half: the lower half of the memory once more
 */
typedef struct BarFaults {
    bool has_stale_base;
    uint64_t stale_base;
    uint64_t first_base;
    bool dead;
    bool aliases;
    MemoryRegion old_mapping;
    MemoryRegion *old_space;
    MemoryRegion upper_half;
} BarFaults;

/**
 * faults_parse() - read the property "fault"
 * @text: names joined by '+' or ',', or empty
 * @faults: (out) one bit for each Fault; set only on success
 *
 * Return: false with @errp set, and all names in it, when a name is unknown.
 */
bool faults_parse(const char *text, uint32_t *faults, Error **errp);

/** faults_text() - the property that is read back; the caller frees it */
char *faults_text(uint32_t faults);

/** faults_set() - from now on exactly @faults are injected */
void faults_set(struct BarshiftState *s, uint32_t faults);

/** faults_reset() - undo what moves have done; the same faults strike again later */
void faults_reset(struct BarshiftState *s, enum barshift_reset kind);

/** bar_faults_undo() - faults_reset() for one BAR */
void bar_faults_undo(struct BarshiftBar *bar);

/** bar_faults_ram_replaced() - the memory of a BAR is another region now */
void bar_faults_ram_replaced(struct BarshiftBar *bar);

/** bar_fault_on() - is @fault injected, and does it strike this BAR? */
bool bar_fault_on(const struct BarshiftBar *bar, Fault fault);

/** bar_faults_offset() - where an access at @offset ends up in the BAR */
uint64_t bar_faults_offset(struct BarshiftBar *bar, uint64_t offset);

/** faults_before_decode() - memory decode is about to be turned on */
void faults_before_decode(struct BarshiftState *s);

/** faults_mapped() - a BAR has just been mapped, moved or not */
void faults_mapped(struct BarshiftState *s, struct BarshiftBar *bar);

/**
 * faults_moved() - a BAR has just been mapped elsewhere than before
 * @old_base: where it was mapped before
 * @old_size_bytes: its size there
 */
void faults_moved(struct BarshiftState *s, struct BarshiftBar *bar, uint64_t old_base,
                  uint64_t old_size_bytes);

/** faults_resized() - a BAR has just got another size */
void faults_resized(struct BarshiftState *s, struct BarshiftBar *bar);

/**
 * vmstate_faults - the faults that are injected, of the whole BarshiftState
 *
 * In front of configuration space, which one of them changes.
 */
extern const VMStateDescription vmstate_faults;

/**
 * vmstate_bar_faults - what moves have broken, of a BarshiftBar
 *
 * Behind configuration space, and in front of the power state, which lets BARs answer or not.
 */
extern const VMStateDescription vmstate_bar_faults;

#endif
