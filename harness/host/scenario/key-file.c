/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key-file.h"

#include "error.h"
#include "key-file-parts.h"
#include "key-file-text.h"
#include "size.h"

#include <string.h>

#define EXCERPT_MAX 60 /* characters */

static void key_free(gpointer data)
{
    Key *key = data;

    g_free(key->name);
    g_free(key->value);
    g_ref_string_release(key->path);
    g_free(key);
}

static void group_free(gpointer data)
{
    Group *group = data;

    g_ptr_array_unref(group->keys);
    g_free(group->name);
    g_ref_string_release(group->path);
    g_free(group);
}

Group *group_new(const char *name, char *path, guint line)
{
    Group *group = g_new0(Group, 1);

    group->name = g_strdup(name);
    group->path = g_ref_string_acquire(path);
    group->line = line;
    group->keys = g_ptr_array_new_with_free_func(key_free);
    return group;
}

void group_add(Group *group, const char *name, const char *value, char *path, guint line)
{
    Key *key = g_new0(Key, 1);

    key->name = g_strdup(name);
    key->value = g_strdup(value);
    key->path = g_ref_string_acquire(path);
    key->line = line;
    g_ptr_array_add(group->keys, key);
}

KeyFile *key_file_new(char *path)
{
    KeyFile *file = g_new0(KeyFile, 1);

    file->path = g_ref_string_acquire(path);
    file->groups = g_ptr_array_new_with_free_func(group_free);
    file->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    file->broken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    file->comment = g_string_new(NULL);
    return file;
}

void key_file_insert(KeyFile *file, Group *group, int position)
{
    g_ptr_array_insert(file->groups, position, group);
    g_hash_table_insert(file->by_name, group->name, group);
}

Group *key_file_find(const KeyFile *file, const char *group)
{
    return g_hash_table_lookup(file->by_name, group);
}

Key *key_file_find_key(const Group *group, const char *key)
{
    for (guint i = 0; group != NULL && key != NULL && i < group->keys->len; i++) {
        Key *one = g_ptr_array_index(group->keys, i);

        if (g_str_equal(one->name, key)) {
            return one;
        }
    }
    return NULL;
}

/* @line: 0 for what does not stand in the file at all */
G_GNUC_PRINTF(4, 5)
static gboolean fail_at(const char *path, guint line, GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (line == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s", path, text);
    } else {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s:%u: %s", path, line, text);
    }
    return FALSE;
}

/* What was found in a line, cut off where the reader has seen enough */
static char *excerpt(const char *text)
{
    g_autofree char *start = NULL;

    if (g_utf8_strlen(text, -1) <= EXCERPT_MAX) {
        return g_strdup(text);
    }
    start = g_utf8_substring(text, 0, EXCERPT_MAX);
    return g_strdup_printf("%s...", start);
}

/* The first line of every file names its licence, which is nothing to tell people. */
static void remember_comment(KeyFile *file, const char *text)
{
    const char *words = text[1] == ' ' ? text + 2 : text + 1;

    if (!g_str_has_prefix(words, "SPDX-")) {
        g_string_append_printf(file->comment, "%s\n", words);
    }
}

static gboolean read_group(KeyFile *file, const char *name, guint line, GError **error)
{
    const Group *before = key_file_find(file, name);

    if (before != NULL) {
        return fail_at(file->path, line, error,
                       "[%s] stands already in line %u; remove one of them", name, before->line);
    }
    key_file_insert(file, group_new(name, file->path, line), -1);
    return TRUE;
}

static gboolean read_key(KeyFile *file, const char *name, const char *value, guint line,
                         GError **error)
{
    Group *group = g_ptr_array_index(file->groups, file->groups->len - 1);
    const Key *before = key_file_find_key(group, name);

    if (before != NULL) {
        return fail_at(file->path, line, error,
                       "[%s] %s: stands already in line %u; remove one of them", group->name, name,
                       before->line);
    }
    group_add(group, name, value, file->path, line);
    return TRUE;
}

