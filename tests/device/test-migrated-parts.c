/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA, interrupts and errors go on where they were in a QEMU that loads a saved state.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "messages.h"
#include "observation.h"
#include "records.h"
#include "resets.h"
#include "state.h"

#define PERIOD_NS 100000

/* To another QEMU; the one that was saved is ended */
static void migrate(Function *function, const char *properties)
{
    int64_t time_ns = qtest_clock_step(function->qtest, 0);
    g_autoptr(GBytes) state = state_save(function->qtest);
    Function there;

    function_start_incoming(&there, properties);
    state_load(there.qtest, state, time_ns);
    assert_observations(observe_function(&there), observe_function(function));
    function_stop(function);
    function->qtest = there.qtest;
}

static void pass(const Function *function, int64_t time_ns)
{
    qtest_clock_step(function->qtest, time_ns);
}

/* DMA */

static void start_stream(Function *function, const char *properties)
{
    interrupts_start(function, properties);
    dma_stream(function, RAM_BASE, PERIOD_NS);
    pass(function, 2 * PERIOD_NS + PERIOD_NS / 4);
    assert_dma(function, BARSHIFT_DMA_STREAMING, 2, 0);
}

static void test_stream_keeps_its_time(void)
{
    Function function;

    start_stream(&function, "");
    migrate(&function, "");
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 0);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 2);

    pass(&function, PERIOD_NS - PERIOD_NS / 4 - 1);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 0);
    pass(&function, 1);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 3, 0);
    pass(&function, 10 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 13, 0);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 13);

    dma_command(&function, BARSHIFT_DMA_STOP);
    pass(&function, 2 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 13, 0);
    function_stop(&function);
}

static void test_paused_stream_is_resumed(void)
{
    Function function;

    start_stream(&function, "");
    dma_command(&function, BARSHIFT_DMA_PAUSE);
    dma_aim(&function, 1, 2, 3); /* what the next stream would do */
    control_write(&function, BARSHIFT_DMA_VECTOR, 5);
    migrate(&function, "");
    pass(&function, 2 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_PAUSED, 2, 0);
    g_assert_cmphex(control_read(&function, BARSHIFT_DMA_SOURCE), ==, 1);
    g_assert_cmphex(control_read(&function, BARSHIFT_DMA_DESTINATION), ==, 2);
    g_assert_cmphex(control_read_32(&function, BARSHIFT_DMA_LENGTH), ==, 3);
    g_assert_cmphex(control_read_32(&function, BARSHIFT_DMA_VECTOR), ==, 5);

    dma_command(&function, BARSHIFT_DMA_RESUME);
    pass(&function, PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 3, 0);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 3);
    function_stop(&function);
}

/* One record tells of all failures up to the next success */
static void test_failing_stream_has_one_record(void)
{
    Function function;
    gint64 total;

    start_stream(&function, "");
    bus_master_set(&function, false);
    pass(&function, PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 1);
    total = ledger_total(&function);
    migrate(&function, "");
    pass(&function, 3 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 4);
    g_assert_cmpint(ledger_total(&function), ==, total);
    function_stop(&function);
}

/* Each step counts, and the first is recorded */
static void test_violating_stream_has_one_record(void)
{
    Function function;
    gint64 total;

    start_stream(&function, "");
    control_write_32(&function, BARSHIFT_DRIVER_STATE, BARSHIFT_DRIVER_STOPPED);
    pass(&function, PERIOD_NS);
    total = ledger_total(&function);
    migrate(&function, "");
    pass(&function, 3 * PERIOD_NS);
    g_assert_cmpint(ledger_total(&function), ==, total);
    g_assert_cmpuint(control_read(&function, BARSHIFT_VIOLATIONS), ==, 4 + 1); /* this read, too */
    function_stop(&function);
}

static void test_unstoppable_stream_goes_on(void)
{
    Function function;

    start_stream(&function, ",fault=dma-unstoppable");
    dma_command(&function, BARSHIFT_DMA_STOP);
    migrate(&function, "");
    pass(&function, 2 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 4, 0);
    function_fault(&function, "");
    pass(&function, 2 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 4, 0);
    function_stop(&function);
}

/* There is none in D3hot, also not after it */
static void test_no_stream_in_d3hot(void)
{
    Function function;

    start_stream(&function, "");
    power_write(&function, D3HOT);
    migrate(&function, "");
    pass(&function, 2 * PERIOD_NS);
    assert_silent(&function, function.control_base);
    power_write(&function, D0);
    pass(&function, 2 * PERIOD_NS);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 2, 0);
    function_stop(&function);
}

/* Interrupts */

/* Masks, messages, pending bits and counters */
static void test_msix(gconstpointer data)
{
    const char *properties = data;
    Function function;
    Msix msix;

    interrupts_start(&function, properties);
    msix_find(&msix, &function);
    msix_enable(&msix);
    msix_mask(&msix, 2, true);
    interrupt_raise(&function, 2);
    interrupt_raise(&function, 3);
    messages_clear(&function);

    migrate(&function, properties);
    g_assert_cmphex(msix_pending(&msix), ==, 1 << 2);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    interrupt_raise(&function, 1);
    g_assert_cmphex(msix_message(&function, 1), ==, MSIX_DATA(1));
    msix_mask(&msix, 2, false);
    g_assert_cmphex(msix_message(&function, 2), ==, MSIX_DATA(2));
    g_assert_cmphex(msix_pending(&msix), ==, 0);
    assert_counters(&function, 2, 1, 0);
    assert_counters(&function, 3, 1, 0);
    function_stop(&function);
}

