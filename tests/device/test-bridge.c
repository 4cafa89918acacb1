/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function below a root port: windows, reset of the bus, slot power.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "messages.h"
#include "ramblock.h"
#include "resets.h"

static void test_reached_through_the_window_only(void)
{
    Below below;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(&below.function, MEMORY_BASE);
    assert_reached(&below.function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    assert_reached(&below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);

    /* The function decodes what no window forwards, and says so */
    below_windows_set(&below, OTHER_BASE, 2 * GIB);
    assert_silent(&below.function, MEMORY_BASE);
    g_assert_cmphex(control_read(&below.function, BARSHIFT_DECODED_BASE(2)), ==, MEMORY_BASE);

    function_place(&below.function, OTHER_BASE);
    assert_reached(&below.function, OTHER_BASE, BARSHIFT_MEMORY_BAR);
    below_stop(&below);
}

static void test_bus_reset_restores_the_default(void)
{
    Below below;
    unsigned rebar;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 8 * GIB);
    rebar = capability_find(&below.function, PCI_EXT_CAP_ID_REBAR);
    config_write(&below.function, rebar + PCI_REBAR_CTRL + 1, 1, 13);
    function_place(&below.function, MEMORY_BASE);
    assert_reached(&below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);

    reset_of_bus(&below);
    g_assert_cmphex(config_read(&below.function, rebar + PCI_REBAR_CTRL, 4) >> 8 & 0x3f, ==, 11);
    g_assert_cmphex(bar_read(&below.function, BARSHIFT_MEMORY_BAR, true) & ~UINT64_C(0xf), ==, 0);
    assert_silent(&below.function, MEMORY_BASE);
    below_stop(&below);
}

/* The PCI core unmaps a function without power and does not ask it */
static void test_slot_power_is_in_the_ledger(void)
{
    static const char *const expected[] = { "unmap", "unmap", "reset", "decode-off" };
    g_autoptr(JsonNode) ledger = NULL;
    JsonArray *records;
    guint count, first;
    Below below;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(&below.function, MEMORY_BASE);

    reset_by_slot_power(&below);

    ledger = function_property(&below.function, "ledger");
    records = json_object_get_array_member(json_node_get_object(ledger), "records");
    count = json_array_get_length(records);
    first = count - G_N_ELEMENTS(expected);
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        JsonObject *record = json_array_get_object_element(records, first + i);

        g_assert_cmpstr(json_object_get_string_member(record, "event"), ==, expected[i]);
    }
    below_stop(&below);
}

/* The memory behind the BAR is of the largest size that the BAR can have */
#define BACKING (16 * GIB)

