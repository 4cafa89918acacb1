/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts: the registers tell the BARs that the command line asks for, and each BAR answers at an
 * address of its own.
 */

#include <linux/pci_regs.h>

#include "placement.h"

#define KIB (UINT64_C(1) << 10)
#define TIB (UINT64_C(1) << 40)
#define EIB (UINT64_C(1) << 60)

typedef struct LayoutCase {
    const char *path;
    const char *properties;
    FunctionBar bars[FUNCTION_REGIONS];
    unsigned control_nr;
} LayoutCase;

static const LayoutCase layout_cases[] = {
    { "/placement/default", "",
      { [0] = { BAR_MEM32, .size = 16 * KIB }, [2] = { BAR_MEM64, true, 2 * GIB } },
      0 },
    { "/placement/all-kinds",
      ",bar0=4K:mem32:control,bar1=256:io,bar2=1G:mem64:pref,bar4=1M:mem32:pattern,bar5=4:io"
      ",rom=64K",
      { [0] = { BAR_MEM32, .size = 4 * KIB }, [1] = { BAR_IO, .size = 256 },
        [2] = { BAR_MEM64, true, GIB }, [4] = { BAR_MEM32, .size = MIB },
        [5] = { BAR_IO, .size = 4 }, [FUNCTION_ROM] = { BAR_MEM32, .size = 64 * KIB } },
      0 },
    { "/placement/six-of-32-bits",
      ",bar0=512M:mem32:none,bar1=4K:mem32,bar2=1G:mem32:pattern,bar3=8K:mem32:control"
      ",bar4=256M:mem32:rebar=1M-256M,bar5=4K:mem32:none",
      { { BAR_MEM32, .size = 512 * MIB }, { BAR_MEM32, .size = 4 * KIB },
        { BAR_MEM32, .size = GIB }, { BAR_MEM32, .size = 8 * KIB },
        { BAR_MEM32, .size = 256 * MIB }, { BAR_MEM32, .size = 4 * KIB } },
      3 },
    { "/placement/three-of-64-bits-resizable",
      ",bar0=2M:mem64:rebar=1M-1G,bar2=4M:mem64:pref:control:rebar=4M+8M"
      ",bar4=512G:mem64:pref:pattern:rebar=1M-8E",
      { [0] = { BAR_MEM64, .size = 2 * MIB }, [2] = { BAR_MEM64, true, 4 * MIB },
        [4] = { BAR_MEM64, true, 512 * GIB } },
      2 },
    { "/placement/very-large", ",bar1=2E:mem64:pattern,bar3=1T:mem64:pref,bar5=4K:mem32:control",
      { [1] = { BAR_MEM64, .size = 2 * EIB }, [3] = { BAR_MEM64, true, TIB },
        [5] = { BAR_MEM32, .size = 4 * KIB } },
      5 },
};

static void assert_apart(const Function *function, unsigned a, unsigned b)
{
    const FunctionBar *one = &function->bars[a], *other = &function->bars[b];

    if ((one->kind == BAR_IO) == (other->kind == BAR_IO)) {
        g_assert_true(one->base + one->size <= other->base ||
                      other->base + other->size <= one->base);
    }
}

static void test_layout(gconstpointer data)
{
    const LayoutCase *row = data;
    Function function;

    function_start(&function, row->properties);
    function_place_bars(&function);
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        g_assert_cmpint(function.bars[nr].kind, ==, row->bars[nr].kind);
        g_assert_cmpint(function.bars[nr].prefetchable, ==, row->bars[nr].prefetchable);
        g_assert_cmphex(function.bars[nr].size, ==, row->bars[nr].size);
        for (unsigned other = 0; other < nr; other++) {
            assert_apart(&function, nr, other);
        }
    }
    g_assert_cmphex(function.control_base, ==, function.bars[row->control_nr].base);
    assert_bars_reached(&function);
    function_stop(&function);
}

static void test_sizing_leaves_the_registers_alone(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    function_size_bars(&function);
    g_assert_cmphex(config_read(&function, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY, ==, 0);
    decode_set(&function, true);
    assert_reached(&function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(layout_cases); i++) {
        g_test_add_data_func(layout_cases[i].path, &layout_cases[i], test_layout);
    }
    g_test_add_func("/placement/sizing-leaves-the-registers-alone",
                    test_sizing_leaves_the_registers_alone);
    return g_test_run();
}
