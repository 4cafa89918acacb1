/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine at one moment: its memory in a file, the state of everything else in another one.
 *
 * What was just saved is in memory only. What was read out of a folder keeps the files open, so
 * that it does not matter when somebody removes the folder meanwhile.
 */
#ifndef BARSHIFT_HOST_SNAPSHOT_H
#define BARSHIFT_HOST_SNAPSHOT_H

#include <glib.h>

typedef struct Snapshot {
    int ram_fd;    /* guest memory, sparse */
    int state_fd;  /* a stream of QEMU's migration, without that memory */
    char *console; /* what the guest had written to its console until then */
    gsize console_length;
    GPtrArray *kernel; /* (element-type utf8): kernel messages that belong to the boot */
    char *refusal;     /* (nullable): such a machine cannot be saved, and why; no files then */
    guint64 ram_checksum, state_checksum; /* of one that was read */
} Snapshot;

/**
 * snapshot_new() - one to be saved into
 * @ram_bytes: size of guest memory
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT.
 */
Snapshot *snapshot_new(guint64 ram_bytes, GError **error);

/** snapshot_new_refused() - (transfer full): in place of one, that there can be none */
Snapshot *snapshot_new_refused(const char *refusal);

void snapshot_free(Snapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Snapshot, snapshot_free)

/**
 * snapshot_write() - write it to an empty folder
 * @folder_fd: remains the caller's
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT; files may be left in the folder.
 */
gboolean snapshot_write(const Snapshot *snapshot, int folder_fd, GError **error);

/**
 * snapshot_read() - open what snapshot_write() has written
 * @ram_bytes: size that guest memory must have
 *
 * Memory and state are not looked at, see snapshot_verify().
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT for a damaged one.
 */
Snapshot *snapshot_read(int folder_fd, guint64 ram_bytes, GError **error);

/** snapshot_verify() - FALSE with RUNNER_ERROR_ENVIRONMENT when it is not what was written */
gboolean snapshot_verify(const Snapshot *snapshot, GError **error);

#endif
