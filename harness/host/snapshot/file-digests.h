/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in files, as SHA-256; remembered in the cache, for hashing a kernel and a QEMU takes
 * longer than a run from a snapshot.
 *
 * A file counts as unchanged while place, size and both times of its inode are the same. One that
 * changed within the clock tick in which it was read would look unchanged, so what is too young
 * when it is read is not remembered.
 */
#ifndef BARSHIFT_HOST_FILE_DIGESTS_H
#define BARSHIFT_HOST_FILE_DIGESTS_H

#include <glib.h>

typedef struct FileDigests FileDigests;

/**
 * file_digests_open() - (transfer full): with what is remembered
 * @path: where; NULL: nothing is
 */
FileDigests *file_digests_open(const char *path);

/** file_digests_close() - remember what is new, if that is possible */
void file_digests_close(FileDigests *digests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileDigests, file_digests_close)

/**
 * file_digest() - the digest of a file
 *
 * Returns: (transfer full): in hexadecimal; NULL with RUNNER_ERROR_ENVIRONMENT.
 */
char *file_digest(FileDigests *digests, const char *file, GError **error);

/** file_digests_hashed() - how many files had to be read so far */
guint file_digests_hashed(const FileDigests *digests);

#endif
