/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalogue.h"

#include "error.h"

#include <string.h>

static const char suffix[] = ".ini";

static const struct {
    const char *noun, *folder;
} catalogues[CATALOGUES] = {
    [CATALOGUE_SCENARIOS] = { "scenario", BARSHIFT_SCENARIOS },
    [CATALOGUE_LAYOUTS] = { "layout", BARSHIFT_LAYOUTS },
};

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **catalogue_names(Catalogue catalogue, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) folder = g_dir_open(catalogues[catalogue].folder, 0, &cause);
    GPtrArray *names = g_ptr_array_new();
    const char *entry;

    if (folder == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s", cause->message);
        g_ptr_array_unref(names);
        return NULL;
    }
    while ((entry = g_dir_read_name(folder)) != NULL) {
        if (g_str_has_suffix(entry, suffix)) {
            g_ptr_array_add(names, catalogue_name(entry));
        }
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

gboolean catalogue_is_path(const char *argument)
{
    return strchr(argument, '/') != NULL || g_str_has_suffix(argument, suffix);
}

char *catalogue_path(Catalogue catalogue, const char *argument, GError **error)
{
    g_auto(GStrv) names = NULL;
    g_autofree char *list = NULL;
    g_autofree char *file = NULL;

    if (catalogue_is_path(argument)) {
        return g_strdup(argument);
    }
    names = catalogue_names(catalogue, error);
    if (names == NULL) {
        return NULL;
    }
    if (!g_strv_contains((const char *const *)names, argument)) {
        list = g_strjoinv(", ", names);
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "no %s '%s'; there are: %s, or give a file", catalogues[catalogue].noun,
                    argument, list);
        return NULL;
    }
    file = g_strconcat(argument, suffix, NULL);
    return g_build_filename(catalogues[catalogue].folder, file, NULL);
}

char *catalogue_name(const char *path)
{
    char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, suffix)) {
        name[strlen(name) - strlen(suffix)] = '\0';
    }
    return name;
}
