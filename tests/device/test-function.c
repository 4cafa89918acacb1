/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function as such: BARs, moves, what survives them, accesses of every kind.
 */

#include <linux/pci_regs.h>

#include "function.h"

#define CONTENT UINT64_C(0x1122334455667788)

static const uint64_t content_offsets[] = {
    BARSHIFT_HEADER_PAGE_SIZE, MIB, 256 * MIB, GIB, 2 * GIB - 8,
};

static void content_write(const Function *function, uint64_t base)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(content_offsets); i++) {
        qtest_write(function->qtest, base + content_offsets[i], 8, CONTENT + i);
    }
}

static void content_check(const Function *function, uint64_t base)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(content_offsets); i++) {
        g_assert_cmphex(qtest_read(function->qtest, base + content_offsets[i], 8), ==,
                        CONTENT + i);
    }
}

/* PCIe r6.0, sec 7.5.1.2.1: write all ones, the bits that stay zero are the size */
static void test_all_ones_give_the_sizes(void)
{
    Function function;

    function_start(&function, "");
    config_write(&function, PCI_BASE_ADDRESS_0, 4, 0xffffffffu);
    g_assert_cmphex(bar_read(&function, BARSHIFT_CONTROL_BAR, false), ==,
                    (uint32_t)-CONTROL_BAR_SIZE);

    bar_write(&function, BARSHIFT_MEMORY_BAR, UINT64_MAX);
    g_assert_cmphex(bar_read(&function, BARSHIFT_MEMORY_BAR, true), ==,
                    -2 * GIB + (PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH));
    for (unsigned bar_nr = 4; bar_nr < BARSHIFT_BARS; bar_nr++) {
        config_write(&function, PCI_BASE_ADDRESS_0 + 4 * bar_nr, 4, 0xffffffffu);
        g_assert_cmphex(bar_read(&function, bar_nr, false), ==, 0);
    }
    function_stop(&function);
}

static void test_header_tells_what_was_reached(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    assert_reached(&function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SIZE, 8), ==, 2 * GIB);
    g_assert_cmphex(qtest_read(function.qtest, CONTROL_BASE + BARSHIFT_HEADER_SIZE, 8), ==,
                    CONTROL_BAR_SIZE);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_VERSION, 4), ==,
                    BARSHIFT_VERSION);
    function_stop(&function);
}

static void test_decode_registers_follow_the_bars(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(0)), ==, CONTROL_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(0)), ==,
                    CONTROL_BAR_SIZE);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(2)), ==, MEMORY_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(2)), ==, 2 * GIB);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(4)), ==, BARSHIFT_NOT_DECODED);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_SIZE(4)), ==, 0);

    function_place(&function, 0);
    g_assert_cmphex(control_read(&function, BARSHIFT_DECODED_BASE(2)), ==, BARSHIFT_NOT_DECODED);
    function_stop(&function);
}

static void test_move_leaves_the_old_address_silent(void)
{
    Function function;

    function_start(&function, "");
    assert_silent(&function, MEMORY_BASE);
    function_place(&function, MEMORY_BASE);
    content_write(&function, MEMORY_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_MOVES), ==, 0);

    function_place(&function, OTHER_BASE);
    assert_reached(&function, OTHER_BASE, BARSHIFT_MEMORY_BAR);
    assert_silent(&function, MEMORY_BASE);
    g_assert_cmphex(control_read(&function, BARSHIFT_MOVES), ==, 1);

    /* Off and on again at the same place is no move */
    decode_set(&function, false);
    assert_silent(&function, OTHER_BASE);
    decode_set(&function, true);
    g_assert_cmphex(control_read(&function, BARSHIFT_MOVES), ==, 1);
    function_stop(&function);
}

static void test_content_and_scratch_survive_a_move(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    content_write(&function, MEMORY_BASE);
    qtest_write(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT);
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_CONTROL_SCRATCH(3), 8, ~CONTENT);

    function_place(&function, OTHER_BASE);
    content_check(&function, OTHER_BASE);
    g_assert_cmphex(qtest_read(function.qtest, OTHER_BASE + BARSHIFT_HEADER_SCRATCH, 8), ==,
                    CONTENT);
    g_assert_cmphex(control_read(&function, BARSHIFT_CONTROL_SCRATCH(3)), ==, ~CONTENT);
    g_assert_cmphex(control_read(&function, BARSHIFT_CONTROL_SCRATCH(2)), ==, 0);
    g_assert_cmphex(control_read(&function, BARSHIFT_HEADER_SCRATCH), ==, 0);
    function_stop(&function);
}

