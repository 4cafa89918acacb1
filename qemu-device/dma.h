/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine: copies once, or as a stream of steps in virtual time.
 *
 * Each step goes over the bus: Bus Master Enable and an IOMMU are honoured. What the bus refuses
 * is counted, and a stream goes on.
 */
#ifndef BARSHIFT_DMA_H
#define BARSHIFT_DMA_H

#include "qemu/timer.h"
#include "migration/vmstate.h"
#include "registers.h"

struct BarshiftBar;
struct BarshiftState;

/**
 * DmaTransfer - what a step does
 * @source: bus address, or BARSHIFT_DMA_COUNTER
 * @destination: bus address
 * @length_bytes: means nothing when the source is the counter
 * @period_ns: of a stream
 */
typedef struct DmaTransfer {
    uint64_t source;
    uint64_t destination;
    uint32_t length_bytes;
    uint32_t period_ns;
} DmaTransfer;

/**
 * Dma - embed it, zeroed, in the device's state
 * @next: registers: the transfer that the next command starts
 * @vector: register
 * @state: register: what was commanded
 * @steps: register
 * @failed: register
 * @running: the timer is set, or its step is under way; @state tells the same without faults
 * @busy: a step is under way
 * @abandoned: a reset or the removal of the function came while it was
 * @failing: the last step was refused, and that is in the ledger
 * @stream: the transfer of the stream
 * @deadline_ns: virtual time of its next step
 * @timer: for that
 * @buffer: what is read, until it is written
 */
typedef struct Dma {
    DmaTransfer next;
    uint32_t vector;
    enum barshift_dma_state state;
    uint64_t steps;
    uint64_t failed;

    bool running;
    bool busy;
    bool abandoned;
    bool failing;
    DmaTransfer stream;
    int64_t deadline_ns;
    QEMUTimer timer;
    uint8_t buffer[BARSHIFT_DMA_LENGTH_MAX];
} Dma;

/** dma_realize() - before anything else here; the registers are set by the reset that follows */
void dma_realize(struct BarshiftState *s);

/** dma_exit() - the function goes away; also after a dma_realize() that never was */
void dma_exit(struct BarshiftState *s);

/** dma_reset() - registers as after power-on; a stream has ended, whatever faults there are */
void dma_reset(struct BarshiftState *s);

/** dma_stop() - a stream has ended, whatever faults there are; the other registers stay */
void dma_stop(struct BarshiftState *s);

/**
 * dma_command() - the driver wrote DMA_COMMAND
 * @bar: where it did
 * @command: any number; what is no command, or cannot be done now or with the registers as they
 *   are, is a guest error and does nothing
 */
void dma_command(struct BarshiftBar *bar, uint32_t command);

/** dma_streaming() - does a stream run, whatever register DMA_STATE says? */
bool dma_streaming(const struct BarshiftState *s);

/**
 * dma_busy() - is a step under way?
 *
 * An access to the function comes from its own step then, at first or second hand.
 */
static inline bool dma_busy(const Dma *dma)
{
    return dma->busy;
}

/** vmstate_dma - the registers, and a stream with the time of its next step */
extern const VMStateDescription vmstate_dma;

#endif
