/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts about functions to which something happened, and which asked for nothing. */
#include "made-up.h"
#include "verdict.h"

#define GIB (1024 * 1024 * 1024ull)

static const char a_bdf[] = "0000:01:00.0";
static const char b_bdf[] = "0000:02:00.0";

typedef struct World {
    Scenario *scenario;
    MadeUp before[3], after[3];
    Observation *seen_before, *seen_after;
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

static Judgement *judge_with(World *world, GPtrArray *checks, Outcome expected)
{
    world->seen_before = made_up_observation(world->scenario, world->before);
    world->seen_after = made_up_observation(world->scenario, world->after);
    world->story.before = world->seen_before;
    world->story.after = world->seen_after;
    return verdict_judge(&world->story, checks, expected, TRUE);
}

static Judgement *judge(World *world, Outcome expected)
{
    return judge_with(world, g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                      expected);
}

static void assert_pass(const Judgement *judgement)
{
    if (!judgement->pass) {
        g_test_message("%s", (char *)g_ptr_array_index(judgement->reasons, 0));
    }
    g_assert_true(judgement->pass);
}

static void test_nobody_asked(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    /* whoever was unplugged on purpose is nobody's harm */
    world->after[1] = (MadeUp) { 0 };
    g_hash_table_add(world->story.removed, function(world, 2));
    judgement = judge(world, OUTCOME_SURVIVED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_GONE);
}

static void test_loss_is_harm_though_nobody_asked(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 0, 2 * GIB, 9);
    g_hash_table_add(world->story.stopped, function(world, 1));
    judgement = judge(world, OUTCOME_HARMED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

/* made_up_at(), moved by hand: the kernel tells nothing of it */
static MadeUp by_hand_at(guint32 tag, const char *bdf, guint64 base)
{
    MadeUp function = made_up_at(tag, bdf, base, 2 * GIB, 9);

    function.base[WITNESS_KERNEL] = 0;
    function.by_hand = base;
    return function;
}

static void test_moved_by_hand(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = by_hand_at(1, a_bdf, 10 * GIB);
    g_hash_table_add(world->story.handled, function(world, 1));
    world->scenario->moved = g_strsplit("a", " ", -1);
    judgement = judge(world, OUTCOME_SURVIVED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_MOVED);
}

/* Without the kernel the others are still held against each other. */
static void test_moved_by_hand_elsewhere_than_told(void)
{
    static const Witness others[] = { WITNESS_CONFIG, WITNESS_CPU, WITNESS_DEVICE,
                                      WITNESS_LEDGER, WITNESS_VMM };

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;

        world->after[0] = by_hand_at(1, a_bdf, 10 * GIB);
        world->after[0].base[others[i]] = 12 * GIB;
        g_hash_table_add(world->story.handled, function(world, 1));
        judgement = judge(world, OUTCOME_SURVIVED);
        g_assert_false(judgement->pass);
        g_assert_true(g_str_has_prefix(g_ptr_array_index(judgement->reasons, 0),
                                       "I1/agreed/0000:01:00.0/bar2/all-witnesses: "));
    }
}

static void test_event_of_who_was_not_handled(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = by_hand_at(1, a_bdf, 10 * GIB);
    world->after[1].ledger_total++;
    g_hash_table_add(world->story.handled, function(world, 1));
    judgement = judge(world, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->reasons->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(judgement->reasons, 0), ==,
                    "I11/unharmed/0000:02:00.0/ledger: 1 events although it is out of scope");
}

static void test_asleep(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;
    GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);

    for (guint w = 0; w < WITNESSES; w++) { /* the kernel keeps its address for it */
        world->after[0].base[w] = w == WITNESS_KERNEL ? world->before[0].base[w] : 0;
    }
    g_hash_table_add(world->story.handled, function(world, 1));
    g_hash_table_add(world->story.asleep, function(world, 1));
    check_add(checks, FALSE, NULL, "I5/reachable/%s/bar2", a_bdf);
    check_add(checks, FALSE, NULL, "I6/preserved/%s/bar2", a_bdf);
    judgement = judge_with(world, checks, OUTCOME_SURVIVED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_ASLEEP);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_SURVIVED);
}

/* The driver of who sleeps has been ended, and that is no breach of its contract. */
static void test_asleep_without_its_driver(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;
    Driver driver = { .model = "kmdf" };

    for (guint w = 0; w < WITNESSES; w++) {
        world->after[0].base[w] = w == WITNESS_KERNEL ? world->before[0].base[w] : 0;
    }
    function(world, 1)->driver = &driver;
    g_hash_table_add(world->story.served, function(world, 1));
    g_hash_table_add(world->story.handled, function(world, 1));
    g_hash_table_add(world->story.asleep, function(world, 1));
    judgement = judge(world, OUTCOME_SURVIVED);
    function(world, 1)->driver = NULL;
    g_assert_null(judgement_first_failed(judgement, "I10"));
}

static void test_asleep_without_resources_is_lost(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 0, 2 * GIB, 9);
    g_hash_table_add(world->story.handled, function(world, 1));
    g_hash_table_add(world->story.asleep, function(world, 1));
    judgement = judge(world, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/survived/nobody-asked", test_nobody_asked);
    g_test_add_func("/verdict/survived/loss-is-harm", test_loss_is_harm_though_nobody_asked);
    g_test_add_func("/verdict/by-hand/moved", test_moved_by_hand);
    g_test_add_func("/verdict/by-hand/elsewhere-than-told",
                    test_moved_by_hand_elsewhere_than_told);
    g_test_add_func("/verdict/by-hand/event-of-who-was-not-handled",
                    test_event_of_who_was_not_handled);
    g_test_add_func("/verdict/asleep", test_asleep);
    g_test_add_func("/verdict/asleep-without-its-driver", test_asleep_without_its_driver);
    g_test_add_func("/verdict/asleep-without-resources-is-lost",
                    test_asleep_without_resources_is_lost);
    return g_test_run();
}
