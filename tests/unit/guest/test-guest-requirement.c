/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What functions ask for and have: lists by hand, and those of a dump and of a made-up machine. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fake-system.h"
#include "fake-tree.h"
#include "tree.h"

#define BRIDGE "sys/bus/pci/devices/0000:00:01.0/"
#define CASE(name, function) { name, function, NULL, NULL, NULL }

static char dump[PATH_MAX];

static Requirement sized(uint64_t length, unsigned option)
{
    Requirement item = requirement_memory(0, length, true, true);

    item.option = option;
    return item;
}

static void test_unsound(void **state)
{
    RequirementList list = { .count = 0 };
    Requirement item = sized(0x1000, REQUIREMENT_REQUIRED);

    (void)state;
    assert_int_equal(requirement_add(&list, sized(0x1000, REQUIREMENT_ALTERNATIVE)), -EINVAL);
    assert_int_equal(requirement_add(&list, sized(0x1800, 0)), -EINVAL);
    assert_int_equal(requirement_add(&list, sized(0, 0)), -EINVAL);
    item.max = 0xffe;
    assert_int_equal(requirement_add(&list, item), -EINVAL);
    item.max = 0xfff;
    assert_int_equal(requirement_add(&list, item), 0);
    list.count = REQUIREMENTS_MAX;
    assert_int_equal(requirement_add(&list, item), -E2BIG);
}

/* Two groups: three sizes, of which the second is preferred, and two */
static void test_choose(void **state)
{
    static const uint64_t first[] = { 0x2000, 0x2000, 0x1000, 0x1000, 0x4000, 0x4000 };
    static const uint64_t second[] = { 0x100, 0x200, 0x100, 0x200, 0x100, 0x200 };
    RequirementList list = { .count = 0 };
    Requirement chosen[REQUIREMENTS_MAX];

    (void)state;
    requirement_add(&list, sized(0x1000, 0));
    requirement_add(&list, sized(0x2000, REQUIREMENT_PREFERRED | REQUIREMENT_ALTERNATIVE));
    requirement_add(&list, sized(0x4000, REQUIREMENT_ALTERNATIVE));
    requirement_add(&list, sized(0x100, REQUIREMENT_PREFERRED));
    requirement_add(&list, sized(0x200, REQUIREMENT_ALTERNATIVE));
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(requirements_choose(&list, i, chosen), 2);
        assert_int_equal(chosen[0].length, first[i]);
        assert_int_equal(chosen[1].length, second[i]);
    }
    assert_int_equal(requirements_choose(&list, 6, chosen), -ENOENT);
}

/* 2 GiB as it is, four smaller sizes in its place, the control registers before it */
static void test_function(void **state)
{
    FakeSystem fake;
    RequirementList wanted;
    AssignedList assigned;

    (void)state;
    fake_system_init(&fake);
    fake.functions[0].bars[FAKE_CONTROL].msix_table = range_sized(0x2000, 8 * 16);
    requirements_read(&fake.topology, &fake.functions[0], &wanted);
    assert_int_equal(wanted.count, 1 + 1 + 3 + 2);
    assert_int_equal(wanted.items[0].bar_nr, FAKE_CONTROL);
    assert_int_equal(wanted.items[0].max, UINT32_MAX);
    assert_int_equal(wanted.items[0].option, REQUIREMENT_REQUIRED);
    assert_int_equal(wanted.items[1].length, FAKE_SIZE);
    assert_int_equal(wanted.items[1].option, REQUIREMENT_PREFERRED);
    assert_int_equal(wanted.items[2].length, FAKE_SIZE / 2);
    assert_int_equal(wanted.items[2].option, REQUIREMENT_ALTERNATIVE);
    assert_int_equal(wanted.items[4].length, FAKE_SIZE / 8);
    assert_int_equal(wanted.items[5].type, RESOURCE_INTERRUPT);
    assert_int_equal(wanted.items[5].length, 8);
    assert_int_equal(wanted.items[6].length, 1);

    assigned_read(&fake.topology, &fake.functions[0], &assigned);
    assert_int_equal(assigned.count, 3);
    assert_int_equal(assigned.items[1].raw.start, FAKE_BASE(0));
    assert_int_equal(assigned.items[1].translated.start, FAKE_BASE(0));
    assert_int_equal(range_size(assigned.items[2].raw), 8);

    /* One message is what there is anyway */
    fake.functions[0].bars[FAKE_CONTROL].msix_table = range_sized(0x2000, 16);
    requirements_read(&fake.topology, &fake.functions[0], &wanted);
    assert_int_equal(wanted.count, 1 + 1 + 3 + 1);
}

