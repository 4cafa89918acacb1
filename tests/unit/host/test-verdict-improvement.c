/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expectations that depend on a version, and verdicts when they do not hold any more. */
#include "made-up.h"
#include "verdict.h"

#define GIB (1024 * 1024 * 1024ull)

static const char expects[] =
    "expect = settled\n"
    "[expect old]\n"
    "when = kernel ..6.1\n"
    "outcome = refused\n"
    "step.1 = refused\n"
    "kept = a\n"
    "reason = the window does not grow\n"
    "link = docs/findings.md\n";

typedef struct World {
    Scenario *scenario;
    Observation *before, *after;
    Story story;
} World;

/* @arrives: c gets what it asks for */
static void see(World *world, gboolean arrives)
{
    const MadeUp before[] = { made_up_at(1, "0000:01:00.0", 6 * GIB, 2 * GIB, 5), { 0 } };
    const MadeUp after[] = { before[0],
                             made_up_at(3, "0000:03:00.0", arrives ? 12 * GIB : 0, 4 * GIB, 4),
                             { 0 } };

    g_clear_pointer(&world->before, observation_free);
    g_clear_pointer(&world->after, observation_free);
    world->before = made_up_observation(world->scenario, before);
    world->after = made_up_observation(world->scenario, after);
    world->story.before = world->before;
    world->story.after = world->after;
}

/* c is to be settled; under the old kernel it is refused. */
static World *world_new(const char *kernel_version, gboolean arrives)
{
    g_autofree char *text = g_strconcat(made_up_scenario_text, expects, NULL);
    World *world = g_new0(World, 1);

    world->scenario = made_up_scenario(text);
    story_init(&world->story, world->scenario);
    story_expect(&world->story, kernel_version, "7.2.22");
    see(world, arrives);
    g_hash_table_add(world->story.newcomers, scenario_find_function(world->scenario, "c"));
    return world;
}

static void world_free(World *world)
{
    story_clear(&world->story);
    observation_free(world->before);
    observation_free(world->after);
    scenario_free(world->scenario);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static Judgement *judge(World *world, int step, gboolean *goes_on)
{
    Outcome expected = world->story.expectation->outcome;
    Judgement *judgement = verdict_judge(
        &world->story, g_ptr_array_new_with_free_func((GDestroyNotify)check_free), expected,
        step < 0);

    *goes_on = verdict_weigh(&world->story, judgement, step);
    return judgement;
}

static void test_expectation_is_the_kernels(void)
{
    g_autoptr(World) old = world_new("6.1.192", FALSE);
    g_autoptr(World) new = world_new("6.12.107", TRUE);
    gboolean goes_on;
    g_autoptr(Judgement) refused = NULL;
    g_autoptr(Judgement) settled = judge(new, -1, &goes_on);

    /* it says that a was stopped, which is wrong, and all that is wrong */
    refused = judge(old, -1, &goes_on);
    g_assert_cmpuint(refused->expected, ==, OUTCOME_REFUSED);
    g_assert_cmpstr(refused->expectation->name, ==, "old");
    g_assert_cmpuint(refused->reasons->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(refused->reasons, 0), ==,
                    "a was expected to be kept and was untouched; bar2 0x180000000 -> 0x180000000");
    g_assert_false(refused->improvement);

    g_assert_true(settled->pass);
    g_assert_null(settled->expectation->name);
    g_assert_null(settled->expectation->kept[0]);
}

static void test_tells_improvement(void)
{
    g_autoptr(World) world = world_new("6.1.192", TRUE);
    gboolean goes_on;
    g_autoptr(Judgement) judgement = judge(world, -1, &goes_on);
    g_autofree char *reason = NULL;

    g_assert_false(judgement->pass);
    g_assert_true(judgement->improvement);
    g_assert_cmpuint(judgement->reasons->len, ==, 1);
    reason = g_strdup_printf("unexpected improvement: everything is as without [expect old] "
                             "(%s:18); narrow its 'when' or remove it", world->scenario->path);
    g_assert_cmpstr(g_ptr_array_index(judgement->reasons, 0), ==, reason);
}

/* A step that is better than expected is no end: only what follows tells. */
static void test_goes_on_after_a_better_step(void)
{
    g_autoptr(World) world = world_new("6.1.192", TRUE);
    gboolean goes_on;
    g_autoptr(Judgement) step = judge(world, 0, &goes_on);
    g_autoptr(Judgement) end = NULL;

    g_assert_false(step->pass);
    g_assert_false(step->improvement);
    g_assert_true(goes_on);
    end = judge(world, -1, &goes_on);
    g_assert_true(end->improvement);
}

/* What begins better and ends worse has failed, for the first thing that was not as expected. */
static void test_better_step_and_worse_end(void)
{
    g_autoptr(World) world = world_new("6.1.192", TRUE);
    gboolean goes_on;
    g_autoptr(Judgement) step = judge(world, 0, &goes_on);
    g_autoptr(Judgement) end = NULL;

    g_hash_table_add(world->story.lost, scenario_find_function(world->scenario, "a"));
    end = judge(world, -1, &goes_on);
    g_assert_false(end->pass);
    g_assert_false(end->improvement);
    g_assert_false(goes_on);
    g_assert_cmpuint(end->reasons->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(end->reasons, 0), ==,
                    "the outcome is settled, expected was refused");
}

/* As the condition says once, and without it later, is neither. */
static void test_rival_that_failed_once_is_out(void)
{
    g_autoptr(World) world = world_new("6.1.192", FALSE);
    gboolean goes_on;
    g_autoptr(Judgement) step = judge(world, 0, &goes_on);
    g_autoptr(Judgement) end = NULL;

    g_assert_true(step->pass);
    g_assert_true(goes_on);
    see(world, TRUE);
    end = judge(world, -1, &goes_on);
    g_assert_false(end->pass);
    g_assert_false(end->improvement);
    g_assert_cmpuint(end->reasons->len, ==, 2); /* the outcome, and the claim */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/expectation-is-the-kernels", test_expectation_is_the_kernels);
    g_test_add_func("/verdict/improvement/is-told", test_tells_improvement);
    g_test_add_func("/verdict/improvement/goes-on-after-a-better-step",
                    test_goes_on_after_a_better_step);
    g_test_add_func("/verdict/improvement/better-step-and-worse-end",
                    test_better_step_and_worse_end);
    g_test_add_func("/verdict/improvement/rival-that-failed-once-is-out",
                    test_rival_that_failed_once_is_out);
    return g_test_run();
}
