/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "results.h"

#include "error.h"
#include "report-file.h"
#include "report-junit.h"
#include "report-ktap.h"
#include "report-tap.h"

#include <stdio.h>

#define EXIT_FAILED 1

struct Results {
    const ResultsForm *form;
    guint count;
    JsonNode **json;   /* (nullable) elements: have not ended */
    JunitSuite **junit; /* likewise */
    gboolean json_written, junit_written; /* as they are now */
    GString *tap;
    guint tests; /* in the TAP stream */
    guint passed, failed, errors, not_run;
    int status;
};

Results *results_new(const ResultsForm *form)
{
    Results *results = g_new0(Results, 1);

    results->form = form;
    results->count = form->head.planned;
    results->json = g_new0(JsonNode *, results->count);
    results->junit = g_new0(JunitSuite *, results->count);
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
        junit_suite_free(results->junit[i]);
    }
    g_free(results->json);
    g_free(results->junit);
    g_string_free(results->tap, TRUE);
    g_free(results);
}

static gboolean write_json(Results *results, GError **error)
{
    g_autoptr(GPtrArray) ended = g_ptr_array_new();

    for (guint i = 0; i < results->count; i++) {
        if (results->json[i] != NULL) {
            g_ptr_array_add(ended, results->json[i]);
        }
    }
    results->json_written =
        report_json_write(results->form->json_path, &results->form->head, ended, error);
    return results->json_written;
}

static gboolean write_junit(Results *results, GError **error)
{
    g_autoptr(GPtrArray) ended = g_ptr_array_new();

    for (guint i = 0; i < results->count; i++) {
        if (results->junit[i] != NULL) {
            g_ptr_array_add(ended, results->junit[i]);
        }
    }
    results->junit_written = report_junit_write(results->form->junit_path, ended, error);
    return results->junit_written;
}

typedef gboolean (*WriteReport)(Results *results, GError **error);

static gboolean begin_report(Results *results, const char *path, WriteReport write_report,
                             GError **error)
{
    if (path == NULL) {
        return TRUE;
    }
    return report_file_can_repeat(path) ? write_report(results, error)
                                        : report_file_check(path, error);
}

gboolean results_begin(Results *results, GError **error)
{
    const ResultsForm *form = results->form;

    if (!begin_report(results, form->json_path, write_json, error) ||
        !begin_report(results, form->junit_path, write_junit, error)) {
        return FALSE;
    }
    if (form->output == OUTPUT_KTAP) {
        g_autofree char *head = report_ktap_head(results->count);

        fputs(head, stdout);
        fflush(stdout);
    }
    return TRUE;
}

char *results_heading(const Results *results, const Play *play, gboolean first)
{
    const char *gap = first ? "" : "\n";

    if (results->form->output != OUTPUT_TEXT) {
        return g_strdup("");
    }
    return play->error != NULL
               ? g_strdup(gap)
               : g_strdup_printf("%s%s: %s\n", gap, play->origin.name, play->scenario->title);
}

char *results_step_text(const Results *results, const StepRecord *step)
{
    return results->form->output == OUTPUT_TEXT ? report_text_step(step, &results->form->style)
                                                : g_strdup("");
}

static void record_json(Results *results, guint nr, const Play *play)
{
    results->json[nr] = play->result != NULL ? report_json_result(play->result, &play->origin)
                                             : report_json_error(&play->origin, play->error);
    results->json_written = FALSE;
    if (report_file_can_repeat(results->form->json_path)) {
        write_json(results, NULL);
    }
}

static void record_junit(Results *results, guint nr, const Play *play)
{
    results->junit[nr] = play->result != NULL ? report_junit_result(play->result, &play->origin)
                                              : report_junit_error(&play->origin, play->error);
    results->junit_written = FALSE;
    if (report_file_can_repeat(results->form->junit_path)) {
        write_junit(results, NULL);
    }
}

void results_record(Results *results, guint nr, const Play *play)
{
    if (results->form->json_path != NULL) {
        record_json(results, nr, play);
    }
    if (results->form->junit_path != NULL) {
        record_junit(results, nr, play);
    }
}

/* An error counts more than a failure, and the first one more than others. */
static void take_status(Results *results, int status)
{
    if (results->status <= EXIT_FAILED) {
        results->status = MAX(results->status, status);
    }
}

/* @ktap: (transfer full): as it comes, for its plan is known */
static void print_ktap(const Results *results, char *ktap)
{
    if (results->form->output == OUTPUT_KTAP) {
        fputs(ktap, stdout);
        fflush(stdout);
    }
    g_free(ktap);
}

static void print_play_error(Results *results, guint nr, const Play *play)
{
    results->errors++;
    play_print_error(play);
    report_tap_error(results->tap, play->origin.name, play->error, &results->tests);
    print_ktap(results, report_ktap_error(play->origin.name, play->error, nr + 1));
    if (!play->called_off) {
        take_status(results, play->error->code);
    }
}

void results_print(Results *results, guint nr, const Play *play)
{
    g_autofree char *text = NULL;

    if (play->result == NULL) {
        print_play_error(results, nr, play);
        return;
    }
    text = report_text_result(play->result, &results->form->style);
    if (results->form->output == OUTPUT_TEXT) {
        fputs(text, stdout);
        fflush(stdout);
    }
    report_tap_result(results->tap, play->result, &results->tests);
    print_ktap(results, report_ktap_result(play->result, nr + 1));
    if (play->result->judgement->pass) {
        results->passed++;
    } else {
        results->failed++;
        take_status(results, EXIT_FAILED);
    }
}

void results_print_not_run(Results *results, guint nr, const Play *play)
{
    results->not_run++;
    print_ktap(results, report_ktap_not_run(play->origin.name, nr + 1));
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

    if (results->form->output == OUTPUT_TAP) {
        printf("TAP version 13\n%s1..%u\n", results->tap->str, results->tests);
        if (results->not_run > 0) {
            printf("# %u scenarios were not run\n", results->not_run);
        }
    } else if (results->form->output == OUTPUT_TEXT && results->count != 1) {
        printf("\n%u passed, %u failed, %u without a verdict%s\n", results->passed,
               results->failed, results->errors, not_run);
    }
}

static void finish_report(Results *results, const char *path, gboolean written,
                          WriteReport write_report)
{
    g_autoptr(GError) error = NULL;

    if (path != NULL && !written && !write_report(results, &error)) {
        report_error(results, error->code, error->message);
    }
}

int results_finish(Results *results, gboolean interrupted)
{
    print_sum(results);
    /* when it came, no scenario was under way that could have told */
    if (interrupted && results->not_run > 0 && results->status != RUNNER_ERROR_INTERRUPTED) {
        report_error(results, RUNNER_ERROR_INTERRUPTED, "interrupted");
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        report_error(results, RUNNER_ERROR_ENVIRONMENT, "cannot write to the output");
    }
    finish_report(results, results->form->json_path, results->json_written, write_json);
    finish_report(results, results->form->junit_path, results->junit_written, write_junit);
    return results->status;
}
