/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ledger: what is recorded, in which order, and that guest and host read the same.
 */

#include <linux/pci_regs.h>

#include "placement.h"
#include "records.h"

#define MEMORY_FLAGS (PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH)

static void test_start_is_one_reset(void)
{
    static const Record expected[] = { { "reset", NO_BAR, 0, 0 }, { } };
    Function function;

    function_start(&function, "");
    assert_records(&function, 1, expected);
    function_stop(&function);
}

static void test_move_is_recorded_in_order(void)
{
    static const Record expected[] = {
        { "decode-off", NO_BAR, 0, 0 },
        { "unmap", 0, CONTROL_BASE, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { "bar-write", 0, CONTROL_BASE, 0 },
        { "bar-write", 2, MEMORY_BASE | MEMORY_FLAGS, 0 }, /* lower half: zero, as before */
        { "bar-write", 2, OTHER_BASE | MEMORY_FLAGS, 0 },
        { "decode-on", NO_BAR, PCI_COMMAND_MEMORY, 0 },
        { "map", 0, CONTROL_BASE, 0 },
        { "map", 2, OTHER_BASE, 0 },
        { },
    };
    g_autoptr(JsonNode) moves = NULL;
    Function function;
    gint64 total;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    function_place(&function, OTHER_BASE);
    assert_records(&function, total + 1, expected);
    moves = function_property(&function, "moves");
    g_assert_cmpint(json_node_get_int(moves), ==, 1);
    function_stop(&function);
}

static void test_write_while_decoding_moves_at_once(void)
{
    static const Record expected[] = {
        { "bar-write", 2, MEMORY_BASE | 0x80000000u | MEMORY_FLAGS, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { "map", 2, MEMORY_BASE + 0x80000000u, 0 },
        { },
    };
    Function function;
    gint64 total;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    config_write(&function, PCI_BASE_ADDRESS_2, 4, 0x80000000u);
    assert_records(&function, total + 1, expected);
    assert_reached(&function, MEMORY_BASE + 0x80000000u, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

static void test_reset_of_a_resized_mapped_function(void)
{
    static const Record expected[] = {
        { "reset", NO_BAR, 0, 0 },
        { "decode-off", NO_BAR, 0, 0 },
        { "unmap", 0, CONTROL_BASE, 0 },
        { "unmap", 2, MEMORY_BASE, 0 },
        { "resize", 2, 2 * GIB, 0 },
        { },
    };
    Function function;
    unsigned control;
    gint64 total;

    function_start(&function, "");
    control = capability_find(&function, PCI_EXT_CAP_ID_REBAR) + PCI_REBAR_CTRL;
    config_write(&function, control + 1, 1, 10);
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    qtest_system_reset(function.qtest);
    assert_records(&function, total + 1, expected);
    function_stop(&function);
}

/* Nobody writes configuration space afterwards, so the device has to look by itself */
static void test_reset_unmaps_every_kind(void)
{
    static const Record expected[] = {
        { "reset", NO_BAR, 0, 0 },
        { "decode-off", NO_BAR, 0, 0 },
        { "io-decode-off", NO_BAR, 0, 0 },
        { "unmap", 1, MEMORY_32_BASE, 0 },
        { "unmap", 2, MEMORY_64_BASE, 0 },
        { "unmap", 5, PORTS_BASE, 0 },
        { },
    };
    Function function;
    gint64 total;

    function_start(&function, ",bar1=16K:mem32:control,bar2=1M:mem64:pref,bar5=64:io");
    function_place_bars(&function);
    total = ledger_total(&function);
    qtest_system_reset(function.qtest);
    assert_records(&function, total + 1, expected);
    function_stop(&function);
}

/* A reset leads from D3hot to D0, but there is nothing to decode there */
static void test_reset_in_d3hot_maps_nothing(void)
{
    static const Record none[] = { { } };
    Function function;
    unsigned power, express;
    gint64 total;

    function_start(&function, ",bar1=16K:mem32:control,bar2=1M:mem64:pref,bar5=64:io");
    function_place_bars(&function);
    power = legacy_capability_find(&function, PCI_CAP_ID_PM);
    express = legacy_capability_find(&function, PCI_CAP_ID_EXP);
    config_write(&function, power + PCI_PM_CTRL, 2, 3);
    total = ledger_total(&function);
    config_write(&function, express + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
    g_assert_cmphex(config_read(&function, power + PCI_PM_CTRL, 2) & PCI_PM_CTRL_STATE_MASK, ==,
                    0);
    assert_records_of(&function, total + 1, "map", none);
    function_stop(&function);
}

static void test_access_to_no_register_is_recorded(void)
{
    static const Record expected[] = {
        { "bad-access", 2, 0x800, 0 },
        { "bad-access", 0, 0x1ff0, 0 },
        { "bad-access", 2, 0xff8, 0 },
        { },
    };
    Function function;
    gint64 total;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + 0x800, 4), ==, 0);
    qtest_write(function.qtest, CONTROL_BASE + 0x1ff0, 8, 1);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + 0xff8, 8), ==, 0);
    assert_records(&function, total + 1, expected);
    function_stop(&function);
}

#define DEFAULT_DEPTH 256
#define SMALL_DEPTH 32

static void assert_registers_equal_property(const Function *function)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");
    JsonObject *object = json_node_get_object(ledger);
    JsonArray *records = json_object_get_array_member(object, "records");

    g_assert_cmpint(json_object_get_int_member(object, "total"), ==,
                    control_read(function, BARSHIFT_LEDGER_TOTAL));
    g_assert_cmpint(json_object_get_int_member(object, "dropped"), ==,
                    control_read(function, BARSHIFT_LEDGER_DROPPED));
    for (guint i = 0; i < json_array_get_length(records); i++) {
        JsonObject *record = json_array_get_object_element(records, i);
        uint64_t sequence = (uint64_t)json_object_get_int_member(record, "sequence");
        unsigned offset = BARSHIFT_LEDGER_RECORD;

        qtest_write(function->qtest, CONTROL_BASE + BARSHIFT_LEDGER_SELECT, 8, sequence);
        g_assert_cmpuint(control_read(function, offset), ==, sequence);
        g_assert_cmpuint(control_read(function, offset + 8), ==,
                         json_object_get_int_member(record, "time_ns"));
        g_assert_cmpuint(control_read(function, offset + 16) >> 16 & 0xffff, ==,
                         json_object_get_null_member(record, "bar")
                             ? BARSHIFT_NO_BAR
                             : json_object_get_int_member(record, "bar"));
        g_assert_cmphex(control_read(function, offset + 24), ==,
                        (uint64_t)json_object_get_int_member(record, "value"));
    }
}

