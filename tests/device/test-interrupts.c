/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of every mode: what is raised arrives and is counted, and nothing else does.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "messages.h"
#include "records.h"
#include "resets.h"

#define ALL_MODES ",msix=8,msi=8,intx=on"
#define VECTORS 8 /* of each mode, with ALL_MODES */

#define MOVED_BASE OTHER_BASE

/* Without a mode */

static void test_none_by_default(void)
{
    uint64_t records;
    Function function;

    interrupts_start(&function, "");
    g_assert_cmphex(legacy_capability_find(&function, PCI_CAP_ID_MSIX), ==, 0);
    g_assert_cmphex(legacy_capability_find(&function, PCI_CAP_ID_MSI), ==, 0);
    g_assert_cmphex(config_read(&function, PCI_INTERRUPT_PIN, 1), ==, 0);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_NONE, 0);

    records = control_read(&function, BARSHIFT_LEDGER_TOTAL);
    interrupt_raise(&function, 0);
    interrupt_raise(&function, BARSHIFT_VECTORS_MAX - 1);
    interrupt_raise(&function, BARSHIFT_VECTORS_MAX - 1);
    assert_counters(&function, 0, 1, 3);
    assert_counters(&function, BARSHIFT_VECTORS_MAX - 1, 2, 3);
    assert_counters(&function, 1, 0, 3);
    g_assert_cmphex(control_read_32(&function, BARSHIFT_INTX_STATUS), ==, 0);
    g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_TOTAL), ==, records);
    g_assert_cmphex(control_read_32(&function, BARSHIFT_DOORBELL), ==, 0);
    function_stop(&function);
}

/* MSI and MSI-X are there, and nobody has enabled them */
static void test_none_until_enabled(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=8,msi=8");
    msix_find(&msix, &function);
    msix_program(&msix);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_NONE, 0);
    interrupt_raise(&function, 1);
    assert_counters(&function, 1, 1, 1);
    g_assert_cmphex(msix_pending(&msix), ==, 0);

    /* It is not made good for */
    msix_flags(&msix, PCI_MSIX_FLAGS_ENABLE);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    function_stop(&function);
}

/* Any mode */

typedef struct ModeCase {
    const char *lost_path;
    const char *wrong_path;
    const char *bad_path;
    enum barshift_interrupt_mode mode;
    unsigned vectors;
} ModeCase;

static const ModeCase mode_cases[] = {
    { "/interrupts/lost/intx", "/interrupts/wrong/intx", "/interrupts/bad-vector/intx",
      BARSHIFT_INTERRUPT_INTX, 32 },
    { "/interrupts/lost/msi", "/interrupts/wrong/msi", "/interrupts/bad-vector/msi",
      BARSHIFT_INTERRUPT_MSI, VECTORS },
    { "/interrupts/lost/msix", "/interrupts/wrong/msix", "/interrupts/bad-vector/msix",
      BARSHIFT_INTERRUPT_MSIX, VECTORS },
};

static void mode_enable(const Function *function, enum barshift_interrupt_mode mode)
{
    Msix msix;

    if (mode == BARSHIFT_INTERRUPT_MSI) {
        msi_enable(function, VECTORS);
    } else if (mode == BARSHIFT_INTERRUPT_MSIX) {
        msix_find(&msix, function);
        msix_enable(&msix);
    }
    g_assert_cmpuint(control_read_32(function, BARSHIFT_INTERRUPT_MODE), ==, mode);
}

/* What arrives when a vector is raised: one vector, or -1 */
static int arrives(const Function *function, enum barshift_interrupt_mode mode, unsigned vector)
{
    uint32_t status;
    int found = -1;

    messages_clear(function);
    interrupt_raise(function, vector);
    status = control_read_32(function, BARSHIFT_INTX_STATUS);
    control_write_32(function, BARSHIFT_INTX_STATUS, status);
    switch (mode) {
    case BARSHIFT_INTERRUPT_INTX:
        found = g_bit_nth_lsf(status, -1);
        g_assert_cmphex(status & (status - 1), ==, 0);
        break;
    case BARSHIFT_INTERRUPT_MSI:
        found = msi_message(function) ? (int)(msi_message(function) - MSI_DATA) : -1;
        break;
    default:
        for (unsigned i = 0; i < VECTORS; i++) {
            found = msix_message(function, i) == MSIX_DATA(i) ? (int)i : found;
        }
    }
    g_assert_cmpuint(messages_count(function), ==, mode != BARSHIFT_INTERRUPT_INTX && found >= 0);
    return found;
}

static void bar_2_move(const Function *function, uint64_t base)
{
    command_set(function, PCI_COMMAND_MEMORY, false);
    bar_write(function, BARSHIFT_MEMORY_BAR, base);
    command_set(function, PCI_COMMAND_MEMORY, true);
}

