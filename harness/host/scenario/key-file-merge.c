/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files made of others, which stay as they are. */
#include "key-file-parts.h"

#include <string.h>

static Group *group_copy(const Group *group)
{
    Group *copy = group_new(group->name, group->path, group->line);

    for (guint i = 0; i < group->keys->len; i++) {
        const Key *key = g_ptr_array_index(group->keys, i);

        group_add(copy, key->name, key->value, key->path, key->line);
    }
    return copy;
}

static KeyFile *file_copy(const KeyFile *file)
{
    KeyFile *copy = key_file_new(file->path);

    g_string_append(copy->comment, file->comment->str);
    for (guint i = 0; i < file->groups->len; i++) {
        key_file_insert(copy, group_copy(g_ptr_array_index(file->groups, i)), -1);
    }
    return copy;
}

KeyFile *key_file_map(const KeyFile *file, const char *except,
                      char *(*map)(const char *value, gpointer data), gpointer data)
{
    KeyFile *copy = file_copy(file);

    for (guint i = 0; i < copy->groups->len; i++) {
        const Group *group = g_ptr_array_index(copy->groups, i);

        for (guint k = 0; k < group->keys->len && !g_str_equal(group->name, except); k++) {
            Key *key = g_ptr_array_index(group->keys, k);
            g_autofree char *old = key->value;

            key->value = map(old, data);
        }
    }
    return copy;
}

gboolean key_file_drop(KeyFile *file, const char *group, const char *key)
{
    Group *found = key_file_find(file, group);
    Key *found_key = key_file_find_key(found, key);

    if (key != NULL) {
        return found_key != NULL && g_ptr_array_remove(found->keys, found_key);
    }
    return found != NULL && g_hash_table_remove(file->by_name, group) &&
           g_ptr_array_remove(file->groups, found);
}

/* Place in @kinds of the first word of a group's name; behind all of them when it is not there */
static guint kind_of(const char *group, const char *const *kinds)
{
    gsize length = strcspn(group, " ");
    guint kind = 0;

    while (kinds[kind] != NULL &&
           (strlen(kinds[kind]) != length || strncmp(group, kinds[kind], length) != 0)) {
        kind++;
    }
    return kind;
}

/* What a name stands for is still above its use. */
static int position_of(const KeyFile *file, const char *group, const char *const *kinds)
{
    guint kind = kind_of(group, kinds);
    int before = -1;

    for (guint i = file->groups->len; i > 0; i--) {
        const Group *other = g_ptr_array_index(file->groups, i - 1);
        guint other_kind = kind_of(other->name, kinds);

        if (other_kind == kind) {
            return (int)i;
        }
        before = other_kind > kind ? (int)i - 1 : before;
    }
    return before;
}

/* The group is where its own file has it from now on; the keys that it does not have are not. */
static void override(Group *group, const Group *own)
{
    g_ref_string_release(group->path);
    group->path = g_ref_string_acquire(own->path);
    group->line = own->line;
    for (guint i = 0; i < own->keys->len; i++) {
        const Key *key = g_ptr_array_index(own->keys, i);
        Key *old = key_file_find_key(group, key->name);

        if (old == NULL) {
            group_add(group, key->name, key->value, key->path, key->line);
        } else if (key->value[0] == '\0') {
            g_ptr_array_remove(group->keys, old);
        } else {
            g_free(old->value);
            old->value = g_strdup(key->value);
            g_ref_string_release(old->path);
            old->path = g_ref_string_acquire(key->path);
            old->line = key->line;
        }
    }
}

KeyFile *key_file_over(const KeyFile *base, const KeyFile *own, const char *const *kinds)
{
    KeyFile *merged = file_copy(base);

    g_ref_string_release(merged->path);
    merged->path = g_ref_string_acquire(own->path);
    g_string_assign(merged->comment, own->comment->str);
    for (guint i = 0; i < own->groups->len; i++) {
        const Group *group = g_ptr_array_index(own->groups, i);
        Group *old = key_file_find(merged, group->name);

        if (old != NULL) {
            override(old, group);
        } else {
            key_file_insert(merged, group_copy(group), position_of(merged, group->name, kinds));
        }
    }
    return merged;
}
