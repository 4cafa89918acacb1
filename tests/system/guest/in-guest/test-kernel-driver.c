/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The back end of a function that a driver of the kernel has, in a guest with an NVMe controller
 * and a barshift function, which no driver knows.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "back-end.h"
#include "block-workload.h"
#include "kernel-driver.h"
#include "sysfs.h"

#define NVME "0000:01:00.0"
#define WITHOUT_DRIVER "0000:02:00.0"
#define NVME_PORT "0000:00:01.0"
#define OTHER_PORT "0000:00:02.0"
#define DEVICES "/sys/bus/pci/devices/"
#define DISK "/dev/nvme0n1"
#define DEADLINE_S 80

static const BackEndOps *const ops = &back_end_kernel;
static uint64_t number; /* of the next request */
static BackEnd *held;

static void hold(void)
{
    char why[BACK_END_WHY_SIZE] = "";

    if (ops->acquire(NVME, &held, why) < 0) {
        held = NULL;
        fail_msg("%s", why);
    }
}

static int let_go(char *why)
{
    BackEnd *back_end = held;

    held = NULL;
    return ops->release(back_end, why);
}

static void release(void)
{
    char why[BACK_END_WHY_SIZE] = "";

    if (let_go(why) < 0) {
        fail_msg("%s", why);
    }
}

static int teardown(void **state)
{
    char ignored[BACK_END_WHY_SIZE];

    (void)state;
    return held ? let_go(ignored) : 0;
}

static void exchange(unsigned count)
{
    char why[BACK_END_WHY_SIZE] = "";

    for (unsigned i = 0; i < count; i++) {
        if (ops->exchange(held, number++, why) < 0) {
            fail_msg("%s", why);
        }
    }
}

static void sysfs_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        fail_msg("%s: %s", path, strerror(errno));
    }
    close(fd);
}

static void disk_put(off_t at, const char *text)
{
    int fd = open(DISK, O_RDWR | O_SYNC | O_CLOEXEC);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
    close(fd);
}

/* First of all, while the disk has nothing of the workload's on it. */
static void test_leaves_data_of_others_alone(void **state)
{
    static const char zeros[] = "\0\0\0\0";
    BackEnd *back_end;
    char why[BACK_END_WHY_SIZE] = "";
    int fd;

    (void)state;
    disk_put(512, "DATA");
    for (unsigned n = 0; n < 2; n++) {
        assert_int_equal(ops->acquire(NVME, &back_end, why), -EBUSY);
        assert_non_null(strstr(why, "block 0"));
    }
    fd = open(DISK, O_RDWR | O_SYNC | O_CLOEXEC);
    assert_int_equal(pwrite(fd, zeros, 4, 512), 4);
    close(fd);
}

static void test_works_and_lets_go(void **state)
{
    char name[KERNEL_DRIVER_NAME_SIZE];

    (void)state;
    hold();
    kernel_driver_name("", NVME, name);
    assert_string_equal(name, "nvme");
    exchange(100);
    release();
    kernel_driver_name("", NVME, name);
    assert_string_equal(name, "");
    assert_int_not_equal(access(DISK, F_OK), 0);
}

static uint64_t kernel_base(void)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];

    assert_true(sysfs_resources_read("", NVME, resources) > 0);
    return sysfs_resource_range(&resources[0]).start;
}

/* To another address: the kernel serves the ports in another order than the firmware did. */
static void test_blocks_are_there_after_a_move(void **state)
{
    uint64_t before = kernel_base();

    (void)state;
    hold();
    exchange(300);
    release();
    sysfs_write(DEVICES NVME_PORT "/remove", "1");
    sysfs_write(DEVICES OTHER_PORT "/remove", "1");
    sysfs_write("/sys/bus/pci/rescan", "1");
    assert_int_not_equal(kernel_base(), 0);
    assert_int_not_equal(kernel_base(), before);
    hold();
    exchange(300);
    release();
}

/* The controller comes back with another disk in it: nothing of what was acknowledged is there. */
static void test_sees_lost_blocks(void **state)
{
    BackEnd *back_end;
    char why[BACK_END_WHY_SIZE] = "";

    (void)state;
    hold();
    exchange(10);
    release();
    assert_int_equal(kernel_driver_bind("", NVME, KERNEL_DRIVER_ANY, 5000, why), 0);
    for (unsigned tries = 0; access(DISK, F_OK) != 0 && tries < 500; tries++) {
        usleep(10000);
    }
    disk_put(5 * BLOCK_WORKLOAD_BLOCK_SIZE + 2048, "LOST");
    assert_int_equal(ops->acquire(NVME, &back_end, why), -EILSEQ);
    assert_non_null(strstr(why, "block 5"));
}

static void test_names_a_function_without_a_driver(void **state)
{
    BackEnd *back_end;
    char why[BACK_END_WHY_SIZE] = "";

    (void)state;
    assert_int_equal(ops->acquire(WITHOUT_DRIVER, &back_end, why), -ENODEV);
    assert_non_null(strstr(why, WITHOUT_DRIVER ": expected a driver of the kernel"));
}

#define TEST_CASE(name, function) { name, function, NULL, teardown, NULL }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("kernel/leaves-data-of-others-alone", test_leaves_data_of_others_alone),
        TEST_CASE("kernel/works-and-lets-go", test_works_and_lets_go),
        TEST_CASE("kernel/blocks-are-there-after-a-move", test_blocks_are_there_after_a_move),
        TEST_CASE("kernel/sees-lost-blocks", test_sees_lost_blocks),
        TEST_CASE("kernel/names-a-function-without-a-driver",
                  test_names_a_function_without_a_driver),
    };

    alarm(DEADLINE_S);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
