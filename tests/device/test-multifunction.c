/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several functions in one slot: each is one of its own, and only what happens to the slot happens
 * to all of them.
 */

#include <linux/pci_regs.h>

#include "records.h"
#include "resets.h"

#define FUNCTIONS_MAX 3

/* Function n of the slot has its BARs at multiples of these behind the bases of function.h */
#define CONTROL_STEP UINT64_C(0x10000)
#define MEMORY_STEP (4 * GIB)

#define FUNCTION_DEVICE \
    "barshift,id=f%u,bus=" BELOW_PORT_ID ",addr=0.%u,multifunction=on,tag=%u,fault=%s"

/**
 * Slot - functions below a port
 * @functions: @count of them, by number
 */
typedef struct Slot {
    Below below;
    unsigned count;
    Function functions[FUNCTIONS_MAX];
} Slot;

static uint64_t memory_base(unsigned nr)
{
    return MEMORY_BASE + nr * MEMORY_STEP;
}

static void place(Function *function, unsigned nr, uint64_t base)
{
    function->control_base = CONTROL_BASE + nr * CONTROL_STEP;
    decode_set(function, false);
    config_write(function, PCI_BASE_ADDRESS_0, 4, (uint32_t)function->control_base);
    bar_write(function, BARSHIFT_MEMORY_BAR, base);
    decode_set(function, true);
}

/* Tags are FUNCTION_TAG and up; the fault is injected into function 1 */
static void slot_start(Slot *slot, unsigned count, const char *fault)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func(g_free);

    for (unsigned nr = 0; nr < count; nr++) {
        g_ptr_array_add(devices, g_strdup_printf(FUNCTION_DEVICE, nr, nr, FUNCTION_TAG + nr,
                                                 nr == 1 ? fault : ""));
    }
    g_ptr_array_add(devices, NULL);
    below_start_devices(&slot->below, (const char *const *)devices->pdata);
    below_windows_set(&slot->below, MEMORY_BASE, 256 * GIB);
    slot->count = count;
    for (unsigned nr = 0; nr < count; nr++) {
        function_init(&slot->functions[nr], slot->below.port.qtest,
                      slot->below.function.bdf | nr);
        place(&slot->functions[nr], nr, memory_base(nr));
    }
}

static void slot_stop(Slot *slot)
{
    below_stop(&slot->below);
}

static void assert_works(const Slot *slot, unsigned nr, uint64_t base)
{
    QTest *qtest = slot->below.port.qtest;

    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_TAG, 4), ==, FUNCTION_TAG + nr);
    g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_ADDRESS, 8), ==,
                    base + BARSHIFT_HEADER_ADDRESS);
    g_assert_cmphex(control_read(&slot->functions[nr], BARSHIFT_HEADER_TAG) & UINT32_MAX, ==,
                    FUNCTION_TAG + nr);
}

/* What a function keeps to itself */
typedef struct Counters {
    uint64_t total[FUNCTIONS_MAX];
} Counters;

static Counters counters_read(const Slot *slot)
{
    Counters counters;

    for (unsigned nr = 0; nr < slot->count; nr++) {
        counters.total[nr] = control_read(&slot->functions[nr], BARSHIFT_LEDGER_TOTAL);
    }
    return counters;
}

/* All but one work where they were, and their ledgers have nothing new */
static void assert_others_untouched(const Slot *slot, unsigned touched, const Counters *before)
{
    for (unsigned nr = 0; nr < slot->count; nr++) {
        if (nr != touched) {
            assert_works(slot, nr, memory_base(nr));
            g_assert_cmpuint(control_read(&slot->functions[nr], BARSHIFT_LEDGER_TOTAL), ==,
                             before->total[nr]);
        }
    }
}

