/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states and resets: who answers where in which state, and what each reset leaves.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "records.h"
#include "resets.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define SMALL_LOG2_MIB 10 /* BAR Size field of 1 GiB; the default is 2 GiB, 11 */

/* Transitions, PCIe r6.0, sec 7.5.2.2: a state that is not supported is discarded */

typedef struct TransitionCase {
    const char *path;
    const char *properties;
    uint32_t before;
    uint32_t written;
    uint32_t after;
} TransitionCase;

static const TransitionCase transition_cases[] = {
    { "/power/state/d0-stays", "", D0, D0, D0 },
    { "/power/state/d3hot-from-d0", "", D0, D3HOT, D3HOT },
    { "/power/state/d0-from-d3hot", "", D3HOT, D0, D0 },
    { "/power/state/d0-from-d3hot-through-reset", ",no-soft-reset=off", D3HOT, D0, D0 },
    { "/power/state/d3hot-stays", "", D3HOT, D3HOT, D3HOT },
    { "/power/state/d1-is-discarded-in-d0", "", D0, 1, D0 },
    { "/power/state/d2-is-discarded-in-d0", "", D0, 2, D0 },
    { "/power/state/d1-is-discarded-in-d3hot", "", D3HOT, 1, D3HOT },
    { "/power/state/d2-is-discarded-in-d3hot", ",no-soft-reset=off", D3HOT, 2, D3HOT },
};

static void test_transition(gconstpointer data)
{
    const TransitionCase *row = data;
    Function function;

    function_start(&function, row->properties);
    function_place(&function, MEMORY_BASE);
    power_write(&function, row->before);
    g_assert_cmpuint(power_read(&function), ==, row->before);

    power_write(&function, row->written);
    g_assert_cmpuint(power_read(&function), ==, row->after);
    if (row->after == D3HOT) {
        assert_silent(&function, MEMORY_BASE);
    } else {
        function_place(&function, MEMORY_BASE);
        assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    }
    function_stop(&function);
}

/* The register, PCIe r6.0, sec 7.5.2: version 3, no D1 and D2, no PME */

static void test_capability(gconstpointer data)
{
    bool no_soft_reset = GPOINTER_TO_INT(data);
    Function function;
    unsigned power;

    function_start(&function, no_soft_reset ? ",no-soft-reset=on" : ",no-soft-reset=off");
    power = legacy_capability_find(&function, PCI_CAP_ID_PM);
    g_assert_cmphex(config_read(&function, power + PCI_PM_PMC, 2), ==, 3);

    config_write(&function, power + PCI_PM_CTRL, 2, 0xffffu & ~PCI_PM_CTRL_STATE_MASK);
    g_assert_cmphex(config_read(&function, power + PCI_PM_CTRL, 2), ==,
                    no_soft_reset ? PCI_PM_CTRL_NO_SOFT_RESET : 0);
    function_stop(&function);
}

/* In D3hot, PCIe r6.0, sec 5.3.1.4.1: configuration space answers, nothing else does */

