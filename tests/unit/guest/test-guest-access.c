/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The back ends of a live system, with files in the place of resourceN. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

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

static unsigned mapped;

/* In front of the C library's */
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    mapped++;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
}

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

/* A mapping costs a hundred times what an access does */
static void test_words(void **state)
{
    static const uint64_t offsets[] = { 0x10, 0x1008, 0, 0xf000, 0x10000, 0x20ff8, 0x21000 };
    static char memory[0x22000];
    Access access = mapping_access(tree.root);
    AccessWord words[sizeof(offsets) / sizeof(offsets[0])];
    size_t count = sizeof(offsets) / sizeof(offsets[0]);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        memory[offsets[i]] = (char)(i + 1);
        words[i] = (AccessWord) { .offset = offsets[i], .width_bytes = i % 2 == 0 ? 8 : 4 };
    }
    fake_tree_write(&tree, DEVICE "resource0", memory, sizeof(memory));
    mapped = 0;
    assert_int_equal(access_read_words(&access, &function, 0, words, count), 0);
    assert_int_equal(mapped, 3); /* of 64 KiB each at most */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(words[i].value, i + 1);
        words[i].value = 0x10 + i;
    }
    assert_int_equal(access_write_words(&access, &function, 0, words, count), 0);
    for (size_t i = 0; i < count; i++) {
        words[i].value = 0;
    }
    assert_int_equal(access_read_words(&access, &function, 0, words, count), 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(words[i].value, 0x10 + i);
    }
}

/* What lies between two words of /dev/mem may be refused, so a page is mapped at a time */
static void test_physical_words(void **state)
{
    static char memory[0x3000] = { [0x10] = 1, [0x18] = 2, [0x2000] = 3 };
    Access access = mapping_access(tree.root);
    AccessWord words[] = {
        { .offset = 0x10, .width_bytes = 8 },
        { .offset = 0x18, .width_bytes = 8 },
        { .offset = 0x2000, .width_bytes = 4 },
    };

    (void)state;
    fake_tree_write(&tree, "dev/mem", memory, sizeof(memory));
    mapped = 0;
    assert_int_equal(access_read_physical(&access, words, 3), 0);
    assert_int_equal(mapped, 2);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(words[i].value, i + 1);
    }
}

/* As far as it reaches */
static void test_kept(void **state)
{
    static char memory[0x3000] = { [0x10] = 1, [0x1008] = 2, [0x2000] = 3 };
    Access access = mapping_access_kept(tree.root);
    AccessWord words[] = {
        { .offset = 0x10, .width_bytes = 8 },
        { .offset = 0x1008, .width_bytes = 8 },
    };
    AccessWord physical = { .offset = 0x2000, .width_bytes = 4 };
    uint64_t value = 0;

    (void)state;
    fake_tree_write(&tree, DEVICE "resource0", memory, sizeof(memory));
    fake_tree_write(&tree, "dev/mem", memory, sizeof(memory));
    mapped = 0;
    assert_int_equal(access_read(&access, &function, 0, 0x10, 4, &value), 0);
    assert_int_equal(value, 1);
    assert_int_equal(mapped, 1);
    assert_int_equal(access_read_words(&access, &function, 0, words, 2), 0);
    assert_int_equal(words[1].value, 2);
    assert_int_equal(mapped, 2);
    assert_int_equal(access_read_words(&access, &function, 0, words, 2), 0);
    assert_int_equal(mapped, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(access_read_physical(&access, &physical, 1), 0);
        assert_int_equal(physical.value, 3);
    }
    assert_int_equal(mapped, 3);
    assert_int_equal(access_read(&access, &function, 0, 0x2000, 4, &value), 0);
    assert_int_equal(value, 3);
    assert_int_equal(mapped, 4);
    assert_int_equal(access_write(&access, &function, 0, 0x10, 4, 7), 0); /* is not kept */
    assert_int_equal(mapped, 5);
    assert_int_equal(access_read(&access, &function, 0, 0x10, 4, &value), 0);
    assert_int_equal(value, 7);
    assert_int_equal(mapped, 5);
    assert_int_equal(access_read(&access, &function, 2, 0, 4, &value), -ENOENT);
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
    AccessWord words[] = { { .width_bytes = 4 }, { .offset = 6, .width_bytes = 4 } };
    uint64_t value = 7;

    (void)state;
    assert_int_equal(access_read_words(&access, &function, 1, words, 2), -EIO);
    assert_int_equal(words[0].result, 0); /* the others are none of its business */
    assert_int_equal(words[1].result, -EIO);
    assert_int_equal(access_read(&access, &function, 1, 6, 4, &value), -EIO); /* over the end */
    assert_int_equal(access_read(&access, &function, 2, 0, 4, &value), -ENOENT);
    stopped.stopped = true;
    assert_int_equal(access_read(&access, &stopped, 0, 0, 4, &value), -ESHUTDOWN);
    assert_int_equal(access_write(&access, &stopped, 1, 0, 4, 0), -ESHUTDOWN);
    assert_int_equal(access_read_words(&access, &stopped, 1, words, 2), -ESHUTDOWN);
    assert_int_equal(words[1].result, -ESHUTDOWN);
    assert_int_equal(value, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/access/memory/four-and-eight-bytes", test_memory),
        TEST_CASE("/access/memory/words-of-a-window-share-a-mapping", test_words),
        TEST_CASE("/access/physical/only-pages-in-use-are-mapped", test_physical_words),
        TEST_CASE("/access/kept/what-is-read-stays-mapped", test_kept),
        TEST_CASE("/access/io/eight-bytes-are-two-accesses", test_ports),
        TEST_CASE("/access/errors-leave-the-value", test_errors),
    };

    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
