/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSI-X: table and pending bits in whichever BAR the properties say, through moves and resizes.
 */

#include <linux/pci_regs.h>

#include "messages.h"
#include "placement.h"

#define CONTENT UINT64_C(0x6d7369782074626c)
#define CONTROL ",bar0=16K:mem32:control"
#define FULL_LAYOUT CONTROL ",bar1=64:io,bar2=1M:mem32:ram,bar3=4K:mem32:none,bar4=8K:mem32:ram"

/* Where no BAR is after function_place_bars(), aligned for the sizes in this file */
#define MOVED_32_BASE UINT64_C(0xd0000000)
#define MOVED_64_BASE OTHER_BASE

typedef struct PlaceCase {
    const char *path;
    const char *properties;
    unsigned vectors;
    unsigned bar_nr;
    uint32_t table_offset;
    uint32_t pending_offset;
} PlaceCase;

static const PlaceCase place_cases[] = {
    { "/msix/place/own-bar", ",msix=1", 1, 1, 0x1000, 0x2000 },
    { "/msix/place/own-bar/64-vectors", ",msix=64", 64, 1, 0x1000, 0x2000 },
    { "/msix/place/own-bar/behind-a-64-bit-one",
      ",bar0=16K:mem64:control,bar2=64:io,bar3=1M:mem64,msix=5", 5, 5, 0x1000, 0x2000 },
    { "/msix/place/own-bar/between", ",bar1=16K:mem32:control,bar3=1M:mem32,msix=5", 5, 0, 0x1000,
      0x2000 },
    { "/msix/place/own-bar/in-the-last-slot", FULL_LAYOUT ",msix=8", 8, 5, 0x1000, 0x2000 },
    { "/msix/place/own-bar/offset", ",msix=33,msix-offset=12K", 33, 1, 0x3000, 0x3210 },
    { "/msix/place/control-bar", ",msix=64,msix-bar=0", 64, 0, 0x1000, 0x2000 },
    { "/msix/place/control-bar/8-kib", ",bar4=8K:mem64:control,msix=64,msix-bar=4", 64, 4, 0x1000,
      0x1400 },
    { "/msix/place/control-bar/up-to-its-end",
      ",bar0=8K:mem32:control,msix=64,msix-bar=0,msix-offset=7160", 64, 0, 0x1bf8, 0x1ff8 },
    { "/msix/place/resizable", ",msix=17,msix-bar=2", 17, 2, 0x1000, 0x2000 },
    { "/msix/place/resizable/end-of-the-smallest-size",
      ",msix=32,msix-bar=2,msix-offset=268434432", 32, 2, 0x0ffffc00, 0x0ffffe00 },
    { "/msix/place/memory", CONTROL ",bar1=1M:mem32:ram,msix=3,msix-bar=1,msix-offset=512K", 3, 1,
      0x80000, 0x81000 },
    { "/msix/place/pattern", CONTROL ",bar2=8G:mem64:pattern,msix=64,msix-bar=2", 64, 2, 0x1000,
      0x2000 },
    { "/msix/place/pattern/below-4-gib",
      CONTROL ",bar2=8G:mem64:pattern,msix=64,msix-bar=2,msix-offset=4294965240", 64, 2, 0xfffff7f8,
      0xfffffbf8 },
    { "/msix/place/none/with-all-modes",
      FULL_LAYOUT ",msi=32,intx=on,msix=2,msix-bar=4,msix-offset=4104", 2, 4, 0x1008, 0x1028 },
};

static void assert_each_arrives(const Msix *msix, uint64_t times)
{
    const Function *function = msix->function;

    messages_clear(function);
    for (unsigned vector = 0; vector < msix->vectors; vector++) {
        interrupt_raise(function, vector);
        g_assert_cmphex(msix_message(function, vector), ==, MSIX_DATA(vector));
        g_assert_cmpuint(messages_count(function), ==, vector + 1);
        assert_counters(function, vector, times, 0);
    }
    g_assert_cmphex(msix_pending(msix), ==, 0);
}

static void bar_move(Function *function, unsigned bar_nr, uint64_t base)
{
    FunctionBar *bar = &function->bars[bar_nr];

    command_set(function, PCI_COMMAND_MEMORY, false);
    config_write(function, PCI_BASE_ADDRESS_0 + 4 * bar_nr, 4, (uint32_t)base);
    if (bar->kind == BAR_MEM64) {
        config_write(function, PCI_BASE_ADDRESS_0 + 4 * bar_nr + 4, 4, (uint32_t)(base >> 32));
    }
    command_set(function, PCI_COMMAND_MEMORY, true);
    if (function->control_base == bar->base) {
        function->control_base = base;
    }
    bar->base = base;
}

