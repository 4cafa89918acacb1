/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario that was asked for, and what came of it. */
#ifndef BARSHIFT_HOST_PLAY_H
#define BARSHIFT_HOST_PLAY_H

#include "engine.h"
#include "result-origin.h"

typedef struct Results Results;

typedef struct Play {
    char *argument;      /* name or file, as it was given */
    const Scenario *scenario; /* (nullable): NULL when it cannot be loaded; borrowed */
    ResultOrigin origin;
    RunResult *result;   /* (nullable): once it has been played to a verdict */
    GError *error;       /* (nullable): why it cannot be played, or came to no verdict */
    gboolean called_off; /* the error is that another one failed */
} Play;

typedef struct PlayOptions {
    RunOptions run; /* its parts: what all share; each play has its own platform */
    guint width; /* how many at a time */
    gboolean fail_fast;
    gboolean progress; /* draw a line on standard error, which is a terminal */
} PlayOptions;

void play_free(Play *play);

/** play_print_error() - one message on standard error */
void play_print_error(const Play *play);

/**
 * plays_run() - play scenarios, several at a time, each to its result or error
 * @plays: (element-type Play)
 * @results: is told of each as it ends, and asked to print in the order of @plays
 */
void plays_run(GPtrArray *plays, const PlayOptions *options, Results *results,
               GCancellable *cancellable);

#endif