static void test_no_region_answers_in_d3hot(void)
{
    uint64_t rom = 0xe4000000u, memory_32 = 0xe1000000u;
    uint16_t port = 0x2000;
    Function function;

    function_start(&function, ",bar0=16K:mem32:control,bar1=64:io,bar2=1M:mem64:pref,"
                              "bar4=1M:mem32:pattern,rom=64K");
    config_write(&function, PCI_BASE_ADDRESS_1, 4, port);
    config_write(&function, PCI_BASE_ADDRESS_4, 4, (uint32_t)memory_32);
    config_write(&function, PCI_ROM_ADDRESS, 4, (uint32_t)rom | PCI_ROM_ADDRESS_ENABLE);
    config_write(&function, PCI_COMMAND, 2, PCI_COMMAND_IO);
    function_place(&function, MEMORY_BASE);
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), ==, 0xaa55);
    g_assert_cmphex(qtest_in(function.qtest, port, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_read(function.qtest, memory_32, 4), ==, BARSHIFT_MAGIC);

    power_write(&function, D3HOT);
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), !=, 0xaa55);
    g_assert_cmphex(qtest_in(function.qtest, port, 4), !=, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_read(function.qtest, memory_32, 4), !=, BARSHIFT_MAGIC);
    assert_silent(&function, MEMORY_BASE);
    assert_silent(&function, CONTROL_BASE);

    power_write(&function, D0);
    g_assert_cmphex(qtest_read(function.qtest, rom, 2), ==, 0xaa55);
    g_assert_cmphex(qtest_in(function.qtest, port, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_read(function.qtest, memory_32, 4), ==, BARSHIFT_MAGIC);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

static void test_config_space_answers_in_d3hot(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    power_write(&function, D3HOT);
    g_assert_cmphex(config_read(&function, PCI_VENDOR_ID, 2), ==, BARSHIFT_VENDOR_ID);

    /* Written there, a BAR and a Command register count from D0 on */
    function_place(&function, OTHER_BASE);
    assert_silent(&function, OTHER_BASE);
    power_write(&function, D0);
    assert_reached(&function, OTHER_BASE, BARSHIFT_MEMORY_BAR);
    assert_silent(&function, MEMORY_BASE);
    function_stop(&function);
}

static void test_property_knows_no_base_in_d3hot(void)
{
    g_autoptr(JsonNode) ledger = NULL;
    JsonArray *bars;
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    power_write(&function, D3HOT);
    ledger = function_property(&function, "ledger");
    bars = json_object_get_array_member(json_node_get_object(ledger), "bars");
    g_assert_cmpuint(json_array_get_length(bars), ==, 2);
    for (guint i = 0; i < json_array_get_length(bars); i++) {
        g_assert_true(json_object_get_null_member(json_array_get_object_element(bars, i), "base"));
    }
    function_stop(&function);
}

/* A fault that is switched off in D3hot does not wake the BAR */
static void test_fault_does_not_end_d3hot(void)
{
    Function function;

    function_start(&function, ",fault=dead-mapping");
    function_place(&function, MEMORY_BASE);
    function_place(&function, OTHER_BASE);
    assert_silent(&function, OTHER_BASE);

    power_write(&function, D3HOT);
    power_write(&function, D0);
    assert_silent(&function, OTHER_BASE);

    power_write(&function, D3HOT);
    function_fault(&function, "");
    assert_silent(&function, OTHER_BASE);
    power_write(&function, D0);
    assert_reached(&function, OTHER_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

/* No master on the bus; in D0 again it may be one, and starts by itself nothing */
static void test_d3hot_ends_a_stream(void)
{
    const unsigned period = BARSHIFT_DMA_PERIOD_MIN;
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    bus_master_set(&function, true);
    dma_stream(&function, RAM_BASE, period);
    qtest_clock_step(function.qtest, 3 * period);
    power_write(&function, D3HOT);
    qtest_clock_step(function.qtest, 3 * period);
    power_write(&function, D0);
    qtest_clock_step(function.qtest, 3 * period);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 3);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 3, 0);

    dma_stream(&function, RAM_BASE, period);
    qtest_clock_step(function.qtest, 2 * period);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 5);
    function_stop(&function);
}

/* From D3hot to D0 */

static void test_no_soft_reset_keeps_everything(void)
{
    static const Record expected[] = {
        { "power-state", NO_BAR, D3HOT, 0 },
        { "unmap", 0, CONTROL_BASE, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { "power-state", NO_BAR, D0, 0 },
        { "map", 0, CONTROL_BASE, 0 },
        { "map", 2, MEMORY_BASE, 0 },
        { },
    };
    Function function;
    unsigned rebar;
    gint64 total;

    function_start(&function, "");
    rebar = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    config_write(&function, rebar + PCI_REBAR_CTRL + 1, 1, SMALL_LOG2_MIB);
    function_place(&function, MEMORY_BASE);
    control_write(&function, BARSHIFT_CONTROL_SCRATCH(0), CONTENT);
    qtest_write(function.qtest, MEMORY_BASE + MIB, 8, CONTENT);
    total = ledger_total(&function);

    power_write(&function, D3HOT);
    power_write(&function, D0);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmphex(config_read(&function, rebar + PCI_REBAR_CTRL + 1, 1), ==, SMALL_LOG2_MIB);
    g_assert_cmphex(control_read(&function, BARSHIFT_CONTROL_SCRATCH(0)), ==, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + MIB, 8), ==, CONTENT);
    g_assert_cmpuint(control_read(&function, BARSHIFT_MOVES), ==, 0);
    assert_records(&function, total + 1, expected);
    function_stop(&function);
}