static void test_memory_under_the_header_page_is_not_reached(void)
{
    Function function;
    uint64_t last = MEMORY_BASE + BARSHIFT_HEADER_PAGE_SIZE - 8;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    qtest_write(function.qtest, last, 8, CONTENT);
    g_assert_cmphex(qtest_read(function.qtest, last, 8), ==, 0);
    function_stop(&function);
}

/* Reads of every size at every offset agree with the bytes of the 64-bit registers */
static void test_odd_accesses_read_the_same_bytes(void)
{
    Function function;
    uint8_t bytes[0x30];

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    qtest_write(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT);
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)qtest_read(function.qtest, MEMORY_BASE + i, 1);
    }
    for (unsigned size = 2; size <= 8; size *= 2) {
        for (unsigned offset = 0; offset + size <= sizeof(bytes); offset++) {
            uint64_t expected = 0;

            for (unsigned i = size; i-- > 0;) {
                expected = expected << 8 | bytes[offset + i];
            }
            g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + offset, size), ==, expected);
        }
    }
    function_stop(&function);
}

static void test_odd_writes_change_their_bytes_only(void)
{
    Function function;
    uint64_t scratch = CONTROL_BASE + BARSHIFT_CONTROL_SCRATCH(0);

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    qtest_write(function.qtest, scratch, 8, UINT64_MAX);
    qtest_write(function.qtest, scratch + 3, 1, 0);
    g_assert_cmphex(qtest_read(function.qtest, scratch, 8), ==, UINT64_C(0xffffffff00ffffff));

    /* Over the end of one register into the next */
    qtest_write(function.qtest, scratch + 6, 4, 0x11223344);
    g_assert_cmphex(qtest_read(function.qtest, scratch, 8), ==, UINT64_C(0x3344ffff00ffffff));
    g_assert_cmphex(qtest_read(function.qtest, scratch + 8, 8), ==, 0x1122);

    /* Over the end of the BAR */
    qtest_write(function.qtest, CONTROL_BASE + CONTROL_BAR_SIZE - 4, 8, UINT64_MAX);
    assert_reached(&function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    function_stop(&function);
}

static void test_read_only_registers_ignore_writes(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    for (unsigned offset = 0; offset < BARSHIFT_HEADER_SCRATCH; offset += 8) {
        qtest_write(function.qtest, MEMORY_BASE + offset, 8, UINT64_MAX);
    }
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_MOVES, 8, UINT64_MAX);
    assert_reached(&function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmphex(control_read(&function, BARSHIFT_MOVES), ==, 0);
    function_stop(&function);
}

static void test_reset_clears_scratch_and_bars(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    qtest_write(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT);
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_CONTROL_SCRATCH(0), 8, CONTENT);

    qtest_system_reset(function.qtest);
    ecam_enable(function.qtest);
    g_assert_cmphex(config_read(&function, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY, ==, 0);
    g_assert_cmphex(bar_read(&function, BARSHIFT_MEMORY_BAR, true), ==,
                    PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
    assert_silent(&function, MEMORY_BASE);

    function_place(&function, MEMORY_BASE);
    g_assert_cmphex(qtest_read(function.qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8), ==, 0);
    g_assert_cmphex(control_read(&function, BARSHIFT_CONTROL_SCRATCH(0)), ==, 0);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bar/all-ones-give-the-sizes", test_all_ones_give_the_sizes);
    g_test_add_func("/header/tells-what-was-reached", test_header_tells_what_was_reached);
    g_test_add_func("/header/hides-the-memory-under-it",
                    test_memory_under_the_header_page_is_not_reached);
    g_test_add_func("/registers/decode-follows-the-bars", test_decode_registers_follow_the_bars);
    g_test_add_func("/registers/odd-reads-agree", test_odd_accesses_read_the_same_bytes);
    g_test_add_func("/registers/odd-writes-change-their-bytes-only",
                    test_odd_writes_change_their_bytes_only);
    g_test_add_func("/registers/read-only-ignore-writes", test_read_only_registers_ignore_writes);
    g_test_add_func("/move/leaves-the-old-address-silent",
                    test_move_leaves_the_old_address_silent);
    g_test_add_func("/move/keeps-content-and-scratch", test_content_and_scratch_survive_a_move);
    g_test_add_func("/reset/clears-scratch-and-bars", test_reset_clears_scratch_and_bars);
    return g_test_run();
}
