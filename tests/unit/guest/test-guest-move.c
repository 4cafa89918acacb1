/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs that are moved past the kernel: how they are written, and who is a witness of them then. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "config-move.h"
#include "fake-tree.h"
#include "mapping.h"
#include "move-note.h"

#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define MEMORY_BAR 2
#define KERNEL_BASE UINT64_C(0x100000000)
#define NEW_BASE UINT64_C(0x280000000)
#define BAR_SIZE UINT64_C(0x80000000)
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

static FakeTree tree;
static const ConfigSource source = { .root = tree.root };

static int setup(void **state)
{
    (void)state;
    fake_tree_init(&tree);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_tree_deinit(&tree);
    return 0;
}

static uint32_t config_word(unsigned offset)
{
    char bytes[0x104 + 1];

    fake_tree_read(&tree, DEVICE "config", bytes, sizeof(bytes));
    return (uint8_t)bytes[offset] | (uint32_t)(uint8_t)bytes[offset + 1] << 8 |
           (uint32_t)(uint8_t)bytes[offset + 2] << 16 | (uint32_t)(uint8_t)bytes[offset + 3] << 24;
}

static int move(int bar_nr, uint64_t address, char *why)
{
    ConfigMove move = { FAKE_BDF, bar_nr, address };

    return config_move(&source, &move, 1, why);
}

static void test_writes_both_halves(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    assert_int_equal(move(MEMORY_BAR, NEW_BASE, why), 0);
    assert_int_equal(config_word(0x18), 0x8000000c);
    assert_int_equal(config_word(0x1c), 2);
    assert_int_equal(config_word(0x04), 0x00100003);
}

static void test_leaves_decode_as_it_was(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    fake_tree_config(&tree, 0x04, 0x00100001);
    assert_int_equal(move(0, 0xfe900000, why), 0);
    assert_int_equal(config_word(0x10), 0xfe900000);
    assert_int_equal(config_word(0x04), 0x00100001);
}

/* A read-only bit stays what it is, so the address is another one than was asked for */
static void test_puts_back_what_is_not_taken(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    assert_int_equal(move(MEMORY_BAR, NEW_BASE + 8, why), -EACCES);
    assert_string_equal(why, FAKE_BDF " BAR 2: expected it to take 0x280000008, observed "
                                      "0x280000000");
    assert_int_equal(config_word(0x18), 0x0000000c);
    assert_int_equal(config_word(0x1c), 1);
    assert_int_equal(config_word(0x04), 0x00100003);
}

static void test_needs_a_memory_bar(void **state)
{
    ConfigMove nobody = { "0000:09:00.0", MEMORY_BAR, NEW_BASE };
    char why[CONFIG_WHY_SIZE];

    (void)state;
    fake_tree_config(&tree, 0x14, 0x00001001); /* I/O */
    assert_int_equal(move(1, 0xfe900000, why), -EINVAL);
    assert_int_equal(move(MEMORY_BAR + 1, NEW_BASE, why), -EINVAL); /* its upper half */
    assert_int_equal(config_move(&source, &nobody, 1, why), -ENODEV);
}

/* Both names and addresses of a BAR, as whoever reads the machine gets them */
static Bar look(void)
{
    CLEANUP(topology_free) Topology topology = { 0 };
    char why[CONFIG_WHY_SIZE];

    assert_int_equal(topology_read(&topology, &source, why), 0);
    return topology_find(&topology, FAKE_BDF)->bars[MEMORY_BAR];
}

static void test_kernel_is_no_witness(void **state)
{
    char why[CONFIG_WHY_SIZE];
    Bar bar;

    (void)state;
    assert_int_equal(move_note_write(tree.root, 1, MEMORY_BAR, KERNEL_BASE), 0);
    assert_false(look().by_hand); /* it has not left yet */
    assert_int_equal(move(MEMORY_BAR, NEW_BASE, why), 0);
    bar = look();
    assert_true(bar.by_hand);
    assert_int_equal(bar.kernel.start, NEW_BASE);
    assert_int_equal(bar.kernel.end, NEW_BASE + BAR_SIZE - 1);
}

static void test_kernel_that_disagrees_without_a_note_is_one(void **state)
{
    char why[CONFIG_WHY_SIZE];
    Bar bar;

    (void)state;
    assert_int_equal(move(MEMORY_BAR, NEW_BASE, why), 0);
    bar = look();
    assert_false(bar.by_hand);
    assert_int_equal(bar.kernel.start, KERNEL_BASE);
}

/* Once the kernel has another address than it had then, it means it */
static void test_kernel_that_has_assigned_since_is_one(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    assert_int_equal(move_note_write(tree.root, 1, MEMORY_BAR, KERNEL_BASE), 0);
    assert_int_equal(move(MEMORY_BAR, NEW_BASE, why), 0);
    fake_tree_write_text(&tree, DEVICE "resource",
                         "0xfe800000 0xfe803fff 0x40200\n"
                         "0x0 0x0 0x0\n"
                         "0x300000000 0x37fffffff 0x14220c\n");
    assert_false(look().by_hand);
    assert_int_equal(look().kernel.start, 0x300000000);
}

/* Through the kernel's file one would get to the old address */
static void test_is_accessed_where_configuration_space_has_it(void **state)
{
    static const char memory[0x3000] = { [0x2010] = 7 };
    Access access = mapping_access(tree.root);
    Function function = {
        .bdf = FAKE_BDF,
        .bars = { [2] = { .kind = BAR_MEM64, .by_hand = true, .config_base = 0x2000 } },
    };
    AccessWord physical = { .offset = 0x2018, .width_bytes = 8 };
    uint64_t value = 0;

    (void)state;
    fake_tree_write(&tree, "dev/mem", memory, sizeof(memory));
    assert_int_equal(access_read(&access, &function, 2, 0x10, 8, &value), 0);
    assert_int_equal(value, 7);
    assert_int_equal(access_write(&access, &function, 2, 0x18, 8, 9), 0);
    assert_int_equal(access_read_physical(&access, &physical, 1), 0);
    assert_int_equal(physical.value, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/move/writes-both-halves", test_writes_both_halves),
        TEST_CASE("/move/leaves-decode-as-it-was", test_leaves_decode_as_it_was),
        TEST_CASE("/move/puts-back-what-is-not-taken", test_puts_back_what_is_not_taken),
        TEST_CASE("/move/needs-a-memory-bar", test_needs_a_memory_bar),
        TEST_CASE("/move/kernel/is-no-witness", test_kernel_is_no_witness),
        TEST_CASE("/move/kernel/disagrees-without-a-note",
                  test_kernel_that_disagrees_without_a_note_is_one),
        TEST_CASE("/move/kernel/has-assigned-since", test_kernel_that_has_assigned_since_is_one),
        TEST_CASE("/move/is-accessed-where-configuration-space-has-it",
                  test_is_accessed_where_configuration_space_has_it),
    };

    return cmocka_run_group_tests_name("move", tests, NULL, NULL);
}
