/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-text.h"

#include "address-map.h"
#include "invariants.h"
#include "size.h"

#define GREEN "\033[32m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static const char *paint(const TextStyle *style, const char *colour)
{
    return style->colour ? colour : "";
}

char *report_text_step(const StepRecord *step, const TextStyle *style)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "  %6.2f s  %s", step->start_seconds, step->text);
    if (step->judged) {
        gboolean ok = step->outcome == step->expected;

        g_string_append_printf(text, ": %s%s%s", paint(style, ok ? BOLD : RED),
                               outcome_names[step->outcome], paint(style, PLAIN));
    }
    g_string_append_c(text, '\n');
    if (step->detail != NULL) {
        g_string_append_printf(text, "            %s\n", step->detail);
    }
    for (guint i = 0; style->verbose && i < step->kernel->len; i++) {
        g_string_append_printf(text, "            kernel: %s\n",
                               (char *)g_ptr_array_index(step->kernel, i));
    }
    return g_string_free(text, FALSE);
}

static void append_views(GString *text, const BarState *bar)
{
    for (guint w = 0; w < WITNESSES; w++) {
        const View *view = &bar->views[w];
        g_autofree char *size = size_format(view->size_bytes);

        if (view->state == VIEW_ASSIGNED) {
            g_string_append_printf(text, "    %-7s %#" G_GINT64_MODIFIER "x %s\n",
                                   witness_names[w], view->base,
                                   view->size_bytes == 0 ? "" : size);
        } else {
            g_string_append_printf(text, "    %-7s %s\n", witness_names[w],
                                   view->state == VIEW_SILENT ? "cannot be asked" : "unassigned");
        }
    }
}

/* "config, kernel and vmm", those of the witnesses with a view like the kernel's */
static char *agreeing(const BarState *bar)
{
    const View *kernel = &bar->views[WITNESS_KERNEL];
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    g_auto(GStrv) list = NULL;

    for (guint w = 0; w < WITNESSES; w++) {
        const View *view = &bar->views[w];

        if (view->state == VIEW_ASSIGNED && view->base == kernel->base &&
            (view->size_bytes == 0 || view->size_bytes == kernel->size_bytes)) {
            g_strv_builder_add(names, witness_names[w]);
        }
    }
    list = g_strv_builder_end(names);
    return g_strjoinv(", ", list);
}

static void append_witnesses(GString *text, const RunResult *result, const TextStyle *style)
{
    g_string_append(text, "\nWitnesses, after\n");
    for (guint i = 0; i < result->after->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(result->after->functions, i);
        const BarState *bar = function_state_bar(state, BARSHIFT_MEMORY_BAR);

        if (state->function == NULL || bar == NULL) {
            continue;
        }
        if (bar->views[WITNESS_KERNEL].state == VIEW_ASSIGNED) {
            g_autofree char *names = agreeing(bar);

            g_string_append_printf(text, "  %-16s bar2 %#" G_GINT64_MODIFIER "x: %s\n",
                                   state->function->name, bar->views[WITNESS_KERNEL].base, names);
        } else {
            g_string_append_printf(text, "  %-16s bar2 has no address\n", state->function->name);
        }
        if (style->verbose) {
            append_views(text, bar);
        }
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
        g_string_append_printf(text, "  %-3s %-12s %8u  %s%6u%s\n", invariant->id,
                               invariant->name, tally.checks,
                               paint(style, tally.failed != 0 ? RED : ""), tally.failed,
                               paint(style, tally.failed != 0 ? PLAIN : ""));
        if (failed != NULL) {
            g_string_append_printf(text, "      %s: %s\n", failed->name,
                                   failed->text == NULL ? "failed" : failed->text);
        }
    }
}

static const View *kernel_view(const Observation *observation, const Function *function)
{
    const FunctionState *state = observation_find(observation, function);
    const BarState *bar = state == NULL ? NULL : function_state_bar(state, BARSHIFT_MEMORY_BAR);

    return bar == NULL ? NULL : &bar->views[WITNESS_KERNEL];
}

/* "fut moved 0x280000000 -> 0x100000000" */
static void append_fate(GString *text, const RunResult *result, const Function *function)
{
    Fate fate = result->judgement->fates[function->tag - 1];
    const View *before = kernel_view(result->before, function);
    const View *after = kernel_view(result->after, function);

    if (fate == FATE_GONE) {
        return;
    }
    g_string_append_printf(text, "; %s %s", function->name, fate_names[fate]);
    if ((fate == FATE_MOVED || fate == FATE_RESIZED) && before != NULL && after != NULL) {
        g_string_append_printf(text, " %#" G_GINT64_MODIFIER "x -> %#" G_GINT64_MODIFIER "x",
                               before->base, after->base);
    }
}

static void append_verdict(GString *text, const RunResult *result, const TextStyle *style)
{
    const Judgement *judgement = result->judgement;

    g_string_append_printf(text, "\n%s%s%s  %s: %s", paint(style, judgement->pass ? GREEN : RED),
                           judgement->pass ? "PASS" : "FAIL", paint(style, PLAIN),
                           result->scenario->name, outcome_names[judgement->outcome]);
    for (guint i = 0; i < result->scenario->functions->len; i++) {
        append_fate(text, result, g_ptr_array_index(result->scenario->functions, i));
    }
    g_string_append_printf(text, " (%.1f s)\n", result->seconds);
    for (guint i = 0; i < judgement->reasons->len; i++) {
        g_string_append_printf(text, "      %s\n",
                               (char *)g_ptr_array_index(judgement->reasons, i));
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
