/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "witness-checks.h"

#include "ledger-records.h"

static char *view_text(const View *view)
{
    switch (view->state) {
    case VIEW_SILENT:
        return g_strdup("silent");
    case VIEW_UNASSIGNED:
        return g_strdup("unassigned");
    case VIEW_FOREIGN:
        return g_strdup("answered by another function or BAR");
    case VIEW_ASSIGNED:
        break;
    }
    return view->size_bytes == 0
               ? g_strdup_printf("%#" G_GINT64_MODIFIER "x", view->base)
               : g_strdup_printf("%#" G_GINT64_MODIFIER "x+%#" G_GINT64_MODIFIER "x", view->base,
                                 view->size_bytes);
}

static gboolean views_agree(const View *a, const View *b)
{
    if (a->state == VIEW_SILENT || b->state == VIEW_SILENT) {
        return TRUE;
    }
    if (a->state != VIEW_ASSIGNED || b->state != VIEW_ASSIGNED) {
        return a->state == b->state && a->state != VIEW_FOREIGN;
    }
    return a->base == b->base &&
           (a->size_bytes == 0 || b->size_bytes == 0 || a->size_bytes == b->size_bytes);
}

/*
 * What the kernel's view is worth depends on decode. With decode off the kernel may have set an
 * address aside that nothing answers yet: then the BAR must hold it, and nobody may decode it.
 */
static View expected_view(const FunctionState *state, const BarState *bar)
{
    return function_state_decodes(state, bar) ? *bar_state_place(bar)
                                              : (View) { .state = VIEW_UNASSIGNED };
}

static gboolean bar_agreed(const FunctionState *state, const BarState *bar, GString *text)
{
    const View *kernel = &bar->views[WITNESS_KERNEL];
    View expected = expected_view(state, bar);
    gboolean agreed = kernel->state != VIEW_ASSIGNED || kernel->base == bar->config_base;

    for (guint w = 0; w < WITNESSES; w++) {
        g_autofree char *view = view_text(&bar->views[w]);

        g_string_append_printf(text, "%s%s %s", w == 0 ? "" : ", ", witness_names[w], view);
        agreed &= w == WITNESS_KERNEL || views_agree(&expected, &bar->views[w]);
    }
    return agreed;
}

/* I1: everybody names the same place. */
static void add_agreed(const FunctionState *state, GPtrArray *checks)
{
    for (guint i = 0; i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);
        GString *text = g_string_new(NULL);
        gboolean ok = bar_agreed(state, bar, text);

        check_add(checks, ok, g_string_free(text, FALSE), "I1/agreed/%s/bar%u/all-witnesses",
                  state->bdf, bar->nr);
    }
}

/* I8: QEMU's memory map has the function nowhere but in its BARs. */
static void add_old_silent(const FunctionState *state, GPtrArray *checks)
{
    for (guint i = 0; i < state->bars->len; i++) {
        const BarState *bar = g_ptr_array_index(state->bars, i);
        gboolean ok = range_is_empty(bar->stray);
        char *text = ok ? NULL
                        : g_strdup_printf("the memory map still has it at %#" G_GINT64_MODIFIER
                                          "x-%#" G_GINT64_MODIFIER "x",
                                          bar->stray.start, bar->stray.end);

        check_add(checks, ok, text, "I8/old-silent/%s/bar%u/memory-map", state->bdf, bar->nr);
    }
}

/* I7: the device model saw nothing that the driver state forbids. */
static void add_quiet(const Story *story, const FunctionState *state, GPtrArray *checks)
{
    g_autoptr(GArray) records =
        ledger_records_between(story->before, story->after, state->function);
    const LedgerRecord *first = NULL;
    guint count = 0;

    for (guint i = 0; i < records->len; i++) {
        const LedgerRecord *record = &g_array_index(records, LedgerRecord, i);

        if (ledger_record_is(record, "violation")) {
            first = first == NULL ? record : first;
            count++;
        }
    }
    check_add(checks, count == 0,
              first == NULL ? NULL
                            : g_strdup_printf("%u violation%s, the first of kind %u, record %"
                                              G_GUINT64_FORMAT, count, count == 1 ? "" : "s",
                                              first->detail, first->sequence),
              "I7/quiet/%s/ledger", state->bdf);
}

