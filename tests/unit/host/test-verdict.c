/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outcomes and verdicts from made-up witnesses that agree. */
#include "made-up-world.h"

#define GIB (1ull << 30)

static void test_settled(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = world_judge(world, OUTCOME_SETTLED);

    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_SETTLED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_UNTOUCHED);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_ASSIGNED);
}

static void test_rebalanced(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, WORLD_A, 4 * GIB, 2 * GIB, 11);
    g_hash_table_add(world->story.stopped, world_function(world, 1));
    judgement = world_judge(world, OUTCOME_REBALANCED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_MOVED);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_UNTOUCHED);
}

static void test_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[2] = made_up_at(3, WORLD_C, 0, 4 * GIB, 0);
    /* a newcomer without resources cannot be reached, and need not be */
    world_guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no answer");
    judgement = world_judge(world, OUTCOME_REFUSED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
}

static void test_harmed_by_loss(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, WORLD_A, 0, 2 * GIB, 9);
    g_hash_table_add(world->story.stopped, world_function(world, 1));
    world_guest_says(world, "I5/reachable/0000:01:00.0/bar2", "lost its resources");
    judgement = world_judge(world, OUTCOME_HARMED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

/* Everybody has the BAR's address but QEMU's memory map and the CPU: then I5 is what broke. */
static void test_unreachable_with_resources(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, WORLD_A, 4 * GIB, 2 * GIB, 9);
    world->after[0].base[WITNESS_VMM] = 0;
    world->after[0].base[WITNESS_CPU] = 0;
    g_hash_table_add(world->story.stopped, world_function(world, 1));
    world_guest_says(world, "I5/reachable/0000:01:00.0/bar2", "no header");
    judgement = world_judge(world, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
    g_assert_nonnull(judgement_first_failed(judgement, "I5"));
    judgement_assert_fails_with(judgement, "I5/reachable/0000:01:00.0/bar2: no header");
}

static void test_harmed_by_lost_content(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, WORLD_A, 4 * GIB, 2 * GIB, 9);
    g_hash_table_add(world->story.stopped, world_function(world, 1));
    world_guest_says(world, "I6/preserved/0000:01:00.0/bar2", "word at 0x1000 is 0");
    judgement = world_judge(world, OUTCOME_REBALANCED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    judgement_assert_fails_with(judgement, "the outcome is harmed, expected was rebalanced");
}

static void test_resized(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    world->after[0] = made_up_at(1, WORLD_A, 6 * GIB, GIB, 9);
    world_ask_size(world, 1, GIB);
    judgement = world_judge(world, OUTCOME_RESIZED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_RESIZED);
}

static void test_resize_without_effect_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    world_ask_size(world, 1, 8 * GIB);
    judgement = world_judge(world, OUTCOME_REFUSED);
    judgement_assert_pass(judgement);
}

/* The first of two resizes counts as much as the last one. */
static void test_one_resize_of_two_without_effect_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    world->after[1] = made_up_at(2, WORLD_B, 8 * GIB, GIB, 9);
    world_ask_size(world, 1, 8 * GIB);
    world_ask_size(world, 2, GIB);
    judgement = world_judge(world, OUTCOME_REFUSED);
    judgement_assert_pass(judgement);
}

/* Each BAR of a function has a size of its own; of two requests for one the last counts. */
static void test_resizes_of_two_bars_both_count(void)
{
    static const struct {
        guint64 bar0, bar2;
        Outcome outcome;
    } rows[] = {
        { 0x4000, GIB, OUTCOME_RESIZED },
        { 0x8000, GIB, OUTCOME_REFUSED },
        { 0x4000, 4 * GIB, OUTCOME_REFUSED },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;

        g_hash_table_remove_all(world->story.newcomers);
        world->after[2].tag = 0;
        world->after[0] = made_up_at(1, WORLD_A, 6 * GIB, GIB, 9);
        story_ask_size(&world->story, world_function(world, 1), 2, 8 * GIB);
        story_ask_size(&world->story, world_function(world, 1), 0, rows[i].bar0);
        story_ask_size(&world->story, world_function(world, 1), 2, rows[i].bar2);
        judgement = world_judge(world, rows[i].outcome);
        judgement_assert_pass(judgement);
    }
}

