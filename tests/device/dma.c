/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine of the function under test.
 */

#include <linux/pci_regs.h>

#include "dma.h"

void bus_master_set(const Function *function, bool on)
{
    uint32_t command = config_read(function, PCI_COMMAND, 2);

    config_write(function, PCI_COMMAND, 2,
                 on ? command | PCI_COMMAND_MASTER : command & ~(uint32_t)PCI_COMMAND_MASTER);
}

void dma_aim(const Function *function, uint64_t source, uint64_t destination, uint32_t length)
{
    control_write(function, BARSHIFT_DMA_SOURCE, source);
    control_write(function, BARSHIFT_DMA_DESTINATION, destination);
    qtest_write(function->qtest, function->control_base + BARSHIFT_DMA_LENGTH, 4, length);
}

void dma_command(const Function *function, uint32_t command)
{
    qtest_write(function->qtest, function->control_base + BARSHIFT_DMA_COMMAND, 4, command);
}

void dma_stream(const Function *function, uint64_t destination, uint32_t period_ns)
{
    dma_aim(function, BARSHIFT_DMA_COUNTER, destination, 0);
    qtest_write(function->qtest, function->control_base + BARSHIFT_DMA_PERIOD, 4, period_ns);
    dma_command(function, BARSHIFT_DMA_STREAM);
}

void assert_dma(const Function *function, enum barshift_dma_state state, uint64_t steps,
                uint64_t failed)
{
    g_assert_cmpuint(control_read(function, BARSHIFT_DMA_STEPS), ==, steps);
    g_assert_cmpuint(control_read(function, BARSHIFT_DMA_FAILED), ==, failed);
    g_assert_cmpuint(control_read(function, BARSHIFT_DMA_STATE), ==, state);
}
