/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results for programs. docs/report.md describes the form. */
#ifndef BARSHIFT_HOST_REPORT_JSON_H
#define BARSHIFT_HOST_REPORT_JSON_H

#include "engine.h"
#include "result-origin.h"

#include <json-glib/json-glib.h>

#define REPORT_JSON_VERSION 2

/* What a report says of the run as a whole. */
typedef struct ReportHead {
    const char *command; /* what was typed */
    const char *started; /* ISO 8601 */
    const char *shard;   /* (nullable): "1/3" */
    guint planned;       /* results that a complete report has */
    JsonNode *host;      /* as host_facts() tells them */
} ReportHead;

/** report_json_result() - (transfer full): one scenario's result */
JsonNode *report_json_result(const RunResult *result, const ResultOrigin *origin);

/** report_json_error() - (transfer full): a scenario that got no verdict */
JsonNode *report_json_error(const ResultOrigin *origin, const GError *error);

/**
 * report_json_write() - write a whole report
 * @results: (element-type JsonNode)
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when @path cannot be written.
 */
gboolean report_json_write(const char *path, const ReportHead *head, GPtrArray *results,
                           GError **error);

#endif
