/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault-page.h"

#include "error.h"
#include "invariants.h"

#include <string.h>

#define END "<!-- end -->\n"
#define UNKNOWN "?"

/* The cells of a line of a table: "", "a", "b", "" of "| a | b |" */
static char **cells_of(const char *line)
{
    char **cells = g_strsplit(line, "|", -1);

    for (guint i = 0; cells[i] != NULL; i++) {
        g_strstrip(cells[i]);
    }
    return cells;
}

static char *quoted(const char *text)
{
    return g_strdup_printf("`%s`", text);
}

void fault_page_remember(const char *page, GPtrArray *rows)
{
    g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = cells_of(lines[i]);

        for (guint k = 0; g_strv_length(cells) > 4 && k < rows->len; k++) {
            FaultRow *row = g_ptr_array_index(rows, k);
            g_autofree char *scenario = quoted(row->scenario);

            if (g_str_equal(cells[2], scenario) && !g_str_equal(cells[3], UNKNOWN)) {
                g_free(row->without);
                row->without = g_strdup(cells[3]);
            }
        }
    }
}

static void add_row(GString *text, const FaultRow *row)
{
    gboolean known = row->without != NULL;
    const char *quote = row->kind == ROW_OTHER ? "" : "`";

    g_string_append_printf(text, "| %s%s%s | `%s` |", quote, row->what, quote, row->scenario);
    if (row->kind != ROW_OTHER) {
        g_string_append_printf(text, " %s |", known ? row->without : UNKNOWN);
    }
    g_string_append_printf(text, " %s |", row->outcome);
    for (guint i = 0; i < invariant_count; i++) {
        gboolean fails = g_strv_contains((const char *const *)row->breaks, invariants[i].id);

        g_string_append(text, fails ? " x |" : " |");
    }
    g_string_append(text, "\n");
}

static char *table_of_rows(RowKind kind, GPtrArray *rows)
{
    static const char *const heads[ROW_KINDS] = {
        [ROW_DEVICE] = "| fault | scenario | without it | with it |",
        [ROW_DRIVER] = "| behaviour | scenario | without it | with it |",
        [ROW_OTHER] = "| what happens | scenario | outcome |",
    };
    GString *text = g_string_new(heads[kind]);

    for (guint i = 0; i < invariant_count; i++) {
        g_string_append_printf(text, " %s |", invariants[i].id);
    }
    g_string_append(text, kind == ROW_OTHER ? "\n|---|---|---|" : "\n|---|---|---|---|");
    for (guint i = 0; i < invariant_count; i++) {
        g_string_append(text, "---|");
    }
    g_string_append(text, "\n");
    for (guint i = 0; i < rows->len; i++) {
        const FaultRow *row = g_ptr_array_index(rows, i);

        if (row->kind == kind && fault_row_tells(row)) {
            add_row(text, row);
        }
    }
    return g_string_free(text, FALSE);
}

static char *table_of_invariants(GPtrArray *rows)
{
    GString *text = g_string_new("| invariant | scenarios |\n|---|---|\n");

    for (guint i = 0; i < invariant_count; i++) {
        const char *before = "";

        g_string_append_printf(text, "| %s %s | ", invariants[i].id, invariants[i].name);
        for (guint k = 0; k < rows->len; k++) {
            const FaultRow *row = g_ptr_array_index(rows, k);

            if (g_strv_contains((const char *const *)row->breaks, invariants[i].id)) {
                g_string_append_printf(text, "%s`%s`", before, row->scenario);
                before = ", ";
            }
        }
        g_string_append(text, " |\n");
    }
    return g_string_free(text, FALSE);
}

/* Puts @table between "<!-- @name -->" and the end behind it. */
static gboolean put_table(char **page, const char *name, const char *table, GError **error)
{
    g_autofree char *mark = g_strdup_printf("<!-- %s -->\n", name);
    g_autofree char *old = *page;
    const char *start = strstr(old, mark);
    const char *end = start == NULL ? NULL : strstr(start, END);

    if (end == NULL) {
        *page = NULL;
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "the page has no lines '%.*s' and '%.*s' behind it", (int)strlen(mark) - 1,
                    mark, (int)strlen(END) - 1, END);
        return FALSE;
    }
    *page = g_strdup_printf("%.*s%s%s", (int)(start - old + (gssize)strlen(mark)), old, table, end);
    return TRUE;
}

char *fault_page_with(const char *page, GPtrArray *rows, GError **error)
{
    static const char *const names[ROW_KINDS] = {
        [ROW_DEVICE] = "faults", [ROW_DRIVER] = "behaviours", [ROW_OTHER] = "others",
    };
    g_autofree char *text = g_strdup(page);
    g_autofree char *by_invariant = table_of_invariants(rows);

    for (RowKind kind = 0; kind < ROW_KINDS; kind++) {
        g_autofree char *table = table_of_rows(kind, rows);

        if (!put_table(&text, names[kind], table, error)) {
            return NULL;
        }
    }
    return put_table(&text, "invariants", by_invariant, error) ? g_steal_pointer(&text) : NULL;
}