static gboolean read_line(KeyFile *file, char *text, guint line, GError **error)
{
    g_autofree char *found = NULL;
    char *equals;

    g_strstrip(text);
    found = excerpt(text);
    if (text[0] == '#' && file->groups->len == 0) {
        remember_comment(file, text);
    }
    if (text[0] == '\0' || text[0] == '#') {
        return TRUE;
    }
    if (text[0] == '[' && g_str_has_suffix(text, "]")) {
        text[strlen(text) - 1] = '\0';
        return read_group(file, text + 1, line, error);
    }
    equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return fail_at(file->path, line, error, "expected '[group]' or 'key = value', found '%s'",
                       found);
    }
    if (file->groups->len == 0) {
        return fail_at(file->path, line, error, "'%s' stands before the first '[group]'", found);
    }
    *equals = '\0';
    return read_key(file, g_strchomp(text), g_strchug(equals + 1), line, error);
}

/* Below a group's line that is wrong, keys belong to no group, and are not looked at. */
static gboolean read_lines(KeyFile *file, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean lost = FALSE;
    GError *all = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        gboolean is_group = g_strstrip(lines[i])[0] == '[';
        GError *cause = NULL;

        if (lost && !is_group) {
            continue;
        }
        lost = !read_line(file, lines[i], i + 1, &cause) && is_group;
        if (cause != NULL) {
            runner_error_add(&all, cause);
        }
    }
    if (all != NULL) {
        g_propagate_error(error, all);
        return FALSE;
    }
    return TRUE;
}

KeyFile *key_file_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(KeyFile) file = NULL;
    char *name = g_ref_string_new(path);

    file = key_file_new(name);
    g_ref_string_release(name);
    text = key_file_text(path, error);
    return text != NULL && read_lines(file, text, error) ? key_file_repeat(file, error) : NULL;
}

void key_file_free(KeyFile *file)
{
    if (file == NULL) {
        return;
    }
    g_hash_table_unref(file->broken);
    g_hash_table_unref(file->by_name);
    g_ptr_array_unref(file->groups);
    g_string_free(file->comment, TRUE);
    g_ref_string_release(file->path);
    g_free(file);
}

char *key_file_comment(const KeyFile *file)
{
    const char *text = file->comment->str;

    return g_strchomp(g_strdup(text + strspn(text, "\n")));
}

gboolean key_file_has_group(const KeyFile *file, const char *group)
{
    return key_file_find(file, group) != NULL;
}

char **key_file_groups(const KeyFile *file)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (guint i = 0; i < file->groups->len; i++) {
        g_strv_builder_add(names, ((const Group *)g_ptr_array_index(file->groups, i))->name);
    }
    return g_strv_builder_end(names);
}

char **key_file_keys(const KeyFile *file, const char *group)
{
    const Group *found = key_file_find(file, group);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();

    for (guint i = 0; i < found->keys->len; i++) {
        g_strv_builder_add(names, ((const Key *)g_ptr_array_index(found->keys, i))->name);
    }
    return g_strv_builder_end(names);
}

char *key_file_get(const KeyFile *file, const char *group, const char *key)
{
    const Key *found = key_file_find_key(key_file_find(file, group), key);

    return found == NULL ? NULL : g_strdup(found->value);
}

char **key_file_get_words(const KeyFile *file, const char *group, const char *key)
{
    g_autofree char *text = key_file_get(file, group, key);
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    g_auto(GStrv) pieces = g_strsplit_set(text == NULL ? "" : text, " \t", -1);

    for (guint i = 0; pieces[i] != NULL; i++) {
        if (pieces[i][0] != '\0') {
            g_strv_builder_add(words, pieces[i]);
        }
    }
    return g_strv_builder_end(words);
}

gboolean key_file_get_size(const KeyFile *file, const char *group, const char *key,
                           guint64 *size_bytes, GError **error)
{
    g_autofree char *text = key_file_get(file, group, key);
    g_autoptr(GError) cause = NULL;

    if (text == NULL || size_parse(text, size_bytes, &cause)) {
        return TRUE;
    }
    return key_file_fail(file, group, key, error, "%s", cause->message);
}

