/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that tells how far a run of several scenarios has come. Pure: it draws nothing. */
#ifndef BARSHIFT_HOST_PROGRESS_H
#define BARSHIFT_HOST_PROGRESS_H

#include <glib.h>

typedef struct Progress Progress;

/**
 * progress_new() - nothing has begun yet
 * @names: of the jobs; borrowed
 * @width: how many run at a time
 */
Progress *progress_new(const char *const *names, guint count, guint width);

void progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)

void progress_began(Progress *progress, guint nr, gint64 now_us);
void progress_ended(Progress *progress, guint nr, gint64 now_us);

/**
 * progress_line() - such as "1 of 4 done; running: gpu-grows 3 s, rebar-grow 1 s; about 9 s left"
 * @columns: of the terminal; the line is cut to one less, so that it never wraps
 *
 * What is left is told from the first end on: jobs are taken to last as long as the mean of those
 * that have ended.
 *
 * Returns: (transfer full)
 */
char *progress_line(const Progress *progress, gint64 now_us, guint columns);

#endif
