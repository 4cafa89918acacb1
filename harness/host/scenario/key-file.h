/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups of keys with values, in the form of GKeyFile, that know their lines.
 *
 * GKeyFile merges repeated groups and forgets where a key stood. People who write scenarios need
 * the opposite: repeated groups and keys are errors, and every error names file, line and key, even
 * when one file was put on top of another.
 */
#ifndef BARSHIFT_HOST_KEY_FILE_H
#define BARSHIFT_HOST_KEY_FILE_H

#include <glib.h>

typedef struct KeyFile KeyFile;

/**
 * key_file_load() - read a file
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when the file cannot be read, is no key
 * file, or repeats a group or a key; with a line for each of these.
 */
KeyFile *key_file_load(const char *path, GError **error);

void key_file_free(KeyFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyFile, key_file_free)

/**
 * key_file_comment() - what the comment above the first group says
 *
 * Returns: (transfer full): its lines without the # and without SPDX tags; "" when there is none.
 */
char *key_file_comment(const KeyFile *file);

/**
 * key_file_over() - put a file on top of another
 * @base: stays as it is
 * @own: its keys take the place of those of @base's groups; one without a value removes the other
 * @kinds: first words of groups in their order, NULL-terminated
 *
 * Groups that only @own has come behind the last of the same kind; where there is none, before the
 * first of a later one.
 *
 * Returns: (transfer full)
 */
KeyFile *key_file_over(const KeyFile *base, const KeyFile *own, const char *const *kinds);

/**
 * key_file_map() - a copy with other values, which stand where the old ones stood
 * @except: a group that stays as it is
 * @map: (transfer full) of its result
 *
 * Returns: (transfer full)
 */
KeyFile *key_file_map(const KeyFile *file, const char *except,
                      char *(*map)(const char *value, gpointer data), gpointer data);

/** key_file_drop() - remove a key, or with @key NULL its group; FALSE when there is none */
gboolean key_file_drop(KeyFile *file, const char *group, const char *key);

/** key_file_has_group() - is there such a group? */
gboolean key_file_has_group(const KeyFile *file, const char *group);

/** key_file_groups() - (transfer full): all group names in the order of the file */
char **key_file_groups(const KeyFile *file);

/** key_file_keys() - (transfer full): all keys of an existing group in the order of the file */
char **key_file_keys(const KeyFile *file, const char *group);

/** key_file_get() - (transfer full) (nullable): a value, NULL when the key is not there */
char *key_file_get(const KeyFile *file, const char *group, const char *key);

/**
 * key_file_get_words() - a value split at white space
 *
 * Returns: (transfer full): an empty vector when the key is not there.
 */
char **key_file_get_words(const KeyFile *file, const char *group, const char *key);

/**
 * key_file_get_size() - a value such as 2G
 * @size_bytes: (inout) left alone when the key is not there
 */
gboolean key_file_get_size(const KeyFile *file, const char *group, const char *key,
                           guint64 *size_bytes, GError **error);

/**
 * key_file_get_number() - a whole number from @min to @max
 * @value: (inout) left alone when the key is not there
 */
gboolean key_file_get_number(const KeyFile *file, const char *group, const char *key, guint min,
                             guint max, guint *value, GError **error);

/**
 * key_file_get_choice() - a value out of a list
 * @choices: NULL-terminated
 * @choice: (inout) index into @choices; left alone when the key is not there
 */
gboolean key_file_get_choice(const KeyFile *file, const char *group, const char *key,
                             const char *const *choices, guint *choice, GError **error);

/** key_file_check_keys() - fail on the keys of @group that are not in @known, a line for each */
gboolean key_file_check_keys(const KeyFile *file, const char *group, const char *const *known,
                             GError **error);

/**
 * key_file_place() - where a key stands, for errors that turn up later
 *
 * @key: (nullable): NULL for the group
 *
 * Returns: (transfer full): "FILE:LINE: [GROUP] KEY", or "FILE:LINE" of a group
 */
char *key_file_place(const KeyFile *file, const char *group, const char *key);

/** key_file_folder() - (transfer full): of the file that a key really stands in */
char *key_file_folder(const KeyFile *file, const char *group, const char *key);

/** key_file_break() - what has this name is known to be wrong, and so is told what leads to it */
void key_file_break(KeyFile *file, const char *name);

/**
 * key_file_fail() - set RUNNER_ERROR_USAGE, prefixed with "FILE:LINE: [GROUP] KEY: "
 * @key: (nullable): NULL to blame the group as a whole
 *
 * A key that is not there has its group's line, and a group that is not there has none. When the
 * value has a word that key_file_break() was told, it is RUNNER_ERROR_FOLLOWS instead.
 *
 * Returns: FALSE, so that callers can return it.
 */
gboolean key_file_fail(const KeyFile *file, const char *group, const char *key, GError **error,
                       const char *format, ...) G_GNUC_PRINTF(5, 6);

#endif
