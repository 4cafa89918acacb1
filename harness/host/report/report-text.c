/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-text.h"

#include "address-map.h"
#include "invariants.h"
#include "outside-checks.h"
#include "report-timeline.h"
#include "size.h"
#include "text-wrap.h"

#include <string.h>

#define GREEN "\033[32m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static const char *paint(const TextStyle *style, const char *colour)
{
    return style->colour ? colour : "";
}

/* ": refused", on a line of its own where there is no room behind the step */
static void append_outcome(GString *text, const StepRecord *step, const TextStyle *style)
{
    const char *outcome = outcome_names[step->outcome];
    const char *line = strrchr(text->str, '\n');
    gsize column = line == NULL ? text->len : strlen(line + 1);
    gboolean fits = column + strlen(": ") + strlen(outcome) <= TEXT_COLUMNS;

    g_string_append_printf(text, ":%s%s%s%s", fits ? " " : "\n            ",
                           paint(style, step->outcome == step->expected ? BOLD : RED), outcome,
                           paint(style, PLAIN));
}

char *report_text_step(const StepRecord *step, const TextStyle *style)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "  %6.2f s  ", step->start_seconds);
    text_append_words(text, (guint)text->len, 12, step->text);
    if (step->judged) {
        append_outcome(text, step, style);
    }
    g_string_append_c(text, '\n');
    if (step->detail != NULL) {
        text_append_wrapped(text, 12, step->detail);
    }
    if (step->rebalance != NULL && step->rebalance->account != NULL) {
        report_timeline_append(text, step->rebalance, step->scenario, style->verbose);
    }
    for (guint i = 0; style->verbose && i < step->kernel->len; i++) {
        g_autofree char *line =
            g_strdup_printf("kernel: %s", (char *)g_ptr_array_index(step->kernel, i));

        text_append_wrapped(text, 12, line);
    }
    return g_string_free(text, FALSE);
}

static void append_views(GString *text, const BarState *bar)
{
    for (guint w = 0; w < WITNESSES; w++) {
        const View *view = &bar->views[w];
        g_autofree char *size = size_format(view->size_bytes);

        if (view->state == VIEW_ASSIGNED) {
            g_string_append_printf(text, "    %-7s %#" G_GINT64_MODIFIER "x%s%s\n",
                                   witness_names[w], view->base,
                                   view->size_bytes == 0 ? "" : " ",
                                   view->size_bytes == 0 ? "" : size);
        } else {
            g_string_append_printf(text, "    %-7s %s\n", witness_names[w],
                                   view->state == VIEW_SILENT      ? "cannot be asked"
                                   : view->state == VIEW_FOREIGN   ? "somebody else answers"
                                                                   : "unassigned");
        }
    }
}

/* "config, kernel and vmm", those of the witnesses that see it in its place */
static char *agreeing(const BarState *bar)
{
    const View *place = bar_state_place(bar);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_auto(GStrv) list = NULL;

    for (guint w = 0; w < WITNESSES; w++) {
        const View *view = &bar->views[w];

        if (view->state == VIEW_ASSIGNED && view->base == place->base &&
            (view->size_bytes == 0 || view->size_bytes == place->size_bytes)) {
            g_strv_builder_add(names, witness_names[w]);
        }
    }
    list = g_strv_builder_end(names);
    return g_strjoinv(", ", list);
}

static void append_bar_witnesses(GString *text, const FunctionState *state, const BarState *bar,
                                 const TextStyle *style)
{
    g_string_append_printf(text, "  %-16s bar%u ", state->function->name, bar->nr);
    if (bar_state_place(bar)->state == VIEW_ASSIGNED) {
        g_autofree char *names = agreeing(bar);

        g_string_append_printf(text, "%#" G_GINT64_MODIFIER "x: %s\n",
                               bar_state_place(bar)->base, names);
    } else {
        g_string_append(text, "has no address\n");
    }
    if (style->verbose) {
        append_views(text, bar);
    }
}

/* The main BAR of each function; all of them for those who want to know everything. */
static void append_witnesses(GString *text, const RunResult *result, const TextStyle *style)
{
    g_string_append(text, "\nWitnesses, after\n");
    for (guint i = 0; i < result->after->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(result->after->functions, i);

        for (guint b = 0; state->function != NULL && b < state->bars->len; b++) {
            const BarState *bar = g_ptr_array_index(state->bars, b);

            if (style->verbose || bar->nr == state->main_bar_nr) {
                append_bar_witnesses(text, state, bar, style);
            }
        }
    }
    if (result->outside) {
        text_append_wrapped(text, 2, outside_absent_text);
    }
}

