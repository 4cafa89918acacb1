/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"

#include "catalogue.h"
#include "error.h"
#include "size.h"

#include <errno.h>
#include <string.h>

static const char group_layout[] = "layout";
static const char group_device[] = "device";

/* What a scenario says about the one function (tag, fault, id, bus) is no part of a layout. */
const LayoutKey layout_keys[] = {
    { "bar0", LAYOUT_TEXT },
    { "bar1", LAYOUT_TEXT },
    { "bar2", LAYOUT_TEXT },
    { "bar3", LAYOUT_TEXT },
    { "bar4", LAYOUT_TEXT },
    { "bar5", LAYOUT_TEXT },
    { "rom", LAYOUT_SIZE },
    { "vendor-id", LAYOUT_NUMBER },
    { "device-id", LAYOUT_NUMBER },
    { "class", LAYOUT_NUMBER },
    { "revision", LAYOUT_NUMBER },
    { "subsystem-vendor-id", LAYOUT_NUMBER },
    { "subsystem-id", LAYOUT_NUMBER },
    { "serial", LAYOUT_NUMBER },
    { "msix", LAYOUT_NUMBER },
    { "msix-bar", LAYOUT_NUMBER },
    { "msix-offset", LAYOUT_SIZE },
    { "msi", LAYOUT_NUMBER },
    { "intx", LAYOUT_SWITCH },
    { "no-soft-reset", LAYOUT_SWITCH },
    { "flr", LAYOUT_SWITCH },
    { "aer", LAYOUT_SWITCH },
    { "vfs", LAYOUT_NUMBER },
    { "vf-bar0", LAYOUT_TEXT },
    { "vf-bar1", LAYOUT_TEXT },
    { "vf-bar2", LAYOUT_TEXT },
    { "vf-bar3", LAYOUT_TEXT },
    { "vf-bar4", LAYOUT_TEXT },
    { "vf-bar5", LAYOUT_TEXT },
    { NULL, LAYOUT_TEXT },
};

static void property_free(gpointer data)
{
    LayoutProperty *property = data;

    g_free(property->value);
    g_free(property);
}

static const LayoutKey *find_key(const char *name)
{
    for (const LayoutKey *key = layout_keys; key->name != NULL; key++) {
        if (g_str_equal(key->name, name)) {
            return key;
        }
    }
    return NULL;
}

static gboolean fail_unknown(const KeyFile *file, const char *name, GError **error)
{
    GString *list = g_string_new(NULL);

    for (const LayoutKey *key = layout_keys; key->name != NULL; key++) {
        g_string_append_printf(list, "%s%s", list->len == 0 ? "" : ", ", key->name);
    }
    key_file_fail(file, group_device, name, error, "unknown key; this group takes: %s", list->str);
    g_string_free(list, TRUE);
    return FALSE;
}

static gboolean parse_number(const char *text, guint64 *number)
{
    char *rest = NULL;
    gboolean hexadecimal = g_str_has_prefix(text, "0x");
    const char *digits = hexadecimal ? text + 2 : text;
    guint64 value;

    errno = 0;
    value = g_ascii_strtoull(digits, &rest, hexadecimal ? 16 : 10);
    if (!g_ascii_isxdigit(digits[0]) || *rest != '\0' || errno != 0) {
        return FALSE;
    }
    *number = value;
    return TRUE;
}

static gboolean read_value(const KeyFile *file, LayoutProperty *property, GError **error)
{
    const char *name = property->key->name;

    switch (property->key->type) {
    case LAYOUT_TEXT:
        return property->value[0] != '\0' ||
               key_file_fail(file, group_device, name, error, "the value is missing");
    case LAYOUT_NUMBER:
        return parse_number(property->value, &property->number) ||
               key_file_fail(file, group_device, name, error,
                             "'%s' is no number; expected one such as 8 or 0x10de",
                             property->value);
    case LAYOUT_SIZE:
        return key_file_get_size(file, group_device, name, &property->number, error);
    case LAYOUT_SWITCH:
        property->on = g_str_equal(property->value, "on");
        return property->on || g_str_equal(property->value, "off") ||
               key_file_fail(file, group_device, name, error, "'%s' is not one of: on, off",
                             property->value);
    }
    g_assert_not_reached();
}

