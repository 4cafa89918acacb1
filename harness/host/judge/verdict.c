/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

#include "claims.h"
#include "driver-checks.h"
#include "rebalance-checks.h"
#include "witness-checks.h"

#include <string.h>

const char *const fate_names[FATES + 1] = {
    [FATE_UNTOUCHED] = "untouched", [FATE_KEPT] = "kept",       [FATE_MOVED] = "moved",
    [FATE_RESIZED] = "resized",     [FATE_ASSIGNED] = "assigned", [FATE_REFUSED] = "refused",
    [FATE_LOST] = "lost",           [FATE_FORGOTTEN] = "forgotten",
    [FATE_ASLEEP] = "asleep",       [FATE_GONE] = "unplugged",
};

/* Do guest kernel, device model and VMM all say that this BAR works? */
static gboolean bar_works(const BarState *bar)
{
    static const Witness needed[] = { WITNESS_KERNEL, WITNESS_LEDGER, WITNESS_VMM };

    for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (bar->views[needed[i]].state == VIEW_UNASSIGNED) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean function_works(const FunctionState *state)
{
    if (state == NULL || state->bars->len == 0) {
        return FALSE;
    }
    for (guint i = 0; i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);

        if (function_state_counts(state, bar) &&
            (!function_state_decodes(state, bar) || !bar_works(bar))) {
            return FALSE;
        }
    }
    return TRUE;
}

static Fate compare(const FunctionState *before, const FunctionState *after)
{
    Fate fate = after->has_ledger && before->ledger_total == after->ledger_total ? FATE_UNTOUCHED
                                                                                 : FATE_KEPT;

    for (guint i = 0; i < before->bars->len; i++) {
        const BarState *old = g_ptr_array_index(before->bars, i);
        const BarState *new = function_state_bar(after, old->nr);
        const View *from = bar_state_place(old);
        const View *to = new == NULL ? from : bar_state_place(new);

        if (from->size_bytes != to->size_bytes) {
            return FATE_RESIZED;
        }
        if (from->base != to->base) {
            fate = FATE_MOVED;
        }
    }
    return fate;
}

