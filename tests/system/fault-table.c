/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault-table PAGE FOLDER...: are the tables of PAGE, docs/faults.md, what the scenarios in the
 * folders say, has everything that can be broken a row, and can every invariant fail?
 *
 * What fails with a fault is proven by each of the scenarios, which passes only then; what comes
 * about without it, by "fault-table --controls", whose scenarios are run by system/controls.
 */
#include "driver-words.h"
#include "fault-page.h"
#include "fault-words.h"
#include "invariants.h"
#include "json-member.h"

#include <stdio.h>

static struct {
    char *controls;
    char *results;
    gboolean write;
    char **arguments;
} given;

static const GOptionEntry options[] = {
    { "controls", 0, 0, G_OPTION_ARG_FILENAME, &given.controls,
      "Write the scenarios, with nothing broken, into FOLDER", "FOLDER" },
    { "results", 0, 0, G_OPTION_ARG_FILENAME, &given.results,
      "What these have come to, as 'barshift run --json' has written it", "FILE" },
    { "write", 0, 0, G_OPTION_ARG_NONE, &given.write, "Write the tables into the page", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.arguments, NULL,
      "PAGE FOLDER..." },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static gboolean complain(const char *subject, const char *what)
{
    fprintf(stderr, "fault-table: %s: %s\n", subject, what);
    return FALSE;
}

static gboolean write_controls(GPtrArray *rows, GError **error)
{
    for (guint i = 0; i < rows->len; i++) {
        const FaultRow *row = g_ptr_array_index(rows, i);
        g_autofree char *text = fault_row_control(row);
        g_autofree char *name = g_path_get_basename(row->path);
        g_autofree char *path = g_build_filename(given.controls, name, NULL);

        if (row->kind != ROW_OTHER && !g_file_set_contents(path, text, -1, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* With nothing broken every check has to hold, those that only warn as well. */
static gboolean all_hold(JsonObject *result)
{
    JsonArray *checks = json_member_array(result, "checks");
    gboolean hold = json_array_length(checks) != 0;

    for (guint i = 0; i < json_array_length(checks); i++) {
        JsonObject *check = json_array_object(checks, i);
        const char *came_to = json_member_string(check, "result", "");

        if (g_str_equal(came_to, "failed") || g_str_equal(came_to, "warning")) {
            hold = complain(json_member_string(result, "scenario", ""),
                            json_member_string(check, "name", ""));
        }
    }
    return hold;
}

/* (nullable): what the scenario has come to */
static JsonObject *find_result(JsonArray *results, const char *scenario)
{
    for (guint i = 0; i < json_array_length(results); i++) {
        JsonObject *result = json_array_object(results, i);

        if (g_str_equal(json_member_string(result, "scenario", ""), scenario)) {
            return result;
        }
    }
    return NULL;
}

static gboolean read_results(GPtrArray *rows, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    gboolean right = TRUE;
    JsonArray *results;

    if (!json_parser_load_from_file(parser, given.results, error)) {
        return FALSE;
    }
    results = json_member_array(json_node_get_object(json_parser_get_root(parser)), "results");
    for (guint i = 0; i < rows->len; i++) {
        FaultRow *row = g_ptr_array_index(rows, i);
        JsonObject *result = find_result(results, row->scenario);

        if (row->kind == ROW_OTHER) {
            continue;
        }
        if (result == NULL || json_member_string(result, "outcome", NULL) == NULL) {
            right = complain(row->scenario, "no result with nothing broken");
            continue;
        }
        right &= all_hold(result);
        g_free(row->without);
        row->without = g_strdup(json_member_string(result, "outcome", NULL));
    }
    return right;
}

static gboolean has_row(GPtrArray *rows, RowKind kind, const char *word)
{
    for (guint i = 0; i < rows->len; i++) {
        const FaultRow *row = g_ptr_array_index(rows, i);

        if (row->kind == kind && g_strcmp0(row->word, word) == 0 && fault_row_tells(row)) {
            return TRUE;
        }
    }
    return complain(word, "no scenario with this alone, of which it is known that something else "
                          "comes of it than without ('controls --write' finds out)");
}

static gboolean fails_somewhere(GPtrArray *rows, const char *invariant)
{
    for (guint i = 0; i < rows->len; i++) {
        const FaultRow *row = g_ptr_array_index(rows, i);

        if (g_strv_contains((const char *const *)row->breaks, invariant)) {
            return TRUE;
        }
    }
    return complain(invariant, "no scenario breaks it");
}

static gboolean all_are_there(GPtrArray *rows)
{
    gboolean right = TRUE;

    for (guint i = 0; fault_names[i] != NULL; i++) {
        right &= has_row(rows, ROW_DEVICE, fault_names[i]);
    }
    for (guint i = 0; driver_behaviours[i] != NULL; i++) {
        g_autofree char *word = behaviour_word(driver_behaviours[i]);

        right &= has_row(rows, ROW_DRIVER, word);
    }
    for (guint i = 0; i < invariant_count; i++) {
        right &= fails_somewhere(rows, invariants[i].id);
    }
    return right;
}

static gboolean page_is_right(const char *path, GPtrArray *rows, GError **error)
{
    g_autofree char *page = NULL;
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &page, NULL, error)) {
        return FALSE;
    }
    if (given.results == NULL) {
        fault_page_remember(page, rows);
    }
    text = fault_page_with(page, rows, error);
    if (text == NULL) {
        return FALSE;
    }
    if (given.write) {
        return g_file_set_contents(path, text, -1, error);
    }
    return g_str_equal(text, page) ||
           complain(path, "the tables are others: 'fault-table --write', and the same arguments, "
                          "puts them in");
}

/* Everything that is wrong is told, unless something cannot be read. */
static gboolean check_all(GPtrArray *rows, GError **error)
{
    GError *cause = NULL;
    gboolean right = given.results == NULL || read_results(rows, &cause);

    if (cause == NULL) {
        right &= page_is_right(given.arguments[0], rows, &cause);
    }
    if (cause != NULL) {
        g_propagate_error(error, cause);
        return FALSE;
    }
    return right & all_are_there(rows);
}

int main(int argc, char **argv)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    gboolean right;

    g_option_context_add_main_entries(context, options, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || given.arguments == NULL) {
        complain("usage", error == NULL ? "PAGE FOLDER..." : error->message);
        return 2;
    }
    rows = fault_rows_load(given.arguments + 1, &error);
    right = rows != NULL;
    if (right && given.controls != NULL) {
        right = write_controls(rows, &error);
    } else if (right) {
        right = check_all(rows, &error);
    }
    if (error != NULL) {
        complain("fault-table", error->message);
    }
    return right ? 0 : 1;
}
