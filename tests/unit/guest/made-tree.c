/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "made-tree.h"
#include "plan-check.h"

RequirementList wants(uint64_t size_bytes)
{
    RequirementList list = { .count = 0 };

    assert_int_equal(requirement_add(&list, requirement_memory(2, size_bytes, true, true)), 0);
    return list;
}

int port_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size)
{
    int bridge = tree_add_bridge(tree, bdf, parent);

    tree->bridges[bridge].windows[WINDOW_PREF] = range_sized(start, size);
    tree->bridges[bridge].hotplug = true;
    return bridge;
}

int function_add(Tree *tree, const char *bdf, int parent, uint64_t start, uint64_t size)
{
    int function = tree_add_function(tree, bdf, parent);

    tree_add_bar(tree, function, requirement_memory(2, size, true, true),
                 range_sized(start, size));
    return function;
}

Plan plan_for(Tree *tree, int port, const RequirementList *wanted)
{
    char why[TREE_WHY_SIZE] = "";
    Plan plan;

    assert_int_equal(tree_check(tree, why), 0);
    assert_int_equal(arbiter_plan(tree, port, wanted, ARBITER_WORK_MAX, &plan), 0);
    if (plan.verdict == PLAN_FITS && !plan_check(tree, &plan, why)) {
        fail_msg("%s", why);
    }
    return plan;
}

Plan plan_of(Tree *tree, int port, uint64_t size_bytes)
{
    RequirementList wanted = wants(size_bytes);

    return plan_for(tree, port, &wanted);
}

uint64_t new_start(const Tree *tree, const Plan *plan, int function)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        if (tree->bars[plan->moves[i].bar].function == function) {
            return plan->moves[i].to.start;
        }
    }
    return 0;
}
