/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outcomes and verdicts from made-up witnesses that agree, and from such that disagree. */
#include "made-up.h"
#include "verdict.h"

#define GIB (1ull << 30)

static const char a_bdf[] = "0000:01:00.0";
static const char b_bdf[] = "0000:02:00.0";
static const char c_bdf[] = "0000:03:00.0";

typedef struct World {
    Scenario *scenario;
    MadeUp before[4], after[4];
    Observation *seen_before, *seen_after;
    Story story;
    GPtrArray *guest_checks;
} World;

static Function *function(World *world, guint32 tag)
{
    return scenario_function_by_tag(world->scenario, tag);
}

/* a and b work and see nothing; c arrived and works, too */
static World *world_new_from(const char *text)
{
    World *world = g_new0(World, 1);

    world->scenario = made_up_scenario(text);
    world->before[0] = made_up_at(1, a_bdf, 6 * GIB, 2 * GIB, 5);
    world->before[1] = made_up_at(2, b_bdf, 8 * GIB, 2 * GIB, 5);
    world->after[0] = world->before[0];
    world->after[1] = world->before[1];
    world->after[2] = made_up_at(3, c_bdf, 12 * GIB, 4 * GIB, 4);
    world->guest_checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    story_init(&world->story, world->scenario);
    g_hash_table_add(world->story.newcomers, function(world, 3));
    return world;
}

static World *world_new(void)
{
    return world_new_from(made_up_scenario_text);
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
    return verdict_judge(&world->story, world->guest_checks, expected, TRUE);
}

static void guest_says(World *world, const char *name, const char *why)
{
    g_ptr_array_add(world->guest_checks, check_new(name, why == NULL, g_strdup(why)));
}

static void ask_size(World *world, guint32 tag, guint64 size_bytes)
{
    story_ask_size(&world->story, function(world, tag), 2, size_bytes);
}

static void assert_pass(const Judgement *judgement)
{
    if (!judgement->pass) {
        g_test_message("%s", (char *)g_ptr_array_index(judgement->reasons, 0));
    }
    g_assert_true(judgement->pass);
}

static void assert_fails_with(const Judgement *judgement, const char *reason)
{
    g_assert_false(judgement->pass);
    g_assert_cmpstr(g_ptr_array_index(judgement->reasons, 0), ==, reason);
}

static void test_settled(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = judge(world, OUTCOME_SETTLED);

    assert_pass(judgement);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_SETTLED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_UNTOUCHED);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_ASSIGNED);
}

static void test_rebalanced(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 4 * GIB, 2 * GIB, 11);
    g_hash_table_add(world->story.stopped, function(world, 1));
    judgement = judge(world, OUTCOME_REBALANCED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_MOVED);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_UNTOUCHED);
}

static void test_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[2] = made_up_at(3, c_bdf, 0, 4 * GIB, 0);
    /* a newcomer without resources cannot be reached, and need not be */
    guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no answer");
    judgement = judge(world, OUTCOME_REFUSED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
}

static void test_harmed_by_loss(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 0, 2 * GIB, 9);
    g_hash_table_add(world->story.stopped, function(world, 1));
    guest_says(world, "I5/reachable/0000:01:00.0/bar2", "lost its resources");
    judgement = judge(world, OUTCOME_HARMED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
}

/* Everybody has the BAR's address but QEMU's memory map and the CPU: then I5 is what broke. */
static void test_unreachable_with_resources(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 4 * GIB, 2 * GIB, 9);
    world->after[0].base[WITNESS_VMM] = 0;
    world->after[0].base[WITNESS_CPU] = 0;
    g_hash_table_add(world->story.stopped, function(world, 1));
    guest_says(world, "I5/reachable/0000:01:00.0/bar2", "no header");
    judgement = judge(world, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
    g_assert_nonnull(judgement_first_failed(judgement, "I5"));
    assert_fails_with(judgement, "I5/reachable/0000:01:00.0/bar2: no header");
}

static void test_harmed_by_lost_content(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[0] = made_up_at(1, a_bdf, 4 * GIB, 2 * GIB, 9);
    g_hash_table_add(world->story.stopped, function(world, 1));
    guest_says(world, "I6/preserved/0000:01:00.0/bar2", "word at 0x1000 is 0");
    judgement = judge(world, OUTCOME_REBALANCED);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    assert_fails_with(judgement, "the outcome is harmed, expected was rebalanced");
}