gboolean key_file_get_number(const KeyFile *file, const char *group, const char *key, guint min,
                             guint max, guint *value, GError **error)
{
    g_autofree char *text = key_file_get(file, group, key);
    guint64 number;

    if (text == NULL) {
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(text, 10, min, max, &number, NULL)) {
        return key_file_fail(file, group, key, error, "'%s' is no number from %u to %u", text, min,
                             max);
    }
    *value = (guint)number;
    return TRUE;
}

gboolean key_file_get_choice(const KeyFile *file, const char *group, const char *key,
                             const char *const *choices, guint *choice, GError **error)
{
    g_autofree char *text = key_file_get(file, group, key);
    g_autofree char *list = NULL;

    if (text == NULL) {
        return TRUE;
    }
    for (guint i = 0; choices[i] != NULL; i++) {
        if (g_str_equal(choices[i], text)) {
            *choice = i;
            return TRUE;
        }
    }
    list = g_strjoinv(", ", (char **)choices);
    return key_file_fail(file, group, key, error, "'%s' is not one of: %s", text, list);
}

gboolean key_file_check_keys(const KeyFile *file, const char *group, const char *const *known,
                             GError **error)
{
    g_auto(GStrv) keys = key_file_keys(file, group);
    g_autofree char *list = g_strjoinv(", ", (char **)known);
    GError *all = NULL;

    for (guint i = 0; keys[i] != NULL; i++) {
        GError *cause = NULL;

        if (!g_strv_contains(known, keys[i])) {
            key_file_fail(file, group, keys[i], &cause, "unknown key; this group takes: %s", list);
            cause->code = RUNNER_ERROR_USAGE; /* whatever its value names */
            runner_error_add(&all, cause);
        }
    }
    if (all != NULL) {
        g_propagate_error(error, all);
        return FALSE;
    }
    return TRUE;
}

/* Where a key stands, or its group, when it is missing. @line: (out): 0 when neither is there */
static const char *place_of(const KeyFile *file, const char *group, const char *key, guint *line)
{
    const Group *found = key_file_find(file, group);
    const Key *found_key = key_file_find_key(found, key);

    *line = found_key != NULL ? found_key->line : found != NULL ? found->line : 0;
    return found_key != NULL ? found_key->path : found != NULL ? found->path : file->path;
}

char *key_file_place(const KeyFile *file, const char *group, const char *key)
{
    guint line;
    const char *path = place_of(file, group, key, &line);

    return key == NULL ? g_strdup_printf("%s:%u", path, line)
                       : g_strdup_printf("%s:%u: [%s] %s", path, line, group, key);
}

char *key_file_folder(const KeyFile *file, const char *group, const char *key)
{
    guint line;

    return g_path_get_dirname(place_of(file, group, key, &line));
}

void key_file_break(KeyFile *file, const char *name)
{
    g_hash_table_add(file->broken, g_strdup(name));
}

static gboolean names_broken(const KeyFile *file, const char *group, const char *key)
{
    g_auto(GStrv) words = key_file_get_words(file, group, key);

    for (guint i = 0; words[i] != NULL; i++) {
        if (g_hash_table_contains(file->broken, words[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean key_file_fail(const KeyFile *file, const char *group, const char *key, GError **error,
                       const char *format, ...)
{
    guint line;
    const char *path = place_of(file, group, key, &line);
    const Key *found = key_file_find_key(key_file_find(file, group), key);
    gboolean has_comment = found != NULL && strstr(found->value, " #") != NULL;
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fail_at(path, line, error, "[%s]%s%s: %s%s", group, key == NULL ? "" : " ",
            key == NULL ? "" : key, text,
            has_comment ? "; a comment stands on a line of its own" : "");
    if (error != NULL && key != NULL && names_broken(file, group, key)) {
        (*error)->code = RUNNER_ERROR_FOLLOWS;
    }
    return FALSE;
}
