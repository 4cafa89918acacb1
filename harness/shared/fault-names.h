/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults that the device can be given, and what each breaks; docs/faults.md says what fails
 * then. The order is that of bits in saved states, so a new one comes last.
 */
#ifndef BARSHIFT_FAULT_NAMES_H
#define BARSHIFT_FAULT_NAMES_H

/* X(identifier, name, what is broken) */
#define BARSHIFT_FAULTS(X) \
    X(BASE_LIES, "base-lies", "register DECODED_BASE is one BAR size too high") \
    X(HEADER_STALE, "header-stale", "header ADDRESS keeps the first address after a move") \
    X(CONTENT_LOST, "content-lost", "the memory is zeroed by a move") \
    X(CONTENT_ALIASED, "content-aliased", "the upper half of a BAR is the lower half once more") \
    X(OLD_ANSWERS, "old-answers", "after a move the BAR answers at its old address, too") \
    X(SCRATCH_LOST, "scratch-lost", "header SCRATCH is cleared by a move") \
    X(SIZE_LIES, "size-lies", "the Resizable BAR Control registers read as another size") \
    X(STUCK_BIT, "stuck-bit", "the decoder takes address bit 32 for 0") \
    X(DEAD_MAPPING, "dead-mapping", "after a move reads return 0 and writes go nowhere") \
    X(BAR_IGNORED, "bar-ignored", "a BAR that was decoded once goes back there with decode on") \
    X(RESIZE_NOT_DECODED, "resize-not-decoded", \
      "the decoder keeps the default size, whatever the registers say") \
    X(RESIZE_WHILE_DECODING, "resize-while-decoding", \
      "a resize is taken while memory decode is on") \
    X(RESET_KEEPS_SIZE, "reset-keeps-size", "a reset leaves resizable BARs at their size") \
    X(LEDGER_DROPS, "ledger-drops", "one record in eight is not kept") \
    X(CAPABILITY_LOOP, "capability-loop", "the list of extended capabilities has no end") \
    X(INTERRUPT_LOST, "interrupt-lost", "no interrupt arrives after a move") \
    X(WRONG_VECTOR, "wrong-vector", "the vector before the one that is raised arrives") \
    X(DMA_UNSTOPPABLE, "dma-unstoppable", "a stream goes on after it was paused or stopped") \
    X(DMA_SHIFTED, "dma-shifted", "DMA writes one page behind its destination")

#endif
