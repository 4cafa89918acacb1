/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No guest can end QEMU with virtual functions: a random walk over the configuration spaces of the
 * physical function and of virtual ones, over their BARs and over resets. After each leg a reset
 * of the bus makes everything work again.
 *
 * The walk is the same each time; "-m slow" makes a long one.
 */

#include <linux/pci_regs.h>

#include "ramblock.h"
#include "resets.h"
#include "virtual.h"

#define LEG 500u
#define LEGS 10u
#define LEGS_SLOW 200u

/* Power management, PCI Express; AER; ARI, SR-IOV, VF Resizable BAR */
static const struct {
    unsigned first, last;
} physical_ranges[] = {
    { 0x04, 0x30 }, { 0x40, 0x48 }, { 0x80, 0xbc }, { 0x150, 0x198 }, { 0x1a0, 0x1a8 },
    { 0x1c0, 0x200 }, { 0x1c0, 0x200 }, { 0x1c8, 0x1d4 }, { 0x220, 0x240 },
};

static uint32_t some_value(GRand *rand)
{
    static const uint32_t values[] = {
        0, 1, 2, 3, 4, 8, 9, 0x19, 0x553, 0x8000, 0xffff, 0xffffffffu,
        (uint32_t)CONTROL_BASE, (uint32_t)VF_CONTROL_BASE, VF_MEMORY_BASE >> 32,
    };

    return g_rand_boolean(rand) ? values[g_rand_int_range(rand, 0, G_N_ELEMENTS(values))]
                                : g_rand_int(rand);
}

static void write_somewhere(GRand *rand, const Function *function, unsigned first, unsigned last)
{
    unsigned size = 1u << g_rand_int_range(rand, 0, 3);
    unsigned offset = (unsigned)g_rand_int_range(rand, (gint)first, (gint)last) & ~(size - 1);

    config_queue_write(function, offset, size, some_value(rand));
}

/* Not DMA: it would reach whatever it is aimed at */
static void access_bar(GRand *rand, Virtual *virtual)
{
    QTest *qtest = virtual->below.port.qtest;
    uint64_t base = g_rand_boolean(rand) ? VF_CONTROL_BASE : VF_MEMORY_BASE;
    uint64_t address = base + (uint64_t)g_rand_int_range(rand, 0, 4) * VF_CONTROL_SIZE;
    unsigned offset = (unsigned)g_rand_int_range(rand, 0, BARSHIFT_DMA_SOURCE) & ~7u;

    if (g_rand_boolean(rand)) {
        qtest_queue_read(qtest, address + offset, 8, NULL);
    } else {
        qtest_queue_write(qtest, address + offset, 8, some_value(rand));
    }
}

static void step(GRand *rand, Virtual *virtual)
{
    const Function *physical = &virtual->below.function;
    const Function *vf = &virtual->functions[g_rand_int_range(rand, 0, VFS)];
    unsigned range = (unsigned)g_rand_int_range(rand, 0, G_N_ELEMENTS(physical_ranges));

    switch (g_rand_int_range(rand, 0, 16)) {
    case 0:
        virtual_enable(virtual, (unsigned)g_rand_int_range(rand, 0, VFS + 2));
        break;
    case 1:
        virtual_disable(virtual);
        break;
    case 2:
        function_level_reset(g_rand_boolean(rand) ? physical : vf);
        break;
    case 3:
        power_write(physical, some_value(rand) & 3);
        break;
    case 4:
    case 5:
    case 6:
        write_somewhere(rand, vf, 0, 0x1b0);
        break;
    case 7:
    case 8:
        access_bar(rand, virtual);
        break;
    default:
        write_somewhere(rand, physical, physical_ranges[range].first, physical_ranges[range].last);
        break;
    }
}

static void test_walk(gconstpointer data)
{
    unsigned legs = g_test_slow() ? LEGS_SLOW : LEGS;
    GRand *rand = g_rand_new_with_seed(GPOINTER_TO_UINT(data));
    unsigned before;
    Virtual virtual;

    virtual_start(&virtual, ",no-soft-reset=off,vf-bar0=16K:mem64:control,"
                            "vf-bar2=1M:mem64:pref:rebar=1M-64M:ram");
    before = ramblock_count(virtual.below.port.qtest, 64 * MIB);
    for (unsigned leg = 0; leg < legs; leg++) {
        for (unsigned i = 0; i < LEG; i++) {
            step(rand, &virtual);
        }
        reset_of_bus(&virtual.below);
        ramblock_await(virtual.below.port.qtest, 64 * MIB, before);
        function_place(&virtual.below.function, MEMORY_BASE);
        assert_reached(&virtual.below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
        virtual_enable(&virtual, VFS);
        assert_all_virtual_work(&virtual, VF_MEMORY_BASE);
    }
    g_rand_free(rand);
    virtual_stop(&virtual);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/vf/random/one", GUINT_TO_POINTER(1), test_walk);
    g_test_add_data_func("/vf/random/two", GUINT_TO_POINTER(2), test_walk);
    return g_test_run();
}