static void test_each_has_its_own_registers(gconstpointer data)
{
    Slot slot;

    slot_start(&slot, GPOINTER_TO_UINT(data), "");
    for (unsigned nr = 0; nr < slot.count; nr++) {
        const Function *function = &slot.functions[nr];
        unsigned serial = capability_find(function, PCI_EXT_CAP_ID_DSN);

        g_assert_cmphex(config_read(function, PCI_HEADER_TYPE, 1), ==,
                        PCI_HEADER_TYPE_NORMAL | 0x80);
        g_assert_cmphex(config_read(function, serial + 4, 4), ==, FUNCTION_TAG + nr);
        assert_works(&slot, nr, memory_base(nr));
        qtest_write(function->qtest, memory_base(nr) + MIB, 8, nr + 1);
    }
    for (unsigned nr = 0; nr < slot.count; nr++) {
        g_assert_cmphex(qtest_read(slot.below.port.qtest, memory_base(nr) + MIB, 8), ==, nr + 1);
    }
    slot_stop(&slot);
}

/* What is done to one function */

static void move(Slot *slot, unsigned nr)
{
    place(&slot->functions[nr], nr, OTHER_BASE);
}

static void resize(Slot *slot, unsigned nr)
{
    const Function *function = &slot->functions[nr];
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);

    decode_set(function, false);
    config_write(function, rebar + PCI_REBAR_CTRL + 1, 1, 8);
    decode_set(function, true);
}

static void reset_one(Slot *slot, unsigned nr)
{
    function_level_reset(&slot->functions[nr]);
}

static void put_to_sleep(Slot *slot, unsigned nr)
{
    power_write(&slot->functions[nr], D3HOT);
}

static void inject_error(Slot *slot, unsigned nr)
{
    qtest_write(slot->below.port.qtest,
                slot->functions[nr].control_base + BARSHIFT_AER_INJECT, 4, PCI_ERR_UNC_COMP_TIME);
}

typedef struct AloneCase {
    const char *path;
    void (*act)(Slot *slot, unsigned nr);
} AloneCase;

static const AloneCase alone_cases[] = {
    { "/multifunction/alone/move", move },
    { "/multifunction/alone/resize", resize },
    { "/multifunction/alone/function-level-reset", reset_one },
    { "/multifunction/alone/d3hot", put_to_sleep },
    { "/multifunction/alone/error", inject_error },
};

static void test_alone(gconstpointer data)
{
    const AloneCase *row = data;

    for (unsigned nr = 0; nr < FUNCTIONS_MAX; nr++) {
        Counters before;
        Slot slot;

        slot_start(&slot, FUNCTIONS_MAX, "");
        before = counters_read(&slot);
        row->act(&slot, nr);
        assert_others_untouched(&slot, nr, &before);
        slot_stop(&slot);
    }
}

