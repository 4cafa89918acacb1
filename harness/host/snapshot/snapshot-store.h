/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Snapshots by key, in the cache: a folder each, which is made beside its place and renamed when it
 * is whole, and never changed afterwards. So no lock is needed: of several who write the same one
 * wins, and who reads keeps what was opened, even when somebody removes it.
 */
#ifndef BARSHIFT_HOST_SNAPSHOT_STORE_H
#define BARSHIFT_HOST_SNAPSHOT_STORE_H

#include "snapshot.h"

/** snapshot_store_folder() - (transfer full): where they are */
char *snapshot_store_folder(void);

/** snapshot_store_prepare() - can there be any? FALSE with RUNNER_ERROR_ENVIRONMENT */
gboolean snapshot_store_prepare(const char *folder, GError **error);

/**
 * snapshot_store_find() - open a snapshot, which is then the one that was used last
 *
 * Returns: (transfer full) (nullable): NULL without an error when there is none; with
 * RUNNER_ERROR_ENVIRONMENT when it is damaged, or its base is gone: snapshot_store_discard() it.
 */
Snapshot *snapshot_store_find(const char *folder, const char *key, guint64 ram_bytes,
                              GError **error);

/**
 * snapshot_store_keep() - write a snapshot, unless somebody else was faster
 * @base_key: of the snapshot that it is told from; without one there, this one is kept as such, too
 * @limit_bytes: those that were used longest ago are removed, until all together have so much
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when it cannot be kept; nothing is left of it then.
 */
gboolean snapshot_store_keep(const char *folder, const char *key, const char *base_key,
                             const Snapshot *snapshot, guint64 limit_bytes, GError **error);

/** snapshot_store_discard() - remove a snapshot, if it is there */
void snapshot_store_discard(const char *folder, const char *key);

#endif