/* What the PCI core takes for constant */
static void test_msi_pending(void)
{
    Function function;
    unsigned msi;

    interrupts_start(&function, ",msi=4");
    msi = legacy_capability_find(&function, PCI_CAP_ID_MSI);
    msi_enable(&function, 4);
    config_write(&function, msi + PCI_MSI_MASK_64, 4, 1 << 2);
    interrupt_raise(&function, 2);

    migrate(&function, ",msi=4");
    g_assert_cmphex(config_read(&function, msi + PCI_MSI_PENDING_64, 4), ==, 1 << 2);
    g_assert_cmphex(msi_message(&function), ==, 0);
    config_write(&function, msi + PCI_MSI_MASK_64, 4, 0);
    g_assert_cmphex(msi_message(&function), ==, MSI_DATA + 2);
    g_assert_cmphex(config_read(&function, msi + PCI_MSI_PENDING_64, 4), ==, 0);
    function_stop(&function);
}

static void test_intx(void)
{
    Function function;

    interrupts_start(&function, ",intx=on");
    interrupt_raise(&function, 3);
    migrate(&function, ",intx=on");
    g_assert_cmphex(control_read_32(&function, BARSHIFT_INTX_STATUS), ==, 1 << 3);

    /* The pin is asserted: it has to be released before it can be asserted again */
    qtest_irq_watch(function.qtest, "ioapic");
    interrupt_raise(&function, 4);
    g_assert_cmpuint(qtest_irq_raised(function.qtest, FUNCTION_INTX_IRQ), ==, 0);
    control_write_32(&function, BARSHIFT_INTX_STATUS, 1 << 3 | 1 << 4);
    interrupt_raise(&function, 4);
    g_assert_cmpuint(qtest_irq_raised(function.qtest, FUNCTION_INTX_IRQ), ==, 1);
    function_stop(&function);
}

static void test_unsent(void)
{
    Function function;

    interrupts_start(&function, "");
    interrupt_raise(&function, 63);
    migrate(&function, "");
    interrupt_raise(&function, 63);
    assert_counters(&function, 63, 2, 2);
    function_stop(&function);
}

static void test_lost_interrupts(void)
{
    Function function;

    interrupts_start(&function, ",msi=1,fault=interrupt-lost");
    bar_write(&function, BARSHIFT_MEMORY_BAR, OTHER_BASE);
    msi_enable(&function, 1);
    migrate(&function, ",msi=1");
    interrupt_raise(&function, 0);
    assert_counters(&function, 0, 1, 0);
    g_assert_cmphex(msi_message(&function), ==, 0);
    function_fault(&function, "");
    interrupt_raise(&function, 0);
    g_assert_cmphex(msi_message(&function), ==, MSI_DATA);
    function_stop(&function);
}

/* Errors */

/* Status, header and First Error Pointer, of which the PCI core takes the last two for constant */
static void test_errors(void)
{
    Function function;
    unsigned aer;

    interrupts_start(&function, "");
    aer = capability_find(&function, PCI_EXT_CAP_ID_ERR);
    control_write_32(&function, BARSHIFT_AER_INJECT, PCI_ERR_UNC_UNSUP);
    control_write_32(&function, BARSHIFT_AER_INJECT,
                     BARSHIFT_AER_CORRECTABLE | PCI_ERR_COR_BAD_TLP);
    migrate(&function, "");
    g_assert_cmphex(config_read(&function, aer + PCI_ERR_UNCOR_STATUS, 4), ==, PCI_ERR_UNC_UNSUP);
    g_assert_cmphex(config_read(&function, aer + PCI_ERR_CAP, 4) & 0x1f, ==, 20);
    g_assert_cmphex(config_read(&function, aer + PCI_ERR_HEADER_LOG, 4), !=, 0);

    /* The header stays that of the first error */
    control_write_32(&function, BARSHIFT_AER_INJECT, PCI_ERR_UNC_COMP_ABORT);
    g_assert_cmphex(config_read(&function, aer + PCI_ERR_CAP, 4) & 0x1f, ==, 20);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/migrated-parts/dma/stream-keeps-its-time", test_stream_keeps_its_time);
    g_test_add_func("/migrated-parts/dma/paused-stream-is-resumed", test_paused_stream_is_resumed);
    g_test_add_func("/migrated-parts/dma/failing-stream-has-one-record",
                    test_failing_stream_has_one_record);
    g_test_add_func("/migrated-parts/dma/violating-stream-has-one-record",
                    test_violating_stream_has_one_record);
    g_test_add_func("/migrated-parts/dma/unstoppable-stream-goes-on",
                    test_unstoppable_stream_goes_on);
    g_test_add_func("/migrated-parts/dma/none-in-d3hot", test_no_stream_in_d3hot);
    g_test_add_data_func("/migrated-parts/msix/own-bar", ",msix=4", test_msix);
    g_test_add_data_func("/migrated-parts/msix/in-the-memory-bar", ",msix=4,msix-bar=2", test_msix);
    g_test_add_func("/migrated-parts/msi/pending", test_msi_pending);
    g_test_add_func("/migrated-parts/intx/asserted", test_intx);
    g_test_add_func("/migrated-parts/interrupts/unsent", test_unsent);
    g_test_add_func("/migrated-parts/interrupts/lost", test_lost_interrupts);
    g_test_add_func("/migrated-parts/aer/errors", test_errors);
    return g_test_run();
}
