/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-show.h"

#include "error.h"
#include "key-file.h"
#include "scenario-expect.h"
#include "scenario-words.h"

#include <stdio.h>
#include <unistd.h>

static struct {
    gboolean ascii;
    char **names;
} given;

static const GOptionEntry entries[] = {
    { "ascii", 0, 0, G_OPTION_ARG_NONE, &given.ascii,
      "No box characters (by default none where the locale is not UTF-8)", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given.names, NULL, "SCENARIO..." },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static gboolean parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_summary(context, "Explains scenarios, by name or file, in words.");
    if (!g_option_context_parse(context, &argc, &argv, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s; see 'barshift show --help'",
                    cause->message);
        return FALSE;
    }
    if (given.names == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "show: expected SCENARIO...");
        return FALSE;
    }
    return TRUE;
}

static int fail(const GError *error)
{
    fprintf(stderr, "barshift: %s\n", error->message);
    return error->code;
}

/* The variants of a [matrix], of which the first one is told */
static void list_variants(const GPtrArray *scenarios)
{
    puts("\nVariants; this is the first one");
    for (guint i = 0; i < scenarios->len; i++) {
        const Scenario *scenario = g_ptr_array_index(scenarios, i);
        g_autoptr(ScenarioExpectation) expectation = scenario_expect(scenario, NULL, NULL);

        printf("  %s: %s\n", scenario->name, outcome_names[expectation->outcome]);
    }
}

static gboolean show(const char *argument, const WordsStyle *style, GError **error)
{
    g_autoptr(GPtrArray) scenarios = scenario_find_all(argument, error);
    const Scenario *first = scenarios == NULL ? NULL : g_ptr_array_index(scenarios, 0);
    g_autoptr(KeyFile) file = first == NULL ? NULL : key_file_load(first->path, error);
    g_autofree char *description = file == NULL ? NULL : key_file_comment(file);
    g_autofree char *text = file == NULL ? NULL : scenario_words(first, description, style);

    if (text == NULL) {
        return FALSE;
    }
    fputs(text, stdout);
    if (scenarios->len > 1) {
        list_variants(scenarios);
    }
    return TRUE;
}

int command_show(int argc, char **argv)
{
    g_autoptr(GError) usage = NULL;
    WordsStyle style;
    int status = 0;

    if (!parse(argc, argv, &usage)) {
        return fail(usage);
    }
    style = (WordsStyle) {
        .colour = isatty(STDOUT_FILENO) && g_getenv("NO_COLOR") == NULL,
        .ascii = given.ascii || !g_get_charset(NULL),
    };
    for (guint i = 0; given.names[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;

        if (i != 0) {
            putchar('\n');
        }
        status = show(given.names[i], &style, &error) ? status : fail(error);
    }
    return status;
}