/* Any BAR that its decode bit leaves out keeps a function from working. */
static void test_function_needs_all_its_bars_decoded(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = world_judge(world, OUTCOME_SETTLED);
    FunctionState *state = observation_find(world->seen_after, world_function(world, 3));

    g_clear_pointer(&judgement, judgement_free);
    function_state_bar(state, 0)->io = TRUE;
    judgement = verdict_judge(&world->story,
                              g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                              OUTCOME_REFUSED, FALSE);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
    g_clear_pointer(&judgement, judgement_free);
    state->io_decode = TRUE;
    judgement = verdict_judge(&world->story,
                              g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                              OUTCOME_SETTLED, FALSE);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_ASSIGNED);
}

/* A newcomer that has worked can be harmed like everybody else. */
static void test_served_newcomer_without_resources_is_harmed(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[2] = made_up_at(3, WORLD_C, 0, 4 * GIB, 9);
    g_hash_table_add(world->story.served, world_function(world, 3));
    judgement = world_judge(world, OUTCOME_HARMED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_LOST);
}

/* The kernel set an address aside, but nothing decodes it: a newcomer that does not answer. */
static void test_newcomer_with_address_must_be_reachable(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    for (guint w = 0; w < WITNESSES; w++) {
        world->after[2].base[w] = w == WITNESS_KERNEL ? 12 * GIB : 0;
    }
    world_guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no header");
    judgement = world_judge(world, OUTCOME_REFUSED);
    g_assert_false(judgement->pass);
    g_assert_nonnull(judgement_first_failed(judgement, "I5"));
}

/* A newcomer that lacks a BAR cannot be started, however many others it has got. */
static void test_newcomer_without_a_bar_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[2].given_up = TRUE;
    world_guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no header");
    judgement = world_judge(world, OUTCOME_REFUSED);
    judgement_assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
}

static void test_bar_no_longer_listed_is_lost(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;
    FunctionState *state;

    judgement = world_judge(world, OUTCOME_SETTLED);
    g_clear_pointer(&judgement, judgement_free);
    state = observation_find(world->seen_after, world_function(world, 1));
    g_ptr_array_remove_index(state->bars, 0); /* BAR 2; BAR 0 is left */
    judgement = verdict_judge(&world->story,
                              g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                              OUTCOME_HARMED, FALSE);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
}

static void test_unexpected_outcome_fails(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = world_judge(world, OUTCOME_REFUSED);

    judgement_assert_fails_with(judgement, "the outcome is settled, expected was refused");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/outcome/settled", test_settled);
    g_test_add_func("/verdict/outcome/rebalanced", test_rebalanced);
    g_test_add_func("/verdict/outcome/refused", test_refused);
    g_test_add_func("/verdict/outcome/harmed-by-loss", test_harmed_by_loss);
    g_test_add_func("/verdict/outcome/unreachable-with-resources-breaks-i5",
                    test_unreachable_with_resources);
    g_test_add_func("/verdict/outcome/harmed-by-lost-content", test_harmed_by_lost_content);
    g_test_add_func("/verdict/outcome/resized", test_resized);
    g_test_add_func("/verdict/outcome/resizes-of-two-bars-both-count",
                    test_resizes_of_two_bars_both_count);
    g_test_add_func("/verdict/fate/function-needs-all-its-bars-decoded",
                    test_function_needs_all_its_bars_decoded);
    g_test_add_func("/verdict/outcome/resize-without-effect-is-refused",
                    test_resize_without_effect_is_refused);
    g_test_add_func("/verdict/outcome/one-resize-of-two-without-effect-is-refused",
                    test_one_resize_of_two_without_effect_is_refused);
    g_test_add_func("/verdict/outcome/served-newcomer-without-resources-is-harmed",
                    test_served_newcomer_without_resources_is_harmed);
    g_test_add_func("/verdict/newcomer-with-address-must-be-reachable",
                    test_newcomer_with_address_must_be_reachable);
    g_test_add_func("/verdict/newcomer-without-a-bar-is-refused",
                    test_newcomer_without_a_bar_is_refused);
    g_test_add_func("/verdict/outcome/bar-no-longer-listed-is-lost",
                    test_bar_no_longer_listed_is_lost);
    g_test_add_func("/verdict/unexpected-outcome-fails", test_unexpected_outcome_fails);
    return g_test_run();
}
