/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up scenario, what was seen of it, and the verdict. */
#include "made-up-world.h"

#define GIB (1ull << 30)

Function *world_function(World *world, guint32 tag)
{
    return scenario_function_by_tag(world->scenario, tag);
}

World *world_new_from(const char *text)
{
    World *world = g_new0(World, 1);

    world->scenario = made_up_scenario(text);
    world->before[0] = made_up_at(1, WORLD_A, 6 * GIB, 2 * GIB, 5);
    world->before[1] = made_up_at(2, WORLD_B, 8 * GIB, 2 * GIB, 5);
    world->after[0] = world->before[0];
    world->after[1] = world->before[1];
    world->after[2] = made_up_at(3, WORLD_C, 12 * GIB, 4 * GIB, 4);
    world->guest_checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    story_init(&world->story, world->scenario);
    g_hash_table_add(world->story.newcomers, world_function(world, 3));
    return world;
}

World *world_new(void)
{
    return world_new_from(made_up_scenario_text);
}

void world_free(World *world)
{
    story_clear(&world->story);
    observation_free(world->seen_before);
    observation_free(world->seen_after);
    scenario_free(world->scenario);
    g_free(world);
}

Judgement *world_judge(World *world, Outcome expected)
{
    world->seen_before = made_up_observation(world->scenario, world->before);
    world->seen_after = made_up_observation(world->scenario, world->after);
    world->story.before = world->seen_before;
    world->story.after = world->seen_after;
    return verdict_judge(&world->story, world->guest_checks, expected, TRUE);
}

void world_guest_says(World *world, const char *name, const char *why)
{
    g_ptr_array_add(world->guest_checks, check_new(name, why == NULL, g_strdup(why)));
}

void world_ask_size(World *world, guint32 tag, guint64 size_bytes)
{
    story_ask_size(&world->story, world_function(world, tag), 2, size_bytes);
}

void judgement_assert_pass(const Judgement *judgement)
{
    if (!judgement->pass) {
        g_test_message("%s", (char *)g_ptr_array_index(judgement->reasons, 0));
    }
    g_assert_true(judgement->pass);
}

void judgement_assert_fails_with(const Judgement *judgement, const char *reason)
{
    g_assert_false(judgement->pass);
    g_assert_cmpstr(g_ptr_array_index(judgement->reasons, 0), ==, reason);
}