static gboolean read_property(Layout *layout, const KeyFile *file, const char *name,
                              GError **error)
{
    LayoutProperty *property;

    if (find_key(name) == NULL) {
        return fail_unknown(file, name, error);
    }
    property = g_new0(LayoutProperty, 1);
    property->key = find_key(name);
    property->value = key_file_get(file, group_device, name);
    g_ptr_array_add(layout->properties, property);
    return read_value(file, property, error);
}

/* Everything that is wrong is told at once. */
static gboolean read_device(Layout *layout, const KeyFile *file, GError **error)
{
    g_auto(GStrv) names = key_file_keys(file, group_device);
    GError *all = NULL;

    for (guint i = 0; names[i] != NULL; i++) {
        GError *cause = NULL;

        if (!read_property(layout, file, names[i], &cause)) {
            runner_error_add(&all, cause);
        }
    }
    if (all != NULL) {
        g_propagate_error(error, all);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_title(Layout *layout, const KeyFile *file, GError **error)
{
    static const char *const known[] = { "title", NULL };

    if (!key_file_check_keys(file, group_layout, known, error)) {
        return FALSE;
    }
    layout->title = key_file_get(file, group_layout, known[0]);
    return layout->title != NULL ||
           key_file_fail(file, group_layout, NULL, error, "the key 'title' is missing");
}

static gboolean read_groups(Layout *layout, const KeyFile *file, GError **error)
{
    static const char *const known[] = { group_layout, group_device, NULL };
    g_auto(GStrv) groups = key_file_groups(file);

    for (guint i = 0; groups[i] != NULL; i++) {
        if (!g_strv_contains(known, groups[i])) {
            return key_file_fail(file, groups[i], NULL, error,
                                 "unknown group; expected [layout] or [device]");
        }
    }
    for (guint i = 0; known[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *)groups, known[i])) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: the group [%s] is missing",
                        layout->path, known[i]);
            return FALSE;
        }
    }
    return read_title(layout, file, error) && read_device(layout, file, error);
}

Layout *layout_load(const char *path, GError **error)
{
    g_autoptr(Layout) layout = g_new0(Layout, 1);

    layout->path = g_strdup(path);
    layout->name = catalogue_name(path);
    layout->properties = g_ptr_array_new_with_free_func(property_free);
    layout->file = key_file_load(path, error);
    if (layout->file == NULL || !read_groups(layout, layout->file, error)) {
        return NULL;
    }
    layout->description = key_file_comment(layout->file);
    return g_steal_pointer(&layout);
}

void layout_free(Layout *layout)
{
    if (layout == NULL) {
        return;
    }
    g_clear_pointer(&layout->file, key_file_free);
    g_ptr_array_unref(layout->properties);
    g_free(layout->description);
    g_free(layout->title);
    g_free(layout->path);
    g_free(layout->name);
    g_free(layout);
}

guint64 layout_pref64_bytes(const Layout *layout)
{
    guint64 sum = 0;

    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        g_auto(GStrv) words = g_strsplit(property->value, ":", -1);
        guint64 size_bytes = 0;

        if (g_str_has_prefix(property->key->name, "bar") &&
            g_strv_contains((const char *const *)words, "mem64") &&
            g_strv_contains((const char *const *)words, "pref") &&
            size_parse(words[0], &size_bytes, NULL) &&
            !g_uint64_checked_add(&sum, sum, size_bytes)) {
            return G_MAXUINT64;
        }
    }
    return sum;
}

/* Where @text has @word and neither a letter, a digit nor a dash beside it; NULL: nowhere */
static const char *find_word(const char *text, const char *word)
{
    const char *found = text;

    while ((found = strstr(found, word)) != NULL) {
        char before = found == text ? ' ' : found[-1];
        char behind = found[strlen(word)];

        if (!g_ascii_isalnum(before) && before != '-' && !g_ascii_isalnum(behind) &&
            behind != '-') {
            return found;
        }
        found++;
    }
    return NULL;
}

gboolean layout_blame(const Layout *layout, const char *refusal, GError **error)
{
    const char *first = NULL;
    const char *blamed = NULL;

    for (guint i = 0; i < layout->properties->len; i++) {
        const LayoutProperty *property = g_ptr_array_index(layout->properties, i);
        const char *place = find_word(refusal, property->key->name);

        if (place != NULL && (first == NULL || place < first)) {
            first = place;
            blamed = property->key->name;
        }
    }
    return key_file_fail(layout->file, group_device, blamed, error, "%s", refusal);
}