/* Without a kernel only a resizable BAR tells its size */
static void test_dump(void **state)
{
    ConfigSource source = { .root = "", .dump = dump };
    char why[CONFIG_WHY_SIZE] = "";
    RequirementList wanted;
    AssignedList assigned;
    Topology topology;
    Tree tree;

    (void)state;
    assert_int_equal(topology_read(&topology, &source, why), 0);
    requirements_read(&topology, topology_find(&topology, "0000:01:00.0"), &wanted);
    assigned_read(&topology, topology_find(&topology, "0000:01:00.0"), &assigned);
    assert_int_equal(wanted.items[0].bar_nr, 2);
    assert_int_equal(assigned.count, 1);
    assert_int_equal(assigned.items[0].raw.start, 0x100000000);

    /* A bridge asks for bus numbers */
    requirements_read(&topology, topology_find(&topology, "0000:00:01.0"), &wanted);
    assert_int_equal(wanted.items[wanted.count - 1].type, RESOURCE_BUS);
    assert_int_equal(wanted.items[wanted.count - 1].length, 1);

    assert_int_equal(tree_read(&tree, &topology), 0);
    assert_string_equal(tree.functions[tree.bars[0].function].bdf, "0000:01:00.0");
    assert_int_equal(tree.bars[0].kind, WINDOW_PREF);
    assert_int_equal(tree.bridges[0].windows[WINDOW_PREF].end, 0x17fffffff);
    assert_int_equal(tree_check(&tree, why), 0);
    tree_free(&tree);
    topology_free(&topology);
}

/* A bridge of windows 0xfe800000-0xfe8fffff and 0x100000000-0x17fffffff, above the function */
static void bridge_write(const FakeTree *tree)
{
    static const unsigned char config[256] = {
        [0x00] = 0x36, [0x01] = 0x1b, [0x02] = 0x0c,     /* IDs */
        [0x04] = 0x07, [0x0a] = 0x04, [0x0b] = 0x06,     /* Command, class */
        [0x0e] = 0x01, [0x19] = 0x01, [0x1a] = 0x01,     /* header type, buses */
        [0x20] = 0x80, [0x21] = 0xfe, [0x22] = 0x80, [0x23] = 0xfe,
        [0x24] = 0x01, [0x26] = 0xf1, [0x27] = 0x7f, [0x28] = 0x01, [0x2c] = 0x01,
    };

    fake_tree_write(tree, BRIDGE "config", config, sizeof(config));
    fake_tree_write_text(tree, BRIDGE "resource",
                         "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
                         "0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
                         "0xfe800000 0xfe8fffff 0x200\n0x100000000 0x17fffffff 0x102201\n"
                         "0x0 0x0 0x0\n");
    fake_tree_write_text(tree, BRIDGE "enable", "1\n");
}

/*
 * Firmware copies the ROM of the first VGA controller into RAM, where the kernel takes it from. It
 * lies behind no bridge, and nobody has to find a place for it.
 */
