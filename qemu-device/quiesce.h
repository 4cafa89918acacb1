/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Quiesce oracle: the driver declares its state, and the device counts and records what it sees
 * that the state forbids.
 *
 * A function that was never told a state forbids nothing, but that it be moved, resized or
 * switched off while a DMA stream runs.
 */
#ifndef BARSHIFT_QUIESCE_H
#define BARSHIFT_QUIESCE_H

#include "registers.h"

struct BarshiftBar;
struct BarshiftState;

/**
 * Quiesce - embed it, zeroed, in the device's state
 * @state: what the driver declared last
 * @violations: number of them, over resets
 */
typedef struct Quiesce {
    enum barshift_driver_state state;
    uint64_t violations;
} Quiesce;

/**
 * quiesce_declare() - the driver wrote its state
 * @state: any number; one that is no state is a guest error and changes nothing
 */
void quiesce_declare(struct BarshiftState *s, uint32_t state);

/** quiesce_reset() - nothing is declared any more; violations stay */
void quiesce_reset(struct BarshiftState *s);

/** quiesce_violation() - count and record one */
void quiesce_violation(struct BarshiftState *s, enum barshift_violation violation, unsigned bar_nr,
                       uint64_t value);

/** quiesce_accessed() - a BAR was accessed at an offset, other than to declare a state */
void quiesce_accessed(struct BarshiftBar *bar, uint64_t offset, bool is_write);

/** quiesce_disturbed() - a BAR was moved, resized or switched off; that is for when no DMA runs */
void quiesce_disturbed(struct BarshiftState *s, enum barshift_violation violation, unsigned bar_nr,
                       uint64_t value);

#endif
