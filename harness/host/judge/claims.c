/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "claims.h"

#include "kernel-complaint.h"

/* Base of the BAR that the claims "moved" and "kept" speak of; 0 when it has none. */
static guint64 claimed_base(const Observation *observation, const Function *function)
{
    const FunctionState *state = observation_find(observation, function);
    const BarState *bar = state == NULL ? NULL : function_state_main_bar(state);

    return bar == NULL ? 0 : bar_state_place(bar)->base;
}

/* "; bar2 0x180000000 -> 0x100000000", "" for a function that was never seen */
static char *claimed_move(const Story *story, const Function *function)
{
    const FunctionState *state = observation_find(story->after, function);

    if (state == NULL) {
        state = observation_find(story->before, function);
    }
    if (state == NULL || state->main_bar_nr == BARSHIFT_NO_BAR) {
        return g_strdup("");
    }
    return g_strdup_printf("; bar%u %#" G_GINT64_MODIFIER "x -> %#" G_GINT64_MODIFIER "x",
                           state->main_bar_nr, claimed_base(story->before, function),
                           claimed_base(story->after, function));
}

typedef enum Claim { CLAIM_MOVED, CLAIM_KEPT, CLAIM_UNTOUCHED } Claim;

static gboolean claim_holds(const Story *story, const Function *function, Fate fate, Claim claim)
{
    gboolean works = fate == FATE_KEPT || fate == FATE_MOVED || fate == FATE_RESIZED;
    gboolean same =
        claimed_base(story->before, function) == claimed_base(story->after, function);

    switch (claim) {
    case CLAIM_MOVED:
        return works && !same;
    case CLAIM_KEPT:
        return works && same;
    case CLAIM_UNTOUCHED:
        return fate == FATE_UNTOUCHED;
    }
    g_assert_not_reached();
}

static void judge_claim(const Story *story, Judgement *judgement, char *const *names, Claim claim)
{
    static const char *const words[] = { "moved", "kept", "untouched" };

    for (guint i = 0; names[i] != NULL; i++) {
        const Function *function = scenario_find_function(story->scenario, names[i]);
        Fate fate = judgement->fates[function->tag - 1];

        if (!claim_holds(story, function, fate, claim)) {
            g_autofree char *move = claimed_move(story, function);

            judgement_add_reason(judgement, "%s was expected to be %s and was %s%s", names[i],
                                 words[claim], fate_names[fate], move);
        }
    }
}

/* A function may have had another address before. */
static char *complaint_about(const Story *story, const Function *function)
{
    const Observation *const both[] = { story->before, story->after };
    char *complaint = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(both) && complaint == NULL; i++) {
        const FunctionState *state = observation_find(both[i], function);

        complaint = state == NULL ? NULL : kernel_complaint(story->kernel_log, state->bdf);
    }
    return complaint;
}

static void judge_quiet(const Story *story, Judgement *judgement, char *const *names)
{
    if (names[0] != NULL && (story->kernel_log == NULL || story->kernel_log[0] == '\0')) {
        judgement_add_reason(judgement, "there is no kernel log to look for complaints in");
        return;
    }
    for (guint i = 0; names[i] != NULL; i++) {
        const Function *function = scenario_find_function(story->scenario, names[i]);
        g_autofree char *complaint = complaint_about(story, function);

        if (complaint != NULL) {
            judgement_add_reason(judgement, "the kernel complains about %s: %s", names[i],
                                 complaint);
        }
    }
}

void claims_judge(const Story *story, const ScenarioExpectation *expectation,
                  Judgement *judgement)
{
    judge_claim(story, judgement, expectation->moved, CLAIM_MOVED);
    judge_claim(story, judgement, expectation->kept, CLAIM_KEPT);
    judge_claim(story, judgement, expectation->untouched, CLAIM_UNTOUCHED);
    judge_quiet(story, judgement, expectation->quiet);
}
