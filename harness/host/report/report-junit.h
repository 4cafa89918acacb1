/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results in the form that JUnit made known: a suite for each result, a case for each check. */
#ifndef BARSHIFT_HOST_REPORT_JUNIT_H
#define BARSHIFT_HOST_REPORT_JUNIT_H

#include "engine.h"
#include "result-origin.h"

typedef struct JunitSuite {
    char *xml;
    guint tests, failures, errors, skipped;
    double seconds;
} JunitSuite;

/** report_junit_result() - (transfer full) */
JunitSuite *report_junit_result(const RunResult *result, const ResultOrigin *origin);

/** report_junit_error() - (transfer full): a scenario that got no verdict */
JunitSuite *report_junit_error(const ResultOrigin *origin, const GError *error);

void junit_suite_free(JunitSuite *suite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JunitSuite, junit_suite_free)

/**
 * report_junit_write() - write a whole report
 * @suites: (element-type JunitSuite)
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when @path cannot be written.
 */
gboolean report_junit_write(const char *path, GPtrArray *suites, GError **error);

#endif
