/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many virtual machines this host can carry at a time: processors and memory. */
#ifndef BARSHIFT_HOST_CAPACITY_H
#define BARSHIFT_HOST_CAPACITY_H

#include <glib.h>

typedef struct Capacity {
    guint processors;     /* that this process may keep busy, at least 1 */
    guint64 memory_bytes; /* that can be taken without swapping; G_MAXUINT64: cannot be told */
} Capacity;

/**
 * capacity_read() - ask the kernel
 * @root: where proc and sys are, "" but in tests
 *
 * Processors are those that the process may run on, and no more than the quota of its cgroup
 * (version 2) or of one above; memory is MemAvailable, and no more than what such a cgroup's limit
 * leaves.
 */
Capacity capacity_read(const char *root);

/**
 * capacity_jobs() - how many of the guests fit at a time, whichever they are
 * @guests_bytes: memory of each guest
 * @wanted: no more than these
 *
 * Returns: at least 1, for what does not even fit alone is QEMU's to refuse.
 */
guint capacity_jobs(const guint64 *guests_bytes, guint count, guint wanted, guint64 memory_bytes);

#endif
