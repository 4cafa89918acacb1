/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What scenarios came to: printed, written into the report, and made an exit status. */
#ifndef BARSHIFT_HOST_RESULTS_H
#define BARSHIFT_HOST_RESULTS_H

#include "play.h"
#include "report-text.h"

typedef struct ResultsForm {
    TextStyle style;
    gboolean tap;            /* instead of text */
    const char *report_path; /* (nullable) */
} ResultsForm;

/**
 * results_new() - no results yet
 * @form: borrowed
 * @count: of the scenarios
 */
Results *results_new(const ResultsForm *form, guint count);

void results_free(Results *results);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Results, results_free)

/** results_heading() - (transfer full): what is printed when a scenario begins; in any thread */
char *results_heading(const Results *results, const Play *play, gboolean first);

/** results_step_text() - (transfer full): what is printed when a step ends; in any thread */
char *results_step_text(const Results *results, const StepRecord *step);

/**
 * results_record() - a scenario has ended: put it into the report
 * @nr: its place there
 *
 * The file is written at once where it can be written again, so that what has been measured is not
 * lost. That it cannot be written is told by results_finish().
 */
void results_record(Results *results, guint nr, const Play *play);

/** results_print() - print what is left to say of a scenario, and let it count */
void results_print(Results *results, const Play *play);

/** results_count_not_run() - a scenario was never begun */
void results_count_not_run(Results *results);

/**
 * results_finish() - print the sum, write the report
 * @interrupted: by the user
 *
 * Returns: the exit status.
 */
int results_finish(Results *results, gboolean interrupted);

#endif
