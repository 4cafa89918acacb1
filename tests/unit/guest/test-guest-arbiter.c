/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One tree by hand for each rule of the arbiter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "made-tree.h"
#include "plan-check.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

/* The scenario fragmented-hole: firmware fills the window from the top */
static void fragmented_hole(Tree *tree)
{
    tree_add_window(tree, false, range_sized(HIGH, 8 * GIB));
    for (uint64_t n = 0; n < 4; n++) {
        char name[BDF_SIZE];

        snprintf(name, sizeof(name), "port%d", (int)n + 1);
        port_add(tree, name, TREE_ROOT, HIGH + (6 - 2 * n) * GIB, 2 * GIB);
    }
    function_add(tree, "fut", 0, HIGH + 6 * GIB, 2 * GIB);
    function_add(tree, "neighbour", 2, HIGH + 2 * GIB, 2 * GIB);
    tree_add_bridge(tree, "port5", TREE_ROOT);
}

static void test_fragmented_hole(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    fragmented_hole(&tree);
    plan = plan_of(&tree, 4, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_true(plan.exact);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.cost.bytes, 2 * GIB);
    /* Either function would do: of equal ones the first is taken */
    assert_int_equal(plan.stops[0], 0);
    assert_int_equal(plan.move_count, 2);
    assert_int_equal(new_start(&tree, &plan, 0), HIGH);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH + 4 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* The function under test says no, so it is the neighbour */
static void test_fragmented_hole_veto(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    fragmented_hole(&tree);
    tree.functions[0].stoppable = false;
    plan = plan_of(&tree, 4, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.stops[0], 1);
    assert_int_equal(new_start(&tree, &plan, 1), HIGH + 4 * GIB);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH);
    assert_int_equal(plan.cost.bridges, 4); /* all but that of the function under test */
    plan_free(&plan);
    tree_free(&tree);
}

/* Windows of empty ports are in the way, and nobody needs to stop */
static void test_stale_windows(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    for (uint64_t n = 0; n < 4; n++) {
        port_add(&tree, "port", TREE_ROOT, HIGH + 2 * n * GIB, 2 * GIB);
    }
    function_add(&tree, "fut", 0, HIGH, 2 * GIB);
    plan = plan_of(&tree, 3, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.cost.stops, 0);
    assert_int_equal(plan.cost.bytes, 0);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH + 4 * GIB);
    assert_int_equal(plan.cost.bridges, 2); /* port 1 keeps its window, too */
    plan_free(&plan);
    tree_free(&tree);
}

/* The scenario behind-switch: windows grow, so what is below stops, but it may stay */
static void test_switch(void **state)
{
    Tree tree = { 0 };
    int root;
    int up;
    int empty;
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 32 * GIB));
    root = port_add(&tree, "root", TREE_ROOT, HIGH, 2 * GIB);
    up = port_add(&tree, "up", root, HIGH, 2 * GIB);
    port_add(&tree, "down-a", up, HIGH, 2 * GIB);
    empty = tree_add_bridge(&tree, "down-b", up);
    function_add(&tree, "fut", 2, HIGH, 2 * GIB);
    plan = plan_of(&tree, empty, 8 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.stops[0], 0);
    assert_int_equal(plan.cost.bytes, 0);
    assert_int_equal(plan.cost.bridges, 3);
    plan_free(&plan);
    tree_free(&tree);
}

