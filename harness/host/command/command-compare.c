/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-compare.h"

#include "comparison.h"
#include "error.h"

#include <math.h>
#include <stdio.h>

#define EXIT_DIFFERS 1
#define THRESHOLD_DEFAULT 2.0

static struct {
    double threshold;
    gboolean json, exact;
    char **reports;
} given;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &given.json, "Print JSON", NULL },
    { "exact", 0, 0, G_OPTION_ARG_NONE, &given.exact,
      "Compare every check, too; any difference but that of durations counts", NULL },
    { "slower", 0, 0, G_OPTION_ARG_DOUBLE, &given.threshold,
      "Tell what took more than so many times as long (default: 2)", "RATIO" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.reports, NULL,
      "FIRST.json SECOND.json" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static gboolean parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;

    given.threshold = THRESHOLD_DEFAULT;
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, "Compares two reports of 'barshift run --json'.");
    g_option_context_set_description(context,
        "Exit status: 0 every verdict and outcome is the same, 1 one is another, 2 usage, or\n"
        "what is no report. Other differences are told, and decide only with --exact.");
    if (!g_option_context_parse(context, &argc, &argv, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s; see 'barshift compare --help'",
                    cause->message);
        return FALSE;
    }
    if (given.reports == NULL || g_strv_length(given.reports) != 2) {
        g_set_error_literal(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                            "compare: expected two reports");
        return FALSE;
    }
    if (!(given.threshold >= 1 && isfinite(given.threshold))) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "--slower %g: expected a ratio of at least 1", given.threshold);
        return FALSE;
    }
    return TRUE;
}

int command_compare(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PastReport) first = NULL;
    g_autoptr(PastReport) second = NULL;
    g_autoptr(Comparison) comparison = NULL;
    g_autofree char *text = NULL;

    if (!parse(argc, argv, &error) ||
        (first = past_report_load(given.reports[0], &error)) == NULL ||
        (second = past_report_load(given.reports[1], &error)) == NULL) {
        fprintf(stderr, "barshift: %s\n", error->message);
        return error->code;
    }
    comparison = comparison_new(first, second, given.threshold, given.exact);
    if (given.json) {
        g_autoptr(JsonNode) node = comparison_json(comparison);
        g_autofree char *json = json_to_string(node, TRUE);

        text = g_strconcat(json, "\n", NULL);
    } else {
        text = comparison_text(comparison);
    }
    fputs(text, stdout);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("barshift: cannot write to the output\n", stderr);
        return RUNNER_ERROR_ENVIRONMENT;
    }
    return comparison_differs(comparison) ? EXIT_DIFFERS : 0;
}