static void test_lost_after_a_move(gconstpointer data)
{
    const ModeCase *row = data;
    Function function;

    interrupts_start(&function, ALL_MODES ",fault=interrupt-lost");
    mode_enable(&function, row->mode);
    g_assert_cmpint(arrives(&function, row->mode, 1), ==, 1);

    bar_2_move(&function, MOVED_BASE);
    g_assert_cmpint(arrives(&function, row->mode, 1), ==, -1);
    g_assert_cmpint(arrives(&function, row->mode, 2), ==, -1);
    assert_counters(&function, 1, 2, 0);
    assert_counters(&function, 2, 1, 0);

    /* Off: it is over at once. On: with the next move. */
    function_fault(&function, "");
    g_assert_cmpint(arrives(&function, row->mode, 2), ==, 2);
    function_fault(&function, "interrupt-lost");
    g_assert_cmpint(arrives(&function, row->mode, 2), ==, 2);
    bar_2_move(&function, MEMORY_BASE);
    g_assert_cmpint(arrives(&function, row->mode, 2), ==, -1);
    function_stop(&function);
}

/* A driver may reset its function when it takes it, and is to find them lost still */
static void test_lost_over_a_function_reset(void)
{
    Function function;
    Msix msix;

    intx_start(&function, ALL_MODES ",fault=interrupt-lost");
    bar_2_move(&function, MOVED_BASE);

    function_level_reset(&function);
    config_write(&function, PCI_BASE_ADDRESS_0, 4, (uint32_t)function.bars[0].base);
    config_write(&function, PCI_BASE_ADDRESS_1, 4, (uint32_t)function.bars[1].base);
    command_set(&function, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
    msix_find(&msix, &function);
    msix_enable(&msix);

    g_assert_cmpint(arrives(&function, BARSHIFT_INTERRUPT_MSIX, 4), ==, -1);
    function_stop(&function);
}

static void test_wrong_vector(gconstpointer data)
{
    const ModeCase *row = data;
    Function function;

    interrupts_start(&function, ALL_MODES ",fault=wrong-vector");
    mode_enable(&function, row->mode);
    g_assert_cmpint(arrives(&function, row->mode, 3), ==, 2);
    g_assert_cmpint(arrives(&function, row->mode, 0), ==, row->vectors - 1);
    assert_counters(&function, 3, 1, 0);
    assert_counters(&function, 2, 0, 0);
    assert_counters(&function, 0, 1, 0);

    function_fault(&function, "");
    g_assert_cmpint(arrives(&function, row->mode, 3), ==, 3);
    function_stop(&function);
}

/* Nothing is raised, and it is in the ledger */
static void assert_bad_vector(const Function *function, uint32_t vector)
{
    const Record expected[] = { { "bad-vector", NO_BAR, vector, 0 }, { NULL, 0, 0, 0 } };
    gint64 total = ledger_total(function);

    messages_clear(function);
    interrupt_raise(function, vector);
    assert_records(function, total + 1, expected);
    g_assert_cmpuint(messages_count(function), ==, 0);
    g_assert_cmphex(control_read_32(function, BARSHIFT_INTX_STATUS), ==, 0);
    for (unsigned i = 0; i < BARSHIFT_VECTORS_MAX; i++) {
        assert_counters(function, i, 0, 0);
    }
}

static void test_bad_vector(gconstpointer data)
{
    const ModeCase *row = data;
    Function function;

    interrupts_start(&function, ALL_MODES);
    mode_enable(&function, row->mode);
    assert_bad_vector(&function, row->vectors);
    assert_bad_vector(&function, BARSHIFT_VECTORS_MAX - 1);
    assert_bad_vector(&function, BARSHIFT_VECTORS_MAX);
    assert_bad_vector(&function, UINT32_MAX);
    function_stop(&function);
}

static void test_bad_vector_without_a_mode(void)
{
    Function function;

    interrupts_start(&function, "");
    assert_bad_vector(&function, BARSHIFT_VECTORS_MAX);
    assert_bad_vector(&function, UINT32_MAX);
    function_stop(&function);
}

/* The fewer that the operating system gave are all there are */
static void test_bad_vector_of_msi_not_given(void)
{
    Function function;

    interrupts_start(&function, ",msi=8");
    msi_enable(&function, 4);
    assert_bad_vector(&function, 4);
    function_stop(&function);
}

/* Of all vectors, as the host reads it past the guest */
static gint64 told_interrupts(const Function *function)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");

    return json_object_get_int_member(json_node_get_object(ledger), "interrupts");
}