/* The message of an error names the function that has it */
static void test_error_names_its_function(void)
{
    unsigned root;
    Slot slot;

    slot_start(&slot, 2, "");
    config_write(&slot.below.port, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
    config_write(&slot.below.port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    config_write(&slot.below.port, express_offset(&slot.below.port, PCI_EXP_DEVCTL), 2,
                 PCI_EXP_DEVCTL_NFERE);
    config_write(&slot.functions[1], PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_SERR);
    config_write(&slot.functions[1], express_offset(&slot.functions[1], PCI_EXP_DEVCTL), 2,
                 PCI_EXP_DEVCTL_NFERE);
    inject_error(&slot, 1);
    root = capability_find(&slot.below.port, PCI_EXT_CAP_ID_ERR);
    g_assert_cmphex(config_read(&slot.below.port, root + PCI_ERR_ROOT_ERR_SRC, 4) >> 16, ==,
                    slot.functions[1].bdf);
    slot_stop(&slot);
}

static void test_fault_strikes_its_function_only(void)
{
    Slot slot;

    slot_start(&slot, 2, "dead-mapping");
    place(&slot.functions[0], 0, OTHER_BASE);
    place(&slot.functions[1], 1, OTHER_BASE + MEMORY_STEP);
    assert_works(&slot, 0, OTHER_BASE);
    g_assert_cmphex(qtest_read(slot.below.port.qtest, OTHER_BASE + MEMORY_STEP, 4), ==, 0);
    slot_stop(&slot);
}

/* What is done to the slot */

static void test_bus_reset_reaches_all(gconstpointer data)
{
    Slot slot;

    slot_start(&slot, GPOINTER_TO_UINT(data), "");
    reset_of_bus(&slot.below);
    for (unsigned nr = 0; nr < slot.count; nr++) {
        g_assert_cmphex(config_read(&slot.functions[nr], PCI_COMMAND, 2), ==, 0);
        assert_silent(&slot.functions[nr], memory_base(nr));
        place(&slot.functions[nr], nr, memory_base(nr));
        assert_works(&slot, nr, memory_base(nr));
    }
    slot_stop(&slot);
}

static void test_slot_power_takes_all_out(gconstpointer data)
{
    Slot slot;

    slot_start(&slot, GPOINTER_TO_UINT(data), "");
    below_slot_control(&slot.below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    for (unsigned nr = 0; nr < slot.count; nr++) {
        g_assert_cmphex(config_read(&slot.functions[nr], PCI_VENDOR_ID, 4), ==, 0xffffffffu);
        assert_silent(&slot.functions[nr], memory_base(nr));
    }
    slot_stop(&slot);
}

static void plug(const Below *below, unsigned nr)
{
    g_autofree char *command =
        g_strdup_printf("{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
                        "\"id\": \"f%u\", \"bus\": \"" BELOW_PORT_ID "\", \"addr\": \"0.%u\", "
                        "\"multifunction\": true, \"tag\": %u}}", nr, nr, FUNCTION_TAG + nr);

    json_node_unref(qtest_qmp(below->port.qtest, command));
}

/* QEMU shows the slot with function 0, which is added last */
static void test_hot_added_with_function_0(void)
{
    static const char *const none[] = { NULL };
    Slot slot = { .count = 2 };

    below_start_devices(&slot.below, none);
    below_windows_set(&slot.below, MEMORY_BASE, 256 * GIB);
    below_slot_control(&slot.below, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    for (unsigned nr = 0; nr < slot.count; nr++) {
        function_init(&slot.functions[nr], slot.below.port.qtest, slot.below.function.bdf | nr);
    }

    plug(&slot.below, 1);
    g_assert_cmphex(config_read(&slot.functions[1], PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    plug(&slot.below, 0);
    for (unsigned nr = 0; nr < slot.count; nr++) {
        place(&slot.functions[nr], nr, memory_base(nr));
    }
    for (unsigned nr = 0; nr < slot.count; nr++) {
        assert_works(&slot, nr, memory_base(nr));
    }
    slot_stop(&slot);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/multifunction/two/own-registers", GUINT_TO_POINTER(2),
                         test_each_has_its_own_registers);
    g_test_add_data_func("/multifunction/three/own-registers", GUINT_TO_POINTER(3),
                         test_each_has_its_own_registers);
    for (unsigned i = 0; i < G_N_ELEMENTS(alone_cases); i++) {
        g_test_add_data_func(alone_cases[i].path, &alone_cases[i], test_alone);
    }
    g_test_add_func("/multifunction/error/names-its-function", test_error_names_its_function);
    g_test_add_func("/multifunction/fault/strikes-its-function-only",
                    test_fault_strikes_its_function_only);
    g_test_add_data_func("/multifunction/two/bus-reset-reaches-all", GUINT_TO_POINTER(2),
                         test_bus_reset_reaches_all);
    g_test_add_data_func("/multifunction/three/bus-reset-reaches-all", GUINT_TO_POINTER(3),
                         test_bus_reset_reaches_all);
    g_test_add_data_func("/multifunction/two/slot-power-takes-all-out", GUINT_TO_POINTER(2),
                         test_slot_power_takes_all_out);
    g_test_add_data_func("/multifunction/three/slot-power-takes-all-out", GUINT_TO_POINTER(3),
                         test_slot_power_takes_all_out);
    g_test_add_func("/multifunction/hot-added/with-function-0", test_hot_added_with_function_0);
    return g_test_run();
}
