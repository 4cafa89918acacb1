/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts about what a scenario claims besides its outcome, and about faults it names. */
#include "made-up-world.h"

static World *world_with(const char *claim)
{
    g_autofree char *line = g_strdup_printf("outcome = settled\n%s\n", claim);
    GString *text = g_string_new(made_up_scenario_text);
    World *world;

    g_string_replace(text, "outcome = settled\n", line, 1);
    world = world_new_from(text->str);
    g_string_free(text, TRUE);
    return world;
}

static void test_claims(void)
{
    static const struct {
        const char *claim, *reason;
    } rows[] = {
        { "untouched = a b", NULL },
        { "moved = a", "a was expected to be moved and was untouched; "
          "bar2 0x180000000 -> 0x180000000" },
        { "kept = b", "b was expected to be kept and was untouched; "
          "bar2 0x200000000 -> 0x200000000" },
        { "untouched = c", "c was expected to be untouched and was assigned; "
          "bar2 0 -> 0x300000000" },
        { "breaks = I5", "I5 holds although the scenario says that it breaks" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_with(rows[i].claim);
        g_autoptr(Judgement) judgement = world_judge(world, OUTCOME_SETTLED);

        if (rows[i].reason == NULL) {
            judgement_assert_pass(judgement);
        } else {
            judgement_assert_fails_with(judgement, rows[i].reason);
        }
    }
}

static void test_quiet(void)
{
    static const struct {
        const char *claim, *log, *reason;
    } rows[] = {
        { "quiet = a b", "pci 0000:01:00.0: BAR 2: assigned [mem 0x180000000]\n", NULL },
        { "quiet = a b", "pci 0000:02:00.0: BAR 2: failed to assign [mem size 0x1000]\n",
          "the kernel complains about b: pci 0000:02:00.0: BAR 2: failed to assign [mem size "
          "0x1000]" },
        { "quiet = a", "pci 0000:02:00.0: BAR 2: failed to assign [mem size 0x1000]\n", NULL },
        { "quiet = c", "pci 0000:09:00.0: invalid\npci 0000:03:00.0: invalid\n",
          "the kernel complains about c: pci 0000:03:00.0: invalid" },
        { "quiet = a", "", "there is no kernel log to look for complaints in" },
        { "quiet = a", NULL, "there is no kernel log to look for complaints in" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_with(rows[i].claim);
        g_autoptr(Judgement) judgement = NULL;

        world->story.kernel_log = g_strdup(rows[i].log);
        judgement = world_judge(world, OUTCOME_SETTLED);
        if (rows[i].reason == NULL) {
            judgement_assert_pass(judgement);
        } else {
            judgement_assert_fails_with(judgement, rows[i].reason);
        }
    }
}

static void test_fault_found_passes(void)
{
    static const char *const ids[] = { "I2", "I7", "L1" };

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *claim = g_strdup_printf("breaks = %s", ids[i]);
        g_autofree char *name = g_strdup_printf("%s/verb/0000:03:00.0", ids[i]);
        g_autoptr(World) world = world_with(claim);
        g_autoptr(Judgement) judgement = NULL;

        world_guest_says(world, name, "seen otherwise");
        judgement = world_judge(world, OUTCOME_SETTLED);
        judgement_assert_pass(judgement);
    }
}

static void test_fault_breaks_more_than_named(void)
{
    g_autoptr(World) world = world_with("breaks = I2");
    g_autoptr(Judgement) judgement = NULL;

    world_guest_says(world, "I2/contained/0000:03:00.0/bar2", "outside");
    world_guest_says(world, "I4/aligned/0000:03:00.0/bar2", "askew");
    judgement = world_judge(world, OUTCOME_SETTLED);
    judgement_assert_fails_with(judgement, "I4/aligned/0000:03:00.0/bar2: askew");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/claims/quiet", test_quiet);
    g_test_add_func("/verdict/claims", test_claims);
    g_test_add_func("/verdict/fault/found-passes", test_fault_found_passes);
    g_test_add_func("/verdict/fault/breaks-more-than-named", test_fault_breaks_more_than_named);
    return g_test_run();
}