static void test_unplug_gives_memory_back(void)
{
    Below below;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(&below.function, MEMORY_BASE);
    assert_reached(&below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmpuint(ramblock_count(below.port.qtest, BACKING), ==, 1);

    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    ramblock_await(below.port.qtest, BACKING, 0);
    below_stop(&below);
}

/* The function is taken out with everything that it has mapped, and another one can come */
static void test_unplug_leaves_nothing_behind(void)
{
    static const char plug[] =
        "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
        "\"id\": \"next\", \"bus\": \"rp\", \"tag\": 7}}";
    Below below;

    below_start(&below, ",fault=old-answers");
    below_windows_set(&below, MEMORY_BASE, 4 * GIB);
    function_place(&below.function, MEMORY_BASE);
    function_place(&below.function, MEMORY_BASE + 2 * GIB);
    g_assert_cmphex(qtest_read(below.port.qtest, MEMORY_BASE, 4), ==, BARSHIFT_MAGIC);

    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    assert_silent(&below.function, MEMORY_BASE);
    assert_silent(&below.function, MEMORY_BASE + 2 * GIB);

    json_node_unref(qtest_qmp(below.port.qtest, plug));
    slot_power_on(&below);
    function_place(&below.function, MEMORY_BASE);
    assert_reached(&below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    below_stop(&below);
}

/* DMA */

#define PERIOD BARSHIFT_DMA_PERIOD_MIN

static void below_start_with_dma(Below *below)
{
    below_start(below, "");
    below_windows_set(below, MEMORY_BASE, 2 * GIB);
    function_place(&below->function, MEMORY_BASE);
    bus_master_set(&below->function, true);
}

static void test_unplug_ends_a_stream(void)
{
    Below below;

    below_start_with_dma(&below);
    dma_stream(&below.function, RAM_BASE, PERIOD);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    ramblock_await(below.port.qtest, BACKING, 0);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    g_assert_cmpuint(qtest_read(below.port.qtest, RAM_BASE, 8), ==, 3);
    below_stop(&below);
}

static void aim_at_port(const Below *below, unsigned offset, uint16_t value)
{
    qtest_write(below->port.qtest, RAM_BASE, 2, value);
    dma_aim(&below->function, RAM_BASE, ECAM_BASE + (below->port.bdf << 12) + offset, 2);
    qtest_write(below->port.qtest, CONTROL_BASE + BARSHIFT_DMA_PERIOD, 4, PERIOD);
}

static void test_reset_by_its_own_stream_ends_the_stream(void)
{
    Below below;

    below_start_with_dma(&below);
    aim_at_port(&below, PCI_BRIDGE_CONTROL, PCI_BRIDGE_CTL_BUS_RESET);
    dma_command(&below.function, BARSHIFT_DMA_STREAM);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    g_assert_cmphex(config_read(&below.port, PCI_BRIDGE_CONTROL, 2), ==,
                    PCI_BRIDGE_CTL_BUS_RESET);
    g_assert_cmphex(config_read(&below.function, PCI_COMMAND, 2), ==, 0);

    /* Not even the step that did it is left of it */
    function_place(&below.function, MEMORY_BASE);
    assert_dma(&below.function, BARSHIFT_DMA_IDLE, 0, 0);
    below_stop(&below);
}

static void test_unplug_by_its_own_dma_leaves_nothing(gconstpointer data)
{
    enum barshift_dma_command command = GPOINTER_TO_UINT(data);
    unsigned slot_control;
    Below below;

    below_start_with_dma(&below);
    slot_control = legacy_capability_find(&below.port, PCI_CAP_ID_EXP) + PCI_EXP_SLTCTL;
    aim_at_port(&below, slot_control,
                PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    dma_command(&below.function, command);
    qtest_clock_step(below.port.qtest, PERIOD);
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    ramblock_await(below.port.qtest, BACKING, 0);
    qtest_clock_step(below.port.qtest, 3 * PERIOD);
    below_stop(&below);
}

/* Interrupts */

#define TABLE_BASE (CONTROL_BASE + CONTROL_BAR_SIZE) /* of BAR 1, where it is a BAR */

static void below_start_with_msix(Below *below, Msix *msix, const char *properties)
{
    below_start(below, properties);
    below_windows_set(below, MEMORY_BASE, 2 * GIB);
    config_write(&below->function, PCI_BASE_ADDRESS_1, 4, (uint32_t)TABLE_BASE);
    function_place(&below->function, MEMORY_BASE);
    bus_master_set(&below->function, true);
    below->function.bars[1].base = TABLE_BASE;
    below->function.bars[BARSHIFT_MEMORY_BAR].base = MEMORY_BASE;
    msix_find(msix, &below->function);
    msix_enable(msix);
}

/* The table lies in a BAR, and refers to the function; a vector is pending */
static void test_unplug_with_msix_gives_memory_back(gconstpointer properties)
{
    Below below;
    Msix msix;

    below_start_with_msix(&below, &msix, properties);
    msix_mask(&msix, 2, true);
    interrupt_raise(&below.function, 2);
    interrupt_raise(&below.function, 3);
    g_assert_cmphex(msix_pending(&msix), ==, 1 << 2);
    g_assert_cmphex(msix_message(&below.function, 3), ==, MSIX_DATA(3));

    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    ramblock_await(below.port.qtest, BACKING, 0);
    below_stop(&below);
}

static void test_unplug_with_intx_gives_memory_back(void)
{
    Below below;

    below_start(&below, ",intx=on,msi=2");
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    function_place(&below.function, MEMORY_BASE);
    interrupt_raise(&below.function, 0);
    g_assert_cmphex(config_read(&below.function, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT, !=, 0);
    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    ramblock_await(below.port.qtest, BACKING, 0);
    below_stop(&below);
}

/* A message is a write to wherever the guest says: here to what switches the slot off */
static void test_unplug_by_its_own_message_leaves_nothing(gconstpointer properties)
{
    unsigned slot_control;
    Below below;
    Msix msix;

    below_start_with_msix(&below, &msix, properties);
    slot_control = legacy_capability_find(&below.port, PCI_CAP_ID_EXP) + PCI_EXP_SLTCTL;
    msix_aim(&msix, 1, ECAM_BASE + (below.port.bdf << 12) + slot_control,
             PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    interrupt_raise(&below.function, 1);
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    ramblock_await(below.port.qtest, BACKING, 0);
    below_stop(&below);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bridge/reached-through-the-window-only",
                    test_reached_through_the_window_only);
    g_test_add_func("/bridge/bus-reset-restores-the-default", test_bus_reset_restores_the_default);
    g_test_add_func("/bridge/slot-power-is-in-the-ledger", test_slot_power_is_in_the_ledger);
    g_test_add_func("/bridge/unplug-leaves-nothing-behind", test_unplug_leaves_nothing_behind);
    g_test_add_func("/bridge/unplug-gives-memory-back", test_unplug_gives_memory_back);
    g_test_add_func("/bridge/dma/unplug-ends-a-stream", test_unplug_ends_a_stream);
    g_test_add_func("/bridge/dma/reset-by-its-own-stream-ends-it",
                    test_reset_by_its_own_stream_ends_the_stream);
    g_test_add_data_func("/bridge/dma/unplug-by-its-own-copy",
                         GUINT_TO_POINTER(BARSHIFT_DMA_COPY),
                         test_unplug_by_its_own_dma_leaves_nothing);
    g_test_add_data_func("/bridge/dma/unplug-by-its-own-stream",
                         GUINT_TO_POINTER(BARSHIFT_DMA_STREAM),
                         test_unplug_by_its_own_dma_leaves_nothing);
    g_test_add_data_func("/bridge/msix/unplug-gives-memory-back", ",msix=4",
                         test_unplug_with_msix_gives_memory_back);
    g_test_add_data_func("/bridge/msix/unplug-gives-memory-back/in-the-memory-bar",
                         ",msix=4,msix-bar=2,msi=4,intx=on",
                         test_unplug_with_msix_gives_memory_back);
    g_test_add_data_func("/bridge/msix/unplug-by-its-own-message", ",msix=4",
                         test_unplug_by_its_own_message_leaves_nothing);
    g_test_add_data_func("/bridge/msix/unplug-by-its-own-message/in-the-memory-bar",
                         ",msix=4,msix-bar=2", test_unplug_by_its_own_message_leaves_nothing);
    g_test_add_func("/bridge/intx/unplug-gives-memory-back",
                    test_unplug_with_intx_gives_memory_back);
    return g_test_run();
}
