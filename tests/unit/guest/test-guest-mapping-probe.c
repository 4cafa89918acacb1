/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a function mapped, by what /proc shows of made-up processes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake-tree.h"
#include "mapping-probe.h"

#define DEVICES "/sys/devices/pci0000:00/0000:00:02.0/"
#define PCI_LINKS "sys/bus/pci/devices/" FAKE_BDF "/"

static const MappingTarget target = { .bdf = FAKE_BDF,
                                      .ranges = { { 0x100000000, 0x17fffffff } },
                                      .range_count = 1 };

typedef struct Findings {
    MappingFinding last;
    int count;
} Findings;

static void finding_take(void *context, const MappingFinding *finding)
{
    Findings *findings = context;

    findings->last = *finding;
    findings->count++;
    print_message("# %d (%s): %s\n", finding->pid, finding->command, finding->what);
}

/* Process 42 has one file mapped, between what every process has */
static void process_write(const FakeTree *tree, const char *mapping)
{
    char maps[1024];

    snprintf(maps, sizeof(maps),
             "55d0c0000000-55d0c0001000 r--p 00000000 fe:01 131 /usr/bin/traffic\n"
             "%s\n"
             "7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]\n"
             "7ffd00021000-7ffd00022000 rw-p 00000000 00:00 0 \n", mapping);
    fake_tree_write_text(tree, "proc/42/maps", maps);
    fake_tree_write_text(tree, "proc/42/comm", "traffic\n");
}

static void check(const FakeTree *tree, const char *expected)
{
    Findings findings = { .count = 0 };
    int result = mapping_probe(tree->root, &target, finding_take, &findings);

    assert_int_equal(result, findings.count);
    assert_int_equal(result, expected ? 1 : 0);
    if (expected) {
        assert_string_equal(findings.last.what, expected);
        assert_string_equal(findings.last.command, "traffic");
        assert_int_equal(findings.last.pid, 42);
    }
}

static void test_files(void **state)
{
    static const struct {
        const char *mapping;
        const char *expected;
    } rows[] = {
        { "7f0000000000-7f0000001000 rw-s 00000000 00:12 99 " DEVICES FAKE_BDF "/resource2",
          "resource2" },
        { "7f0000000000-7f0000001000 rw-s 00001000 00:12 99 " DEVICES FAKE_BDF "/resource2_wc",
          "resource2_wc" },
        { "7f0000000000-7f0000001000 rw-s 0 00:12 99 " DEVICES FAKE_BDF "/resource0 (deleted)",
          "resource0 (deleted)" },
        { "7f0000000000-7f0000001000 rw-s 0 00:12 99 " DEVICES "0000:01:00.1/resource2", NULL },
        { "7f0000000000-7f0000001000 rw-s 0 00:12 99 " DEVICES FAKE_BDF "/config", NULL },
        { "7f0000000000-7f0000001000 rw-s 0 00:12 99 " DEVICES FAKE_BDF "/resource", NULL },
        { "7f0000000000-7f0000001000 rw-s 100000000 00:06 4 /dev/mem", "/dev/mem at 0x100000000" },
        { "7f0000000000-7f0000001000 rw-s 17ffff000 00:06 4 /dev/mem", "/dev/mem at 0x17ffff000" },
        { "7f0000000000-7f0000001000 rw-s 180000000 00:06 4 /dev/mem", NULL },
        { "7f0000000000-7f0000002000 rw-s fffff000 00:06 4 /dev/mem", "/dev/mem at 0xfffff000" },
        { "7f0000000000-7f0000001000 rw-s fffff000 00:06 4 /dev/mem", NULL },
        { "7f0000000000-7f0000001000 rw-s 100000000 00:06 4 /tmp/memory", NULL },
        { "7f0000000000-7f0000001000 rw-s 0 00:0e 7 anon_inode:[vfio-device]", NULL },
    };
    FakeTree tree;

    (void)state;
    fake_tree_init(&tree);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_message("# %s\n", rows[i].mapping);
        process_write(&tree, rows[i].mapping);
        check(&tree, rows[i].expected);
    }
    fake_tree_deinit(&tree);
}

/* The mapping does not tell whose it is; the group does */
static void test_vfio(void **state)
{
    FakeTree tree;

    (void)state;
    fake_tree_init(&tree);
    process_write(&tree, "7f0000000000-7f0000001000 rw-s 20000000000 00:0e 7 "
                         "anon_inode:[vfio-device]");
    fake_tree_link(&tree, PCI_LINKS "iommu_group", "../../../kernel/iommu_groups/5");
    check(&tree, NULL);

    fake_tree_link(&tree, PCI_LINKS "driver", "../../drivers/vfio-pci");
    check(&tree, "vfio"); /* it has closed the group and kept the mapping */

    fake_tree_link(&tree, "proc/42/fd/3", "/dev/vfio/vfio");
    fake_tree_link(&tree, "proc/42/fd/4", "/dev/vfio/7");
    check(&tree, NULL); /* another function's */

    fake_tree_link(&tree, "proc/42/fd/5", "/dev/vfio/5");
    check(&tree, "vfio");
    fake_tree_deinit(&tree);
}

/* Two processes, one of which is none */
static void test_processes(void **state)
{
    Findings findings = { .count = 0 };
    FakeTree tree;

    (void)state;
    fake_tree_init(&tree);
    process_write(&tree, "0-1000 rw-s 0 00:12 9 " DEVICES FAKE_BDF "/resource2\n"
                         "1000-2000 rw-s 0 00:12 9 " DEVICES FAKE_BDF "/resource2\n"
                         "2000-3000 rw-s 0 00:12 9 " DEVICES FAKE_BDF "/resource0");
    fake_tree_write_text(&tree, "proc/tty/maps", "0-1 rw-s 0 0:0 0 x/" FAKE_BDF "/resource0\n");
    fake_tree_write_text(&tree, "proc/43/maps", "0-1000 rw-s 0 0:0 0 x/" FAKE_BDF "/resource0\n");
    assert_int_equal(mapping_probe(tree.root, &target, finding_take, &findings), 3);
    fake_tree_deinit(&tree);
}

static void test_no_proc(void **state)
{
    Findings findings = { .count = 0 };

    (void)state;
    assert_int_equal(mapping_probe("/nowhere", &target, finding_take, &findings), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "/mapping-probe/maps/names-and-addresses", test_files, NULL, NULL, NULL },
        { "/mapping-probe/vfio/by-the-group", test_vfio, NULL, NULL, NULL },
        { "/mapping-probe/processes/every-mapping-is-found-once", test_processes, NULL, NULL,
          NULL },
        { "/mapping-probe/processes/without-proc-nobody-knows", test_no_proc, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests_name("mapping-probe", tests, NULL, NULL);
}
