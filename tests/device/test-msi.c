/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI: as many vectors as the operating system gives the function.
 */

#include <linux/pci_regs.h>

#include "messages.h"

typedef struct MsiCase {
    const char *path;
    unsigned capable; /* property "msi" */
    unsigned asked;   /* what the operating system writes */
    unsigned enabled; /* what comes of it */
} MsiCase;

static const MsiCase msi_cases[] = {
    { "/msi/vectors/1", 1, 1, 1 },
    { "/msi/vectors/2", 2, 2, 2 },
    { "/msi/vectors/4", 4, 4, 4 },
    { "/msi/vectors/8", 8, 8, 8 },
    { "/msi/vectors/16", 16, 16, 16 },
    { "/msi/vectors/32", 32, 32, 32 },
    { "/msi/vectors/8-of-32", 32, 8, 8 },
    { "/msi/vectors/1-of-2", 2, 1, 1 },
    { "/msi/vectors/32-of-4-is-4", 4, 32, 4 },
};

static void test_vectors(gconstpointer data)
{
    const MsiCase *row = data;
    g_autofree char *properties = g_strdup_printf(",msi=%u", row->capable);
    uint64_t records;
    Function function;

    interrupts_start(&function, properties);
    msi_enable(&function, row->asked);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_MSI, row->enabled);
    records = control_read(&function, BARSHIFT_LEDGER_TOTAL);

    for (unsigned vector = 0; vector < row->enabled; vector++) {
        messages_clear(&function);
        interrupt_raise(&function, vector);
        g_assert_cmphex(msi_message(&function), ==, MSI_DATA + vector);
        g_assert_cmpuint(messages_count(&function), ==, 1);
        assert_counters(&function, vector, 1, 0);
    }
    g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_TOTAL), ==, records);
    function_stop(&function);
}

/* PCIe r6.0, sec 6.1.4.5: a masked vector is pending until it is unmasked */
static void test_masked_vector_is_pending(void)
{
    unsigned msi;
    Function function;

    interrupts_start(&function, ",msi=4");
    msi_enable(&function, 4);
    msi = legacy_capability_find(&function, PCI_CAP_ID_MSI);
    config_write(&function, msi + PCI_MSI_MASK_64, 4, 1 << 2);
    interrupt_raise(&function, 2);
    interrupt_raise(&function, 2);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    g_assert_cmphex(config_read(&function, msi + PCI_MSI_PENDING_64, 4), ==, 1 << 2);
    assert_counters(&function, 2, 2, 0);

    config_write(&function, msi + PCI_MSI_MASK_64, 4, 0);
    g_assert_cmphex(msi_message(&function), ==, MSI_DATA + 2);
    g_assert_cmphex(config_read(&function, msi + PCI_MSI_PENDING_64, 4), ==, 0);
    function_stop(&function);
}

static void test_needs_bus_master(void)
{
    unsigned msi;
    Function function;

    interrupts_start(&function, ",msi=4");
    msi_enable(&function, 4);
    msi = legacy_capability_find(&function, PCI_CAP_ID_MSI);
    command_set(&function, PCI_COMMAND_MASTER, false);
    interrupt_raise(&function, 2);
    assert_counters(&function, 2, 1, 1);
    g_assert_cmpuint(messages_count(&function), ==, 0);

    /* A masked one is not to be sent now */
    config_write(&function, msi + PCI_MSI_MASK_64, 4, 1 << 2);
    interrupt_raise(&function, 2);
    assert_counters(&function, 2, 2, 1);
    command_set(&function, PCI_COMMAND_MASTER, true);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    config_write(&function, msi + PCI_MSI_MASK_64, 4, 0);
    g_assert_cmphex(msi_message(&function), ==, MSI_DATA + 2);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(msi_cases); i++) {
        g_test_add_data_func(msi_cases[i].path, &msi_cases[i], test_vectors);
    }
    g_test_add_func("/msi/masked-vector-is-pending", test_masked_vector_is_pending);
    g_test_add_func("/msi/needs-bus-master", test_needs_bus_master);
    return g_test_run();
}
