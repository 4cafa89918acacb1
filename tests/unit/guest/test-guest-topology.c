/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration registers of a dump: a port with a function, and what broken ones look like. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "topology.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static char dump[PATH_MAX];

static int setup(void **state)
{
    static Topology topology;
    ConfigSource source = { .root = "", .dump = dump };
    char why[CONFIG_WHY_SIZE] = "";

    *state = &topology;
    return topology_read(&topology, &source, why);
}

static int teardown(void **state)
{
    topology_free(*state);
    return 0;
}

static void test_function(void **state)
{
    const Function *function = topology_find(*state, "0000:01:00.0");
    const Bar *memory;

    assert_non_null(function);
    assert_true(function->tagged);
    assert_int_equal(function->tag, 66);
    assert_true(function->memory_decode);
    assert_int_equal(function->bars[0].kind, BAR_MEM32);
    assert_int_equal(function->bars[0].config_base, 0xfe800000);

    memory = &function->bars[2];
    assert_int_equal(memory->kind, BAR_MEM64);
    assert_true(memory->prefetchable);
    assert_int_equal(memory->config_base, 0x100000000);
    assert_true(memory->resizable);
    assert_int_equal(memory->rebar_sizes, 0x7f00);
    assert_int_equal(memory->rebar_size_bytes, 0x80000000);
    assert_int_equal(function->bars[3].kind, BAR_NONE); /* the upper half of BAR 2 */
}

static void test_bridge(void **state)
{
    const Topology *topology = *state;
    const Bridge *bridge = &topology->bridges[0];

    assert_int_equal(topology->bridge_count, 2);
    assert_string_equal(bridge->bdf, "0000:00:01.0");
    assert_int_equal(bridge->secondary, 1);
    assert_int_equal(bridge->windows[WINDOW_IO].config.start, 0x1000);
    assert_int_equal(bridge->windows[WINDOW_IO].config.end, 0x1fff);
    assert_int_equal(bridge->windows[WINDOW_MEM].config.start, 0xfe800000);
    assert_int_equal(bridge->windows[WINDOW_MEM].config.end, 0xfe9fffff);
    assert_int_equal(bridge->windows[WINDOW_PREF].config.start, 0x100000000);
    assert_int_equal(bridge->windows[WINDOW_PREF].config.end, 0x17fffffff);
    assert_int_equal(topology_find(topology, "0000:01:00.0")->parent, 0);
    assert_int_equal(topology_find(topology, "0000:02:00.0")->parent, -1);
}

static void test_closed_windows(void **state)
{
    const Topology *topology = *state;
    const Bridge *bridge = &topology->bridges[1];

    assert_string_equal(bridge->bdf, "0000:00:02.0");
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        assert_true(range_is_empty(bridge->windows[kind].config));
    }
    assert_int_equal(bridge->parent, -1); /* secondary bus 0 is nobody's */
}

static void test_broken_size(void **state)
{
    const Function *function = topology_find_tag(*state, 67);

    assert_non_null(function);
    assert_true(function->bars[2].resizable);
    assert_int_equal(function->bars[2].rebar_field, 63);
    assert_int_equal(function->bars[2].rebar_size_bytes, 0);
    assert_false(bar_is_decoded(function, &function->bars[2]));
}

static void test_broken_index(void **state)
{
    const Function *function = topology_find_tag(*state, 68);

    assert_non_null(function);
    assert_false(function->bars[2].resizable);
}

static void test_many_resizable(void **state)
{
    const Function *function = topology_find_tag(*state, 69);

    assert_non_null(function);
    assert_true(function->bars[4].resizable);
    assert_int_equal(function->bars[4].rebar_size_bytes, UINT64_C(1) << 63);
    assert_int_equal(function->bars[4].rebar_sizes, UINT64_C(1) << 43 | 1 << 19);
    assert_true(range_is_empty(bar_config_range(&function->bars[0]))); /* no witness of its size */
    assert_true(function->bars[2].resizable);
    assert_int_equal(function->bars[2].rebar_size_bytes, UINT64_C(1) << 40);
    assert_int_equal(function->bars[2].rebar_sizes, 1 << 20);
    assert_int_equal(bar_config_range(&function->bars[2]).end, 0x1ffffffffff);
    assert_false(function->bars[1].resizable);
}