static void test_resized(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    world->after[0] = made_up_at(1, a_bdf, 6 * GIB, GIB, 9);
    ask_size(world, 1, GIB);
    judgement = judge(world, OUTCOME_RESIZED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_RESIZED);
}

static void test_resize_without_effect_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    ask_size(world, 1, 8 * GIB);
    judgement = judge(world, OUTCOME_REFUSED);
    assert_pass(judgement);
}

/* The first of two resizes counts as much as the last one. */
static void test_one_resize_of_two_without_effect_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_remove_all(world->story.newcomers);
    world->after[2].tag = 0;
    world->after[1] = made_up_at(2, b_bdf, 8 * GIB, GIB, 9);
    ask_size(world, 1, 8 * GIB);
    ask_size(world, 2, GIB);
    judgement = judge(world, OUTCOME_REFUSED);
    assert_pass(judgement);
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
        world->after[0] = made_up_at(1, a_bdf, 6 * GIB, GIB, 9);
        story_ask_size(&world->story, function(world, 1), 2, 8 * GIB);
        story_ask_size(&world->story, function(world, 1), 0, rows[i].bar0);
        story_ask_size(&world->story, function(world, 1), 2, rows[i].bar2);
        judgement = judge(world, rows[i].outcome);
        assert_pass(judgement);
    }
}

/* Any BAR that its decode bit leaves out keeps a function from working. */
static void test_function_needs_all_its_bars_decoded(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = judge(world, OUTCOME_SETTLED);
    FunctionState *state = observation_find(world->seen_after, function(world, 3));

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

    world->after[2] = made_up_at(3, c_bdf, 0, 4 * GIB, 9);
    g_hash_table_add(world->story.served, function(world, 3));
    judgement = judge(world, OUTCOME_HARMED);
    assert_pass(judgement);
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
    guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no header");
    judgement = judge(world, OUTCOME_REFUSED);
    g_assert_false(judgement->pass);
    g_assert_nonnull(judgement_first_failed(judgement, "I5"));
}

/* A newcomer that lacks a BAR cannot be started, however many others it has got. */
static void test_newcomer_without_a_bar_is_refused(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[2].given_up = TRUE;
    guest_says(world, "I5/reachable/0000:03:00.0/bar2", "no header");
    judgement = judge(world, OUTCOME_REFUSED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[2], ==, FATE_REFUSED);
}

static void test_bar_no_longer_listed_is_lost(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;
    FunctionState *state;

    judgement = judge(world, OUTCOME_SETTLED);
    g_clear_pointer(&judgement, judgement_free);
    state = observation_find(world->seen_after, function(world, 1));
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
    g_autoptr(Judgement) judgement = judge(world, OUTCOME_REFUSED);

    assert_fails_with(judgement, "the outcome is settled, expected was refused");
}

/* Each witness in turn names another address than all the others. */
static void test_one_witness_disagrees(void)
{
    for (guint w = 0; w < WITNESSES; w++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *failed;

        world->after[2].base[w] = 16 * GIB;
        judgement = judge(world, OUTCOME_SETTLED);
        failed = judgement_first_failed(judgement, "I1");
        g_assert_false(judgement->pass);
        g_assert_nonnull(failed);
        g_assert_cmpstr(failed->name, ==, "I1/agreed/0000:03:00.0/bar2/all-witnesses");
        g_assert_nonnull(strstr(failed->text, witness_names[w]));
    }
}

/* Each witness in turn says that nothing decodes the BAR, which the others see. */
static void test_one_witness_sees_nothing(void)
{
    for (guint w = 0; w < WITNESSES; w++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;

        world->after[0].base[w] = 0;
        judgement = judge(world, OUTCOME_SETTLED);
        g_assert_false(judgement->pass);
        g_assert_nonnull(judgement_first_failed(judgement, "I1"));
    }
}

/* The address is right, but the header that answers there is another function's. */
static void test_somebody_else_answers_the_cpu(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;
    const Check *failed;

    world->after[2].cpu_tag = 1;
    judgement = judge(world, OUTCOME_SETTLED);
    failed = judgement_first_failed(judgement, "I1");
    g_assert_false(judgement->pass);
    g_assert_nonnull(failed);
    g_assert_nonnull(strstr(failed->text, "cpu answered by another function or BAR"));
}