/* A BAR that was there and is not even listed any more is as lost as one without an address. */
static gboolean bars_all_there(const FunctionState *before, const FunctionState *after)
{
    for (guint i = 0; i < before->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(before->bars, i);

        if (function_state_bar(after, bar->nr) == NULL) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Does the kernel of the guest hold the function for one that can be accessed? */
static gboolean has_resources(const FunctionState *state)
{
    if (state == NULL) {
        return FALSE;
    }
    for (guint i = 0; i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);

        if (function_state_counts(state, bar) &&
            bar_state_place(bar)->state != VIEW_ASSIGNED) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean decodes_anything(const FunctionState *state)
{
    return state->decode || state->io_decode;
}

/* Where nobody could be told to start a newcomer, it has done its part when it has addresses. */
static gboolean newcomer_works(const Story *story, const FunctionState *state)
{
    return story->outside && state != NULL && !decodes_anything(state)
               ? state->bars->len != 0 && has_resources(state)
               : function_works(state);
}

static Fate fate_of(const Story *story, const Function *function)
{
    const FunctionState *before = observation_find(story->before, function);
    const FunctionState *after = observation_find(story->after, function);
    gboolean works = function_works(after);
    Fate fate;

    if (g_hash_table_contains(story->removed, function)) {
        return FATE_GONE;
    }
    if (g_hash_table_contains(story->forgotten, function) &&
        !g_hash_table_contains(story->sought, function)) {
        return FATE_FORGOTTEN;
    }
    if (g_hash_table_contains(story->lost, function)) {
        return FATE_LOST;
    }
    if (g_hash_table_contains(story->asleep, function)) {
        return has_resources(after) ? FATE_ASLEEP : FATE_LOST;
    }
    if (g_hash_table_contains(story->newcomers, function)) {
        return newcomer_works(story, after)                      ? FATE_ASSIGNED
               : g_hash_table_contains(story->served, function) ? FATE_LOST
                                                                 : FATE_REFUSED;
    }
    if (before == NULL) {
        return FATE_GONE;
    }
    if (!works || !bars_all_there(before, after)) {
        return FATE_LOST;
    }
    fate = compare(before, after);
    /* No ledger tells what somebody else's function has seen */
    return fate == FATE_KEPT && function->device != DEVICE_BARSHIFT &&
                   !story_in_scope(story, function)
               ? FATE_UNTOUCHED
               : fate;
}

/* The function that a check is about, by the address in its name. */
static const Function *check_subject(const Story *story, const Check *check)
{
    g_autofree char *bdf = check_part(check, 2);
    const FunctionState *state = observation_find_bdf(story->after, bdf);

    if (state == NULL) {
        state = observation_find_bdf(story->before, bdf);
    }
    return state == NULL ? NULL : state->function;
}

static gboolean is_one_of(const char *id, const char *const *ids)
{
    return g_strv_contains(ids, id);
}

/*
 * A function without resources can be neither reached nor hold what was in it: for the lost that
 * is the outcome "harmed" itself, for a refused newcomer it is what "refused" says. Who has
 * resources and does not answer is another matter: that is what I5 is there for. Who could not be
 * started again is stopped, and not to be reached whatever it has.
 */
static void mark_called_for(const Story *story, Judgement *judgement)
{
    static const char *const needs_resources[] = { "I5", "I6", NULL };

    for (guint i = 0; i < judgement->checks->len; i++) {
        Check *check = g_ptr_array_index(judgement->checks, i);
        const Function *function = check_subject(story, check);
        g_autofree char *id = check_part(check, 0);
        Fate fate;

        if (function == NULL) {
            continue;
        }
        fate = judgement->fates[function->tag - 1];
        if (fate == FATE_FORGOTTEN) { /* it is where it was, and nobody looks for it */
            check->called_for = FALSE;
        }
        if (is_one_of(id, needs_resources) && fate == FATE_ASLEEP) {
            check->called_for = FALSE;
        }
        if (is_one_of(id, needs_resources) && (fate == FATE_LOST || fate == FATE_REFUSED) &&
            (g_hash_table_contains(story->lost, function) ||
             !has_resources(observation_find(story->after, function)))) {
            check->called_for = FALSE;
        }
    }
}

/* Somebody who worked before overlaps, cannot be reached, or has lost content. */
static gboolean is_harm(const Story *story, const Check *check)
{
    static const char *const harms[] = { "I3", "I5", "I6", NULL };
    const Function *function = check_subject(story, check);
    g_autofree char *id = check_part(check, 0);

    return check->called_for && !check->ok && function != NULL &&
           !g_hash_table_contains(story->newcomers, function) && is_one_of(id, harms);
}

static gboolean somebody_harmed(const Story *story, const Judgement *judgement)
{
    for (guint i = 0; i < story->scenario->functions->len; i++) {
        if (judgement->fates[i] == FATE_LOST) {
            return TRUE;
        }
    }
    for (guint i = 0; i < judgement->checks->len; i++) {
        if (is_harm(story, g_ptr_array_index(judgement->checks, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean newcomers_served(const Story *story, const Judgement *judgement)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, story->newcomers);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        Fate fate = judgement->fates[((const Function *)key)->tag - 1];

        if (fate != FATE_ASSIGNED && fate != FATE_ASLEEP) {
            return FALSE;
        }
    }
    return TRUE;
}

/* @state: (nullable) */
static gboolean requests_served(const FunctionState *state, const GArray *requests)
{
    for (guint i = 0; i < requests->len; i++) {
        const ResizeRequest *request = &g_array_index(requests, ResizeRequest, i);
        const BarState *bar = state == NULL ? NULL : function_state_bar(state, request->bar_nr);

        if (bar == NULL || bar_state_place(bar)->state != VIEW_ASSIGNED ||
            bar_state_place(bar)->size_bytes != request->size_bytes) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean resizes_served(const Story *story)
{
    GHashTableIter iterator;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iterator, story->resized);
    while (g_hash_table_iter_next(&iterator, &key, &value)) {
        if (!requests_served(observation_find(story->after, key), value)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Who is plugged in and was hot-added or resized, wanted resources. */
static gboolean somebody_asks(const Story *story)
{
    return g_hash_table_size(story->newcomers) != 0 || g_hash_table_size(story->resized) != 0;
}

static Outcome decide_outcome(const Story *story, const Judgement *judgement)
{
    if (somebody_harmed(story, judgement)) {
        return OUTCOME_HARMED;
    }
    if (!somebody_asks(story)) {
        return OUTCOME_SURVIVED;
    }
    if (!newcomers_served(story, judgement) || !resizes_served(story)) {
        return OUTCOME_REFUSED;
    }
    if (g_hash_table_size(story->stopped) != 0) {
        return OUTCOME_REBALANCED;
    }
    return g_hash_table_size(story->resized) != 0 ? OUTCOME_RESIZED : OUTCOME_SETTLED;
}

/* Says what each failed check found, and which invariant should have failed and did not. */
static void judge_checks(const char *const *breaks, Judgement *judgement, gboolean final)
{
    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);
        g_autofree char *id = check_part(check, 0);

        if (check->called_for && !check->ok && !check->warning && !is_one_of(id, breaks)) {
            judgement_add_reason(judgement, "%s: %s", check->name,
                                 check->text == NULL ? "failed" : check->text);
        }
    }
    for (guint i = 0; final && breaks[i] != NULL; i++) {
        if (judgement_first_failed(judgement, breaks[i]) == NULL) {
            judgement_add_reason(judgement, "%s holds although the scenario says that it breaks",
                                 breaks[i]);
        }
    }
}

/* Gives @judgement, which has everything else, a reason for each thing that is not as expected. */
static void hold_against(const Story *story, const ScenarioExpectation *expectation,
                         Judgement *judgement, gboolean final)
{
    if (judgement->outcome != judgement->expected) {
        judgement_add_reason(judgement, "the outcome is %s, expected was %s",
                             outcome_names[judgement->outcome],
                             outcome_names[judgement->expected]);
    }
    judge_checks((const char *const *)expectation->breaks, judgement, final);
    for (guint i = 0; i < story->unmet->len; i++) {
        judgement_add_reason(judgement, "%s", (const char *)g_ptr_array_index(story->unmet, i));
    }
    if (final) {
        claims_judge(story, expectation, judgement);
    }
    judgement->pass = judgement->reasons->len == 0;
}

Judgement *verdict_judge(const Story *story, GPtrArray *guest_checks, Outcome expected,
                         gboolean final)
{
    Judgement *judgement = g_new0(Judgement, 1);
    const GPtrArray *functions = story->scenario->functions;

    judgement->expectation = scenario_expectation_ref(story->expectation);
    judgement->expected = expected;
    judgement->checks = guest_checks;
    judgement->reasons = g_ptr_array_new_with_free_func(g_free);
    judgement->fates = g_new0(Fate, functions->len);
    for (guint i = 0; i < functions->len; i++) {
        judgement->fates[i] = fate_of(story, g_ptr_array_index(functions, i));
    }
    witness_checks_add(story, judgement->checks);
    driver_checks_add(story, judgement->checks);
    rebalance_checks_add(story, judgement->checks);
    mark_called_for(story, judgement);
    judgement->outcome = decide_outcome(story, judgement);
    hold_against(story, story->expectation, judgement, final);
    return judgement;
}

/* Is everything as the rival expects it? After a step that it does not judge it is. */
static gboolean rival_holds(const Story *story, const Judgement *judgement, int step)
{
    g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
    Judgement other = *judgement;

    other.reasons = reasons;
    other.expected = story->rival->outcome;
    if (step >= 0 && !scenario_expectation_step(story->rival, (guint)step, &other.expected)) {
        return TRUE;
    }
    hold_against(story, story->rival, &other, step < 0);
    return other.pass;
}

static void tell_improvement(const Story *story, Judgement *judgement)
{
    g_ptr_array_unref(judgement->reasons);
    judgement->reasons = g_ptr_array_new_with_free_func(g_free);
    judgement_add_reason(judgement,
                         "unexpected improvement: everything is as without [expect %s] (%s); "
                         "narrow its 'when' or remove it", story->expectation->name,
                         story->expectation->place);
    judgement->improvement = TRUE;
}

gboolean verdict_weigh(Story *story, Judgement *judgement, int step)
{
    if (story->rival != NULL && !rival_holds(story, judgement, step)) {
        g_clear_pointer(&story->rival, scenario_expectation_unref);
    }
    if (!judgement->pass && story->shortfalls == NULL) {
        story->shortfalls = g_ptr_array_ref(judgement->reasons);
    }
    if (story->shortfalls == NULL) {
        return TRUE;
    }
    judgement->pass = FALSE;
    g_ptr_array_unref(judgement->reasons);
    judgement->reasons = g_ptr_array_ref(story->shortfalls);
    if (story->rival != NULL && step < 0) {
        tell_improvement(story, judgement);
    }
    return story->rival != NULL;
}

void judgement_add_reason(Judgement *judgement, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(judgement->reasons, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void judgement_free(Judgement *judgement)
{
    if (judgement == NULL) {
        return;
    }
    g_ptr_array_unref(judgement->checks);
    g_ptr_array_unref(judgement->reasons);
    scenario_expectation_unref(judgement->expectation);
    g_free(judgement->fates);
    g_free(judgement);
}

gboolean judgement_knows_failure(const Judgement *judgement, const Check *check)
{
    g_autofree char *id = check_part(check, 0);

    return !check->ok && g_strv_contains((const char *const *)judgement->expectation->breaks, id);
}

const Check *judgement_first_failed(const Judgement *judgement, const char *invariant)
{
    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);
        g_autofree char *id = check_part(check, 0);

        if (check->called_for && !check->ok && g_str_equal(id, invariant)) {
            return check;
        }
    }
    return NULL;
}