static void test_reset_clears_all(void)
{
    Function function;
    Msix msix;

    intx_start(&function, ALL_MODES ",fault=interrupt-lost");
    interrupt_raise(&function, 1);
    msi_enable(&function, VECTORS);
    command_set(&function, PCI_COMMAND_MASTER, false);
    interrupt_raise(&function, 2);
    assert_counters(&function, 2, 1, 1);
    g_assert_cmpint(told_interrupts(&function), ==, 2);
    bar_2_move(&function, MOVED_BASE);

    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    config_write(&function, PCI_BASE_ADDRESS_0, 4, (uint32_t)function.bars[0].base);
    config_write(&function, PCI_BASE_ADDRESS_1, 4, (uint32_t)function.bars[1].base);
    command_set(&function, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, true);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_INTX, 32);
    assert_intx(&function, 0, false, false);
    assert_counters(&function, 1, 0, 0);
    assert_counters(&function, 2, 0, 0);
    g_assert_cmpint(told_interrupts(&function), ==, 0);

    /* Before another move nothing is lost */
    msix_find(&msix, &function);
    msix_enable(&msix);
    g_assert_cmpint(arrives(&function, BARSHIFT_INTERRUPT_MSIX, 4), ==, 4);
    function_stop(&function);
}

/* After the data, and only when a vector is named */
static void test_copy_raises_its_vector(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=8");
    msix_find(&msix, &function);
    msix_enable(&msix);
    qtest_write(function.qtest, RAM_BASE, 8, UINT64_C(0x0123456789abcdef));
    dma_aim(&function, RAM_BASE, RAM_OTHER, 8);
    control_write_32(&function, BARSHIFT_DMA_VECTOR, 5);
    dma_command(&function, BARSHIFT_DMA_COPY);
    g_assert_cmphex(qtest_read(function.qtest, RAM_OTHER, 8), ==, UINT64_C(0x0123456789abcdef));
    g_assert_cmphex(msix_message(&function, 5), ==, MSIX_DATA(5));
    assert_counters(&function, 5, 1, 0);

    messages_clear(&function);
    control_write_32(&function, BARSHIFT_DMA_VECTOR, BARSHIFT_DMA_NO_VECTOR);
    dma_command(&function, BARSHIFT_DMA_COPY);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    function_stop(&function);
}

/* The doorbell is an access like any other; what it brings is no violation of its own */
static void test_doorbell_while_stopped_is_one_violation(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ALL_MODES);
    msix_find(&msix, &function);
    msix_enable(&msix);
    control_write_32(&function, BARSHIFT_DRIVER_STATE, BARSHIFT_DRIVER_STOPPED);
    interrupt_raise(&function, 5);

    /* The table is the operating system's, which may mask what it likes */
    msix_mask(&msix, 5, true);
    control_write_32(&function, BARSHIFT_DRIVER_STATE, BARSHIFT_DRIVER_STARTED);
    g_assert_cmpuint(control_read(&function, BARSHIFT_VIOLATIONS), ==, 1);
    g_assert_cmphex(msix_message(&function, 5), ==, MSIX_DATA(5));
    function_stop(&function);
}

/* A message is a write, and may go to the register that sends it: QEMU stops that */
static void test_message_to_the_doorbell_is_not_endless(void)
{
    Function function;

    interrupts_start(&function, ",msi=1");
    msi_enable(&function, 1);
    config_write(&function, legacy_capability_find(&function, PCI_CAP_ID_MSI) + PCI_MSI_ADDRESS_LO,
                 4, (uint32_t)function.control_base + BARSHIFT_DOORBELL);
    config_write(&function, legacy_capability_find(&function, PCI_CAP_ID_MSI) + PCI_MSI_DATA_64, 2,
                 0);
    interrupt_raise(&function, 0);
    assert_counters(&function, 0, 1, 0);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/interrupts/none/by-default", test_none_by_default);
    g_test_add_func("/interrupts/none/until-enabled", test_none_until_enabled);
    for (unsigned i = 0; i < G_N_ELEMENTS(mode_cases); i++) {
        g_test_add_data_func(mode_cases[i].lost_path, &mode_cases[i], test_lost_after_a_move);
        g_test_add_data_func(mode_cases[i].wrong_path, &mode_cases[i], test_wrong_vector);
        g_test_add_data_func(mode_cases[i].bad_path, &mode_cases[i], test_bad_vector);
    }
    g_test_add_func("/interrupts/bad-vector/none", test_bad_vector_without_a_mode);
    g_test_add_func("/interrupts/bad-vector/msi-not-given", test_bad_vector_of_msi_not_given);
    g_test_add_func("/interrupts/reset/clears-all", test_reset_clears_all);
    g_test_add_func("/interrupts/reset/function-stays-without-those-lost",
                    test_lost_over_a_function_reset);
    g_test_add_func("/interrupts/copy-raises-its-vector", test_copy_raises_its_vector);
    g_test_add_func("/interrupts/doorbell/while-stopped-is-one-violation",
                    test_doorbell_while_stopped_is_one_violation);
    g_test_add_func("/interrupts/doorbell/message-to-it-is-not-endless",
                    test_message_to_the_doorbell_is_not_endless);
    return g_test_run();
}
