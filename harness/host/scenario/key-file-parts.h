/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a KeyFile is made of. Only for key-file*.c. */
#ifndef BARSHIFT_HOST_KEY_FILE_PARTS_H
#define BARSHIFT_HOST_KEY_FILE_PARTS_H

#include "key-file.h"

/* Files that were put on top of one another have keys of different paths. */
typedef struct Key {
    char *name;
    char *value;
    char *path; /* (ref string) */
    guint line;
} Key;

typedef struct Group {
    char *name;
    char *path; /* (ref string) */
    guint line;
    GPtrArray *keys; /* (element-type Key) */
} Group;

struct KeyFile {
    char *path; /* (ref string) */
    GPtrArray *groups;    /* (element-type Group) */
    GHashTable *by_name;  /* name to Group, which are in @groups */
    GHashTable *broken;   /* set of words: names of what is known to be wrong */
    GString *comment;     /* what stands above the first group */
};

/** key_file_new() - (transfer full): without groups; @path: (ref string) */
KeyFile *key_file_new(char *path);

/** key_file_find() - (nullable) */
Group *key_file_find(const KeyFile *file, const char *group);

/** key_file_find_key() - (nullable); @group: (nullable) */
Key *key_file_find_key(const Group *group, const char *key);

/** group_new() - (transfer full): without keys */
Group *group_new(const char *name, char *path, guint line);

/** group_add() - append a key */
void group_add(Group *group, const char *name, const char *value, char *path, guint line);

/**
 * key_file_repeat() - make what is meant several times of what stands there once
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE.
 */
KeyFile *key_file_repeat(const KeyFile *file, GError **error);

/** key_file_insert() - @group: (transfer full); @position: below 0: behind all others */
void key_file_insert(KeyFile *file, Group *group, int position);

#endif
