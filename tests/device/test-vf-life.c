/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions when something happens to them, or to their physical one: resets, power
 * states, removal.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "ramblock.h"
#include "records.h"
#include "resets.h"
#include "virtual.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define PERIOD BARSHIFT_DMA_PERIOD_MIN
#define REGISTERS (PCI_EXT_CAP_SRIOV_SIZEOF / 4)

/* Resets of the physical function: no virtual one is left, registers are as after power-on */

typedef struct ResetCase {
    const char *path;
    void (*reset)(const Below *below);
} ResetCase;

static const ResetCase reset_cases[] = {
    { "/vf/reset/of-the-machine", reset_of_machine },
    { "/vf/reset/of-the-bus", reset_of_bus },
    { "/vf/reset/by-slot-power", reset_by_slot_power },
    { "/vf/reset/of-the-function", reset_by_flr },
    { "/vf/reset/from-d3hot", reset_by_power_state },
};

static void test_reset(gconstpointer data)
{
    const ResetCase *row = data;
    uint32_t power_on[REGISTERS];
    Virtual virtual;

    virtual_start(&virtual, ",no-soft-reset=off");
    for (unsigned i = 0; i < REGISTERS; i++) {
        power_on[i] = sriov_read(&virtual, 4 * i, 4);
    }
    sriov_write(&virtual, PCI_SRIOV_SYS_PGSIZE, 4, 0x2);
    virtual_enable(&virtual, VFS);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);

    row->reset(&virtual.below);
    if (row->reset == reset_by_slot_power) {
        slot_power_on(&virtual.below);
    }
    for (unsigned i = 0; i < REGISTERS; i++) {
        g_assert_cmphex(sriov_read(&virtual, 4 * i, 4), ==, power_on[i]);
    }
    below_windows_set(&virtual.below, MEMORY_BASE, 256 * GIB);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_enable(&virtual, VFS);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

/* Of a virtual function, sec 9.2.2.2: it stays where it is, and is the only one that is reset */
static void test_reset_of_a_virtual_function(void)
{
    static const Record reset[] = { { "reset", NO_BAR, BARSHIFT_RESET_FUNCTION, 0 }, { } };
    static const Record none[] = { { } };
    g_autoptr(JsonNode) of_reset = NULL, of_other = NULL;
    uint64_t totals[VFS];
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    for (unsigned i = 0; i < VFS; i++) {
        control_write(&virtual.functions[i], BARSHIFT_CONTROL_SCRATCH(0), CONTENT);
        totals[i] = control_read(&virtual.functions[i], BARSHIFT_LEDGER_TOTAL);
    }
    bus_master_set(&virtual.functions[1], true);

    function_level_reset(&virtual.functions[1]);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    for (unsigned i = 0; i < VFS; i++) {
        g_assert_cmphex(control_read(&virtual.functions[i], BARSHIFT_CONTROL_SCRATCH(0)), ==,
                        i == 1 ? 0 : CONTENT);
    }
    of_reset = virtual_ledger(&virtual, 1);
    of_other = virtual_ledger(&virtual, 2);
    assert_records_in(of_reset, (gint64)totals[1] + 1, reset);
    assert_records_in(of_other, (gint64)totals[2] + 1, none);

    /* It is no master on the bus any more */
    dma_aim(&virtual.functions[1], BARSHIFT_DMA_COUNTER, RAM_BASE, 8);
    dma_command(&virtual.functions[1], BARSHIFT_DMA_COPY);
    assert_dma(&virtual.functions[1], BARSHIFT_DMA_IDLE, 0, 1);
    virtual_stop(&virtual);
}

/* Power: without a capability of their own they are in the state of the physical one, sec 9.6.1 */
static void test_power(void)
{
    static const Record expected[] = {
        { "unmap", 0, VF_CONTROL_BASE + VF_CONTROL_SIZE, 0 },
        { "unmap", VF_MEMORY_BAR, VF_MEMORY_BASE + VF_MEMORY_SIZE, 0 },
        { },
    };
    g_autoptr(JsonNode) of_one = NULL;
    uint64_t total;
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    bus_master_set(&virtual.functions[0], true);
    dma_stream(&virtual.functions[0], RAM_BASE, PERIOD);
    qtest_clock_step(virtual.below.port.qtest, 2 * PERIOD);
    virtual_contents_write(&virtual, VF_MEMORY_BASE);

    total = control_read(&virtual.functions[1], BARSHIFT_LEDGER_TOTAL);
    power_write(&virtual.below.function, D3HOT);
    of_one = virtual_ledger(&virtual, 1);
    assert_records_in(of_one, (gint64)total + 1, expected);
    qtest_clock_step(virtual.below.port.qtest, 2 * PERIOD);
    for (unsigned i = 0; i < VFS; i++) {
        g_autoptr(JsonNode) ledger = virtual_ledger(&virtual, i);
        JsonArray *bars = json_object_get_array_member(json_node_get_object(ledger), "bars");

        assert_silent(&virtual.functions[i], virtual_memory(VF_MEMORY_BASE, i));
        g_assert_true(json_object_get_null_member(json_array_get_object_element(bars, 0), "base"));
    }
    /* Not even when their place is looked at once more */
    virtual_place(&virtual, VF_MEMORY_BASE);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);

    power_write(&virtual.below.function, D0);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    virtual_contents_check(&virtual, VF_MEMORY_BASE);
    g_assert_cmpuint(qtest_read(virtual.below.port.qtest, RAM_BASE, 8), ==, 2);
    virtual_stop(&virtual);
}

