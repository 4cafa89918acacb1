/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back ends of a live system, with files in the place of resourceN. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "mapping.h"

#define DEVICE "sys/bus/pci/devices/" FAKE_BDF "/"
#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

static FakeTree tree;
static const Function function = {
    .bdf = FAKE_BDF,
    .bars = { [0] = { .kind = BAR_MEM32 }, [1] = { .kind = BAR_IO } },
};

static int setup(void **state)
{
    static const char page[0x2000] = { [0x1000] = 1, [0x1007] = 2 };
    static const char ports[] = "\1\2\3\4\5\6\7\10";

    (void)state;
    fake_tree_init(&tree);
    fake_tree_write(&tree, DEVICE "resource0", page, sizeof(page));
    fake_tree_write(&tree, DEVICE "resource1", ports, 8);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fake_tree_deinit(&tree);
    return 0;
}

static void test_memory(void **state)
{
    Access access = mapping_access(tree.root);
    uint64_t value = 0;

    (void)state;
    assert_int_equal(access_read(&access, &function, 0, 0x1000, 8, &value), 0);
    assert_int_equal(value, UINT64_C(0x0200000000000001));
    assert_int_equal(access_write(&access, &function, 0, 0x1ff8, 8, UINT64_MAX - 1), 0);
    assert_int_equal(access_read(&access, &function, 0, 0x1ffc, 4, &value), 0);
    assert_int_equal(value, UINT32_MAX);
    assert_int_equal(access_read(&access, &function, 0, 0x1ff8, 4, &value), 0);
    assert_int_equal(value, UINT32_MAX - 1);
}

static void test_ports(void **state)
{
    Access access = mapping_access(tree.root);
    char bytes[16];
    uint64_t value = 0;

    (void)state;
    assert_int_equal(access_read(&access, &function, 1, 0, 8, &value), 0);
    assert_int_equal(value, UINT64_C(0x0807060504030201));
    assert_int_equal(access_read(&access, &function, 1, 4, 2, &value), 0);
    assert_int_equal(value, 0x0605);
    assert_int_equal(access_write(&access, &function, 1, 0, 8, UINT64_C(0x4847464544434241)), 0);
    assert_int_equal(access_write(&access, &function, 1, 7, 1, 'h'), 0);
    fake_tree_read(&tree, DEVICE "resource1", bytes, sizeof(bytes));
    assert_string_equal(bytes, "ABCDEFGh");
}

static void test_errors(void **state)
{
    Access access = mapping_access(tree.root);
    Function stopped = function;
    uint64_t value = 7;

    (void)state;
    assert_int_equal(access_read(&access, &function, 1, 6, 4, &value), -EIO); /* over the end */
    assert_int_equal(access_read(&access, &function, 2, 0, 4, &value), -ENOENT);
    stopped.stopped = true;
    assert_int_equal(access_read(&access, &stopped, 0, 0, 4, &value), -ESHUTDOWN);
    assert_int_equal(access_write(&access, &stopped, 1, 0, 4, 0), -ESHUTDOWN);
    assert_int_equal(value, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/access/memory/four-and-eight-bytes", test_memory),
        TEST_CASE("/access/io/eight-bytes-are-two-accesses", test_ports),
        TEST_CASE("/access/errors-leave-the-value", test_errors),
    };

    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
