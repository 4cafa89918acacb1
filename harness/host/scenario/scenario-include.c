/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-include.h"

#include "catalogue.h"
#include "scenario-group.h"

#include <string.h>

/* The files that are being read, the outermost first; each one includes the next. */
typedef GPtrArray Chain;

static KeyFile *load(const char *path, Chain *chain, GError **error);

/* A name, or a path from the folder of the file that says so. */
static char *base_path(const KeyFile *file, const char *argument, GError **error)
{
    g_autofree char *folder = key_file_folder(file, "scenario", "include");
    g_autoptr(GError) cause = NULL;
    char *path = NULL;

    if (!catalogue_is_path(argument)) {
        path = catalogue_path(CATALOGUE_SCENARIOS, argument, &cause);
    } else {
        path = g_path_is_absolute(argument) ? g_strdup(argument)
                                            : g_build_filename(folder, argument, NULL);
    }
    if (path == NULL) {
        key_file_fail(file, "scenario", "include", error, "%s", cause->message);
    } else if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        key_file_fail(file, "scenario", "include", error, "no file '%s'", path);
        g_clear_pointer(&path, g_free);
    }
    return path;
}

static gboolean check_circle(const KeyFile *file, const char *path, const Chain *chain,
                             GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *last = catalogue_name(path);

    for (guint i = 0; i < chain->len; i++) {
        const char *one = g_ptr_array_index(chain, i);
        g_autofree char *name = catalogue_name(one);

        if (names->len != 0 || g_str_equal(one, path)) {
            g_string_append_printf(names, "%s -> ", name);
        }
    }
    return names->len == 0 || key_file_fail(file, "scenario", "include", error,
                                            "files include one another: %s%s", names->str, last);
}

static gboolean drop_groups(KeyFile *base, const KeyFile *file, GError **error)
{
    g_autofree char *list = key_file_get(file, "scenario", "without");
    g_auto(GStrv) groups = g_strsplit(list == NULL ? "" : list, ";", -1);

    for (guint i = 0; groups[i] != NULL; i++) {
        if (!key_file_drop(base, g_strstrip(groups[i]), NULL)) {
            return key_file_fail(file, "scenario", "without", error,
                                 "there is no group '%s' in what is included", groups[i]);
        }
    }
    return TRUE;
}

/* A step has one action: another one of the same step takes the place of the base's. */
static void drop_actions(KeyFile *base, const KeyFile *file, const char *group)
{
    g_auto(GStrv) own = key_file_keys(file, group);
    g_auto(GStrv) keys = key_file_keys(base, group);
    gboolean acts = FALSE;

    for (guint i = 0; own[i] != NULL; i++) {
        acts |= scenario_is_action(own[i]);
    }
    for (guint i = 0; acts && keys[i] != NULL; i++) {
        if (scenario_is_action(keys[i])) {
            key_file_drop(base, group, keys[i]);
        }
    }
}

static KeyFile *put_over(KeyFile *base, const KeyFile *file, GError **error)
{
    static const char *const kinds[] = {
        "scenario", "matrix", "machine", "host-bridge", "port", "function", "step", "expect", NULL,
    };
    g_auto(GStrv) groups = NULL;

    if (!drop_groups(base, file, error)) {
        return NULL;
    }
    key_file_drop(base, "scenario", "title");
    groups = key_file_groups(file);
    for (guint i = 0; groups[i] != NULL; i++) {
        if (g_str_has_prefix(groups[i], "step ") && key_file_has_group(base, groups[i])) {
            drop_actions(base, file, groups[i]);
        }
    }
    return key_file_over(base, file, kinds);
}

static KeyFile *include(const KeyFile *file, const char *argument, Chain *chain, GError **error)
{
    g_autofree char *path = base_path(file, argument, error);
    g_autofree char *canonical = path == NULL ? NULL : g_canonicalize_filename(path, NULL);
    g_autoptr(KeyFile) base = NULL;

    if (path == NULL || !check_circle(file, canonical, chain, error)) {
        return NULL;
    }
    base = load(path, chain, error);
    return base == NULL ? NULL : put_over(base, file, error);
}

static KeyFile *load(const char *path, Chain *chain, GError **error)
{
    g_autoptr(KeyFile) file = key_file_load(path, error);
    g_autofree char *argument = NULL;
    g_autofree char *without = NULL;
    KeyFile *merged;

    if (file == NULL) {
        return NULL;
    }
    argument = key_file_get(file, "scenario", "include");
    without = key_file_get(file, "scenario", "without");
    if (argument == NULL && without != NULL) {
        key_file_fail(file, "scenario", "without", error, "only beside 'include'");
        return NULL;
    }
    if (argument == NULL) {
        return g_steal_pointer(&file);
    }
    g_ptr_array_add(chain, g_canonicalize_filename(path, NULL));
    merged = include(file, argument, chain, error);
    g_ptr_array_set_size(chain, (int)chain->len - 1);
    return merged;
}

KeyFile *scenario_include_load(const char *path, GError **error)
{
    g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(g_free);

    return load(path, chain, error);
}
