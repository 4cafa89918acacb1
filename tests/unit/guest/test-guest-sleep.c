/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function is given back when it wakes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "sleep.h"

#define CONFIG "sys/bus/pci/devices/" FAKE_BDF "/config"
#define POWER 0x90
#define POWER_STATE (POWER + 4)
#define NO_SOFT_RESET 0x8
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

static FakeTree tree;
static const ConfigSource source = { .root = tree.root };

static int setup(void **state)
{
    (void)state;
    fake_tree_init(&tree);
    fake_tree_config(&tree, 0x80, 0x00020010 | POWER << 8);
    fake_tree_config(&tree, POWER, 0x00030001);
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
    char bytes[0x11c + 1];

    fake_tree_read(&tree, CONFIG, bytes, sizeof(bytes));
    return (uint8_t)bytes[offset] | (uint32_t)(uint8_t)bytes[offset + 1] << 8 |
           (uint32_t)(uint8_t)bytes[offset + 2] << 16 | (uint32_t)(uint8_t)bytes[offset + 3] << 24;
}

static void test_sleeps_without_decoding(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    assert_int_equal(sleep_suspend(&source, FAKE_BDF, why), 0);
    assert_int_equal(config_word(0x04), 0x00100000);
    assert_int_equal(config_word(POWER_STATE), 3);
    assert_int_equal(sleep_suspend(&source, FAKE_BDF, why), -EALREADY);
}

/* The way back was a reset */
static void test_gives_back_what_is_lost(void **state)
{
    char why[CONFIG_WHY_SIZE];
    bool was_reset = false;

    (void)state;
    assert_int_equal(sleep_suspend(&source, FAKE_BDF, why), 0);
    fake_tree_config(&tree, 0x10, 0);
    fake_tree_config(&tree, 0x18, 0xc);
    fake_tree_config(&tree, 0x1c, 0);
    fake_tree_config(&tree, 0x118, 0x00000822); /* another BAR Size */
    assert_int_equal(sleep_resume(&source, FAKE_BDF, &was_reset, why), 0);
    assert_true(was_reset);
    assert_int_equal(config_word(POWER_STATE), 0);
    assert_int_equal(config_word(0x118), 0x00000b22);
    assert_int_equal(config_word(0x10), 0xfe800000);
    assert_int_equal(config_word(0x1c), 1);
    assert_int_equal(config_word(0x04), 0x00100003);
}

static void test_tells_who_is_not_reset(void **state)
{
    char why[CONFIG_WHY_SIZE];
    bool was_reset = true;

    (void)state;
    fake_tree_config(&tree, POWER_STATE, NO_SOFT_RESET);
    assert_int_equal(sleep_suspend(&source, FAKE_BDF, why), 0);
    assert_int_equal(sleep_resume(&source, FAKE_BDF, &was_reset, why), 0);
    assert_false(was_reset);
    assert_int_equal(sleep_resume(&source, FAKE_BDF, &was_reset, why), -ENOENT);
}

static void test_needs_the_capability(void **state)
{
    char why[CONFIG_WHY_SIZE];

    (void)state;
    fake_tree_config(&tree, 0x80, 0x00020010);
    assert_int_equal(sleep_suspend(&source, FAKE_BDF, why), -ENOTSUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/sleep/without-decoding", test_sleeps_without_decoding),
        TEST_CASE("/sleep/gives-back-what-is-lost", test_gives_back_what_is_lost),
        TEST_CASE("/sleep/tells-who-is-not-reset", test_tells_who_is_not_reset),
        TEST_CASE("/sleep/needs-the-capability", test_needs_the_capability),
    };

    return cmocka_run_group_tests_name("sleep", tests, NULL, NULL);
}
