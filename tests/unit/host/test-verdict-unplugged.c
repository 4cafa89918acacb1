/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts about functions that the kernel has forgotten, and about steps that failed. */
#include "made-up.h"
#include "verdict.h"

#define GIB (1024 * 1024 * 1024ull)

static const char a_bdf[] = "0000:01:00.0";
static const char b_bdf[] = "0000:02:00.0";

typedef struct World {
    Scenario *scenario;
    MadeUp before[3], after[3];
    Observation *seen_before, *seen_after;
    GPtrArray *checks; /* (element-type Check): the guest's; judge() takes it */
    Story story;
} World;

static Function *function(World *world, guint32 tag)
{
    return scenario_function_by_tag(world->scenario, tag);
}

/* a and b work, and nothing has happened to them */
static World *world_new(void)
{
    World *world = g_new0(World, 1);

    world->scenario = made_up_scenario(made_up_scenario_text);
    world->before[0] = made_up_at(1, a_bdf, 6 * GIB, 2 * GIB, 5);
    world->before[1] = made_up_at(2, b_bdf, 8 * GIB, 2 * GIB, 5);
    world->after[0] = world->before[0];
    world->after[1] = world->before[1];
    world->checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    story_init(&world->story, world->scenario);
    return world;
}

static void world_free(World *world)
{
    story_clear(&world->story);
    observation_free(world->seen_before);
    observation_free(world->seen_after);
    scenario_free(world->scenario);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static Judgement *judge(World *world, Outcome expected)
{
    world->seen_before = made_up_observation(world->scenario, world->before);
    world->seen_after = made_up_observation(world->scenario, world->after);
    world->story.before = world->seen_before;
    world->story.after = world->seen_after;
    return verdict_judge(&world->story, g_steal_pointer(&world->checks), expected, TRUE);
}

static void assert_pass(const Judgement *judgement)
{
    if (!judgement->pass) {
        g_test_message("%s", (char *)g_ptr_array_index(judgement->reasons, 0));
    }
    g_assert_true(judgement->pass);
}

/* It is where it was, and decodes; the guest's checks of it are of no interest. */
static void test_forgotten_is_no_harm(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = world->before[1];
    world->after[1] = (MadeUp) { 0 };
    g_hash_table_add(world->story.served, function(world, 1));
    g_hash_table_add(world->story.forgotten, function(world, 1));
    check_add(world->checks, FALSE, NULL, "I5/reachable/0000:01:00.0/bar2");
    check_add(world->checks, FALSE, NULL, "I8/old-silent/0000:01:00.0/bar2");
    judgement = judge(world, OUTCOME_SURVIVED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_FORGOTTEN);
}

/* The kernel was told to look for it, and has not found it. */
static void test_forgotten_and_sought_is_harm(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = world->before[1];
    world->after[1] = (MadeUp) { 0 };
    g_hash_table_add(world->story.served, function(world, 1));
    g_hash_table_add(world->story.forgotten, function(world, 1));
    g_hash_table_add(world->story.sought, function(world, 1));
    judgement = judge(world, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

/* The same, and nobody has told the kernel to. */
static void test_lost_is_harm(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = world->before[1];
    world->after[1] = (MadeUp) { 0 };
    g_hash_table_add(world->story.served, function(world, 1));
    g_hash_table_add(world->story.stopped, function(world, 1));
    judgement = judge(world, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

static void test_unmet_fails(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_ptr_array_add(world->story.unmet, g_strdup("step 'press a': QEMU did not refuse"));
    judgement = judge(world, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->reasons->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(judgement->reasons, 0), ==,
                    "step 'press a': QEMU did not refuse");
}

static void test_driver_must_let_go(void)
{
    for (gboolean let_go = FALSE; let_go <= TRUE; let_go++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;

        world->after[0] = world->before[1];
        world->after[1] = (MadeUp) { 0 };
        g_hash_table_add(world->story.removed, function(world, 1));
        g_hash_table_insert(world->story.let_go, function(world, 1), GINT_TO_POINTER(let_go));
        judgement = judge(world, OUTCOME_SURVIVED);
        g_assert_cmpint(judgement->pass, ==, let_go);
        g_assert_cmpint(judgement_first_failed(judgement, "I10") == NULL, ==, let_go);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/forgotten/no-harm", test_forgotten_is_no_harm);
    g_test_add_func("/verdict/forgotten/sought-is-harm", test_forgotten_and_sought_is_harm);
    g_test_add_func("/verdict/forgotten/lost-is-harm", test_lost_is_harm);
    g_test_add_func("/verdict/unmet/fails", test_unmet_fails);
    g_test_add_func("/verdict/unplugged/driver-must-let-go", test_driver_must_let_go);
    return g_test_run();
}
