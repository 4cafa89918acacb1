/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "results.h"

#include "error.h"
#include "report-file.h"
#include "report-json.h"
#include "report-tap.h"

#include <stdio.h>

#define EXIT_FAILED 1

struct Results {
    const ResultsForm *form;
    guint count;
    JsonNode **json; /* (nullable) elements: have not ended */
    gboolean written;  /* the report, as it is now */
    GString *tap;
    guint tests; /* in the TAP stream */
    guint passed, failed, errors, not_run;
    int status;
};

Results *results_new(const ResultsForm *form, guint count)
{
    Results *results = g_new0(Results, 1);

    results->form = form;
    results->count = count;
    results->json = g_new0(JsonNode *, count);
    results->tap = g_string_new(NULL);
    return results;
}

void results_free(Results *results)
{
    if (results == NULL) {
        return;
    }
    for (guint i = 0; i < results->count; i++) {
        g_clear_pointer(&results->json[i], json_node_unref);
    }
    g_free(results->json);
    g_string_free(results->tap, TRUE);
    g_free(results);
}

char *results_heading(const Results *results, const Play *play, gboolean first)
{
    const char *gap = first ? "" : "\n";

    if (results->form->tap) {
        return g_strdup("");
    }
    return play->error != NULL
               ? g_strdup(gap)
               : g_strdup_printf("%s%s: %s\n", gap, play->scenario->name, play->scenario->title);
}

char *results_step_text(const Results *results, const StepRecord *step)
{
    return results->form->tap ? g_strdup("") : report_text_step(step, &results->form->style);
}

static gboolean write_report(Results *results, GError **error)
{
    g_autoptr(GPtrArray) ended = g_ptr_array_new();

    for (guint i = 0; i < results->count; i++) {
        if (results->json[i] != NULL) {
            g_ptr_array_add(ended, results->json[i]);
        }
    }
    results->written = report_json_write(results->form->report_path, ended, error);
    return results->written;
}

void results_record(Results *results, guint nr, const Play *play)
{
    if (results->form->report_path == NULL) {
        return;
    }
    results->json[nr] = play->result != NULL ? report_json_result(play->result)
                                             : report_json_error(play->argument, play->error);
    results->written = FALSE;
    if (report_file_can_repeat(results->form->report_path)) {
        write_report(results, NULL);
    }
}

/* An error counts more than a failure, and the first one more than others. */
static void take_status(Results *results, int status)
{
    if (results->status <= EXIT_FAILED) {
        results->status = MAX(results->status, status);
    }
}

static void print_play_error(Results *results, const Play *play)
{
    results->errors++;
    play_print_error(play);
    report_tap_error(results->tap, play->argument, play->error, &results->tests);
    if (!play->called_off) {
        take_status(results, play->error->code);
    }
}

void results_print(Results *results, const Play *play)
{
    g_autofree char *text = NULL;

    if (play->result == NULL) {
        print_play_error(results, play);
        return;
    }
    text = report_text_result(play->result, &results->form->style);
    if (!results->form->tap) {
        fputs(text, stdout);
        fflush(stdout);
    }
    report_tap_result(results->tap, play->result, &results->tests);
    if (play->result->judgement->pass) {
        results->passed++;
    } else {
        results->failed++;
        take_status(results, EXIT_FAILED);
    }
}

void results_count_not_run(Results *results)
{
    results->not_run++;
}

static void report_error(Results *results, RunnerError code, const char *message)
{
    fprintf(stderr, "barshift: %s\n", message);
    take_status(results, (int)code);
}

static void print_sum(const Results *results)
{
    g_autofree char *not_run =
        results->not_run == 0 ? g_strdup("") : g_strdup_printf(", %u not run", results->not_run);

    if (results->form->tap) {
        printf("TAP version 13\n%s1..%u\n", results->tap->str, results->tests);
        if (results->not_run > 0) {
            printf("# %u scenarios were not run\n", results->not_run);
        }
    } else if (results->count > 1) {
        printf("\n%u passed, %u failed, %u without a verdict%s\n", results->passed,
               results->failed, results->errors, not_run);
    }
}

int results_finish(Results *results, gboolean interrupted)
{
    g_autoptr(GError) error = NULL;

    print_sum(results);
    /* when it came, no scenario was under way that could have told */
    if (interrupted && results->not_run > 0 && results->status != RUNNER_ERROR_INTERRUPTED) {
        report_error(results, RUNNER_ERROR_INTERRUPTED, "interrupted");
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        report_error(results, RUNNER_ERROR_ENVIRONMENT, "cannot write to the output");
    }
    if (results->form->report_path != NULL && !results->written &&
        !write_report(results, &error)) {
        report_error(results, error->code, error->message);
    }
    return results->status;
}
