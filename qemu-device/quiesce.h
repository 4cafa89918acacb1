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

#include "migration/vmstate.h"
#include "registers.h"

struct BarshiftBar;
struct BarshiftState;

/**
 * Quiesce - embed it, zeroed, in the device's state
 * @state: what the driver declared last
 * @violations: number of them, over resets
 * @step_recorded: a DMA step is in the ledger that stands for those that follow it
 */
typedef struct Quiesce {
    enum barshift_driver_state state;
    uint64_t violations;
    bool step_recorded;
} Quiesce;

/**
 * quiesce_declare() - the driver wrote its state
 * @bar: where it did
 * @state: any number; one that is no state is a guest error and changes nothing
 */
void quiesce_declare(struct BarshiftBar *bar, uint32_t state);

/** quiesce_reset() - nothing is declared any more; violations stay */
void quiesce_reset(struct BarshiftState *s);

/**
 * quiesce_accessed() - a BAR was accessed at an offset, other than to declare a state
 *
 * By others: what the function's own DMA does counts as DMA alone.
 */
void quiesce_accessed(struct BarshiftBar *bar, uint64_t offset, bool is_write);

/** quiesce_dma_started() - a copy or a stream is about to begin, by @command */
void quiesce_dma_started(struct BarshiftState *s, enum barshift_dma_command command);

/**
 * quiesce_dma_step() - a step of DMA is about to be done
 *
 * Each one counts, but only the first since the state was declared, or DMA was started, is
 * recorded: the ledger has room for other things, too.
 */
void quiesce_dma_step(struct BarshiftState *s, uint64_t destination);

/** quiesce_disturbed() - a BAR was moved, resized or switched off; that is for when no DMA runs */
void quiesce_disturbed(struct BarshiftState *s, enum barshift_violation which, unsigned bar_nr,
                       uint64_t value);

/** vmstate_quiesce - after the BARs */
extern const VMStateDescription vmstate_quiesce;

#endif
