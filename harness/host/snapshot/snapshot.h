/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine at one moment: its memory in a file, the state of everything else in another one.
 *
 * In a folder the memory is told from that of another snapshot, the base, which has most of it. What
 * was read out of a folder needs the folder no more.
 */
#ifndef BARSHIFT_HOST_SNAPSHOT_H
#define BARSHIFT_HOST_SNAPSHOT_H

#include <glib.h>

typedef struct Snapshot {
    int ram_fd;    /* guest memory, a memfd */
    int state_fd;  /* a stream of QEMU's migration, without that memory */
    char *console; /* what the guest had written to its console until then */
    gsize console_length;
    GPtrArray *kernel; /* (element-type utf8): kernel messages that belong to the boot */
    char *refusal;     /* (nullable): such a machine cannot be saved, and why; no files then */
    /* Of one that was read */
    guint64 ram_checksum, state_checksum;
    int ram_file;   /* its memory, or what makes the base's memory its own, see ram-image.h */
    char *base_key; /* "": it has none */
    guint64 base_checksum;
    struct Snapshot *base; /* (nullable): whose memory it is told from */
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
 * @base: (nullable): one that was read, and unpacked
 * @base_key: what snapshot_read() will tell of @base; "" without one
 * @folder_fd: remains the caller's
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT; files may be left in the folder.
 */
gboolean snapshot_write(const Snapshot *snapshot, const Snapshot *base, const char *base_key,
                        int folder_fd, GError **error);

/**
 * snapshot_read() - read what snapshot_write() has written
 * @ram_bytes: size of guest memory
 *
 * Its memory is zero yet, see snapshot_unpack().
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT for a damaged one.
 */
Snapshot *snapshot_read(int folder_fd, guint64 ram_bytes, GError **error);

/**
 * snapshot_set_base() - tell what it is told from
 * @base: (transfer full) (nullable): NULL: it is gone
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when that is another one than it was written with.
 */
gboolean snapshot_set_base(Snapshot *snapshot, Snapshot *base, GError **error);

/**
 * snapshot_unpack() - fill its memory, once
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when memory or state is not what was written.
 */
gboolean snapshot_unpack(const Snapshot *snapshot, GError **error);

#endif
