/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder that looks like /sys and /proc of a machine with one function, 0000:01:00.0 of tag 1,
 * whose BARs are those of function 0 of the made-up machine. Writes of the program stay in it.
 */
#ifndef BARSHIFT_FAKE_TREE_H
#define BARSHIFT_FAKE_TREE_H

#include <limits.h>
#include <stdbool.h>

#define FAKE_BDF "0000:01:00.0"

typedef struct FakeTree {
    char root[64];
} FakeTree;

/** fake_tree_init() - the function decodes and is enabled; asserts that it can be made */
void fake_tree_init(FakeTree *tree);
void fake_tree_deinit(FakeTree *tree);

/** fake_tree_write() - write a file below the root, the folders above it included */
void fake_tree_write(const FakeTree *tree, const char *path, const void *bytes, size_t length);
void fake_tree_write_text(const FakeTree *tree, const char *path, const char *text);

/** fake_tree_link() - make a symbolic link, the folders above it included */
void fake_tree_link(const FakeTree *tree, const char *path, const char *target);

/** fake_tree_read() - the beginning of a file; @text: (out) @size bytes, empty without the file */
void fake_tree_read(const FakeTree *tree, const char *path, char *text, size_t size);

/** fake_tree_config() - change four bytes of configuration space, little-endian */
void fake_tree_config(const FakeTree *tree, unsigned offset, unsigned value);

#endif
