/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of the function as its driver sees them.
 */

#include <linux/pci_regs.h>

#include "messages.h"
#include "placement.h"

void interrupts_start(Function *function, const char *properties)
{
    function_start(function, properties);
    function_place_bars(function);
    command_set(function, PCI_COMMAND_MASTER, true);
}

void intx_start(Function *function, const char *properties)
{
    interrupts_start(function, properties);
    qtest_irq_watch(function->qtest, "ioapic");
}

void assert_intx(const Function *function, uint32_t status, bool pending, bool asserted)
{
    g_assert_cmphex(control_read_32(function, BARSHIFT_INTX_STATUS), ==, status);
    g_assert_cmphex(config_read(function, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, ==,
                    pending ? PCI_STATUS_INTERRUPT : 0);
    g_assert_cmpint(qtest_irq_level(function->qtest, FUNCTION_INTX_IRQ), ==, asserted);
}

void interrupt_raise(const Function *function, uint32_t vector)
{
    control_write_32(function, BARSHIFT_DOORBELL, vector);
}

uint32_t control_read_32(const Function *function, unsigned offset)
{
    return (uint32_t)qtest_read(function->qtest, function->control_base + offset, 4);
}

void control_write_32(const Function *function, unsigned offset, uint32_t value)
{
    qtest_write(function->qtest, function->control_base + offset, 4, value);
}

void command_set(const Function *function, uint32_t bits, bool on)
{
    uint32_t command = config_read(function, PCI_COMMAND, 2);

    config_write(function, PCI_COMMAND, 2, on ? command | bits : command & ~bits);
}

void assert_interrupt_mode(const Function *function, enum barshift_interrupt_mode mode,
                           unsigned vectors)
{
    g_assert_cmpuint(control_read_32(function, BARSHIFT_INTERRUPT_MODE), ==, mode);
    g_assert_cmpuint(control_read_32(function, BARSHIFT_INTERRUPT_VECTORS), ==, vectors);
}

void assert_counters(const Function *function, unsigned vector, uint64_t raised, uint64_t unsent)
{
    g_assert_cmpuint(control_read(function, BARSHIFT_INTERRUPTS(vector)), ==, raised);
    g_assert_cmpuint(control_read(function, BARSHIFT_INTERRUPTS_UNSENT), ==, unsent);
}

/* Arrived messages */

static uint64_t message_address(unsigned vector)
{
    return MESSAGES_BASE + 8 * vector;
}

void messages_clear(const Function *function)
{
    static const uint8_t nothing[MESSAGES_SIZE];

    qtest_memory_write(function->qtest, MESSAGES_BASE, nothing, sizeof(nothing));
}

unsigned messages_count(const Function *function)
{
    uint32_t words[MESSAGES_SIZE / sizeof(uint32_t)];
    unsigned count = 0;

    qtest_memory_read(function->qtest, MESSAGES_BASE, words, sizeof(words));
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        count += words[i] != 0;
    }
    return count;
}

/* MSI */

static unsigned msi_find(const Function *function)
{
    unsigned msi = legacy_capability_find(function, PCI_CAP_ID_MSI);

    g_assert_cmphex(msi, !=, 0);
    return msi;
}

void msi_enable(const Function *function, unsigned vectors)
{
    unsigned msi = msi_find(function);
    unsigned log2 = g_bit_nth_lsf(vectors, -1);

    config_write(function, msi + PCI_MSI_ADDRESS_LO, 4, (uint32_t)MESSAGES_BASE);
    config_write(function, msi + PCI_MSI_ADDRESS_HI, 4, (uint32_t)(MESSAGES_BASE >> 32));
    config_write(function, msi + PCI_MSI_DATA_64, 2, MSI_DATA);
    config_write(function, msi + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE | log2 << 4);
}

void msi_disable(const Function *function)
{
    config_write(function, msi_find(function) + PCI_MSI_FLAGS, 2, 0);
}

uint32_t msi_message(const Function *function)
{
    return (uint32_t)qtest_read(function->qtest, MESSAGES_BASE, 4);
}

/* MSI-X */

void msix_find(Msix *msix, const Function *function)
{
    unsigned capability = legacy_capability_find(function, PCI_CAP_ID_MSIX);
    uint32_t table, pending;

    g_assert_cmphex(capability, !=, 0);
    table = config_read(function, capability + PCI_MSIX_TABLE, 4);
    pending = config_read(function, capability + PCI_MSIX_PBA, 4);
    *msix = (Msix) {
        .function = function,
        .capability = capability,
        .vectors = (config_read(function, capability + PCI_MSIX_FLAGS, 2) &
                    PCI_MSIX_FLAGS_QSIZE) + 1,
        .bar_nr = table & PCI_MSIX_TABLE_BIR,
        .table_offset = table & PCI_MSIX_TABLE_OFFSET,
        .pending_offset = pending & PCI_MSIX_PBA_OFFSET,
    };
    g_assert_cmpuint(pending & PCI_MSIX_PBA_BIR, ==, msix->bar_nr);
}

static uint64_t entry_address(const Msix *msix, unsigned vector)
{
    return msix->function->bars[msix->bar_nr].base + msix->table_offset +
           vector * PCI_MSIX_ENTRY_SIZE;
}

void msix_aim(const Msix *msix, unsigned vector, uint64_t address, uint32_t data)
{
    QTest *qtest = msix->function->qtest;
    uint64_t entry = entry_address(msix, vector);

    qtest_queue_write(qtest, entry + PCI_MSIX_ENTRY_LOWER_ADDR, 8, address);
    qtest_queue_write(qtest, entry + PCI_MSIX_ENTRY_DATA, 4, data);
    qtest_queue_write(qtest, entry + PCI_MSIX_ENTRY_VECTOR_CTRL, 4, 0);
}

void msix_program(const Msix *msix)
{
    for (unsigned vector = 0; vector < msix->vectors; vector++) {
        msix_aim(msix, vector, message_address(vector), MSIX_DATA(vector));
    }
    qtest_flush(msix->function->qtest);
}

void msix_flags(const Msix *msix, uint16_t flags)
{
    config_write(msix->function, msix->capability + PCI_MSIX_FLAGS, 2, flags);
}

void msix_enable(const Msix *msix)
{
    msix_program(msix);
    msix_flags(msix, PCI_MSIX_FLAGS_ENABLE);
}

void msix_mask(const Msix *msix, unsigned vector, bool masked)
{
    qtest_write(msix->function->qtest, entry_address(msix, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL, 4,
                masked ? PCI_MSIX_ENTRY_CTRL_MASKBIT : 0);
}

uint64_t msix_pending(const Msix *msix)
{
    return qtest_read(msix->function->qtest,
                      msix->function->bars[msix->bar_nr].base + msix->pending_offset, 8);
}

uint32_t msix_message(const Function *function, unsigned vector)
{
    return (uint32_t)qtest_read(function->qtest, message_address(vector), 4);
}