static void test_sizes_disagree(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->before[0].kernel_size_bytes = GIB;
    world->after[0].kernel_size_bytes = GIB;
    judgement = judge(world, OUTCOME_SETTLED);
    g_assert_false(judgement->pass);
    g_assert_nonnull(judgement_first_failed(judgement, "I1"));
}

static void test_old_address_in_the_memory_map(void)
{
    static const guint64 strays[] = { 4 * GIB, 20 * GIB };

    for (guint i = 0; i < G_N_ELEMENTS(strays); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;

        world->after[2].stray = strays[i];
        judgement = judge(world, OUTCOME_SETTLED);
        g_assert_false(judgement->pass);
        g_assert_nonnull(judgement_first_failed(judgement, "I8"));
        g_assert_null(judgement_first_failed(judgement, "I1"));
    }
}

static void test_event_out_of_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1].ledger_total += 2;
    judgement = judge(world, OUTCOME_SETTLED);
    assert_fails_with(judgement, "I11/unharmed/0000:02:00.0/ledger: 2 events although it is out "
                                 "of scope");
}

/* Each record in turn is not there; what the ledger then tells is worth nothing. */
static void test_ledger_with_a_gap(void)
{
    for (guint missing = 1; missing <= 5; missing++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *failed;

        world->after[1].missing_record = missing;
        judgement = judge(world, OUTCOME_SETTLED);
        failed = judgement_first_failed(judgement, "L1");
        g_assert_nonnull(failed);
        g_assert_cmpstr(failed->name, ==, "L1/complete/0000:02:00.0/ledger");
        g_assert_cmpuint(judgement->reasons->len, ==, 1);
    }
}

/* What L1 says of c's ledger once it is this one; @sequences end with 0. NULL: it holds. */
static char *judge_ledger(World *world, guint64 dropped, guint64 total, const guint64 *sequences)
{
    g_autoptr(Judgement) judgement = judge(world, OUTCOME_SETTLED);
    FunctionState *state = observation_find(world->seen_after, function(world, 3));
    const Check *failed;

    g_assert_null(judgement_first_failed(judgement, "L1"));
    g_clear_pointer(&judgement, judgement_free);
    state->ledger_dropped = dropped;
    state->ledger_total = total;
    g_array_set_size(state->ledger_sequences, 0);
    for (guint i = 0; sequences[i] != 0; i++) {
        g_array_append_val(state->ledger_sequences, sequences[i]);
    }
    judgement = verdict_judge(&world->story,
                              g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                              OUTCOME_SETTLED, FALSE);
    failed = judgement_first_failed(judgement, "L1");
    return failed == NULL ? NULL : g_strdup(failed->text);
}

static void test_ledger_in_another_order(void)
{
    static const struct {
        const char *name;
        guint64 dropped, total, sequences[4];
        const char *text;
    } rows[] = {
        { "none", 0, 0, { 0 }, NULL },
        { "none-dropped", 0, 2, { 1, 2 }, NULL },
        { "some-dropped", 7, 9, { 8, 9 }, NULL },
        { "twice", 7, 9, { 8, 8 }, "expected record 9 at this place, observed record 8" },
        { "backwards", 7, 9, { 9, 8 }, "expected record 8 at this place, observed record 9" },
        { "dropped-is-there", 7, 9, { 7, 8, 9 },
          "expected record 8 at this place, observed record 7" },
        { "fewer-than-told", 6, 9, { 8, 9 },
          "expected record 7 at this place, observed record 8" },
        { "end-is-missing", 7, 9, { 8 },
          "expected records up to 9, observed the last one as record 8" },
        { "more-than-all", 7, 9, { 8, 9, 10 },
          "expected records up to 9, observed the last one as record 10" },
        { "more-dropped-than-all", 10, 9, { 0 },
          "expected records up to 9, observed the last one as record 10" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autofree char *text =
            judge_ledger(world, rows[i].dropped, rows[i].total, rows[i].sequences);

        g_test_message("%s", rows[i].name);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void test_gone_out_of_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1] = world->after[2];
    world->after[2].tag = 0;
    judgement = judge(world, OUTCOME_HARMED);
    g_assert_false(judgement->pass);
    g_assert_nonnull(judgement_first_failed(judgement, "I11"));
}

static void test_unplugged_on_purpose(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1] = world->after[2];
    world->after[2].tag = 0;
    g_hash_table_add(world->story.removed, function(world, 2));
    judgement = judge(world, OUTCOME_SETTLED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_GONE);
}

