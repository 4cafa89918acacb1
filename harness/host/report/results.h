/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What scenarios came to: printed, written into the reports, and made an exit status. */
#ifndef BARSHIFT_HOST_RESULTS_H
#define BARSHIFT_HOST_RESULTS_H

#include "play.h"
#include "report-json.h"
#include "report-text.h"

typedef enum ResultsOutput { OUTPUT_TEXT, OUTPUT_TAP, OUTPUT_KTAP } ResultsOutput;

typedef struct ResultsForm {
    TextStyle style;
    ResultsOutput output;
    const char *json_path;  /* (nullable) */
    const char *junit_path; /* (nullable) */
    ReportHead head;        /* of the JSON report */
} ResultsForm;

/**
 * results_new() - no results yet
 * @form: borrowed
 */
Results *results_new(const ResultsForm *form);

void results_free(Results *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Results, results_free)

/**
 * results_begin() - print what comes before all results, and write reports without any
 *
 * So a path that cannot be written is told before hours have gone into what would be lost. A pipe
 * or a device is only asked for its permissions.
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT.
 */
gboolean results_begin(Results *results, GError **error);

/** results_heading() - (transfer full): what is printed when a scenario begins; in any thread */
char *results_heading(const Results *results, const Play *play, gboolean first);

/** results_step_text() - (transfer full): what is printed when a step ends; in any thread */
char *results_step_text(const Results *results, const StepRecord *step);

/**
 * results_record() - a scenario has ended: put it into the reports
 * @nr: its place there
 *
 * The files are written at once where they can be written again, so that what has been measured is
 * not lost. That one cannot be written is told by results_finish().
 */
void results_record(Results *results, guint nr, const Play *play);

/** results_print() - print what is left to say of a scenario, and let it count */
void results_print(Results *results, guint nr, const Play *play);

/** results_print_not_run() - likewise for one that was never begun */
void results_print_not_run(Results *results, guint nr, const Play *play);

/**
 * results_finish() - print the sum, write the reports
 * @interrupted: by the user
 *
 * Returns: the exit status.
 */
int results_finish(Results *results, gboolean interrupted);

#endif
