/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bdf.h"
#include "sysfs.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static char root[PATH_MAX];

static void test_parse(void **state)
{
    SysfsResource resource;
    Range range;

    (void)state;
    assert_int_equal(sysfs_resource_parse(
        "0x0000000100000000 0x000000017fffffff 0x000000000014220c\n", &resource), 0);
    range = sysfs_resource_range(&resource);
    assert_int_equal(range.start, 0x100000000);
    assert_int_equal(range.end, 0x17fffffff);
    assert_int_equal(resource.flags & SYSFS_RESOURCE_MEM64, SYSFS_RESOURCE_MEM64);
}

static void test_parse_rejects(void **state)
{
    static const char *const lines[] = {
        "", "\n", "0x1 0x2\n", "0x1 0x2 flags\n", "0x1 0x2 0x3 0x4\n", "garbage\n",
    };
    SysfsResource resource = { .start = 7 };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_int_equal(sysfs_resource_parse(lines[i], &resource), -EINVAL);
    }
    assert_int_equal(resource.start, 7);
}

/* The kernel marks a BAR without an address in three ways */
static void test_unassigned(void **state)
{
    SysfsResource unset = { 0, 0x7fffffff, 0x2014220c };
    SysfsResource disabled = { 0x1000, 0x1fff, SYSFS_RESOURCE_IO | SYSFS_RESOURCE_DISABLED };
    SysfsResource cleared = { 0, 0, 0 };

    (void)state;
    assert_true(range_is_empty(sysfs_resource_range(&unset)));
    assert_int_equal(sysfs_resource_size(&unset), 0x80000000);
    assert_true(range_is_empty(sysfs_resource_range(&disabled)));
    assert_true(range_is_empty(sysfs_resource_range(&cleared)));
    assert_int_equal(sysfs_resource_size(&cleared), 0);
}

#define BUSES 256

static void slot_take(unsigned domain, unsigned bus, const char *name, void *data)
{
    char (*names)[SYSFS_SLOT_NAME_SIZE] = data;

    assert_int_equal(domain, 0);
    assert_in_range(bus, 0, BUSES - 1);
    strcpy(names[bus], name);
}

static void test_slots(void **state)
{
    char names[BUSES][SYSFS_SLOT_NAME_SIZE] = { "" };

    (void)state;
    sysfs_slots_visit(root, slot_take, names);
    assert_string_equal(names[0x01], "5");
    assert_string_equal(names[0x12], "6");
    assert_string_equal(names[0x00], "");
    sysfs_slots_visit("/nonexistent", slot_take, names);
}

static void test_files(void **state)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];

    (void)state;
    assert_int_equal(sysfs_resources_read(root, "0000:01:00.0", resources), 7);
    assert_int_equal(resources[0].start, 0xfe800000);
    assert_int_equal(sysfs_number_read(root, "0000:01:00.0", "enable"), 1);
}

static void test_files_missing(void **state)
{
    SysfsResource resources[SYSFS_RESOURCES_MAX];

    (void)state;
    assert_int_equal(sysfs_resources_read(root, "0000:09:00.0", resources), -ENOENT);
    assert_int_equal(sysfs_number_read(root, "0000:01:00.0", "resource"), -EINVAL);
    assert_int_equal(sysfs_number_read(root, "0000:09:00.0", "enable"), -ENOENT);
    assert_int_equal(sysfs_enable(root, "0000:09:00.0", true), -ENOENT);
}

static void test_bdf(void **state)
{
    static const char *const bad[] = { "", "01:00", "01:20.0", "01:00.8", "0000:01:00.0x", "x" };
    char bdf[BDF_SIZE];

    (void)state;
    assert_int_equal(bdf_normalise("1:2.3", bdf), 0);
    assert_string_equal(bdf, "0000:01:02.3");
    assert_int_equal(bdf_normalise("0001:ff:1f.7", bdf), 0);
    assert_string_equal(bdf, "0001:ff:1f.7");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(bdf_normalise(bad[i], bdf), -EINVAL);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        CASE("/sysfs/resource/line-becomes-range", test_parse),
        CASE("/sysfs/resource/rejects-what-is-no-line", test_parse_rejects),
        CASE("/sysfs/resource/unset-disabled-and-cleared-are-unassigned", test_unassigned),
        CASE("/sysfs/files/read-from-tree", test_files),
        CASE("/sysfs/files/missing-ones-tell-errno", test_files_missing),
        CASE("/sysfs/slots/lead-to-their-buses", test_slots),
        CASE("/bdf/normalise/accepts-both-forms-only", test_bdf),
    };

    if (argc != 2) {
        return 2;
    }
    snprintf(root, sizeof(root), "%s/root", argv[1]);
    return cmocka_run_group_tests_name("sysfs", tests, NULL, NULL);
}
