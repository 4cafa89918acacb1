/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as one TAP stream: every check, and one test for each scenario's verdict. */
#ifndef BARSHIFT_HOST_REPORT_TAP_H
#define BARSHIFT_HOST_REPORT_TAP_H

#include "engine.h"

/**
 * report_tap_result() - append one scenario's tests
 * @number: (inout): tests in the stream so far
 */
void report_tap_result(GString *tap, const RunResult *result, guint *number);

/** report_tap_error() - append the one failed test of a scenario without a verdict */
void report_tap_error(GString *tap, const char *scenario, const GError *error, guint *number);

#endif
