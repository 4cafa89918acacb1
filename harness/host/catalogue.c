/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalogue.h"

#include "error.h"

#include <string.h>

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **catalogue_names(GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) folder = g_dir_open(BARSHIFT_SCENARIOS, 0, &cause);
    GPtrArray *names = g_ptr_array_new();
    const char *entry;

    if (folder == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s", cause->message);
        g_ptr_array_unref(names);
        return NULL;
    }
    while ((entry = g_dir_read_name(folder)) != NULL) {
        if (g_str_has_suffix(entry, ".ini")) {
            g_ptr_array_add(names, g_strndup(entry, strlen(entry) - strlen(".ini")));
        }
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

char *catalogue_path(const char *argument, GError **error)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *list = NULL;
    g_autofree char *file = NULL;

    if (strchr(argument, '/') != NULL || g_str_has_suffix(argument, ".ini")) {
        return g_strdup(argument);
    }
    names = catalogue_names(error);
    if (names == NULL) {
        return NULL;
    }
    if (!g_strv_contains((const char *const *)names, argument)) {
        list = g_strjoinv(", ", names);
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "no scenario '%s'; there are: %s, or give a file", argument, list);
        return NULL;
    }
    file = g_strconcat(argument, ".ini", NULL);
    return g_build_filename(BARSHIFT_SCENARIOS, file, NULL);
}
