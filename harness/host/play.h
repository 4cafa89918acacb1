/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario that was asked for, and what came of it. */
#ifndef BARSHIFT_HOST_PLAY_H
#define BARSHIFT_HOST_PLAY_H

#include "engine.h"

typedef struct Results Results;

typedef struct Play {
    char *argument;      /* name or file, as it was given */
    Scenario *scenario;  /* (nullable): NULL when it cannot be loaded */
    RunResult *result;   /* (nullable): once it has been played to a verdict */
    GError *error;       /* (nullable): why it cannot be played, or came to no verdict */
    gboolean called_off; /* the error is that another one failed */
} Play;

typedef struct PlayOptions {
    RunOptions run;
    guint width; /* how many at a time */
    gboolean fail_fast;
    gboolean progress; /* draw a line on standard error, which is a terminal */
} PlayOptions;

/**
 * plays_add() - load what an argument stands for, a scenario or several
 * @plays: (element-type Play): an error is one that is kept until its turn comes
 */
void plays_add(GPtrArray *plays, const char *argument);

void play_free(Play *play);

/** play_name() - the scenario's name, or the argument when there is none */
const char *play_name(const Play *play);

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