static void test_place(gconstpointer data)
{
    const PlaceCase *row = data;
    Function function;
    Msix msix;

    interrupts_start(&function, row->properties);
    msix_find(&msix, &function);
    g_assert_cmpuint(msix.vectors, ==, row->vectors);
    g_assert_cmpuint(msix.bar_nr, ==, row->bar_nr);
    g_assert_cmphex(msix.table_offset, ==, row->table_offset);
    g_assert_cmphex(msix.pending_offset, ==, row->pending_offset);
    assert_bars_reached(&function);

    msix_enable(&msix);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_MSIX, row->vectors);
    assert_each_arrives(&msix, 1);

    /* The table comes along */
    bar_move(&function, row->bar_nr,
             function.bars[row->bar_nr].kind == BAR_MEM64 ? MOVED_64_BASE : MOVED_32_BASE);
    assert_bars_reached(&function);
    assert_each_arrives(&msix, 2);
    function_stop(&function);
}

/* The BAR of its own is like every other */
static void test_own_bar_is_in_the_report(void)
{
    g_autoptr(JsonNode) ledger = NULL;
    JsonArray *bars;
    JsonObject *bar;
    Function function;

    interrupts_start(&function, ",msix=1");
    ledger = function_property(&function, "ledger");
    bars = json_object_get_array_member(json_node_get_object(ledger), "bars");
    g_assert_cmpuint(json_array_get_length(bars), ==, 3);
    bar = json_array_get_object_element(bars, 1);
    g_assert_cmpint(json_object_get_int_member(bar, "bar"), ==, 1);
    g_assert_cmpstr(json_object_get_string_member(bar, "kind"), ==, "mem32");
    g_assert_cmpstr(json_object_get_string_member(bar, "backing"), ==, "none");
    g_assert_cmphex((uint64_t)json_object_get_int_member(bar, "base"), ==, function.bars[1].base);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(1)), ==, function.bars[1].base);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(1)), ==, 0x4000);
    g_assert_false(function.bars[1].prefetchable);
    function_stop(&function);
}

/* In front of memory, and of no more of it than table and pending bits take */
static void test_memory_beside_the_table(void)
{
    uint64_t base;
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=2,msix-bar=2");
    msix_find(&msix, &function);
    base = function.bars[2].base;
    qtest_write(function.qtest, base + 0x1020, 8, CONTENT);
    qtest_write(function.qtest, base + 0x2008, 8, ~CONTENT);
    msix_enable(&msix);
    g_assert_cmphex(qtest_read(function.qtest, base + 0x1018, 4), ==, MSIX_DATA(1));
    g_assert_cmphex(qtest_read(function.qtest, base + 0x1020, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, base + 0x2008, 8), ==, ~CONTENT);

    /* Pending bits are read-only */
    qtest_write(function.qtest, base + 0x2000, 8, UINT64_MAX);
    g_assert_cmphex(msix_pending(&msix), ==, 0);
    assert_each_arrives(&msix, 1);
    function_stop(&function);
}

static void bar_2_resize(Function *function, unsigned size_log2_mib)
{
    unsigned rebar = capability_find(function, PCI_EXT_CAP_ID_REBAR);

    command_set(function, PCI_COMMAND_MEMORY, false);
    config_write(function, rebar + PCI_REBAR_CTRL + 1, 1, size_log2_mib);
    function_place_bars(function);
}

static void test_resize(void)
{
    static const unsigned sizes_log2_mib[] = { 8, 14, 9 };
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=64,msix-bar=2,msix-offset=255M");
    msix_find(&msix, &function);
    msix_enable(&msix);
    for (unsigned i = 0; i < G_N_ELEMENTS(sizes_log2_mib); i++) {
        bar_2_resize(&function, sizes_log2_mib[i]);
        g_assert_cmphex(function.bars[2].size, ==, MIB << sizes_log2_mib[i]);
        assert_each_arrives(&msix, i + 1);
    }
    function_stop(&function);
}

