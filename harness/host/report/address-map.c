/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "address-map.h"

#include "size.h"

#include <string.h>

#define STRIP_CELLS 72 /* at most; cells are powers of two */
#define STRIP_FREE '.'
#define ROW_COLUMNS 100

static char letter_of(const Function *function)
{
    return function->tag <= 26 ? 'A' + (char)(function->tag - 1) : '#';
}

static Range view_range(const BarState *bar)
{
    const View *view = bar == NULL ? NULL : bar_state_place(bar);

    return view == NULL || view->state != VIEW_ASSIGNED ? range_empty()
                                                        : range_sized(view->base, view->size_bytes);
}

/* The window of the host bridge that holds the functions' large BARs. */
static Range main_window(const Observation *observation)
{
    Range window = range_empty();

    for (guint i = 0; i < observation->host_windows->len; i++) {
        Range candidate = g_array_index(observation->host_windows, Range, i);

        if (range_is_empty(window) || range_size(candidate) > range_size(window)) {
            window = candidate;
        }
    }
    return window;
}

static guint64 cell_size(Range window)
{
    guint64 cell = 1024 * 1024;

    while (range_size(window) / cell > STRIP_CELLS) {
        cell *= 2;
    }
    return cell;
}

static void draw_bar(char *strip, Range window, guint64 cell, Range bar, char letter)
{
    if (!range_overlaps(window, bar)) {
        return;
    }
    for (guint64 i = (MAX(bar.start, window.start) - window.start) / cell;
         i <= (MIN(bar.end, window.end) - window.start) / cell; i++) {
        strip[i] = letter;
    }
}

/* Room for what stands before each strip */
static int label_columns(const RunResult *result, gboolean all)
{
    gsize columns = strlen("before");

    for (guint i = 0; all && i < result->steps->len; i++) {
        const StepRecord *step = g_ptr_array_index(result->steps, i);

        columns = MAX(columns, step->map == NULL ? 0 : strlen(step->map_name));
    }
    return (int)columns;
}

static void append_strip(GString *text, const char *when, int columns,
                         const Observation *observation, Range window)
{
    guint64 cell = cell_size(window);
    guint cells = (guint)((range_size(window) + cell - 1) / cell);
    g_autofree char *strip = g_strnfill(cells, STRIP_FREE);

    for (guint i = 0; i < observation->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(observation->functions, i);

        for (guint b = 0; state->function != NULL && b < state->bars->len; b++) {
            const BarState *bar = g_ptr_array_index(state->bars, b);

            if (!bar->io) {
                draw_bar(strip, window, cell, view_range(bar), letter_of(state->function));
            }
        }
    }
    g_string_append_printf(text, "  %-*s |%s|\n", columns, when, strip);
}

static char *range_text(Range range)
{
    return range_is_empty(range) ? g_strdup("-")
                                 : g_strdup_printf("%#" G_GINT64_MODIFIER "x-%#" G_GINT64_MODIFIER
                                                   "x", range.start, range.end);
}

/* A row too long for a line, by its name or its addresses, has the name on a line of its own. */
static void append_columns(GString *text, const char *name, const char *size, const char *before,
                           const char *after, const char *note)
{
    g_autofree char *row =
        g_strdup_printf("  %-24s %9s  %-24s %-24s %s", name, size, before, after, note);

    g_strchomp(row);
    if (strlen(row) > ROW_COLUMNS) {
        g_free(row);
        row = g_strdup_printf("  %s\n%9s  %-24s %-24s %s", name, size, before, after, note);
        g_strchomp(row);
    }
    g_string_append_printf(text, "%s\n", row);
}

static void append_row(GString *text, const char *name, Range before, Range after,
                       const char *note)
{
    g_autofree char *from = range_text(before);
    g_autofree char *to = range_text(after);
    Range shown = range_is_empty(after) ? before : after;
    g_autofree char *size =
        range_is_empty(shown) ? g_strdup("-") : size_format(range_size(shown));
    gboolean same = !range_is_empty(after) && before.start == after.start &&
                    before.end == after.end;

    append_columns(text, name, size, from, same ? "same" : to, note);
}

/* (nullable): as it is after, if the function is still there */
static const BarState *main_bar(const RunResult *result, const Function *function)
{
    const FunctionState *before = observation_find(result->before, function);
    const FunctionState *after = observation_find(result->after, function);

    const BarState *bar = after == NULL ? NULL : function_state_main_bar(after);

    return bar != NULL || before == NULL ? bar : function_state_main_bar(before);
}

static const BridgeState *find_port(const Observation *observation, const Port *port)
{
    for (guint i = 0; i < observation->bridges->len; i++) {
        const BridgeState *bridge = g_ptr_array_index(observation->bridges, i);

        if (bridge->port == port) {
            return bridge;
        }
    }
    return NULL;
}

/* Is the main BAR of a function in this port one for the window that is not prefetchable? */
static gboolean leads_to_mem(const RunResult *result, const Port *port)
{
    for (guint i = 0; i < result->scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(result->scenario->functions, i);
        const BarState *bar = main_bar(result, function);

        if (function->port == port && bar != NULL && !bar->prefetchable) {
            return TRUE;
        }
    }
    return FALSE;
}

