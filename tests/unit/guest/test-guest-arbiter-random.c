/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random trees: every plan can be carried out, and on small ones none has more stops than what
 * trying everything finds. BARSHIFT_SEED repeats a run.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "kernel-model.h"
#include "plan-check.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define MIB UINT64_C(0x100000)
#define BASE UINT64_C(0x100000000)
#define SMALL_TREES 1000
#define FLAT_TREES 300
#define LARGE_TREES 2000

/** struct Grower - a tree while it grows */
typedef struct Grower {
    Tree tree;
    unsigned functions_left;
    unsigned bridges_left;
    unsigned largest; /* BAR, in powers of two of MiB */
    bool one_bar;     /* a port has one function with one BAR, as most have */
} Grower;

static uint64_t seed;
static uint64_t random_state;

static uint64_t chance(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

static Requirement random_bar(int nr, unsigned largest)
{
    return requirement_memory(nr, MIB << chance(largest + 1), true, true);
}

static void function_grow(Grower *grower, int parent, uint64_t *cursor, uint64_t end)
{
    int function = -1;
    int bars = grower->one_bar ? 1 : 1 + (int)chance(2);

    for (int nr = 0; nr < bars; nr++) {
        Requirement wanted = random_bar(nr, grower->largest);
        uint64_t start = (*cursor + wanted.length - 1) & ~(wanted.length - 1);
        char name[BDF_SIZE];

        if (start + wanted.length > end) {
            return;
        }
        if (function < 0) {
            snprintf(name, sizeof(name), "f%zu", grower->tree.function_count);
            function = tree_add_function(&grower->tree, name, parent);
            grower->tree.functions[function].stoppable = chance(6) != 0;
            grower->tree.functions[function].working = chance(8) != 0;
            grower->functions_left--;
        }
        tree_add_bar(&grower->tree, function, wanted, range_sized(start, wanted.length));
        *cursor = start + wanted.length;
    }
}

static void bus_grow(Grower *grower, int parent, uint64_t start, uint64_t end, unsigned depth);

static void bridge_grow(Grower *grower, int parent, uint64_t *cursor, uint64_t end, unsigned depth)
{
    uint64_t room = (end - *cursor) / MIB;
    uint64_t size = (1 + chance(room < 9 ? room : 9)) * MIB;
    char name[BDF_SIZE];
    int bridge;

    snprintf(name, sizeof(name), "b%zu", grower->tree.bridge_count);
    bridge = tree_add_bridge(&grower->tree, name, parent);
    grower->bridges_left--;
    if (chance(6) == 0) {
        return; /* its window is closed */
    }
    grower->tree.bridges[bridge].windows[WINDOW_PREF] = range_sized(*cursor, size);
    bus_grow(grower, bridge, *cursor, *cursor + size, depth + 1);
    *cursor += size;
}

static void bus_grow(Grower *grower, int parent, uint64_t start, uint64_t end, unsigned depth)
{
    uint64_t cursor = start;
    bool leaf = grower->one_bar && parent >= 0 && chance(3) != 0;

    while (cursor < end) {
        uint64_t what = chance(4);

        if (what == 0) {
            cursor += MIB;
        } else if (what == 1 && !leaf && depth < 3 && grower->bridges_left > 0) {
            bridge_grow(grower, parent, &cursor, end, depth);
        } else if (grower->functions_left > 0) {
            function_grow(grower, parent, &cursor, end);
            cursor = leaf ? end : cursor;
        }
        if (chance(12) == 0) {
            break;
        }
    }
}

static void tree_grow(Grower *grower, uint64_t room_mib, unsigned functions, unsigned bridges,
                      unsigned largest)
{
    uint64_t half = (1 + chance(room_mib - 1)) * MIB;

    *grower = (Grower) { .functions_left = functions, .bridges_left = bridges,
                         .largest = largest, .one_bar = chance(2) == 0 };
    if (chance(3) == 0) {
        tree_add_window(&grower->tree, false, range_sized(BASE, half));
        tree_add_window(&grower->tree, false,
                        range_sized(BASE + 2 * half, room_mib * MIB - half));
        bus_grow(grower, TREE_ROOT, BASE, BASE + half, 0);
    } else {
        tree_add_window(&grower->tree, false, range_sized(BASE, room_mib * MIB));
        bus_grow(grower, TREE_ROOT, BASE, BASE + room_mib * MIB, 0);
    }
}

static void newcomer_make(const Grower *grower, RequirementList *list)
{
    list->count = 0;
    for (int nr = 0; nr < 1 + (chance(3) == 0); nr++) {
        requirement_add(list, random_bar(nr, grower->largest));
    }
}

/* Return: the plan, checked */
static void random_plan(Grower *grower, Plan *plan, uint64_t n)
{
    RequirementList wanted;
    char why[TREE_WHY_SIZE] = "";
    int port = (int)chance(grower->tree.bridge_count + 1) - 1;

    newcomer_make(grower, &wanted);
    if (tree_check(&grower->tree, why) < 0) {
        fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %s", n, seed, why);
    }
    assert_int_equal(arbiter_plan(&grower->tree, port, &wanted, ARBITER_WORK_MAX, plan), 0);
    if (plan->verdict == PLAN_FITS && !plan_check(&grower->tree, plan, why)) {
        fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %s", n, seed, why);
    }
}

/* Whatever is removed, nobody goes without, and nobody is removed who may not be */
static int removal_check(const Tree *tree, const Plan *plan, uint64_t n)
{
    Prediction prediction;
    RemovalSet set;
    int result = plan_executable(tree, plan, &set);

    assert_int_equal(kernel_predict(tree, &set, &prediction), 0);
    for (size_t i = 0; result == 0 && i < tree->function_count; i++) {
        if (prediction.lost > 0 ||
            (removal_takes(tree, &set, (int)i) && !tree->functions[i].stoppable)) {
            fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %s", n, seed,
                     tree->functions[i].bdf);
        }
    }
    removal_set_free(&set);
    prediction_free(&prediction);
    return result;
}

