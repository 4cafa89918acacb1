/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No guest can end QEMU or make it wait, whatever it writes: random accesses, with faults on.
 */

#include <linux/pci_regs.h>

#include "function.h"

#define ROUNDS 8
#define ACCESSES 250

static const unsigned config_offsets[] = {
    PCI_COMMAND, PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_2, PCI_BASE_ADDRESS_3, 0x114, 0x118, 0x119,
};

static void random_config_write(const Function *function)
{
    unsigned offset = config_offsets[g_test_rand_int_range(0, G_N_ELEMENTS(config_offsets))];
    uint32_t value = (uint32_t)g_test_rand_int();

    if (g_test_rand_bit()) {
        offset = (unsigned)g_test_rand_int_range(0, PCI_CFG_SPACE_EXP_SIZE / 4) * 4;
    }
    /* Sizes that are offered are found by chance too rarely */
    if (offset == 0x119) {
        value = (uint32_t)g_test_rand_int_range(7, 16);
    }
    config_write(function, offset, offset % 4 == 0 ? 4 : 1, value);
}

static void random_access(const Function *function)
{
    unsigned size = 1u << g_test_rand_int_range(0, 4);
    uint64_t offset = (uint64_t)g_test_rand_int_range(0, BARSHIFT_CONTROL_BAR_SIZE + 8);
    uint64_t base = g_test_rand_bit() ? CONTROL_BASE : MEMORY_BASE;

    if (g_test_rand_bit()) {
        qtest_read(function->qtest, base + offset, size);
    } else {
        qtest_write(function->qtest, base + offset, size, (uint64_t)g_test_rand_int());
    }
}

static void test_random_accesses_are_survived(void)
{
    g_autoptr(JsonNode) ledger = NULL;
    Function function;

    function_start(&function, ",fault=header-stale+content-lost+old-answers+stuck-bit");
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < ACCESSES; i++) {
            random_config_write(&function);
        }
        function_place(&function, round % 2 ? MEMORY_BASE : OTHER_BASE);
        for (unsigned i = 0; i < ACCESSES; i++) {
            random_access(&function);
        }
        qtest_system_reset(function.qtest);
        ecam_enable(function.qtest);
    }
    function_place(&function, MEMORY_BASE);
    assert_reached(&function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(2)), ==, 2 * GIB);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/random/accesses-are-survived", test_random_accesses_are_survived);
    return g_test_run();
}
