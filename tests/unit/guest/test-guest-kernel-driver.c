/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding and unbinding in a tree in which nobody binds: what is written where, and in vain. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "kernel-driver.h"

#define DEVICE "sys/bus/pci/devices/" FAKE_BDF
#define DRIVERS "sys/bus/pci/drivers"
#define TIMEOUT_MS 5000
#define SHORT_MS 50
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

/* Bound to nvme; vfio-pci is there, too */
static int setup(void **state)
{
    FakeTree *tree = calloc(1, sizeof(*tree));

    assert_non_null(tree);
    *state = tree;
    fake_tree_init(tree);
    fake_tree_write_text(tree, DEVICE "/driver_override", "as before");
    fake_tree_write_text(tree, DRIVERS "/nvme/unbind", "");
    fake_tree_write_text(tree, DRIVERS "/vfio-pci/unbind", "");
    fake_tree_write_text(tree, "sys/bus/pci/drivers_probe", "");
    fake_tree_link(tree, DEVICE "/driver", "../../drivers/nvme");
    return 0;
}

static int teardown(void **state)
{
    fake_tree_deinit(*state);
    free(*state);
    return 0;
}

static void expect_text(const FakeTree *tree, const char *path, const char *expected)
{
    char text[64];

    fake_tree_read(tree, path, text, sizeof(text));
    assert_string_equal(text, expected);
}

static void test_names_who_is_bound(void **state)
{
    FakeTree *tree = *state;
    char name[KERNEL_DRIVER_NAME_SIZE];

    kernel_driver_name(tree->root, FAKE_BDF, name);
    assert_string_equal(name, "nvme");
    kernel_driver_name(tree->root, "0000:02:00.0", name);
    assert_string_equal(name, "");
}

static void test_leaves_who_has_it_already(void **state)
{
    FakeTree *tree = *state;
    char why[KERNEL_DRIVER_WHY_SIZE];

    assert_int_equal(kernel_driver_bind(tree->root, FAKE_BDF, "nvme", TIMEOUT_MS, why), 0);
    assert_int_equal(
        kernel_driver_bind(tree->root, FAKE_BDF, KERNEL_DRIVER_ANY, TIMEOUT_MS, why), 0);
    expect_text(tree, DEVICE "/driver_override", "as before");
    expect_text(tree, DRIVERS "/nvme/unbind", "");
    expect_text(tree, "sys/bus/pci/drivers_probe", "");
}

static void test_names_a_driver_that_is_not_loaded(void **state)
{
    FakeTree *tree = *state;
    char why[KERNEL_DRIVER_WHY_SIZE] = "";

    assert_int_equal(kernel_driver_bind(tree->root, FAKE_BDF, "uio", TIMEOUT_MS, why), -ENOENT);
    assert_non_null(strstr(why, "no driver uio"));
    expect_text(tree, DRIVERS "/nvme/unbind", "");
}

/* The other driver must go first, and the choice is not kept when nobody took the function. */
static void test_takes_its_choice_back(void **state)
{
    FakeTree *tree = *state;
    char why[KERNEL_DRIVER_WHY_SIZE] = "";

    assert_int_equal(kernel_driver_bind(tree->root, FAKE_BDF, "vfio-pci", TIMEOUT_MS, why),
                     -ENODEV);
    assert_non_null(strstr(why, "expected vfio-pci to take it, observed nvme"));
    expect_text(tree, DRIVERS "/nvme/unbind", FAKE_BDF);
    expect_text(tree, "sys/bus/pci/drivers_probe", FAKE_BDF);
    expect_text(tree, DEVICE "/driver_override", "\n");
}

static void test_unbinds_whoever_has_it(void **state)
{
    FakeTree *tree = *state;
    char why[KERNEL_DRIVER_WHY_SIZE] = "";

    assert_int_equal(kernel_driver_unbind(tree->root, FAKE_BDF, TIMEOUT_MS, why), 0);
    expect_text(tree, DRIVERS "/nvme/unbind", FAKE_BDF);
    expect_text(tree, DEVICE "/driver_override", "\n");
    assert_int_equal(kernel_driver_unbind(tree->root, "0000:02:00.0", TIMEOUT_MS, why), 0);
}

/* A pipe that nobody reads holds whoever opens it, as a driver does that does not let go. */
static void test_does_not_wait_for_ever(void **state)
{
    FakeTree *tree = *state;
    char path[PATH_MAX];
    char why[KERNEL_DRIVER_WHY_SIZE] = "";

    snprintf(path, sizeof(path), "%s/%s", tree->root, DRIVERS "/nvme/unbind");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(kernel_driver_unbind(tree->root, FAKE_BDF, SHORT_MS, why), -ETIMEDOUT);
    assert_non_null(strstr(why, "nvme does not let go of it"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("kernel-driver/names-who-is-bound", test_names_who_is_bound),
        TEST_CASE("kernel-driver/leaves-who-has-it-already", test_leaves_who_has_it_already),
        TEST_CASE("kernel-driver/names-a-driver-that-is-not-loaded",
                  test_names_a_driver_that_is_not_loaded),
        TEST_CASE("kernel-driver/takes-its-choice-back", test_takes_its_choice_back),
        TEST_CASE("kernel-driver/unbinds-whoever-has-it", test_unbinds_whoever_has_it),
        TEST_CASE("kernel-driver/does-not-wait-for-ever", test_does_not_wait_for_ever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