static void test_valid(void **state)
{
    unsigned executable = 0;
    unsigned fits = 0;
    unsigned moved = 0;

    (void)state;
    for (uint64_t n = 0; n < LARGE_TREES; n++) {
        Grower grower;
        Plan plan;

        tree_grow(&grower, 100 + chance(400), 40, 20, 6);
        random_plan(&grower, &plan, n);
        fits += plan.verdict == PLAN_FITS;
        moved += plan.verdict == PLAN_FITS && plan.cost.stops > 0;
        executable += plan.verdict == PLAN_FITS && removal_check(&grower.tree, &plan, n) == 0;
        plan_free(&plan);
        tree_free(&grower.tree);
    }
    print_message("# %u of %u fit, %u of them with stops; the kernel carries out %u\n", fits,
                  LARGE_TREES, moved, executable);
    assert_true(executable > fits / 2);
    assert_true(moved > LARGE_TREES / 100);
}

static void test_minimal(void **state)
{
    unsigned moved = 0;
    unsigned refused = 0;
    unsigned approximate = 0;

    (void)state;
    for (uint64_t n = 0; n < SMALL_TREES; n++) {
        Grower grower;
        Plan plan;
        int fewest;
        int found;

        tree_grow(&grower, 6 + chance(11), 5, 4, 2);
        random_plan(&grower, &plan, n);
        fewest = plan_brute_force(&grower.tree, plan.newcomer);
        found = plan.verdict == PLAN_FITS ? (int)plan.cost.stops : -1;
        if (found != fewest) {
            fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %d stops, %d would do", n, seed,
                     found, fewest);
        }
        moved += fewest > 0;
        refused += fewest < 0;
        approximate += !plan.exact;
        plan_free(&plan);
        tree_free(&grower.tree);
    }
    print_message("# %u need stops, %u never fit, %u without proof\n", moved, refused,
                  approximate);
    assert_true(moved > SMALL_TREES / 100);
    assert_true(refused > SMALL_TREES / 100);
}

