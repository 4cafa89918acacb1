/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine of the function under test.
 */
#ifndef BARSHIFT_TEST_DMA_H
#define BARSHIFT_TEST_DMA_H

#include "function.h"

/* Of the machine's 128 MiB at address 0: where firmware and VGA are not */
#define RAM_BASE UINT64_C(0x1000000)
#define RAM_OTHER UINT64_C(0x2000000)

/** bus_master_set() - Bus Master Enable on or off */
void bus_master_set(const Function *function, bool on);

/** dma_aim() - write the registers of a transfer */
void dma_aim(const Function *function, uint64_t source, uint64_t destination, uint32_t length);

/** dma_command() - write DMA_COMMAND */
void dma_command(const Function *function, uint32_t command);

/** dma_stream() - start a stream that writes its step number to @destination, each @period_ns */
void dma_stream(const Function *function, uint64_t destination, uint32_t period_ns);

/** assert_dma() - what the engine says of itself */
void assert_dma(const Function *function, enum barshift_dma_state state, uint64_t steps,
                uint64_t failed);

#endif
