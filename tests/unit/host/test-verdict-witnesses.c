/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verdicts from witnesses that disagree, or that saw what they should not have seen. */
#include "made-up-world.h"

#define GIB (1ull << 30)

/* Each witness in turn names another address than all the others. */
static void test_one_witness_disagrees(void)
{
    for (guint w = 0; w < WITNESSES; w++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *failed;

        world->after[2].base[w] = 16 * GIB;
        judgement = world_judge(world, OUTCOME_SETTLED);
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
        judgement = world_judge(world, OUTCOME_SETTLED);
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
    judgement = world_judge(world, OUTCOME_SETTLED);
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
    judgement = world_judge(world, OUTCOME_SETTLED);
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
        judgement = world_judge(world, OUTCOME_SETTLED);
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
    judgement = world_judge(world, OUTCOME_SETTLED);
    judgement_assert_fails_with(judgement, "I11/unharmed/0000:02:00.0/ledger: 2 events although "
                                           "it is out of scope");
}

/* Each record in turn is not there; what the ledger then tells is worth nothing. */
static void test_ledger_with_a_gap(void)
{
    for (guint missing = 1; missing <= 5; missing++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *failed;

        world->after[1].missing_record = missing;
        judgement = world_judge(world, OUTCOME_SETTLED);
        failed = judgement_first_failed(judgement, "L1");
        g_assert_nonnull(failed);
        g_assert_cmpstr(failed->name, ==, "L1/complete/0000:02:00.0/ledger");
        g_assert_cmpuint(judgement->reasons->len, ==, 1);
    }
}

/* What L1 says of c's ledger once it is this one; @sequences end with 0. NULL: it holds. */
static char *judge_ledger(World *world, guint64 dropped, guint64 total, const guint64 *sequences)
{
    g_autoptr(Judgement) judgement = world_judge(world, OUTCOME_SETTLED);
    FunctionState *state = observation_find(world->seen_after, world_function(world, 3));
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
    judgement = world_judge(world, OUTCOME_HARMED);
    g_assert_false(judgement->pass);
    g_assert_nonnull(judgement_first_failed(judgement, "I11"));
}

static void test_unplugged_on_purpose(void)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->after[1] = world->after[2];
    world->after[2].tag = 0;
    g_hash_table_add(world->story.removed, world_function(world, 2));
    judgement = world_judge(world, OUTCOME_SETTLED);
    judgement_assert_pass(judgement);
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

        world_guest_says(world, name, "seen otherwise");
        judgement = world_judge(world, OUTCOME_SETTLED);
        g_assert_false(judgement->pass);
        g_assert_nonnull(judgement_first_failed(judgement, ids[i]));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/verdict/ledger/gap", test_ledger_with_a_gap);
    g_test_add_func("/verdict/ledger/another-order", test_ledger_in_another_order);
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
    g_test_add_func("/verdict/guest-check-fails", test_guest_check_fails);
    return g_test_run();
}