static void append_invariants(GString *text, const RunResult *result, const TextStyle *style)
{
    g_string_append_printf(text, "\nInvariants%*schecks  failed\n", 10, "");
    for (guint i = 0; i < invariant_count; i++) {
        const Invariant *invariant = &invariants[i];
        InvariantTally tally = invariant_tally(result->judgement, invariant->id);
        const Check *failed = judgement_first_failed(result->judgement, invariant->id);

        if (tally.checks == 0) {
            continue;
        }
        g_string_append_printf(text, "  %-3s %-12s %8u  %s%6u%s%s\n", invariant->id,
                               invariant->name, tally.checks,
                               paint(style, tally.failed != 0 ? RED : ""), tally.failed,
                               paint(style, tally.failed != 0 ? PLAIN : ""),
                               tally.warnings != 0 ? "  warning" : "");
        if (failed != NULL) {
            text_append_wrapped(text, 6, failed->name);
            text_append_wrapped(text, 8, failed->text == NULL ? "failed" : failed->text);
        }
    }
}

/* Both nullable; says where a BAR was and is, unless that is the same. */
static gboolean append_bar_change(GString *text, const BarState *from, const BarState *to)
{
    const View *old = from == NULL ? NULL : bar_state_place(from);
    const View *new = to == NULL ? NULL : bar_state_place(to);

    if (old == NULL || new == NULL ||
        (old->base == new->base && old->size_bytes == new->size_bytes)) {
        return FALSE;
    }
    g_string_append_printf(text, " bar%u %#" G_GINT64_MODIFIER "x -> %#" G_GINT64_MODIFIER "x",
                           from->nr, old->base, new->base);
    return TRUE;
}

/* The BAR that tells a function's fate: the first that differs, the main BAR before the others. */
static void append_change(GString *text, const FunctionState *before, const FunctionState *after)
{
    if (append_bar_change(text, function_state_main_bar(before), function_state_main_bar(after))) {
        return;
    }
    for (guint nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (append_bar_change(text, function_state_bar(before, nr),
                              function_state_bar(after, nr))) {
            return;
        }
    }
}

/* "fut moved bar2 0x280000000 -> 0x100000000" */
static void append_fate(GString *text, const RunResult *result, const Function *function)
{
    Fate fate = result->judgement->fates[function->tag - 1];

    if (fate == FATE_GONE) {
        return;
    }
    g_string_append_printf(text, "%s%s %s", text->len == 0 ? "" : "; ", function->name,
                           fate_names[fate]);
    if (fate == FATE_MOVED || fate == FATE_RESIZED) {
        append_change(text, observation_find(result->before, function),
                      observation_find(result->after, function));
    }
}

static const char *verdict_word(const Judgement *judgement)
{
    return judgement->pass ? "PASS" : judgement->improvement ? "IMPROVED" : "FAIL";
}

/* What differs under this kernel, this QEMU or in this variant, and why */
static void append_expectation(GString *text, const ScenarioExpectation *expectation)
{
    if (expectation->reason != NULL) {
        g_autofree char *line = g_strdup_printf("expected by [expect %s]: %s (%s)",
                                                expectation->name, expectation->reason,
                                                expectation->link);

        text_append_wrapped(text, 6, line);
    }
}

static void append_verdict(GString *text, const RunResult *result, const TextStyle *style)
{
    const Judgement *judgement = result->judgement;
    g_autoptr(GString) fates = g_string_new(NULL);

    g_string_append_printf(text, "\n%s%s%s  %s: %s in %.1f s\n",
                           paint(style, judgement->pass ? GREEN : RED),
                           verdict_word(judgement), paint(style, PLAIN),
                           result->name, outcome_names[judgement->outcome],
                           result->seconds);
    for (guint i = 0; i < result->scenario->functions->len; i++) {
        append_fate(fates, result, g_ptr_array_index(result->scenario->functions, i));
    }
    text_append_wrapped(text, 6, fates->str);
    append_expectation(text, judgement->expectation);
    for (guint i = 0; i < judgement->reasons->len; i++) {
        text_append_wrapped(text, 6, g_ptr_array_index(judgement->reasons, i));
    }
    if (result->folder != NULL) {
        g_string_append_printf(text, "      logs kept in %s\n", result->folder);
    }
}

char *report_text_result(const RunResult *result, const TextStyle *style)
{
    GString *text = g_string_new("\n");

    address_map_append(text, result, style->verbose);
    append_witnesses(text, result, style);
    append_invariants(text, result, style);
    append_verdict(text, result, style);
    return g_string_free(text, FALSE);
}
