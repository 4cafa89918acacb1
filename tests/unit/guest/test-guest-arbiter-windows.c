/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One tree by hand for each rule of the arbiter about windows, and about low addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made-tree.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

/* Both kinds of memory share the root bus: the wide one makes room below 4 GiB */
static void test_low_addresses(void **state)
{
    RequirementList wanted = { .count = 0 };
    Tree tree = { 0 };
    Plan plan;
    int port;

    (void)state;
    tree_add_window(&tree, false, range_sized(0xe0000000, 2 * MIB));
    tree_add_window(&tree, false, range_sized(HIGH, GIB));
    function_add(&tree, "wide", TREE_ROOT, 0xe0000000, 1 * MIB);
    function_add(&tree, "pinned", TREE_ROOT, 0xe0100000, 1 * MIB);
    tree.functions[1].stoppable = false;
    port = tree_add_bridge(&tree, "port", TREE_ROOT);
    requirement_add(&wanted, requirement_memory(0, 0x4000, false, false));
    plan = plan_for(&tree, port, &wanted);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(new_start(&tree, &plan, 0), HIGH);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), 0xe0000000);
    plan_free(&plan);
    tree_free(&tree);
}

/* A window larger than what is in it gives way, and what is in it stays where it is */
static void test_shrink(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    port_add(&tree, "port", TREE_ROOT, HIGH, 7 * GIB);
    function_add(&tree, "fut", 0, HIGH + 1 * GIB, 1 * GIB);
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.cost.bytes, 0);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH + 4 * GIB);
    assert_int_equal(plan.window_count, 1);
    assert_int_equal(plan.windows[0].to.start, HIGH + 1 * GIB);
    assert_int_equal(range_size(plan.windows[0].to), 1 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* The larger of two windows first would waste 1 MiB behind it: only the other order fits */
static void test_order(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 5 * MIB));
    port_add(&tree, "root", TREE_ROOT, HIGH, 3 * MIB);
    port_add(&tree, "three", 0, HIGH, 3 * MIB);
    tree_add_bridge(&tree, "two", 0);
    function_add(&tree, "f", 1, HIGH, 2 * MIB);
    function_add(&tree, "g", 1, HIGH + 2 * MIB, 1 * MIB);
    plan = plan_of(&tree, 2, 2 * MIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 2);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH);
    plan_free(&plan);
    tree_free(&tree);
}

/* What may lie anywhere leaves the low addresses to what may not */
static void test_low_stay_free(void **state)
{
    RequirementList wanted = { .count = 0 };
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(0xe0000000, 2 * MIB));
    tree_add_window(&tree, false, range_sized(HIGH, 2 * MIB));
    tree_add_function(&tree, "narrow", TREE_ROOT);
    tree_add_bar(&tree, 0, requirement_memory(0, MIB, false, false), range_sized(0xe0000000, MIB));
    requirement_add(&wanted, requirement_memory(0, 2 * MIB, true, true));
    requirement_add(&wanted, requirement_memory(2, MIB, false, false));
    plan = plan_for(&tree, TREE_ROOT, &wanted);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.cost.stops, 0);
    assert_int_equal(plan.moves[0].to.start, HIGH);
    plan_free(&plan);
    tree_free(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/arbiter/wide-ones-make-room-below-4-gib", test_low_addresses),
        CASE("/arbiter/windows-shrink-around-what-stays", test_shrink),
        CASE("/arbiter/windows-are-put-in-the-order-that-fits", test_order),
        CASE("/arbiter/wide-ones-leave-low-addresses-free", test_low_stay_free),
    };

    return cmocka_run_group_tests_name("arbiter-windows", tests, NULL, NULL);
}