/* Resets: the function is as after power-on, and the ledger says which reset it was */

typedef struct ResetCase {
    const char *path;
    void (*reset)(const Below *below);
    uint32_t before;
    enum barshift_reset value;
} ResetCase;

static const ResetCase reset_cases[] = {
    { "/reset/of-the-machine", reset_of_machine, D0, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/of-the-bus", reset_of_bus, D0, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/by-slot-power", reset_by_slot_power, D0, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/of-the-function", reset_by_flr, D0, BARSHIFT_RESET_FUNCTION },
    { "/reset/from-d3hot-to-d0", reset_by_power_state, D0, BARSHIFT_RESET_POWER },
    { "/reset/of-the-machine-in-d3hot", reset_of_machine, D3HOT, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/of-the-bus-in-d3hot", reset_of_bus, D3HOT, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/by-slot-power-in-d3hot", reset_by_slot_power, D3HOT, BARSHIFT_RESET_CONVENTIONAL },
    { "/reset/of-the-function-in-d3hot", reset_by_flr, D3HOT, BARSHIFT_RESET_FUNCTION },
};

#define ERROR_ENABLES \
    (PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE | PCI_EXP_DEVCTL_URRE)

static void change_everything(const Function *function)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);

    config_write(function, rebar + PCI_REBAR_CTRL + 1, 1, SMALL_LOG2_MIB);
    config_write(function, express_offset(function, PCI_EXP_DEVCTL), 2, ERROR_ENABLES);
    config_write(function, express_offset(function, PCI_EXP_DEVCTL2), 2, 0xffff);
    function_place(function, MEMORY_BASE);
    config_write(function, PCI_COMMAND, 2,
                 PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_SERR);
    control_write(function, BARSHIFT_CONTROL_SCRATCH(0), CONTENT);
    qtest_write(function->qtest, MEMORY_BASE + MIB, 8, CONTENT);
}

static void assert_default(const Function *function)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);

    g_assert_cmphex(config_read(function, PCI_COMMAND, 2), ==, 0);
    g_assert_cmphex(bar_read(function, BARSHIFT_CONTROL_BAR, false), ==, 0);
    g_assert_cmphex(bar_read(function, BARSHIFT_MEMORY_BAR, true), ==,
                    PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
    g_assert_cmphex(config_read(function, rebar + PCI_REBAR_CTRL + 1, 1), ==, SMALL_LOG2_MIB + 1);
    g_assert_cmphex(config_read(function, express_offset(function, PCI_EXP_DEVCTL), 2), ==, 0);
    g_assert_cmphex(config_read(function, express_offset(function, PCI_EXP_DEVCTL2), 2), ==, 0);
    g_assert_cmpuint(power_read(function), ==, D0);
    assert_silent(function, MEMORY_BASE);
}

