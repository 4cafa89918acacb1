/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key-file.h"

#include "error.h"
#include "size.h"

#include <string.h>

struct KeyFile {
    char *path;
    GKeyFile *keys;
    GHashTable *lines; /* "group" or "group\nkey" to line number */
    GString *comment;  /* what stands above the first group */
};

static char *line_id(const char *group, const char *key)
{
    return key == NULL ? g_strdup(group) : g_strdup_printf("%s\n%s", group, key);
}

static guint line_of(const KeyFile *file, const char *group, const char *key)
{
    g_autofree char *id = line_id(group, key);

    return GPOINTER_TO_UINT(g_hash_table_lookup(file->lines, id));
}

/* @line: 0 for what does not stand in the file at all */
G_GNUC_PRINTF(4, 5)
static gboolean fail_at(const KeyFile *file, guint line, GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (line == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s", file->path, text);
    } else {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s:%u: %s", file->path, line, text);
    }
    return FALSE;
}

static gboolean remember(KeyFile *file, const char *group, const char *key, guint line,
                         GError **error)
{
    guint before = line_of(file, group, key);

    if (before != 0) {
        return fail_at(file, line, error, "%s stands already in line %u; remove one of them",
                       key == NULL ? group : key, before);
    }
    g_hash_table_insert(file->lines, line_id(group, key), GUINT_TO_POINTER(line));
    return TRUE;
}

/* The first line of every file names its licence, which is nothing to tell people. */
static void remember_comment(KeyFile *file, const char *text)
{
    const char *words = text[1] == ' ' ? text + 2 : text + 1;

    if (!g_str_has_prefix(words, "SPDX-")) {
        g_string_append_printf(file->comment, "%s\n", words);
    }
}

static gboolean index_line(KeyFile *file, char *text, guint line, char **group, GError **error)
{
    char *equals;

    g_strstrip(text);
    if (text[0] == '#' && *group == NULL) {
        remember_comment(file, text);
    }
    if (text[0] == '\0' || text[0] == '#') {
        return TRUE;
    }
    if (text[0] == '[' && g_str_has_suffix(text, "]")) {
        g_free(*group);
        *group = g_strndup(text + 1, strlen(text) - 2);
        return remember(file, *group, NULL, line, error);
    }
    equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return fail_at(file, line, error, "expected '[group]' or 'key = value', found '%s'", text);
    }
    if (*group == NULL) {
        return fail_at(file, line, error, "'%s' stands before the first '[group]'", text);
    }
    *equals = '\0';
    return remember(file, *group, g_strchomp(text), line, error);
}

static gboolean index_lines(KeyFile *file, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *group = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (!index_line(file, lines[i], i + 1, &group, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

KeyFile *key_file_load(const char *path, GError **error)
{
    g_autoptr(KeyFile) file = g_new0(KeyFile, 1);
    g_autoptr(GError) cause = NULL;
    g_autofree char *text = NULL;
    gsize length;

    file->path = g_strdup(path);
    file->keys = g_key_file_new();
    file->comment = g_string_new(NULL);
    file->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!g_file_get_contents(path, &text, &length, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s", cause->message);
        return NULL;
    }
    /* with the length, so that a NUL, behind which nothing would be read, is no UTF-8 either */
    if (!g_utf8_validate(text, length, NULL)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: the text is not UTF-8", path);
        return NULL;
    }
    if (!index_lines(file, text, error)) {
        return NULL;
    }
    if (!g_key_file_load_from_data(file->keys, text, length, G_KEY_FILE_NONE, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: %s", path, cause->message);
        return NULL;
    }
    return g_steal_pointer(&file);
}

void key_file_free(KeyFile *file)
{
    if (file == NULL) {
        return;
    }
    g_hash_table_unref(file->lines);
    g_key_file_unref(file->keys);
    g_string_free(file->comment, TRUE);
    g_free(file->path);
    g_free(file);
}

char *key_file_comment(const KeyFile *file)
{
    const char *text = file->comment->str;

    return g_strchomp(g_strdup(text + strspn(text, "\n")));
}

char **key_file_groups(const KeyFile *file)
{
    return g_key_file_get_groups(file->keys, NULL);
}

char **key_file_keys(const KeyFile *file, const char *group)
{
    return g_key_file_get_keys(file->keys, group, NULL, NULL);
}

char *key_file_get(const KeyFile *file, const char *group, const char *key)
{
    /* not get_string(): it has escape sequences, and no value at all for one it does not know */
    char *text = g_key_file_get_value(file->keys, group, key, NULL);

    return text == NULL ? NULL : g_strchomp(text);
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

gboolean key_file_get_number(const KeyFile *file, const char *group, const char *key, guint max,
                             guint *value, GError **error)
{
    g_autofree char *text = key_file_get(file, group, key);
    guint64 number;

    if (text == NULL) {
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(text, 10, 0, max, &number, NULL)) {
        return key_file_fail(file, group, key, error, "'%s' is no number from 0 to %u", text, max);
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

    for (guint i = 0; keys[i] != NULL; i++) {
        if (!g_strv_contains(known, keys[i])) {
            return key_file_fail(file, group, keys[i], error, "unknown key; this group takes: %s",
                                 list);
        }
    }
    return TRUE;
}

char *key_file_place(const KeyFile *file, const char *group, const char *key)
{
    guint line = line_of(file, group, key);

    return key == NULL ? g_strdup_printf("%s:%u", file->path, line)
                       : g_strdup_printf("%s:%u: [%s] %s", file->path, line, group, key);
}

gboolean key_file_fail(const KeyFile *file, const char *group, const char *key, GError **error,
                       const char *format, ...)
{
    guint line = line_of(file, group, key);
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* a key that is missing has no line: blame the group's */
    return fail_at(file, line != 0 ? line : line_of(file, group, NULL), error, "[%s]%s%s: %s",
                   group, key == NULL ? "" : " ", key == NULL ? "" : key, text);
}
