/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a stock kernel was seen to do with ports that are removed and found again. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kernel-model.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define HIGH UINT64_C(0x100000000)

static int port_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size)
{
    int bridge = tree_add_bridge(tree, bdf, parent);

    tree->bridges[bridge].hotplug = true;
    tree->bridges[bridge].windows[WINDOW_PREF] = range_sized(start, size);
    return bridge;
}

static int function_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size)
{
    int function = tree_add_function(tree, bdf, parent);

    tree_add_bar(tree, function, requirement_memory(2, size, true, true),
                 start == 0 ? range_empty() : range_sized(start, size));
    return function;
}

/* As the scenarios fragmented-hole and stale-windows leave it after the arrival */
static void fragmented_hole(Tree *tree)
{
    tree_add_window(tree, false, range_sized(0xc0000000, 0x30000000));
    tree_add_window(tree, false, range_sized(HIGH, 9 * GIB));
    for (uint64_t n = 0; n < 4; n++) {
        char name[BDF_SIZE];

        snprintf(name, sizeof(name), "port%d", (int)n + 1);
        port_add(tree, name, TREE_ROOT, HIGH + (6 - 2 * n) * GIB, 2 * GIB);
    }
    function_add(tree, "fut", 0, HIGH + 6 * GIB, 2 * GIB);
    function_add(tree, "neighbour", 2, HIGH + 2 * GIB, 2 * GIB);
    tree_add_bridge(tree, "port5", TREE_ROOT);
    function_add(tree, "incoming", 4, 0, 4 * GIB);
}

static void test_stale_windows(void **state)
{
    int ports[] = { 0, 4 };
    RemovalSet set = { .bridges = ports, .bridge_count = 2 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    fragmented_hole(&tree);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 1);
    assert_true(range_is_empty(prediction.bars[2]));
    prediction_free(&prediction);
    tree_free(&tree);
}