/* Whatever the guest's own checks find counts. */
static void test_guest_check_fails(void)
{
    static const char *const ids[] = { "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I11" };

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;
        g_autofree char *name = g_strdup_printf("%s/verb/0000:03:00.0/bar2", ids[i]);

        guest_says(world, name, "seen otherwise");
        judgement = judge(world, OUTCOME_SETTLED);
        g_assert_false(judgement->pass);
        g_assert_nonnull(judgement_first_failed(judgement, ids[i]));
    }
}

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
        g_autoptr(Judgement) judgement = judge(world, OUTCOME_SETTLED);

        if (rows[i].reason == NULL) {
            assert_pass(judgement);
        } else {
            assert_fails_with(judgement, rows[i].reason);
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
        judgement = judge(world, OUTCOME_SETTLED);
        if (rows[i].reason == NULL) {
            assert_pass(judgement);
        } else {
            assert_fails_with(judgement, rows[i].reason);
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

        guest_says(world, name, "seen otherwise");
        judgement = judge(world, OUTCOME_SETTLED);
        assert_pass(judgement);
    }
}

static void test_fault_breaks_more_than_named(void)
{
    g_autoptr(World) world = world_with("breaks = I2");
    g_autoptr(Judgement) judgement = NULL;

    guest_says(world, "I2/contained/0000:03:00.0/bar2", "outside");
    guest_says(world, "I4/aligned/0000:03:00.0/bar2", "askew");
    judgement = judge(world, OUTCOME_SETTLED);
    assert_fails_with(judgement, "I4/aligned/0000:03:00.0/bar2: askew");
}

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
    function(world, 2)->device = DEVICE_NVME;
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

    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_UNTOUCHED);
}

/* In scope it was stopped, which no ledger has to tell. */
static void test_controller_in_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    g_hash_table_add(world->story.stopped, function(world, 2));
    judgement = judge_controller(world, OUTCOME_REBALANCED);
    assert_pass(judgement);
    g_assert_cmpuint(judgement->fates[1], ==, FATE_KEPT);
}

static void test_controller_moved_out_of_scope(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1] = made_up_at(2, b_bdf, 10 * GIB, 2 * GIB, 5);
    judgement = judge_controller(world, OUTCOME_SETTLED);
    assert_fails_with(judgement, "I11/unharmed/0000:02:00.0/bar2/vmm: expected "
                                 "0x200000000+0x80000000 as before, observed "
                                 "0x280000000+0x80000000");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/claims/quiet", test_quiet);
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
    g_test_add_func("/verdict/ledger/gap", test_ledger_with_a_gap);
    g_test_add_func("/verdict/ledger/another-order", test_ledger_in_another_order);
    g_test_add_func("/verdict/outcome/bar-no-longer-listed-is-lost",
                    test_bar_no_longer_listed_is_lost);
    g_test_add_func("/verdict/unexpected-outcome-fails", test_unexpected_outcome_fails);
    g_test_add_func("/verdict/witnesses/one-disagrees", test_one_witness_disagrees);
    g_test_add_func("/verdict/witnesses/one-sees-nothing", test_one_witness_sees_nothing);
    g_test_add_func("/verdict/witnesses/somebody-else-answers-the-cpu",
                    test_somebody_else_answers_the_cpu);
    g_test_add_func("/verdict/witnesses/sizes-disagree", test_sizes_disagree);
    g_test_add_func("/verdict/witnesses/old-address-in-the-memory-map",
                    test_old_address_in_the_memory_map);
    g_test_add_func("/verdict/witnesses/event-out-of-scope", test_event_out_of_scope);
    g_test_add_func("/verdict/witnesses/gone-out-of-scope", test_gone_out_of_scope);
    g_test_add_func("/verdict/witnesses/unplugged-on-purpose", test_unplugged_on_purpose);
    g_test_add_func("/verdict/controller/without-a-ledger", test_controller_without_a_ledger);
    g_test_add_func("/verdict/controller/in-scope", test_controller_in_scope);
    g_test_add_func("/verdict/controller/moved-out-of-scope", test_controller_moved_out_of_scope);
    g_test_add_func("/verdict/guest-check-fails", test_guest_check_fails);
    g_test_add_func("/verdict/claims", test_claims);
    g_test_add_func("/verdict/fault/found-passes", test_fault_found_passes);
    g_test_add_func("/verdict/fault/breaks-more-than-named", test_fault_breaks_more_than_named);
    return g_test_run();
}
