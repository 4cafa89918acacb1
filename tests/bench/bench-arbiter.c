/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the arbiter takes, and how that grows: machines of 10 to 10,000 functions in three
 * shapes, every second pair of 2 GiB places half used, a newcomer of 4 GiB. Apart from that the
 * time until the removal is known with which the kernel carries it out.
 */
#include <stdlib.h>
#include <time.h>

#include "kernel-model.h"
#include "sample.h"

#define GIB UINT64_C(0x40000000)
#define BASE UINT64_C(0x10000000000)
#define ROUNDS 5
#define CHAIN 8 /* bridges above each function of the deep shape */

/** struct Shape - adds the bridges above one function. Return: the port for it */
typedef struct Shape {
    const char *name;
    int (*grow)(Tree *tree, uint64_t start, uint64_t total);
} Shape;

static int port_add(Tree *tree, int parent, uint64_t start, uint64_t size)
{
    int bridge = tree_add_bridge(tree, "port", parent);

    tree->bridges[bridge].windows[WINDOW_PREF] = range_sized(start, size);
    return bridge;
}

static int flat_grow(Tree *tree, uint64_t start, uint64_t total)
{
    (void)total;
    return port_add(tree, TREE_ROOT, start, 2 * GIB);
}

/* One root port and one upstream port above all */
static int switch_grow(Tree *tree, uint64_t start, uint64_t total)
{
    if (tree->bridge_count == 0) {
        port_add(tree, port_add(tree, TREE_ROOT, BASE, total), BASE, total);
    }
    return port_add(tree, 1, start, 2 * GIB);
}

static int chain_grow(Tree *tree, uint64_t start, uint64_t total)
{
    int bridge = TREE_ROOT;

    (void)total;
    for (int i = 0; i < CHAIN; i++) {
        bridge = port_add(tree, bridge, start, 2 * GIB);
    }
    return bridge;
}

static const Shape shapes[] = {
    { "ports on the root bus", flat_grow },
    { "ports of one switch", switch_grow },
    { "chains of eight bridges", chain_grow },
};

/* Alternately the lower and the upper half of 4 GiB is taken */
static void tree_grow(Tree *tree, const Shape *shape, unsigned functions)
{
    uint64_t total = functions * 4 * GIB;

    tree_add_window(tree, false, range_sized(BASE, total));
    for (unsigned i = 0; i < functions; i++) {
        uint64_t start = BASE + i * 4 * GIB + (i % 2) * 2 * GIB;
        int function = tree_add_function(tree, "function", shape->grow(tree, start, total));

        tree_add_bar(tree, function, requirement_memory(2, 2 * GIB, true, true),
                     range_sized(start, 2 * GIB));
    }
    for (int bridge = 0; bridge < (int)tree->bridge_count; bridge++) {
        tree->bridges[bridge].buses = 256;
    }
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Ratios are to the smallest machine of the same shape */
static void tell(const Shape *shape, unsigned functions, const char *what, const char *unit,
                 double figure)
{
    char group[80];
    char row[40];

    snprintf(group, sizeof(group), "%s: %s", shape->name, what);
    snprintf(row, sizeof(row), "%u functions", functions);
    sample_print(group, unit, row, figure);
}

static void measure(const Shape *shape, unsigned functions)
{
    RequirementList wanted = { .count = 0 };
    Tree tree = { 0 };
    RemovalSet set;
    Plan plan;
    double before;
    double after;

    requirement_add(&wanted, requirement_memory(2, 4 * GIB, true, true));
    tree_grow(&tree, shape, functions);
    /* The newcomer's port, with a closed window beside the others */
    tree_add_bridge(&tree, "arrival", shape->grow == switch_grow ? 1 : TREE_ROOT);
    before = now_ms();
    if (arbiter_plan(&tree, (int)tree.bridge_count - 1, &wanted, ARBITER_WORK_MAX, &plan) < 0) {
        abort();
    }
    after = now_ms();
    if (plan_executable(&tree, &plan, &set) < 0) {
        abort();
    }
    tell(shape, functions, "plan", "ms", after - before);
    tell(shape, functions, "steps of the plan", "steps", (double)plan.work);
    tell(shape, functions, "what the kernel makes of it", "ms", now_ms() - after);
    removal_set_free(&set);
    plan_free(&plan);
    tree_free(&tree);
}

int main(int argc, char **argv)
{
    unsigned rounds = samples_are_few(argc, argv) ? 1 : ROUNDS;
    unsigned largest = samples_are_few(argc, argv) ? 100 : 10000;

    for (unsigned round = 0; round < rounds; round++) {
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
            for (unsigned functions = 10; functions <= largest; functions *= 10) {
                measure(&shapes[i], functions);
            }
        }
    }
    return 0;
}
