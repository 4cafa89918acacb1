/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine.
 */
#ifndef BARSHIFT_DMA_H
#define BARSHIFT_DMA_H

#include "registers.h"

/**
 * Dma - embed it, zeroed, in the device's state
 * @state: what it does
 */
typedef struct Dma {
    enum barshift_dma_state state;
} Dma;

/** dma_streaming() - does a stream run? */
static inline bool dma_streaming(const Dma *dma)
{
    return dma->state == BARSHIFT_DMA_STREAMING;
}

#endif
