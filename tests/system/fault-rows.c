/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault-rows.h"

#include "driver-words.h"
#include "fault-words.h"
#include "scenario-expect.h"
#include "step-type.h"

#include <string.h>

static void row_free(gpointer data)
{
    FaultRow *row = data;

    g_free(row->what);
    g_free(row->word);
    g_free(row->scenario);
    g_free(row->path);
    g_free(row->without);
    g_strfreev(row->breaks);
    g_free(row->repairs);
    g_free(row);
}

char *behaviour_word(const char *behaviour)
{
    return g_strndup(behaviour, strcspn(behaviour, "="));
}

static guint fault_order(const char *word)
{
    guint i = 0;

    while (fault_names[i] != NULL && !g_str_equal(fault_names[i], word)) {
        i++;
    }
    return i;
}

static guint behaviour_order(const char *word)
{
    guint i;

    for (i = 0; driver_behaviours[i] != NULL; i++) {
        g_autofree char *one = behaviour_word(driver_behaviours[i]);

        if (g_str_equal(one, word)) {
            break;
        }
    }
    return i;
}

/* What stands between brackets in "FILE:LINE: [step arrival] hot-add", without its first word */
static char *step_name(const Step *step)
{
    const char *start = strstr(step->place, "[step ") + strlen("[step ");

    return g_strndup(start, strcspn(start, "]"));
}

static void repair_steps(const Scenario *scenario, GString *repairs)
{
    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);
        g_autofree char *name = step_name(step);

        if (step->has_expect && !g_str_equal(step->type->key, "check")) {
            g_string_append_printf(repairs, "[step %s]\nexpect =\n", name);
        }
    }
}

/* @words: what is broken, of all functions */
static void set_words(FaultRow *row, const Scenario *scenario, char **words)
{
    guint count = g_strv_length(words);

    if (count == 0) {
        row->kind = ROW_OTHER;
        row->what = g_strdup(scenario->title);
        return;
    }
    row->what = g_strjoinv(", ", words);
    if (count == 1) {
        row->word = behaviour_word(words[0]);
        row->order = row->kind == ROW_DEVICE ? fault_order(row->word)
                                             : behaviour_order(row->word);
    } else {
        row->order = G_MAXUINT;
    }
}

/* What is broken of one function */
static void find_function_words(FaultRow *row, const Function *function, GStrvBuilder *words,
                                GString *repairs)
{
    char **behave = function->driver == NULL ? NULL : function->driver->behave;
    gboolean behaves = behave != NULL && behave[0] != NULL;

    if (function->fault != NULL || behaves) {
        g_string_append_printf(repairs, "[function %s]\n", function->name);
    }
    if (function->fault != NULL) {
        g_auto(GStrv) faults = fault_split(function->fault);

        row->kind = ROW_DEVICE;
        g_strv_builder_addv(words, (const char **)faults);
        g_string_append(repairs, "fault =\n");
    }
    if (behaves) {
        g_strv_builder_addv(words, (const char **)behave);
        g_string_append(repairs, "behave =\n");
    }
}

static void find_words(FaultRow *row, const Scenario *scenario)
{
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    GString *repairs = g_string_new(NULL);
    g_auto(GStrv) all = NULL;

    row->kind = ROW_DRIVER;
    for (guint i = 0; i < scenario->functions->len; i++) {
        find_function_words(row, g_ptr_array_index(scenario->functions, i), words, repairs);
    }
    repair_steps(scenario, repairs);
    all = g_strv_builder_end(words);
    row->repairs = g_string_free(repairs, FALSE);
    set_words(row, scenario, all);
}

static FaultRow *row_new(const Scenario *scenario)
{
    g_autoptr(ScenarioExpectation) expectation = scenario_expect(scenario, NULL, NULL);
    FaultRow *row = g_new0(FaultRow, 1);

    row->scenario = g_strdup(scenario->name);
    row->path = g_canonicalize_filename(scenario->path, NULL);
    row->outcome = outcome_names[expectation->outcome];
    row->breaks = g_strdupv((char **)expectation->breaks);
    find_words(row, scenario);
    return row;
}

/* @all: with what is broken by others, too */
static gboolean load_file(GPtrArray *rows, const char *path, gboolean all, GError **error)
{
    g_autoptr(GPtrArray) scenarios = scenario_load_all(path, NULL, error);

    for (guint i = 0; scenarios != NULL && i < scenarios->len; i++) {
        FaultRow *row = row_new(g_ptr_array_index(scenarios, i));

        if (row->kind == ROW_OTHER && (!all || row->breaks[0] == NULL)) {
            row_free(row);
        } else {
            g_ptr_array_add(rows, row);
        }
    }
    return scenarios != NULL;
}

static gboolean load_folder(GPtrArray *rows, const char *folder, gboolean all, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    const char *name;
    gboolean done = dir != NULL;

    while (done && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            done = load_folder(rows, path, all, error);
        } else if (g_str_has_suffix(name, ".ini")) {
            done = load_file(rows, path, all, error);
        }
    }
    return done;
}

static int compare_rows(gconstpointer a, gconstpointer b)
{
    const FaultRow *first = *(const FaultRow *const *)a;
    const FaultRow *second = *(const FaultRow *const *)b;

    if (first->kind != second->kind) {
        return first->kind < second->kind ? -1 : 1;
    }
    if (first->order != second->order) {
        return first->order < second->order ? -1 : 1;
    }
    return strcmp(first->scenario, second->scenario);
}

GPtrArray *fault_rows_load(char *const *folders, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(row_free);

    for (guint i = 0; folders[i] != NULL; i++) {
        if (!load_folder(rows, folders[i], i == 0, error)) {
            return NULL;
        }
    }
    g_ptr_array_sort(rows, compare_rows);
    return g_steal_pointer(&rows);
}

gboolean fault_row_tells(const FaultRow *row)
{
    return row->breaks[0] != NULL ||
           (row->without != NULL && !g_str_equal(row->without, row->outcome));
}

char *fault_row_control(const FaultRow *row)
{
    /* whatever the outcome is expected to be, "harmed" is always one that can be */
    return g_strdup_printf("[scenario]\ntitle = With nothing broken\ninclude = %s\n"
                           "outcome = harmed\nmoved =\nkept =\nuntouched =\nquiet =\nbreaks =\n"
                           "%s", row->path, row->repairs);
}