static void test_io_and_rom(void **state)
{
    const Function *function = topology_find_tag(*state, 69);
    const Bar *rom;

    assert_non_null(function);
    assert_true(function->io_decode);
    assert_int_equal(function->bars[0].kind, BAR_IO);
    assert_int_equal(function->bars[0].config_base, 0x1000);
    rom = &function->bars[TOPOLOGY_ROM];
    assert_int_equal(rom->kind, BAR_ROM);
    assert_int_equal(rom->config_base, 0xfe080000);
    assert_true(bar_is_decoded(function, rom));
    assert_int_equal(topology_find_tag(*state, 66)->bars[TOPOLOGY_ROM].kind, BAR_NONE);
}

/* 65 vectors: 1040 bytes of table, two words of pending bits */
static void test_msix(void **state)
{
    const Function *function = topology_find_tag(*state, 69);

    assert_non_null(function);
    assert_int_equal(function->bars[1].msix_table.start, 0x1000);
    assert_int_equal(function->bars[1].msix_table.end, 0x140f);
    assert_int_equal(function->bars[1].msix_pba.start, 0x2000);
    assert_int_equal(function->bars[1].msix_pba.end, 0x200f);
    assert_true(range_is_empty(function->bars[2].msix_table));
    assert_true(range_is_empty(topology_find_tag(*state, 66)->bars[0].msix_table));
}

static void test_complaints(void **state)
{
    const Function *extended = topology_find_tag(*state, 70);

    assert_non_null(extended); /* what comes before the circle is found */
    assert_true(extended->bars[2].resizable);
    assert_string_equal(extended->complaint,
                        "list of extended capabilities: 0x110 points back to 0x100");
    assert_string_equal(topology_find(*state, "0000:06:00.0")->complaint,
                        "list of capabilities: 0x90 points back to 0x80");
    assert_string_equal(topology_find(*state, "0000:07:00.0")->complaint,
                        "list of extended capabilities: 0x100 points out of the list to 0xfc");
    assert_string_equal(topology_find(*state, "0000:01:00.0")->complaint, "");
    assert_string_equal(topology_find(*state, "0000:00:01.0")->complaint, "");
}

/* Whatever vendor and device it claims to be */
static void test_serial(void **state)
{
    assert_non_null(topology_find_tag(*state, 71));
    assert_true(topology_find(*state, "0000:06:00.0")->is_barshift);
    assert_false(topology_find(*state, "0000:07:00.0")->tagged);
    assert_true(topology_find(*state, "0000:07:00.0")->is_barshift);
    assert_false(topology_find(*state, "0000:00:01.0")->is_barshift);
}

static void test_missing_dump(void **state)
{
    ConfigSource source = { .root = "", .dump = "/nonexistent/dump" };
    Topology topology;
    char why[CONFIG_WHY_SIZE] = "";

    (void)state;
    assert_int_equal(topology_read(&topology, &source, why), -EIO);
    assert_non_null(strstr(why, "libpci: dump: Cannot open /nonexistent/dump"));
    topology_free(&topology);
}

#define DUMP_CASE(name, function) { name, function, setup, teardown, NULL }

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        DUMP_CASE("/topology/function/tag-bars-and-resizable-bar", test_function),
        DUMP_CASE("/topology/bridge/windows-and-children", test_bridge),
        DUMP_CASE("/topology/bridge/base-above-limit-is-closed", test_closed_windows),
        DUMP_CASE("/topology/rebar/size-63-is-no-size", test_broken_size),
        DUMP_CASE("/topology/rebar/bar-index-7-is-ignored", test_broken_index),
        DUMP_CASE("/topology/rebar/two-bars-in-any-order-up-to-8-eib", test_many_resizable),
        DUMP_CASE("/topology/function/io-bar-and-rom", test_io_and_rom),
        DUMP_CASE("/topology/function/msix-table-and-pba", test_msix),
        DUMP_CASE("/topology/function/serial-tells-barshift", test_serial),
        DUMP_CASE("/topology/capabilities/circles-end-with-a-complaint", test_complaints),
        CASE("/topology/libpci/error-returns", test_missing_dump),
    };

    if (argc != 2) {
        return 2;
    }
    snprintf(dump, sizeof(dump), "%s/ports.dump", argv[1]);
    return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