/* A BAR is to have another size: its function is stopped, its old place is free */
static int resize_ask(Tree *tree)
{
    TreeBar *bar = &tree->bars[chance(tree->bar_count)];
    TreeFunction *function = &tree->functions[bar->function];

    function->working = false;
    function->stoppable = true;
    bar->now = range_empty();
    bar->wanted = random_bar(bar->wanted.bar_nr, 3);
    return function->parent;
}

/* Two functions of one device have arrived without addresses */
static int slot_ask(Tree *tree)
{
    int parent = (int)chance(tree->bridge_count + 1) - 1;

    for (int i = 0; i < 2; i++) {
        int function = tree_add_function(tree, "asks", parent);

        tree->functions[function].working = false;
        tree_add_bar(tree, function, random_bar(0, 1), range_empty());
    }
    return parent;
}

/* No plan for them has more stops than what trying everything finds */
static void asks_check(int (*ask)(Tree *tree), const char *name)
{
    unsigned moved = 0;
    unsigned refused = 0;

    for (uint64_t n = 0; n < SMALL_TREES; n++) {
        char why[TREE_WHY_SIZE] = "";
        Grower grower;
        Plan plan;
        int found;
        int fewest;
        int bus;

        tree_grow(&grower, 6 + chance(11), 5, 4, 2);
        if (grower.tree.bar_count == 0) {
            tree_free(&grower.tree);
            continue;
        }
        bus = ask(&grower.tree);
        assert_int_equal(arbiter_place(&grower.tree, bus, ARBITER_WORK_MAX, &plan), 0);
        if (plan.verdict == PLAN_FITS && !plan_check(&grower.tree, &plan, why)) {
            fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %s", n, seed, why);
        }
        fewest = plan_brute_force(&grower.tree, -1);
        found = plan.verdict == PLAN_FITS ? (int)plan.cost.stops : -1;
        if (found != fewest) {
            fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %d stops, %d would do", n, seed,
                     found, fewest);
        }
        moved += fewest > 0;
        refused += fewest < 0;
        plan_free(&plan);
        tree_free(&grower.tree);
    }
    print_message("# %s: %u need stops, %u never fit\n", name, moved, refused);
    assert_true(moved > SMALL_TREES / 100);
    assert_true(refused > SMALL_TREES / 100);
}

static void test_resize(void **state)
{
    (void)state;
    asks_check(resize_ask, "resize");
}

static void test_slot(void **state)
{
    (void)state;
    asks_check(slot_ask, "two functions");
}

/* Without bridges the second figure is exact, too */
static void test_bytes(void **state)
{
    unsigned moved = 0;

    (void)state;
    for (uint64_t n = 0; n < FLAT_TREES; n++) {
        Grower grower;
        Plan plan;

        tree_grow(&grower, 6 + chance(11), 5, 0, 2);
        random_plan(&grower, &plan, n);
        if (plan.verdict == PLAN_FITS && plan.cost.stops > 0) {
            uint64_t least =
                plan_brute_bytes(&grower.tree, plan.newcomer, (int)plan.cost.stops);

            if (plan.cost.bytes != least) {
                fail_msg("tree %" PRIu64 " of seed %" PRIu64 ": %" PRIu64 " bytes, %" PRIu64
                         " would do", n, seed, plan.cost.bytes, least);
            }
            moved++;
        }
        plan_free(&plan);
        tree_free(&grower.tree);
    }
    print_message("# %u need stops\n", moved);
    assert_true(moved > FLAT_TREES / 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE("/arbiter/random/plans-can-be-carried-out", test_valid),
        CASE("/arbiter/random/no-plan-has-more-stops-than-needed", test_minimal),
        CASE("/arbiter/random/no-resize-has-more-stops-than-needed", test_resize),
        CASE("/arbiter/random/no-device-has-more-stops-than-needed", test_slot),
        CASE("/arbiter/random/flat-plans-move-no-more-bytes-than-needed", test_bytes),
    };
    const char *wanted = getenv("BARSHIFT_SEED");

    seed = wanted ? strtoull(wanted, NULL, 10) : (uint64_t)time(NULL);
    random_state = seed * 2654435761u + 1;
    printf("# BARSHIFT_SEED=%" PRIu64 "\n", seed);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