/* A window that has room already concerns nobody else */
static void test_room_at_port(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    port_add(&tree, "port", TREE_ROOT, HIGH, 4 * GIB);
    function_add(&tree, "fut", 0, HIGH, 2 * GIB);
    plan = plan_of(&tree, 0, 2 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.cost.stops, 0);
    assert_int_equal(plan.cost.bridges, 0);
    assert_int_equal(new_start(&tree, &plan, plan.newcomer), HIGH + 2 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* Two small functions are in the first half, one as large as both in the second */
static void test_fewest_stops_come_first(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 12 * GIB));
    function_add(&tree, "small-a", TREE_ROOT, HIGH, 512 * MIB);
    function_add(&tree, "small-b", TREE_ROOT, HIGH + 1 * GIB, 512 * MIB);
    function_add(&tree, "large", TREE_ROOT, HIGH + 4 * GIB, 2 * GIB);
    function_add(&tree, "last-a", TREE_ROOT, HIGH + 8 * GIB, 1 * GIB);
    function_add(&tree, "last-b", TREE_ROOT, HIGH + 11 * GIB, 1 * GIB);
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.stops[0], 2);
    plan_free(&plan);
    tree_free(&tree);
}

static void test_fewest_bytes_come_second(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    function_add(&tree, "large", TREE_ROOT, HIGH, 2 * GIB);
    function_add(&tree, "small", TREE_ROOT, HIGH + 5 * GIB, 1 * GIB);
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.stop_count, 1);
    assert_int_equal(plan.stops[0], 1);
    assert_int_equal(plan.cost.bytes, 1 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* Whoever is in the way of one in the way moves, too */
static void test_chain(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    function_add(&tree, "two", TREE_ROOT, HIGH, 2 * GIB);
    function_add(&tree, "one", TREE_ROOT, HIGH + 4 * GIB, 1 * GIB);
    function_add(&tree, "half", TREE_ROOT, HIGH + 6 * GIB, 512 * MIB);
    tree.functions[2].stoppable = false;
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 2);
    assert_int_equal(new_start(&tree, &plan, 0), HIGH + 4 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

static void test_three_move(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    for (uint64_t n = 0; n < 6; n++) {
        function_add(&tree, "f", TREE_ROOT, HIGH + (n < 3 ? n : n + 1) * GIB, 512 * MIB);
    }
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.stop_count, 3);
    assert_int_equal(plan.cost.bytes, 3 * 512 * MIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* 2 GiB are missing, and the largest hole is told */
static void test_no_space(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    function_add(&tree, "a", TREE_ROOT, HIGH, 2 * GIB);
    function_add(&tree, "b", TREE_ROOT, HIGH + 4 * GIB, 2 * GIB);
    function_add(&tree, "c", TREE_ROOT, HIGH + 7 * GIB, 1 * GIB);
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_NO_SPACE);
    assert_true(plan.exact);
    assert_int_equal(plan.shortage.kind, WINDOW_PREF);
    assert_int_equal(plan.shortage.needed_bytes, 4 * GIB);
    assert_int_equal(plan.shortage.free_bytes, 3 * GIB);
    assert_int_equal(plan.shortage.largest_hole.start, HIGH + 2 * GIB);
    assert_int_equal(range_size(plan.shortage.largest_hole), 2 * GIB);
    assert_int_equal(plan.shortage.largest_fit_bytes, 2 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* Enough is free, but who is in the way may not move */
static void test_fixed(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 8 * GIB));
    function_add(&tree, "a", TREE_ROOT, HIGH + 2 * GIB, 1 * GIB);
    function_add(&tree, "b", TREE_ROOT, HIGH + 5 * GIB, 1 * GIB);
    tree.functions[0].movable = false;
    tree.functions[1].movable = false;
    plan = plan_of(&tree, TREE_ROOT, 4 * GIB);
    assert_int_equal(plan.verdict, PLAN_NO_SPACE);
    assert_int_equal(plan.shortage.free_bytes, 6 * GIB);
    assert_int_equal(plan.shortage.largest_fit_bytes, 2 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

static void test_no_window(void **state)
{
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, true, range_sized(0x1000, 0xf000));
    plan = plan_of(&tree, TREE_ROOT, MIB);
    assert_int_equal(plan.verdict, PLAN_NO_WINDOW);
    plan_free(&plan);
    tree_free(&tree);
}

static void test_no_bus(void **state)
{
    RequirementList wanted = wants(MIB);
    Requirement buses = { .type = RESOURCE_BUS, .bar_nr = -1, .length = 2, .alignment = 1,
                          .max = UINT64_MAX };
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, GIB));
    tree_add_bridge(&tree, "port", TREE_ROOT);
    tree.bridges[0].buses = 2;
    requirement_add(&wanted, buses);
    plan = plan_for(&tree, 0, &wanted);
    assert_int_equal(plan.verdict, PLAN_NO_BUS);
    plan_free(&plan);

    tree.bridges[0].buses = 3;
    plan = plan_for(&tree, 0, &wanted);
    assert_int_equal(plan.verdict, PLAN_FITS);
    plan_free(&plan);
    tree_free(&tree);
}

/* The preferred size has no place; its alternative has */
static void test_alternative(void **state)
{
    RequirementList wanted = { .count = 0 };
    Requirement item = requirement_memory(2, 4 * GIB, true, true);
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    tree_add_window(&tree, false, range_sized(HIGH, 2 * GIB));
    item.option = REQUIREMENT_PREFERRED;
    assert_int_equal(requirement_add(&wanted, item), 0);
    item = requirement_memory(2, 1 * GIB, true, true);
    item.option = REQUIREMENT_ALTERNATIVE;
    assert_int_equal(requirement_add(&wanted, item), 0);
    plan = plan_for(&tree, TREE_ROOT, &wanted);
    assert_int_equal(plan.verdict, PLAN_FITS);
    assert_int_equal(plan.move_count, 1);
    assert_int_equal(range_size(plan.moves[0].to), 1 * GIB);
    plan_free(&plan);
    tree_free(&tree);
}

/* A bound that is too small is told, and what was found until then is a plan */
static void test_bound(void **state)
{
    RequirementList wanted = wants(4 * GIB);
    char why[TREE_WHY_SIZE] = "";
    Tree tree = { 0 };
    Plan plan;

    (void)state;
    fragmented_hole(&tree);
    assert_int_equal(arbiter_plan(&tree, 4, &wanted, 1, &plan), 0);
    assert_int_equal(plan.verdict, PLAN_UNDECIDED);
    assert_false(plan.exact);
    plan_free(&plan);
    tree_free(&tree);

    fragmented_hole(&tree);
    for (uint64_t work = 2; work < 1000; work++) {
        assert_int_equal(arbiter_plan(&tree, 4, &wanted, work, &plan), 0);
        if (plan.verdict == PLAN_FITS) {
            assert_true(plan_check(&tree, &plan, why));
            plan_free(&plan);
            break;
        }
        assert_int_equal(plan.verdict, PLAN_UNDECIDED);
        plan_free(&plan);
        tree.function_count--; /* the newcomer */
        tree.bar_count--;
    }
    tree_free(&tree);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/arbiter/fragmented-hole-stops-one", test_fragmented_hole),
        CASE("/arbiter/fragmented-hole-spares-who-may-not-stop", test_fragmented_hole_veto),
        CASE("/arbiter/stale-windows-stop-nobody", test_stale_windows),
        CASE("/arbiter/switch-windows-grow-around-the-function", test_switch),
        CASE("/arbiter/room-at-the-port-touches-nothing", test_room_at_port),
        CASE("/arbiter/fewest-stops-come-first", test_fewest_stops_come_first),
        CASE("/arbiter/fewest-bytes-come-second", test_fewest_bytes_come_second),
        CASE("/arbiter/who-is-in-the-way-may-need-others-to-move", test_chain),
        CASE("/arbiter/three-move-when-three-have-to", test_three_move),
        CASE("/arbiter/tells-how-much-is-missing", test_no_space),
        CASE("/arbiter/fixed-functions-stay", test_fixed),
        CASE("/arbiter/tells-that-there-is-no-window", test_no_window),
        CASE("/arbiter/counts-bus-numbers", test_no_bus),
        CASE("/arbiter/takes-alternatives-last", test_alternative),
        CASE("/arbiter/tells-that-the-bound-came-first", test_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
