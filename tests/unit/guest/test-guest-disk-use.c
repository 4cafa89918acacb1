/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks below a function that are in use. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "disk-use.h"
#include "fake-tree.h"

#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }
#define DISK "nvme/nvme0/nvme0n1"
#define SWAPS "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
#define MOUNTS "21 1 0:19 / /proc rw - proc proc rw\n22 1 0:20 / /tmp rw - tmpfs none rw\n"

/* Below the function a disk with a partition; another disk is below nobody */
static int setup(void **state)
{
    FakeTree *tree = malloc(sizeof(*tree));

    assert_non_null(tree);
    fake_tree_init(tree);
    fake_tree_write_text(tree, "sys/bus/pci/devices/" FAKE_BDF "/" DISK "/dev", "259:0\n");
    fake_tree_write_text(tree, "sys/bus/pci/devices/" FAKE_BDF "/" DISK "/nvme0n1p2/dev",
                         "259:2\n");
    fake_tree_write_text(tree, "sys/devices/virtual/block/dm-0/dev", "253:0\n");
    fake_tree_link(tree, "sys/class/block/nvme0n1",
                   "../../bus/pci/devices/" FAKE_BDF "/" DISK);
    fake_tree_link(tree, "sys/class/block/nvme0n1p2",
                   "../../bus/pci/devices/" FAKE_BDF "/" DISK "/nvme0n1p2");
    fake_tree_link(tree, "sys/class/block/dm-0", "../../devices/virtual/block/dm-0");
    fake_tree_write_text(tree, "proc/swaps", SWAPS);
    fake_tree_write_text(tree, "proc/self/mountinfo", MOUNTS);
    *state = tree;
    return 0;
}

static int teardown(void **state)
{
    fake_tree_deinit(*state);
    free(*state);
    return 0;
}

static void check(const FakeTree *tree, const char *expected)
{
    char why[DISK_USE_WHY_SIZE] = "";

    assert_int_equal(disk_use_check(tree->root, FAKE_BDF, why), expected ? 1 : 0);
    assert_string_equal(why, expected ? expected : "");
}

static void test_idle(void **state)
{
    check(*state, NULL);
}

static void test_swap(void **state)
{
    fake_tree_write_text(*state, "proc/swaps",
                         SWAPS "/dev/nvme0n1p2                          partition\t99\t0\t-2\n");
    check(*state, "/dev/nvme0n1p2 is swapped to");
}

static void test_other_swap(void **state)
{
    fake_tree_write_text(*state, "proc/swaps",
                         SWAPS "/dev/nvme0n1p21                         partition\t99\t0\t-2\n"
                         "/dev/dm-0                               partition\t99\t0\t-2\n");
    check(*state, NULL);
}

static void test_mounted(void **state)
{
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 259:2 / /data ro,relatime shared:3 - ext4 /dev/root ro\n");
    check(*state, "/dev/nvme0n1p2 is mounted on /data");
}

/* Its device number is none of a disk */
static void test_mounted_by_name(void **state)
{
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 0:44 /@ /home rw - btrfs /dev/nvme0n1 rw,subvol=/@\n");
    check(*state, "/dev/nvme0n1 is mounted on /home");
}

static void test_other_mount(void **state)
{
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 253:0 / /data rw - ext4 /dev/mapper/data rw\n");
    check(*state, NULL);
}

/* Of a namespace with several paths only the path is below the function, and of md only a holder */
static void test_partition_elsewhere(void **state)
{
    char path[PATH_MAX];

    fake_tree_write_text(*state, "sys/bus/pci/devices/" FAKE_BDF "/nvme/nvme0/nvme0c0n1/uevent",
                         "");
    fake_tree_link(*state, "sys/class/block/nvme0c0n1",
                   "../../bus/pci/devices/" FAKE_BDF "/nvme/nvme0/nvme0c0n1");
    fake_tree_write_text(*state, "sys/devices/virtual/nvme-subsystem/nvme0n1/nvme0n1p3/partition",
                         "3\n");
    fake_tree_write_text(*state, "sys/devices/virtual/nvme-subsystem/nvme0n1/nvme0n1p3/dev",
                         "259:3\n");
    snprintf(path, sizeof(path), "%s/sys/class/block/nvme0n1", ((const FakeTree *)*state)->root);
    assert_int_equal(unlink(path), 0);
    fake_tree_link(*state, "sys/class/block/nvme0n1",
                   "../../devices/virtual/nvme-subsystem/nvme0n1");
    fake_tree_link(*state, "sys/class/block/nvme0n1p3",
                   "../../devices/virtual/nvme-subsystem/nvme0n1/nvme0n1p3");
    check(*state, NULL);
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 259:3 / /data rw - ext4 /dev/nvme0n1p3 rw\n");
    check(*state, "/dev/nvme0n1p3 is mounted on /data");
}

static void test_holder(void **state)
{
    fake_tree_link(*state, "sys/bus/pci/devices/" FAKE_BDF "/" DISK "/nvme0n1p2/holders/dm-0",
                   "../../../../../../../../devices/virtual/block/dm-0");
    check(*state, NULL);
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 253:0 / /data rw - ext4 /dev/mapper/data rw\n");
    check(*state, "/dev/dm-0 is mounted on /data");
}

/* With several controllers the disk is no longer below one of them, only a hidden path is */
static void test_multipath(void **state)
{
    fake_tree_write_text(*state, "sys/bus/pci/devices/" FAKE_BDF "/nvme/nvme1/nvme1c3n1/size",
                         "1\n");
    fake_tree_link(*state, "sys/class/block/nvme1c3n1",
                   "../../bus/pci/devices/" FAKE_BDF "/nvme/nvme1/nvme1c3n1");
    fake_tree_write_text(*state, "sys/devices/virtual/nvme-subsystem/nvme1n1/dev", "259:7\n");
    fake_tree_link(*state, "sys/class/block/nvme1n1",
                   "../../devices/virtual/nvme-subsystem/nvme1n1");
    fake_tree_write_text(*state, "proc/self/mountinfo",
                         MOUNTS "30 1 259:7 / /data rw - ext4 /dev/nvme1n1 rw\n");
    check(*state, "/dev/nvme1n1 is mounted on /data");
}

static void test_gone(void **state)
{
    const FakeTree *tree = *state;
    char why[DISK_USE_WHY_SIZE];

    assert_int_equal(disk_use_check(tree->root, "0000:02:00.0", why), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/disk-use/idle", test_idle),
        TEST_CASE("/disk-use/swap/on-a-partition", test_swap),
        TEST_CASE("/disk-use/swap/elsewhere", test_other_swap),
        TEST_CASE("/disk-use/mount/read-only-counts", test_mounted),
        TEST_CASE("/disk-use/mount/by-name", test_mounted_by_name),
        TEST_CASE("/disk-use/mount/elsewhere", test_other_mount),
        TEST_CASE("/disk-use/mount/partition-elsewhere", test_partition_elsewhere),
        TEST_CASE("/disk-use/mount/through-what-holds-it", test_holder),
        TEST_CASE("/disk-use/mount/one-of-several-paths", test_multipath),
        TEST_CASE("/disk-use/gone", test_gone),
    };

    return cmocka_run_group_tests_name("disk-use", tests, NULL, NULL);
}