/* PCIe r6.0, sec 6.1.4.5: a masked vector is pending until it is unmasked */
static void test_masked_vector_is_pending(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=64");
    msix_find(&msix, &function);
    msix_enable(&msix);
    msix_mask(&msix, 63, true);
    interrupt_raise(&function, 63);
    interrupt_raise(&function, 63);
    g_assert_cmphex(msix_pending(&msix), ==, UINT64_C(1) << 63);
    interrupt_raise(&function, 62);
    g_assert_cmpuint(messages_count(&function), ==, 1);
    g_assert_cmphex(msix_message(&function, 62), ==, MSIX_DATA(62));

    msix_mask(&msix, 63, false);
    g_assert_cmphex(msix_message(&function, 63), ==, MSIX_DATA(63));
    g_assert_cmphex(msix_pending(&msix), ==, 0);
    assert_counters(&function, 63, 2, 0);
    function_stop(&function);
}

static void test_masked_function_is_pending(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=4");
    msix_find(&msix, &function);
    msix_program(&msix);
    msix_mask(&msix, 1, true);
    msix_flags(&msix, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
    assert_interrupt_mode(&function, BARSHIFT_INTERRUPT_MSIX, 4);
    for (unsigned vector = 0; vector < 3; vector++) {
        interrupt_raise(&function, vector);
    }
    g_assert_cmphex(msix_pending(&msix), ==, 0x7);
    g_assert_cmpuint(messages_count(&function), ==, 0);

    msix_flags(&msix, PCI_MSIX_FLAGS_ENABLE);
    g_assert_cmphex(msix_pending(&msix), ==, 0x2);
    g_assert_cmphex(msix_message(&function, 0), ==, MSIX_DATA(0));
    g_assert_cmphex(msix_message(&function, 2), ==, MSIX_DATA(2));
    g_assert_cmpuint(messages_count(&function), ==, 2);
    function_stop(&function);
}

/* A move hides the table for a while, and pending bits with it */
static void test_pending_survives_a_move(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=4");
    msix_find(&msix, &function);
    msix_enable(&msix);
    msix_mask(&msix, 2, true);
    interrupt_raise(&function, 2);
    bar_move(&function, msix.bar_nr, MOVED_32_BASE);
    g_assert_cmphex(msix_pending(&msix), ==, 0x4);
    msix_mask(&msix, 2, false);
    g_assert_cmphex(msix_message(&function, 2), ==, MSIX_DATA(2));
    function_stop(&function);
}

static void test_needs_bus_master(void)
{
    Function function;
    Msix msix;

    interrupts_start(&function, ",msix=4");
    msix_find(&msix, &function);
    msix_enable(&msix);
    command_set(&function, PCI_COMMAND_MASTER, false);
    interrupt_raise(&function, 0);
    assert_counters(&function, 0, 1, 1);

    /* A masked one is not to be sent now */
    msix_mask(&msix, 0, true);
    interrupt_raise(&function, 0);
    assert_counters(&function, 0, 2, 1);
    command_set(&function, PCI_COMMAND_MASTER, true);
    g_assert_cmpuint(messages_count(&function), ==, 0);
    msix_mask(&msix, 0, false);
    g_assert_cmphex(msix_message(&function, 0), ==, MSIX_DATA(0));
    function_stop(&function);
}

/* The fault repeats memory only: a table in the upper half stays in front of it */
static void test_table_in_an_aliased_half(void)
{
    uint64_t base;
    Function function;
    Msix msix;

    interrupts_start(&function, CONTROL ",bar2=16M:mem64:pref:ram,msix=4,msix-bar=2,"
                                        "msix-offset=12M,fault=content-aliased");
    base = function.bars[2].base;
    qtest_write(function.qtest, base + MIB, 8, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, base + 9 * MIB, 8), ==, CONTENT);
    msix_find(&msix, &function);
    msix_enable(&msix);
    assert_each_arrives(&msix, 1);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(place_cases); i++) {
        g_test_add_data_func(place_cases[i].path, &place_cases[i], test_place);
    }
    g_test_add_func("/msix/own-bar-is-in-the-report", test_own_bar_is_in_the_report);
    g_test_add_func("/msix/memory-beside-the-table", test_memory_beside_the_table);
    g_test_add_func("/msix/resize", test_resize);
    g_test_add_func("/msix/masked-vector-is-pending", test_masked_vector_is_pending);
    g_test_add_func("/msix/masked-function-is-pending", test_masked_function_is_pending);
    g_test_add_func("/msix/pending-survives-a-move", test_pending_survives_a_move);
    g_test_add_func("/msix/needs-bus-master", test_needs_bus_master);
    g_test_add_func("/msix/table-in-an-aliased-half", test_table_in_an_aliased_half);
    return g_test_run();
}
