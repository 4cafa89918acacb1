/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts about a controller that the kernel drives: it has no ledger. */
#include "made-up-world.h"

#define GIB (1ull << 30)

/* b becomes a controller that the kernel drives: no ledger tells of it, nor does the CPU. */
static void silence_b(const World *world, Observation *seen)
{
    static const Witness silent[] = { WITNESS_CPU, WITNESS_DEVICE, WITNESS_LEDGER };
    FunctionState *state = observation_find(seen, world->story.scenario->functions->pdata[1]);

    state->has_ledger = FALSE;
    for (guint b = 0; b < state->bars->len; b++) {
        BarState *bar = g_ptr_array_index(state->bars, b);

        for (guint i = 0; i < G_N_ELEMENTS(silent); i++) {
            bar->views[silent[i]].state = VIEW_SILENT;
        }
    }
}

static Judgement *judge_controller(World *world, Outcome expected)
{
    world_function(world, 2)->device = DEVICE_NVME;
    world->seen_before = made_up_observation(world->scenario, world->before);
    world->seen_after = made_up_observation(world->scenario, world->after);
    silence_b(world, world->seen_before);
    silence_b(world, world->seen_after);
    world->story.before = world->seen_before;
    world->story.after = world->seen_after;
    return verdict_judge(&world->story, world->guest_checks, expected, TRUE);
}

static void test_controller_without_a_ledger(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = judge_controller(world, OUTCOME_SETTLED);

    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_UNTOUCHED);
}

/* In scope it was stopped, which no ledger has to tell. */
static void test_controller_in_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_add(world->story.stopped, world_function(world, 2));
    judgement = judge_controller(world, OUTCOME_REBALANCED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_KEPT);
}

static void test_controller_moved_out_of_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1] = made_up_at(2, WORLD_B, 10 * GIB, 2 * GIB, 5);
    judgement = judge_controller(world, OUTCOME_SETTLED);
    judgement_assert_fails_with(judgement, "I11/unharmed/0000:02:00.0/bar2/vmm: expected "
                                           "0x200000000+0x80000000 as before, observed "
                                           "0x280000000+0x80000000");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/controller/without-a-ledger", test_controller_without_a_ledger);
    g_test_add_func("/verdict/controller/in-scope", test_controller_in_scope);
    g_test_add_func("/verdict/controller/moved-out-of-scope", test_controller_moved_out_of_scope);
    return g_test_run();
}