static void append_windows(GString *text, const RunResult *result, const Port *port, guint depth,
                           gboolean all)
{
    static const char *const names[] = { "io", "mem", "pref" };
    const BridgeState *before = find_port(result->before, port);
    const BridgeState *after = find_port(result->after, port);
    guint first = all ? WINDOW_IO : leads_to_mem(result, port) ? WINDOW_MEM : WINDOW_PREF;

    for (guint kind = first; kind < WINDOWS; kind++) {
        Range from = before == NULL ? range_empty() : before->windows[kind];
        Range to = after == NULL ? range_empty() : after->windows[kind];
        g_autofree char *name = g_strdup_printf("%*s%s %s window", 2 * (int)depth, "", port->name,
                                                names[kind]);

        append_row(text, name, from, to, "");
    }
}

/* Was a memory BAR there before, and is not where it was? */
static gboolean has_changed(const BarState *from, const BarState *to)
{
    Range before = view_range(from);
    Range after = view_range(to);

    return from != NULL && !from->io && !range_is_empty(before) &&
           (before.start != after.start || before.end != after.end);
}

static void append_bars(GString *text, const RunResult *result, const Function *function,
                        guint depth, gboolean all)
{
    const FunctionState *before = observation_find(result->before, function);
    const FunctionState *after = observation_find(result->after, function);
    const char *fate = fate_names[result->judgement->fates[function->tag - 1]];
    const BarState *main = main_bar(result, function);

    for (guint nr = 0; nr < BARSHIFT_BARS; nr++) {
        const BarState *from = before == NULL ? NULL : function_state_bar(before, nr);
        const BarState *to = after == NULL ? NULL : function_state_bar(after, nr);
        gboolean is_main = main != NULL && main->nr == nr;
        g_autofree char *name = NULL;

        if ((from == NULL && to == NULL) || !(all || is_main || has_changed(from, to))) {
            continue;
        }
        name = g_strdup_printf("%*s%c %s bar%u", 2 * (int)depth, "", letter_of(function),
                               function->name, nr);
        append_row(text, name, view_range(from), view_range(to),
                   is_main ? fate : "");
    }
}

static void append_port(GString *text, const RunResult *result, const Port *port, guint depth,
                        gboolean all)
{
    const Scenario *scenario = result->scenario;

    if (port->kind != PORT_HOST) { /* whose windows are not in registers */
        append_windows(text, result, port, depth, all);
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);
        gboolean seen = observation_find(result->before, function) != NULL ||
                        observation_find(result->after, function) != NULL;

        if (function->port == port && seen) {
            append_bars(text, result, function, depth + 1, all);
        }
    }
    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *below = g_ptr_array_index(scenario->ports, i);

        if (below->parent == port) {
            append_port(text, result, below, depth + 1, all);
        }
    }
}

/* The snapshots' strips, between those of before and after */
static void append_snapshot_strips(GString *text, const RunResult *result, int columns,
                                   Range window)
{
    for (guint i = 0; i < result->steps->len; i++) {
        const StepRecord *step = g_ptr_array_index(result->steps, i);

        if (step->map != NULL) {
            append_strip(text, step->map_name, columns, step->map, window);
        }
    }
}

static void append_place(GString *text, const char *name, Range range, const char *note)
{
    g_autofree char *place = range_text(range);
    g_autofree char *size = size_format(range_size(range));
    g_autofree char *row = g_strdup_printf("  %-24s %9s  %-24s %s", name,
                                           range_is_empty(range) ? "-" : size, place, note);

    g_string_append_printf(text, "%s\n", g_strchomp(row));
}

static void append_snapshot(GString *text, const StepRecord *step)
{
    g_string_append_printf(text, "\n  %s\n", step->map_name);
    for (guint i = 0; i < step->map->functions->len; i++) {
        const FunctionState *state = g_ptr_array_index(step->map->functions, i);

        for (guint b = 0; state->function != NULL && b < state->bars->len; b++) {
            const BarState *bar = g_ptr_array_index(state->bars, b);
            g_autofree char *name =
                g_strdup_printf("  %c %s bar%u", letter_of(state->function),
                                state->function->name, bar->nr);

            append_place(text, name, view_range(bar),
                         function_state_decodes(state, bar) ? "" : "does not decode");
        }
    }
}

/* Who was where at each snapshot */
static void append_snapshots(GString *text, const RunResult *result)
{
    for (guint i = 0; i < result->steps->len; i++) {
        const StepRecord *step = g_ptr_array_index(result->steps, i);

        if (step->map != NULL) {
            append_snapshot(text, step);
        }
    }
}

void address_map_append(GString *text, const RunResult *result, gboolean all)
{
    Range window = main_window(result->after);
    g_autofree char *range = range_text(window);
    g_autofree char *size = size_format(range_size(window));
    g_autofree char *cell = NULL;
    int columns = label_columns(result, all);

    if (range_is_empty(window)) {
        g_string_append(text, "Address map: nobody has told the windows of the host bridge\n");
    } else {
        cell = size_format(cell_size(window));
        g_string_append_printf(text, "Address map: host bridge window %s, %s; one cell is %s\n",
                               range, size, cell);
        append_strip(text, "before", columns, result->before, window);
        if (all) {
            append_snapshot_strips(text, result, columns, window);
        }
        append_strip(text, "after", columns, result->after, window);
    }
    g_string_append_printf(text, "\n  %-24s %9s  %-24s %-24s %s\n", "", "size", "before", "after",
                           "fate");
    append_port(text, result, result->scenario->root_bus, 0, all);
    for (guint i = 0; i < result->scenario->ports->len; i++) {
        const Port *port = g_ptr_array_index(result->scenario->ports, i);

        if (port->parent == NULL) {
            append_port(text, result, port, 0, all);
        }
    }
    if (all) {
        append_snapshots(text, result);
    }
}