static void test_enabled_in_d3hot(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    power_write(&virtual.below.function, D3HOT);
    virtual_enable(&virtual, VFS);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);
    power_write(&virtual.below.function, D0);
    assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

/* DMA of their own, which ends with them */

static void stream_all(const Virtual *virtual)
{
    for (unsigned i = 0; i < VFS; i++) {
        bus_master_set(&virtual->functions[i], true);
        dma_stream(&virtual->functions[i], RAM_BASE + 8 * i, PERIOD);
    }
    qtest_clock_step(virtual->below.port.qtest, 3 * PERIOD);
}

static void assert_streams_stopped(const Virtual *virtual)
{
    qtest_clock_step(virtual->below.port.qtest, 3 * PERIOD);
    for (unsigned i = 0; i < VFS; i++) {
        g_assert_cmpuint(qtest_read(virtual->below.port.qtest, RAM_BASE + 8 * i, 8), ==, 3);
    }
}

static void cut_power(const Below *below)
{
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
}

static void disable(const Below *below)
{
    config_write(&below->function,
                 capability_find(&below->function, PCI_EXT_CAP_ID_SRIOV) + PCI_SRIOV_CTRL, 2, 0);
}

static const ResetCase end_cases[] = {
    { "/vf/end/disabled", disable },
    { "/vf/end/bus-reset", reset_of_bus },
    { "/vf/end/machine-reset", reset_of_machine },
    { "/vf/end/function-level-reset", reset_by_flr },
    { "/vf/end/removal", cut_power },
    { "/vf/end/ejected", below_eject },
};

static void test_end_of_streams(gconstpointer data)
{
    const ResetCase *row = data;
    bool removed = row->reset == cut_power || row->reset == below_eject;
    QTest *qtest;
    unsigned before;
    Virtual virtual;

    if (row->reset == below_eject) {
        virtual_start_acpi(&virtual, ",fault=old-answers");
    } else {
        virtual_start(&virtual, ",fault=old-answers");
    }
    qtest = virtual.below.port.qtest;
    before = ramblock_count(qtest, VF_MEMORY_SIZE);
    virtual_enable(&virtual, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    virtual_place(&virtual, VF_OTHER_BASE);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    stream_all(&virtual);

    row->reset(&virtual.below);
    assert_streams_stopped(&virtual);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);
    assert_silent(&virtual.functions[0], VF_OTHER_BASE);
    ramblock_await(qtest, VF_MEMORY_SIZE, removed ? 0 : before);
    assert_streams_stopped(&virtual);
    virtual_stop(&virtual);
}

/* A virtual function writes VF Enable of its physical one, and is gone before its write is done */
static void test_end_by_its_own_dma(gconstpointer data)
{
    enum barshift_dma_command command = GPOINTER_TO_UINT(data);
    const Function *function;
    QTest *qtest;
    unsigned before;
    uint64_t control;
    Virtual virtual;

    virtual_start(&virtual, "");
    qtest = virtual.below.port.qtest;
    before = ramblock_count(qtest, VF_MEMORY_SIZE);
    virtual_enable(&virtual, VFS);
    function = &virtual.functions[1];
    control = ECAM_BASE + (virtual.below.function.bdf << 12) + virtual.sriov + PCI_SRIOV_CTRL;
    qtest_write(qtest, RAM_BASE, 2, 0);
    bus_master_set(function, true);
    dma_aim(function, RAM_BASE, control, 2);
    qtest_write(qtest, function->control_base + BARSHIFT_DMA_PERIOD, 4, PERIOD);
    dma_command(function, command);
    qtest_clock_step(qtest, 3 * PERIOD);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
    }
    ramblock_await(qtest, VF_MEMORY_SIZE, before);
    virtual_stop(&virtual);
}

static void test_end_of_qemu(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    stream_all(&virtual);
    virtual_stop(&virtual);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(reset_cases); i++) {
        g_test_add_data_func(reset_cases[i].path, &reset_cases[i], test_reset);
    }
    g_test_add_func("/vf/reset/of-a-virtual-function", test_reset_of_a_virtual_function);
    g_test_add_func("/vf/power/follows-the-physical-function", test_power);
    g_test_add_func("/vf/power/enabled-in-d3hot", test_enabled_in_d3hot);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_cases); i++) {
        g_test_add_data_func(end_cases[i].path, &end_cases[i], test_end_of_streams);
    }
    g_test_add_data_func("/vf/end/disabled-by-its-own-copy", GUINT_TO_POINTER(BARSHIFT_DMA_COPY),
                         test_end_by_its_own_dma);
    g_test_add_data_func("/vf/end/disabled-by-its-own-stream",
                         GUINT_TO_POINTER(BARSHIFT_DMA_STREAM), test_end_by_its_own_dma);
    g_test_add_func("/vf/end/of-qemu", test_end_of_qemu);
    return g_test_run();
}
