/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results for programs. docs/report.md describes the form. */
#ifndef BARSHIFT_HOST_REPORT_JSON_H
#define BARSHIFT_HOST_REPORT_JSON_H

#include "engine.h"

#include <json-glib/json-glib.h>

#define REPORT_JSON_VERSION 1

/** report_json_result() - (transfer full): one scenario's result */
JsonNode *report_json_result(const RunResult *result);

/** report_json_error() - (transfer full): a scenario that got no verdict */
JsonNode *report_json_error(const char *scenario, const GError *error);

/**
 * report_json_write() - write a whole report
 * @results: (element-type JsonNode)
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when @path cannot be written.
 */
gboolean report_json_write(const char *path, GPtrArray *results, GError **error);

#endif