/* I11: the device model of whoever is out of scope recorded nothing. */
static void add_unharmed(const Story *story, const FunctionState *before, GPtrArray *checks)
{
    const FunctionState *after = observation_find(story->after, before->function);
    guint64 total = after == NULL ? 0 : after->ledger_total;
    gboolean ok = after != NULL && total == before->ledger_total;
    char *text = after == NULL ? g_strdup("the function is gone")
                 : ok          ? NULL
                               : g_strdup_printf("%" G_GUINT64_FORMAT " events although it is out "
                                                 "of scope", total - before->ledger_total);

    check_add(checks, ok, text, "I11/unharmed/%s/ledger", before->bdf);
}

/* I11 for a function without a ledger: its BARs are where they were. */
static void add_unmoved(const Story *story, const FunctionState *before, GPtrArray *checks)
{
    const FunctionState *after = observation_find(story->after, before->function);

    for (guint i = 0; i < before->bars->len; i++) {
        const BarState *old = g_ptr_array_index(before->bars, i);
        const BarState *new = after == NULL ? NULL : function_state_bar(after, old->nr);
        g_autofree char *from = view_text(&old->views[WITNESS_VMM]);
        g_autofree char *to = new == NULL ? NULL : view_text(&new->views[WITNESS_VMM]);
        gboolean ok = g_strcmp0(from, to) == 0;

        check_add(checks, ok,
                  ok ? NULL
                     : g_strdup_printf("expected %s as before, observed %s", from,
                                       to == NULL ? "no such BAR" : to),
                  "I11/unharmed/%s/bar%u/vmm", before->bdf, old->nr);
    }
}

/* What is wrong with the order of the records, (nullable) */
static char *ledger_gap(const FunctionState *state)
{
    guint64 last = state->ledger_dropped;

    for (guint i = 0; i < state->ledger_sequences->len; i++) {
        guint64 sequence = g_array_index(state->ledger_sequences, guint64, i);

        if (sequence != last + 1) {
            return g_strdup_printf("expected record %" G_GUINT64_FORMAT " at this place, observed "
                                   "record %" G_GUINT64_FORMAT, last + 1, sequence);
        }
        last = sequence;
    }
    return last == state->ledger_total
               ? NULL
               : g_strdup_printf("expected records up to %" G_GUINT64_FORMAT ", observed the last "
                                 "one as record %" G_GUINT64_FORMAT, state->ledger_total, last);
}

/* L1: every record is there that was not written over, so what has none did not happen. */
static void add_complete(const FunctionState *state, GPtrArray *checks)
{
    char *gap = ledger_gap(state);

    check_add(checks, gap == NULL, gap, "L1/complete/%s/ledger", state->bdf);
}

void witness_checks_add(const Story *story, GPtrArray *checks)
{
    for (guint i = 0; i < story->after->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(story->after->functions, i);

        if (state->function != NULL) {
            add_agreed(state, checks);
        }
        if (state->function != NULL && state->function->device == DEVICE_BARSHIFT) {
            add_old_silent(state, checks);
        }
        if (state->has_ledger) {
            add_quiet(story, state, checks);
            add_complete(state, checks);
        }
    }
    for (guint i = 0; i < story->before->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(story->before->functions, i);

        if (state->function == NULL || story_in_scope(story, state->function)) {
            continue;
        }
        if (state->has_ledger) {
            add_unharmed(story, state, checks);
        } else if (state->function->device != DEVICE_BARSHIFT) {
            add_unmoved(story, state, checks);
        }
    }
}