static void test_fragmented_hole(void **state)
{
    int ports[] = { 0, 1, 3, 4 };
    RemovalSet set = { .bridges = ports, .bridge_count = 4 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    fragmented_hole(&tree);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 0);
    assert_int_equal(prediction.bars[2].start, 0x200000000);
    assert_int_equal(prediction.bars[0].start, 0x100000000);
    assert_int_equal(prediction.bars[1].start, HIGH + 2 * GIB);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* The switch: windows above what is removed stay as they are */
static void behind_switch(Tree *tree)
{
    tree_add_window(tree, false, range_sized(HIGH, 32 * GIB));
    port_add(tree, "root", TREE_ROOT, HIGH, 2 * GIB);
    port_add(tree, "up", 0, HIGH, 2 * GIB);
    port_add(tree, "down-a", 1, HIGH, 2 * GIB);
    tree_add_bridge(tree, "down-b", 1);
    function_add(tree, "fut", 2, HIGH, 2 * GIB);
    function_add(tree, "incoming", 3, 0, 8 * GIB);
}

static void test_upstream_port(void **state)
{
    int ports[] = { 1 };
    RemovalSet set = { .bridges = ports, .bridge_count = 1 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    behind_switch(&tree);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 2);
    prediction_free(&prediction);

    ports[0] = 0;
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 0);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* Its registers still say how large the window was */
static void test_stale_window_returns(void **state)
{
    int ports[] = { 0 };
    RemovalSet set = { .bridges = ports, .bridge_count = 1 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    port_add(&tree, "empty", TREE_ROOT, HIGH + 4 * GIB, 2 * GIB);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.windows[WINDOW_PREF].start, HIGH);
    assert_int_equal(range_size(prediction.windows[WINDOW_PREF]), 2 * GIB);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* Empty hotplug ports get 2 MiB where there is room, and nobody goes without because of them */
static void test_hotplug_extra(void **state)
{
    int ports[] = { 1 };
    RemovalSet set = { .bridges = ports, .bridge_count = 1 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 4 * MIB));
    port_add(&tree, "a", TREE_ROOT, HIGH, 1 * MIB);
    port_add(&tree, "b", TREE_ROOT, HIGH + 1 * MIB, 1 * MIB);
    function_add(&tree, "first", 0, HIGH, MIB);
    function_add(&tree, "second", 1, HIGH + 1 * MIB, MIB);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(range_size(prediction.windows[WINDOW_KINDS + WINDOW_PREF]), 2 * MIB);
    prediction_free(&prediction);

    tree.windows[0].range = range_sized(HIGH, 2 * MIB);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(range_size(prediction.windows[WINDOW_KINDS + WINDOW_PREF]), MIB);
    assert_int_equal(prediction.lost, 0);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* Host windows name the first MiB, too, but it is for ISA cards */
static void test_first_mib(void **state)
{
    int functions[] = { 0 };
    RemovalSet set = { .functions = functions, .function_count = 1 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    tree_add_window(&tree, false, range_sized(0xa0000, 0x20000));
    tree_add_window(&tree, false, range_sized(0xe0000000, MIB));
    tree_add_function(&tree, "function", TREE_ROOT);
    tree_add_bar(&tree, 0, requirement_memory(0, 0x1000, false, false),
                 range_sized(0xe0004000, 0x1000));
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.bars[0].start, 0xe0000000);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* Ports begin at 0x1000, and where an ISA card would decode only when there is no other way */
static void test_ports(void **state)
{
    int functions[] = { 0, 1 };
    RemovalSet set = { .functions = functions, .function_count = 2 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    tree_add_window(&tree, true, range_sized(0, 0xcf8));
    tree_add_window(&tree, true, range_sized(0xd00, 0xf300));
    for (int i = 0; i < 2; i++) {
        tree_add_function(&tree, i == 0 ? "a" : "b", TREE_ROOT);
        tree_add_bar(&tree, i, requirement_io(0, 0x100), range_sized(0xc000 + 0x100 * i, 0x100));
    }
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.bars[0].start, 0x1000);
    assert_int_equal(prediction.bars[1].start, 0x1400);
    prediction_free(&prediction);
    tree_free(&tree);
}

/* A window of 12 GiB that has to lie at a multiple of 4 GiB passes that on to the one above */
static void test_alignment_is_passed_on(void **state)
{
    int ports[] = { 0 };
    RemovalSet set = { .bridges = ports, .bridge_count = 1 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    behind_switch(&tree);
    function_add(&tree, "neighbour", TREE_ROOT, HIGH + 2 * GIB, GIB);
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 0);
    assert_int_equal(prediction.windows[WINDOW_PREF].start, HIGH + 4 * GIB);
    assert_int_equal(range_size(prediction.windows[WINDOW_PREF]), 12 * GIB);
    prediction_free(&prediction);
    tree_free(&tree);
}

/*
 * Somebody without a place takes what was only welcome from all memory of the root bus; what is
 * left then goes to the last port first
 */
static void test_extras_after_a_failure(void **state)
{
    int ports[] = { 0, 1 };
    RemovalSet set = { .bridges = ports, .bridge_count = 2 };
    Prediction prediction;
    Tree tree = { 0 };

    (void)state;
    tree_add_window(&tree, false, range_sized(0xe0000000, 3 * MIB));
    for (int i = 0; i < 2; i++) {
        int port = tree_add_bridge(&tree, i == 0 ? "a" : "b", TREE_ROOT);

        tree.bridges[port].hotplug = true;
        tree_add_function(&tree, i == 0 ? "small" : "large", port);
    }
    tree_add_bar(&tree, 0, requirement_memory(0, MIB, false, false), range_empty());
    tree_add_bar(&tree, 1, requirement_memory(0, 8 * MIB, true, true), range_empty());
    assert_int_equal(kernel_predict(&tree, &set, &prediction), 0);
    assert_int_equal(prediction.lost, 1);
    assert_int_equal(range_size(prediction.windows[WINDOW_MEM]), MIB);
    assert_int_equal(range_size(prediction.windows[WINDOW_KINDS + WINDOW_MEM]), 2 * MIB);
    prediction_free(&prediction);
    tree_free(&tree);
}

static void executable_check(Tree *tree, int port, uint64_t size, RemovalSet *set)
{
    RequirementList wanted = { .count = 0 };
    Plan plan;

    tree->function_count--; /* the one that has arrived without being planned for */
    tree->bar_count--;
    requirement_add(&wanted, requirement_memory(2, size, true, true));
    assert_int_equal(arbiter_plan(tree, port, &wanted, ARBITER_WORK_MAX, &plan), 0);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan_executable(tree, &plan, set), 0);
    plan_free(&plan);
}

static void test_executable(void **state)
{
    Tree tree = { 0 };
    RemovalSet set;

    (void)state;
    fragmented_hole(&tree);
    executable_check(&tree, 4, 4 * GIB, &set);
    assert_int_equal(set.function_count, 0);
    assert_int_equal(set.bridge_count, 4);
    assert_int_equal(set.bridges[0], 0);
    assert_int_equal(set.bridges[1], 1);
    assert_int_equal(set.bridges[2], 3);
    assert_int_equal(set.bridges[3], 4);
    removal_set_free(&set);
    tree_free(&tree);

    behind_switch(&tree);
    executable_check(&tree, 3, 8 * GIB, &set);
    assert_int_equal(set.bridge_count, 1);
    assert_int_equal(set.bridges[0], 0);
    removal_set_free(&set);
    tree_free(&tree);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/kernel-model/stale-windows-stay-in-the-way", test_stale_windows),
        CASE("/kernel-model/fragmented-hole-is-filled-as-seen", test_fragmented_hole),
        CASE("/kernel-model/upstream-port-loses-both", test_upstream_port),
        CASE("/kernel-model/stale-window-returns", test_stale_window_returns),
        CASE("/kernel-model/hotplug-extra-is-optional", test_hotplug_extra),
        CASE("/kernel-model/first-mib-stays-free", test_first_mib),
        CASE("/kernel-model/ports-where-isa-cards-decode-stay-free", test_ports),
        CASE("/kernel-model/alignment-is-passed-on", test_alignment_is_passed_on),
        CASE("/kernel-model/extras-are-what-is-left-after-a-failure", test_extras_after_a_failure),
        CASE("/kernel-model/plan-names-the-ports", test_executable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