static void test_registers_equal_the_property(void)
{
    Function function;
    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    function_place(&function, OTHER_BASE);
    assert_registers_equal_property(&function);
    g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_DEPTH), ==, DEFAULT_DEPTH);

    /* A record that was never written */
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_LEDGER_SELECT, 8, 1000);
    for (unsigned i = 0; i < BARSHIFT_LEDGER_RECORD_WORDS; i++) {
        g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_RECORD + 8 * i), ==, 0);
    }
    function_stop(&function);
}

/* Each record that is left once, from the oldest to the newest */
static void assert_oldest_first(const Function *function)
{
    g_autoptr(JsonNode) ledger = function_property(function, "ledger");
    JsonObject *object = json_node_get_object(ledger);
    JsonArray *records = json_object_get_array_member(object, "records");

    g_assert_cmpuint(json_array_get_length(records), ==, SMALL_DEPTH);
    for (guint i = 0; i < json_array_get_length(records); i++) {
        JsonObject *record = json_array_get_object_element(records, i);

        g_assert_cmpint(json_object_get_int_member(record, "sequence"), ==,
                        json_object_get_int_member(object, "dropped") + 1 + i);
    }
}

static void test_overflow_is_counted(void)
{
    Function function;
    gint64 total;

    function_start(&function, ",ledger-depth=32");
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    for (unsigned i = 0; i < SMALL_DEPTH; i++) {
        config_write(&function, PCI_BASE_ADDRESS_0, 4, (uint32_t)CONTROL_BASE);
    }
    g_assert_cmpint(ledger_total(&function), ==, total + SMALL_DEPTH);
    g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_DROPPED), ==, total);
    assert_registers_equal_property(&function);
    assert_oldest_first(&function);
    function_stop(&function);
}

static void test_property_names_what_is_decoded(void)
{
    g_autoptr(JsonNode) before = NULL, after = NULL;
    JsonArray *bars;
    Function function;

    function_start(&function, "");
    before = function_property(&function, "ledger");
    bars = json_object_get_array_member(json_node_get_object(before), "bars");
    g_assert_true(json_object_get_null_member(json_array_get_object_element(bars, 1), "base"));

    function_place(&function, MEMORY_BASE);
    after = function_property(&function, "ledger");
    bars = json_object_get_array_member(json_node_get_object(after), "bars");
    g_assert_cmphex(json_object_get_int_member(json_array_get_object_element(bars, 0), "base"), ==,
                    CONTROL_BASE);
    g_assert_cmphex(json_object_get_int_member(json_array_get_object_element(bars, 1), "base"), ==,
                    MEMORY_BASE);
    g_assert_cmphex(json_object_get_int_member(json_array_get_object_element(bars, 1), "size"), ==,
                    2 * GIB);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ledger/start-is-one-reset", test_start_is_one_reset);
    g_test_add_func("/ledger/move-is-recorded-in-order", test_move_is_recorded_in_order);
    g_test_add_func("/ledger/write-while-decoding-moves-at-once",
                    test_write_while_decoding_moves_at_once);
    g_test_add_func("/ledger/reset-undoes-decode-mapping-and-size",
                    test_reset_of_a_resized_mapped_function);
    g_test_add_func("/ledger/reset-unmaps-every-kind", test_reset_unmaps_every_kind);
    g_test_add_func("/ledger/reset-in-d3hot-maps-nothing", test_reset_in_d3hot_maps_nothing);
    g_test_add_func("/ledger/access-to-no-register-is-recorded",
                    test_access_to_no_register_is_recorded);
    g_test_add_func("/ledger/registers-equal-the-property", test_registers_equal_the_property);
    g_test_add_func("/ledger/overflow-is-counted", test_overflow_is_counted);
    g_test_add_func("/ledger/property-names-what-is-decoded",
                    test_property_names_what_is_decoded);
    return g_test_run();
}