static void test_rom_copy(void **state)
{
    char why[CONFIG_WHY_SIZE] = "";
    RequirementList wanted;
    Topology topology;
    FakeTree files;
    Tree tree;

    (void)state;
    fake_tree_init(&files);
    bridge_write(&files);
    fake_tree_config(&files, 0x30, 0xfe840000);
    fake_tree_write_text(&files, "sys/bus/pci/devices/" FAKE_BDF "/resource",
                         "0xfe800000 0xfe803fff 0x40200\n0x0 0x0 0x0\n"
                         "0x100000000 0x17fffffff 0x14220c\n0x0 0x0 0x0\n0x0 0x0 0x0\n"
                         "0x0 0x0 0x0\n0xc0000 0xdffff 0x212\n");
    assert_int_equal(topology_read(&topology, &(ConfigSource) { .root = files.root }, why), 0);
    requirements_read(&topology, topology_find(&topology, FAKE_BDF), &wanted);
    for (size_t i = 0; i < wanted.count; i++) {
        assert_int_not_equal(wanted.items[i].bar_nr, TOPOLOGY_ROM);
    }
    assert_int_equal(tree_read(&tree, &topology), 0);
    assert_int_equal(tree.bar_count, 2);
    if (tree_check(&tree, why) != 0) {
        fail_msg("%s", why);
    }
    tree_free(&tree);
    topology_free(&topology);
    fake_tree_deinit(&files);
}

/* Who is noted as stopped is not stopped again; a VGA controller is left alone */
static void test_tree(void **state)
{
    char why[TREE_WHY_SIZE] = "";
    FakeSystem fake;
    Tree tree;

    (void)state;
    fake_system_init(&fake);
    fake.functions[0].stopped = true;
    fake.functions[1].class_code = 0x0300;
    for (int i = 0; i < 2 * WINDOW_KINDS; i++) {
        Window *window = &fake.bridges[i / WINDOW_KINDS].windows[i % WINDOW_KINDS];

        window->kernel = window->config;
    }
    assert_int_equal(tree_read(&tree, &fake.topology), 0);
    assert_int_equal(tree_check(&tree, why), 0);
    assert_int_equal(tree.bridge_count, 2);
    assert_int_equal(tree.bar_count, 4);
    assert_false(tree.functions[0].working);
    assert_true(tree.functions[0].stoppable);
    assert_true(tree.functions[1].working);
    assert_false(tree.functions[1].stoppable);
    tree_free(&tree);

    fake.functions[1].class_code = 0x0302; /* a 3D controller: who has the largest BARs of all */
    assert_int_equal(tree_read(&tree, &fake.topology), 0);
    assert_true(tree.functions[1].stoppable);
    tree_free(&tree);
}

static void test_tree_check(void **state)
{
    char why[TREE_WHY_SIZE] = "";
    Tree tree = { 0 };

    (void)state;
    tree_add_bridge(&tree, "port", TREE_ROOT);
    tree.bridges[0].windows[WINDOW_PREF] = range_sized(0x100000000, 0x200000);
    tree_add_function(&tree, "inside", 0);
    tree_add_bar(&tree, 0, sized(0x100000, 0), range_sized(0x100000000, 0x100000));
    assert_int_equal(tree_check(&tree, why), 0);
    tree_add_bar(&tree, 0, sized(0x100000, 0), range_sized(0x100000000, 0x100000));
    assert_int_equal(tree_check(&tree, why), -EINVAL);
    assert_string_equal(why, "inside overlaps inside");
    tree.bars[1].now = range_sized(0x100200000, 0x100000);
    assert_int_equal(tree_check(&tree, why), -EINVAL);
    assert_string_equal(why, "inside: BAR 0 is not inside the window above it");
    tree_free(&tree);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        CASE("/requirement/refuses-what-makes-no-sense", test_unsound),
        CASE("/requirement/preferred-come-first", test_choose),
        CASE("/requirement/function-lists-sizes-and-interrupts", test_function),
        CASE("/requirement/dump-knows-resizable-bars", test_dump),
        CASE("/tree/knows-who-works-and-who-stays", test_tree),
        CASE("/tree/copy-of-a-rom-is-no-resource", test_rom_copy),
        CASE("/tree/refuses-overlaps-and-strays", test_tree_check),
    };

    if (argc != 2) {
        return 2;
    }
    snprintf(dump, sizeof(dump), "%s/ports.dump", argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
