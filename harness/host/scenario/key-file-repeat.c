/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in a file once and is meant several times: "p{1..40}" in the name of a group makes
 * forty groups, in whose values "{}" is the number, and in a value it makes forty words.
 */
#include "key-file-parts.h"

#include <string.h>

#define RANGE "\\{([0-9]{1,3})\\.\\.([0-9]{1,3})\\}"
#define OWN_NUMBER "{}"

typedef struct Range {
    char *before;
    char *behind;
    guint first;
    guint last;
} Range;

static void range_clear(Range *range)
{
    g_free(range->before);
    g_free(range->behind);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Range, range_clear)

static GRegex *range_pattern(void)
{
    static GRegex *pattern;

    if (g_once_init_enter(&pattern)) {
        g_once_init_leave(&pattern, g_regex_new(RANGE, G_REGEX_OPTIMIZE, 0, NULL));
    }
    return pattern;
}

/* FALSE when there is none, and @range is a text without a number then. */
static gboolean find_range(const char *text, Range *range)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;
    int start;
    int end;

    *range = (Range) { .before = NULL };
    if (!g_regex_match(range_pattern(), text, 0, &match)) {
        range->before = g_strdup(text);
        range->behind = g_strdup("");
        return FALSE;
    }
    g_match_info_fetch_pos(match, 0, &start, &end);
    first = g_match_info_fetch(match, 1);
    last = g_match_info_fetch(match, 2);
    range->before = g_strndup(text, (gsize)start);
    range->behind = g_strdup(text + end);
    range->first = (guint)g_ascii_strtoull(first, NULL, 10);
    range->last = (guint)g_ascii_strtoull(last, NULL, 10);
    return TRUE;
}

static char *range_at(const Range *range, guint number)
{
    return g_strdup_printf("%s%u%s", range->before, number, range->behind);
}

/* NULL when all is right */
static const char *range_complaint(const Range *range)
{
    if (range->first > range->last) {
        return "a range counts upwards, such as {1..40}";
    }
    return g_regex_match(range_pattern(), range->behind, 0, NULL)
               ? "more than one range; expected one"
               : NULL;
}

/* @value: (transfer full): as it is to be without ranges. */
static char *expand_words(const KeyFile *file, const char *group, const char *key, char *value,
                          GError **error)
{
    g_autofree char *old = value;
    g_auto(GStrv) words = g_strsplit_set(old, " \t", -1);
    g_autoptr(GStrvBuilder) expanded = g_strv_builder_new();
    g_auto(GStrv) all = NULL;

    if (!g_regex_match(range_pattern(), old, 0, NULL)) {
        return g_steal_pointer(&old);
    }
    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(Range) range = { .before = NULL };
        const char *complaint;

        if (!find_range(words[i], &range)) {
            g_strv_builder_add(expanded, words[i]);
            continue;
        }
        complaint = range_complaint(&range);
        if (complaint != NULL) {
            key_file_fail(file, group, key, error, "'%s': %s", words[i], complaint);
            return NULL;
        }
        for (guint number = range.first; number <= range.last; number++) {
            g_autofree char *word = range_at(&range, number);

            g_strv_builder_add(expanded, word);
        }
    }
    all = g_strv_builder_end(expanded);
    return g_strjoinv(" ", all);
}

/* @number: (nullable): of this one of several groups */
static gboolean repeat_keys(const KeyFile *file, const Group *group, const char *number,
                            Group *copy, GError **error)
{
    for (guint i = 0; i < group->keys->len; i++) {
        const Key *key = g_ptr_array_index(group->keys, i);
        g_auto(GStrv) pieces = g_strsplit(key->value, OWN_NUMBER, -1);
        g_autofree char *value = NULL;

        if (number == NULL && g_strv_length(pieces) > 1) {
            return key_file_fail(file, group->name, key->name, error,
                                 "no number for '" OWN_NUMBER "'; the name of the group has no "
                                 "range, such as p{1..40}");
        }
        value = expand_words(file, group->name, key->name, g_strjoinv(number, pieces), error);
        if (value == NULL) {
            return FALSE;
        }
        group_add(copy, key->name, value, key->path, key->line);
    }
    return TRUE;
}

/* @name: of one of the groups that @group stands for */
static gboolean repeat_group(KeyFile *repeated, const KeyFile *file, const Group *group,
                             const char *name, const char *number, GError **error)
{
    const Group *before = key_file_find(repeated, name);
    Group *copy;

    if (before != NULL) {
        return key_file_fail(file, group->name, NULL, error,
                             "%s stands already in line %u; remove one of them", name,
                             before->line);
    }
    copy = group_new(name, group->path, group->line);
    key_file_insert(repeated, copy, -1);
    return repeat_keys(file, group, number, copy, error);
}

static gboolean repeat_groups(KeyFile *repeated, const KeyFile *file, const Group *group,
                              GError **error)
{
    g_auto(Range) range = { .before = NULL };
    const char *complaint;

    if (!find_range(group->name, &range)) {
        return repeat_group(repeated, file, group, group->name, NULL, error);
    }
    complaint = range_complaint(&range);
    if (complaint != NULL) {
        return key_file_fail(file, group->name, NULL, error, "%s", complaint);
    }
    for (guint i = range.first; i <= range.last; i++) {
        g_autofree char *name = range_at(&range, i);
        g_autofree char *number = g_strdup_printf("%u", i);

        if (!repeat_group(repeated, file, group, name, number, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

KeyFile *key_file_repeat(const KeyFile *file, GError **error)
{
    g_autoptr(KeyFile) repeated = key_file_new(file->path);

    g_string_append(repeated->comment, file->comment->str);
    for (guint i = 0; i < file->groups->len; i++) {
        if (!repeat_groups(repeated, file, g_ptr_array_index(file->groups, i), error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&repeated);
}
