/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-show.h"

#include "error.h"
#include "key-file.h"
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

static gboolean show(const Scenario *scenario, const WordsStyle *style, GError **error)
{
    g_autoptr(KeyFile) file = key_file_load(scenario->path, error);
    g_autofree char *description = file == NULL ? NULL : key_file_comment(file);
    g_autofree char *text =
        file == NULL ? NULL : scenario_words(scenario, description, style);

    if (text != NULL) {
        fputs(text, stdout);
    }
    return text != NULL;
}

static gboolean show_all(const char *argument, const WordsStyle *style, GError **error)
{
    g_autoptr(GPtrArray) scenarios = scenario_find_all(argument, error);

    for (guint i = 0; scenarios != NULL && i < scenarios->len; i++) {
        if (i != 0) {
            putchar('\n');
        }
        if (!show(g_ptr_array_index(scenarios, i), style, error)) {
            return FALSE;
        }
    }
    return scenarios != NULL;
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
        status = show_all(given.names[i], &style, &error) ? status : fail(error);
    }
    return status;
}
