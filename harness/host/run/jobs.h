/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plays jobs in several threads, and hands over what they say in the order of their numbers.
 *
 * Jobs begin in that order too. What the first one that has not been closed says is handed over at
 * once, what those behind it say is held back until their turn: so text never interleaves, and a
 * job alone is heard as it goes.
 */
#ifndef BARSHIFT_HOST_JOBS_H
#define BARSHIFT_HOST_JOBS_H

#include <gio/gio.h>

typedef struct Job Job;

/* All but @work are called in the thread that called jobs_play(). */
typedef struct JobHandlers {
    /*
     * Does a job, in a thread that lives until this returns; has to return soon once @stop is
     * cancelled. Returns FALSE for a failure.
     */
    gboolean (*work)(Job *job, GCancellable *stop, gpointer data);
    void (*began)(guint nr, gpointer data); /* as it happens */
    void (*ended)(guint nr, gpointer data); /* as it happens; what work() has stored can be read */
    void (*said)(guint nr, const char *text, gpointer data); /* in order */
    void (*closed)(guint nr, gboolean begun, gpointer data); /* in order: all has been said */
    void (*idle)(gpointer data); /* (nullable): nothing is to be handed over now; often */
} JobHandlers;

typedef struct JobPlan {
    guint count;        /* jobs are numbered from 0 */
    guint width;        /* how many at a time, at least 1 */
    gboolean fail_fast; /* no job begins after a failure, and those under way are stopped */
} JobPlan;

/** job_nr() - which one it is */
guint job_nr(const Job *job);

/** job_say() - to be called by work(); @text: (transfer full) */
void job_say(Job *job, char *text);

/**
 * jobs_play() - play them all; returns when no thread is left
 * @cancellable: stops those under way, and keeps others from beginning
 */
void jobs_play(const JobPlan *plan, const JobHandlers *handlers, gpointer data,
               GCancellable *cancellable);

#endif
