/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INTx: the pin is asserted while any vector is raised, unless something silences it. */
#include <linux/pci_regs.h>

#include "messages.h"

#define ALL_MODES ",msix=8,msi=8,intx=on"
#define VECTORS 8 /* of each mode, with ALL_MODES */

static void test_intx_is_asserted_while_any_is_raised(void)
{
    Function function;

    intx_start(&function, ",intx=on");
    g_assert_cmphex(config_read(&function, PCI_INTERRUPT_PIN, 1), ==, 1);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_INTX, 32);
    assert_intx(&function, 0, false, false);

    interrupt_raise(&function, 0);
    assert_intx(&function, 0x1, true, true);
    interrupt_raise(&function, 31);
    interrupt_raise(&function, 31);
    assert_intx(&function, 0x80000001u, true, true);
    assert_counters(&function, 0, 1, 0);
    assert_counters(&function, 31, 2, 0);

    /* Ones clear, one byte of them too */
    qtest_write(function.qtest, function.control_base + BARSHIFT_INTX_STATUS + 3, 1, 0xff);
    assert_intx(&function, 0x1, true, true);
    control_write_32(&function, BARSHIFT_INTX_STATUS, ~UINT32_C(1));
    assert_intx(&function, 0x1, true, true);
    control_write_32(&function, BARSHIFT_INTX_STATUS, 1);
    assert_intx(&function, 0, false, false);
    g_assert_cmpuint(qtest_irq_raised(function.qtest, FUNCTION_INTX_IRQ), ==, 1);

    interrupt_raise(&function, 7);
    assert_intx(&function, 0x80, true, true);
    g_assert_cmpuint(qtest_irq_raised(function.qtest, FUNCTION_INTX_IRQ), ==, 2);
    function_stop(&function);
}

static void test_every_vector_has_a_status_bit(void)
{
    Function function;

    intx_start(&function, ",intx=on");
    for (unsigned vector = 0; vector < 32; vector++) {
        interrupt_raise(&function, vector);
        assert_intx(&function, 1u << vector, true, true);
        assert_counters(&function, vector, 1, 0);
        control_write_32(&function, BARSHIFT_INTX_STATUS, 1u << vector);
    }
    assert_intx(&function, 0, false, false);
    function_stop(&function);
}

/* PCIe r6.0, sec 7.5.1.1.3: Interrupt Disable keeps the pin silent, and Interrupt Status tells */
static void test_interrupt_disable_masks_intx(void)
{
    Function function;

    intx_start(&function, ",intx=on");
    command_set(&function, PCI_COMMAND_INTX_DISABLE, true);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_INTX, 32);
    interrupt_raise(&function, 3);
    assert_intx(&function, 0x8, true, false);
    assert_counters(&function, 3, 1, 0);

    command_set(&function, PCI_COMMAND_INTX_DISABLE, false);
    assert_intx(&function, 0x8, true, true);
    command_set(&function, PCI_COMMAND_INTX_DISABLE, true);
    assert_intx(&function, 0x8, true, false);
    control_write_32(&function, BARSHIFT_INTX_STATUS, 0x8);
    assert_intx(&function, 0, false, false);
    function_stop(&function);
}

/*
 * Interrupt Disable alone, which is in the upper byte of Command. The pin follows all the same, and
 * so does QEMU's count of asserted pins, which a reset finds to be wrong and then ends QEMU.
 */
static void test_interrupt_disable_can_be_written_alone(void)
{
    Function function;

    intx_start(&function, ",intx=on");
    interrupt_raise(&function, 3);
    config_write(&function, PCI_COMMAND + 1, 1, PCI_COMMAND_INTX_DISABLE >> 8);
    assert_intx(&function, 0x8, true, false);
    config_write(&function, PCI_COMMAND + 1, 1, 0);
    assert_intx(&function, 0x8, true, true);

    config_write(&function, PCI_COMMAND + 1, 1, PCI_COMMAND_INTX_DISABLE >> 8);
    control_write_32(&function, BARSHIFT_INTX_STATUS, 0x8);
    assert_intx(&function, 0, false, false);
    qtest_system_reset(function.qtest);
    function_stop(&function);
}

/* In D3hot a function is silent, PCIe r6.0, sec 5.3.1.4.1; No_Soft_Reset: it forgets nothing */
static void test_intx_is_silent_in_d3hot(void)
{
    unsigned control;
    Function function;

    intx_start(&function, ",intx=on");
    control = legacy_capability_find(&function, PCI_CAP_ID_PM) + PCI_PM_CTRL;
    interrupt_raise(&function, 1);
    config_write(&function, control, 2, 3);
    g_assert_false(qtest_irq_level(function.qtest, FUNCTION_INTX_IRQ));
    config_write(&function, control, 2, 0);
    assert_intx(&function, 0x2, true, true);
    function_stop(&function);
}

/* PCIe r6.0, sec 6.1.4.3: one mode at a time */
static void test_messages_silence_intx(void)
{
    Function function;
    Msix msix;

    intx_start(&function, ALL_MODES);
    msix_find(&msix, &function);
    interrupt_raise(&function, 1);
    assert_intx(&function, 0x2, true, true);

    msi_enable(&function, VECTORS);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_MSI, VECTORS);
    assert_intx(&function, 0x2, false, false);
    interrupt_raise(&function, 2);
    g_assert_cmphex(msi_message(&function), ==, MSI_DATA + 2);
    assert_intx(&function, 0x2, false, false);

    /* What was raised is still to be acknowledged */
    msi_disable(&function);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_INTX, 32);
    assert_intx(&function, 0x2, true, true);

    msix_enable(&msix);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_MSIX, VECTORS);
    assert_intx(&function, 0x2, false, false);
    interrupt_raise(&function, 3);
    g_assert_cmphex(msix_message(&function, 3), ==, MSIX_DATA(3));
    control_write_32(&function, BARSHIFT_INTX_STATUS, 0x2);
    msix_flags(&msix, 0);
    assert_intx(&function, 0, false, false);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/interrupts/intx/asserted-while-any-is-raised",
                    test_intx_is_asserted_while_any_is_raised);
    g_test_add_func("/interrupts/intx/every-vector-has-a-bit", test_every_vector_has_a_status_bit);
    g_test_add_func("/interrupts/intx/interrupt-disable-masks", test_interrupt_disable_masks_intx);
    g_test_add_func("/interrupts/intx/interrupt-disable-alone",
                    test_interrupt_disable_can_be_written_alone);
    g_test_add_func("/interrupts/intx/silent-in-d3hot", test_intx_is_silent_in_d3hot);
    g_test_add_func("/interrupts/intx/silent-with-messages", test_messages_silence_intx);
    return g_test_run();
}