static void test_reset(gconstpointer data)
{
    const ResetCase *row = data;
    const Record expected[] = { { "reset", NO_BAR, row->value, 0 }, { } };
    const Record states[] = { { "power-state", NO_BAR, D0, 0 }, { } };
    const Record round_trip[] = {
        { "power-state", NO_BAR, D3HOT, 0 }, { "power-state", NO_BAR, D0, 0 }, { },
    };
    Below below;
    unsigned serial;
    gint64 total;

    below_start(&below, ",no-soft-reset=off");
    below_windows_set(&below, MEMORY_BASE, 2 * GIB);
    change_everything(&below.function);
    power_write(&below.function, row->before);
    total = ledger_total(&below.function);

    row->reset(&below);
    assert_records_of(&below.function, total + 1, "reset", expected);
    assert_records_of(&below.function, total + 1, "power-state",
                      row->before == D3HOT ? states
                      : row->reset == reset_by_power_state ? round_trip : &states[1]);
    if (row->reset == reset_by_slot_power) {
        slot_power_on(&below);
    }
    assert_default(&below.function);

    /* What is no register of the reset: identity, and the memory */
    serial = capability_find(&below.function, PCI_EXT_CAP_ID_DSN);
    g_assert_cmphex(config_read(&below.function, serial + 4, 4), ==, FUNCTION_TAG);
    below_windows_set(&below, OTHER_BASE, 2 * GIB);
    function_place(&below.function, OTHER_BASE);
    assert_reached(&below.function, OTHER_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmphex(control_read(&below.function, BARSHIFT_CONTROL_SCRATCH(0)), ==, 0);
    g_assert_cmphex(qtest_read(below.port.qtest, OTHER_BASE + MIB, 8), ==, CONTENT);
    below_stop(&below);
}

/* The cause comes before its effects, and no BAR is decoded in between */
static void test_power_reset_is_in_order(void)
{
    static const Record expected[] = {
        { "power-state", NO_BAR, D3HOT, 0 },
        { "unmap", 0, CONTROL_BASE, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { "power-state", NO_BAR, D0, 0 },
        { "reset", NO_BAR, BARSHIFT_RESET_POWER, 0 },
        { "decode-off", NO_BAR, 0, 0 },
        { "resize", 2, 2 * GIB, 0 },
        { },
    };
    Function function;
    unsigned rebar;
    gint64 total;

    function_start(&function, ",no-soft-reset=off");
    rebar = capability_find(&function, PCI_EXT_CAP_ID_REBAR);
    config_write(&function, rebar + PCI_REBAR_CTRL + 1, 1, SMALL_LOG2_MIB);
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    power_write(&function, D3HOT);
    power_write(&function, D0);
    assert_records(&function, total + 1, expected);
    function_stop(&function);
}

/* Function Level Reset, PCIe r6.0, sec 6.6.2 and 7.5.3.4 */

static void test_flr_bit_reads_as_zero(void)
{
    Function function;
    unsigned express;

    function_start(&function, "");
    express = express_offset(&function, 0);
    g_assert_cmphex(config_read(&function, express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR, !=,
                    0);
    function_level_reset(&function);
    g_assert_cmphex(config_read(&function, express + PCI_EXP_DEVCTL, 2), ==, 0);
    function_stop(&function);
}

static void test_without_flr_nothing_happens(void)
{
    Function function;
    unsigned express;
    gint64 total;

    function_start(&function, ",flr=off");
    function_place(&function, MEMORY_BASE);
    express = express_offset(&function, 0);
    g_assert_cmphex(config_read(&function, express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR, ==,
                    0);
    total = ledger_total(&function);
    function_level_reset(&function);
    g_assert_cmpint(ledger_total(&function), ==, total);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(transition_cases); i++) {
        g_test_add_data_func(transition_cases[i].path, &transition_cases[i], test_transition);
    }
    g_test_add_data_func("/power/capability/with-no-soft-reset", GINT_TO_POINTER(true),
                         test_capability);
    g_test_add_data_func("/power/capability/without-no-soft-reset", GINT_TO_POINTER(false),
                         test_capability);
    g_test_add_func("/power/d3hot/no-region-answers", test_no_region_answers_in_d3hot);
    g_test_add_func("/power/d3hot/config-space-answers", test_config_space_answers_in_d3hot);
    g_test_add_func("/power/d3hot/property-knows-no-base", test_property_knows_no_base_in_d3hot);
    g_test_add_func("/power/d3hot/is-not-ended-by-a-fault", test_fault_does_not_end_d3hot);
    g_test_add_func("/power/d3hot/ends-a-stream", test_d3hot_ends_a_stream);
    g_test_add_func("/power/d0/no-soft-reset-keeps-everything",
                    test_no_soft_reset_keeps_everything);
    for (unsigned i = 0; i < G_N_ELEMENTS(reset_cases); i++) {
        g_test_add_data_func(reset_cases[i].path, &reset_cases[i], test_reset);
    }
    g_test_add_func("/reset/from-d3hot-to-d0-is-in-order", test_power_reset_is_in_order);
    g_test_add_func("/flr/bit-reads-as-zero", test_flr_bit_reads_as_zero);
    g_test_add_func("/flr/off-does-nothing", test_without_flr_nothing_happens);
    return g_test_run();
}
