/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "made-topology.h"

#define GIB UINT64_C(0x40000000)
#define AT(start_gib, size_gib) range_sized((4 + (start_gib)) * GIB, (size_gib) * GIB)

void made_init(MadeTopology *made, Range window)
{
    memset(made, 0, sizeof(*made));
    made->topology.functions = made->functions;
    made->topology.bridges = made->bridges;
    made->topology.host_windows[0].range = window;
    made->topology.host_window_count = 1;
}

static int bridge_index(const MadeTopology *made, const char *bdf)
{
    for (size_t i = 0; bdf && i < made->topology.bridge_count; i++) {
        if (strcmp(made->bridges[i].bdf, bdf) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static Function *function_add(MadeTopology *made, const char *bdf, const char *above)
{
    Function *function = &made->functions[made->topology.function_count++];

    assert_in_range(made->topology.function_count, 1, MADE_MAX);
    *function = (Function) { .parent = bridge_index(made, above), .control_bar = -1 };
    snprintf(function->bdf, BDF_SIZE, "%s", bdf);
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        function->bars[nr].nr = nr;
        function->bars[nr].kernel = range_empty();
        function->bars[nr].msix_table = range_empty();
    }
    return function;
}

void made_port(MadeTopology *made, const char *bdf, const char *above, int secondary, Range pref)
{
    Bridge *bridge = &made->bridges[made->topology.bridge_count];

    function_add(made, bdf, above)->is_bridge = true;
    *bridge = (Bridge) { .parent = bridge_index(made, above), .secondary = secondary,
                         .subordinate = 255, .slot = "1" };
    snprintf(bridge->bdf, BDF_SIZE, "%s", bdf);
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        bridge->windows[kind].kernel = kind == WINDOW_PREF ? pref : range_empty();
    }
    made->topology.bridge_count++;
}

Function *made_function(MadeTopology *made, const char *bdf, const char *above, uint64_t size_bytes,
                        Range place)
{
    Function *function = function_add(made, bdf, above);
    Bar *bar = &function->bars[2];

    bar->kind = BAR_MEM64;
    bar->prefetchable = true;
    bar->kernel = place;
    bar->kernel_size_bytes = size_bytes;
    function->memory_decode = !range_is_empty(place);
    return function;
}

void made_resizable(Function *function)
{
    Bar *bar = &function->bars[2];

    bar->resizable = true;
    bar->rebar_sizes = (UINT64_C(1) << 21) - 1;
    bar->rebar_size_bytes = bar->kernel_size_bytes;
    bar->rebar_field = (unsigned)__builtin_ctzll(bar->kernel_size_bytes) - 20;
}

void made_fragmented_hole(MadeTopology *made)
{
    made_init(made, AT(0, 8));
    made_port(made, "0000:00:02.0", NULL, 1, AT(6, 2));
    made_port(made, "0000:00:03.0", NULL, 2, AT(4, 2));
    made_port(made, "0000:00:04.0", NULL, 3, AT(2, 2));
    made_port(made, "0000:00:05.0", NULL, 4, AT(0, 2));
    made_port(made, "0000:00:06.0", NULL, 5, range_empty());
    made_function(made, "0000:01:00.0", "0000:00:02.0", 2 * GIB, AT(6, 2));
    made_function(made, "0000:03:00.0", "0000:00:04.0", 2 * GIB, AT(2, 2));
    made_function(made, "0000:05:00.0", "0000:00:06.0", 4 * GIB, range_empty());
}
