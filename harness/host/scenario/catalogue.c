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

/* A file that somebody can ask for, by its name. */
typedef struct Entry {
    char *name;
    char *path;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->name);
    g_free(entry->path);
    g_free(entry);
}

static int compare_entries(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const Entry *const *)a)->name, (*(const Entry *const *)b)->name);
}

/* A folder that is a link is not entered, for it may lead back to where it is. */
static gboolean is_folder(const char *path)
{
    return g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

static gboolean collect(const char *folder, GPtrArray *entries, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) directory = g_dir_open(folder, 0, &cause);
    const char *file;

    if (directory == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, "%s", cause->message);
        return FALSE;
    }
    while ((file = g_dir_read_name(directory)) != NULL) {
        g_autofree char *path = g_build_filename(folder, file, NULL);

        if (is_folder(path)) {
            if (!collect(path, entries, error)) {
                return FALSE;
            }
        } else if (g_str_has_suffix(file, suffix)) {
            Entry *entry = g_new0(Entry, 1);

            entry->name = catalogue_name(file);
            entry->path = g_steal_pointer(&path);
            g_ptr_array_add(entries, entry);
        }
    }
    return TRUE;
}

/* A name leads to one file, wherever that is. */
static gboolean check_unique(Catalogue catalogue, GPtrArray *entries, GError **error)
{
    for (guint i = 1; i < entries->len; i++) {
        const Entry *one = g_ptr_array_index(entries, i - 1);
        const Entry *other = g_ptr_array_index(entries, i);

        if (g_str_equal(one->name, other->name)) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                        "two %ss have the name '%s': %s and %s; rename one of them",
                        catalogues[catalogue].noun, one->name, one->path, other->path);
            return FALSE;
        }
    }
    return TRUE;
}

static GPtrArray *read_entries(Catalogue catalogue, GError **error)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);

    if (!collect(catalogues[catalogue].folder, entries, error)) {
        return NULL;
    }
    g_ptr_array_sort(entries, compare_entries);
    return check_unique(catalogue, entries, error) ? g_steal_pointer(&entries) : NULL;
}

static char **entry_names(GPtrArray *entries)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (guint i = 0; i < entries->len; i++) {
        g_strv_builder_add(names, ((const Entry *)g_ptr_array_index(entries, i))->name);
    }
    return g_strv_builder_end(names);
}

char **catalogue_names(Catalogue catalogue, GError **error)
{
    g_autoptr(GPtrArray) entries = read_entries(catalogue, error);

    return entries == NULL ? NULL : entry_names(entries);
}

gboolean catalogue_is_path(const char *argument)
{
    return strchr(argument, '/') != NULL || g_str_has_suffix(argument, suffix);
}

char *catalogue_path(Catalogue catalogue, const char *argument, GError **error)
{
    g_autoptr(GPtrArray) entries = NULL;
    g_auto(GStrv) names = NULL;
    g_autofree char *list = NULL;

    if (catalogue_is_path(argument)) {
        return g_strdup(argument);
    }
    entries = read_entries(catalogue, error);
    if (entries == NULL) {
        return NULL;
    }
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = g_ptr_array_index(entries, i);

        if (g_str_equal(entry->name, argument)) {
            return g_steal_pointer(&entry->path);
        }
    }
    names = entry_names(entries);
    list = g_strjoinv(", ", names);
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                "no %s '%s'; there are: %s, or give a file", catalogues[catalogue].noun, argument,
                list);
    return NULL;
}

char **catalogue_folders(Catalogue catalogue, const char *path)
{
    g_autofree char *top = g_canonicalize_filename(catalogues[catalogue].folder, NULL);
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autofree char *folder = g_path_get_dirname(absolute);
    const char *below = g_str_has_prefix(folder, top) ? folder + strlen(top) : "";

    return below[0] == G_DIR_SEPARATOR ? g_strsplit(below + 1, G_DIR_SEPARATOR_S, -1)
                                       : g_new0(char *, 1);
}

char *catalogue_name(const char *path)
{
    char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, suffix)) {
        name[strlen(name) - strlen(suffix)] = '\0';
    }
    return name;
}
