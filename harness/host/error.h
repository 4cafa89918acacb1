/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runner's error domain. A code is also the exit status that main() ends with, so whoever
 * detects an error says what it means for the caller of the program.
 */
#ifndef BARSHIFT_HOST_ERROR_H
#define BARSHIFT_HOST_ERROR_H

#include <glib.h>

#define RUNNER_ERROR (runner_error_quark())
GQuark runner_error_quark(void);

typedef enum RunnerError {
    RUNNER_ERROR_FOLLOWS = 1,       /* from another error that is told: nobody ends with this */
    RUNNER_ERROR_USAGE = 2,         /* command line, scenario or layout: the user mends the text */
    RUNNER_ERROR_ENVIRONMENT = 3,   /* QEMU, kernel, disk, memory: the user mends the machine */
    RUNNER_ERROR_DEADLINE = 4,      /* guest or QEMU did not answer in time, or ended too early */
    RUNNER_ERROR_INTERRUPTED = 130, /* Ctrl-C, SIGTERM or SIGHUP, as a shell reports it */
} RunnerError;

/** runner_error_has() - is this one of the lines of an error's message? */
gboolean runner_error_has(const GError *error, const char *line);

/**
 * runner_error_add() - tell one more error together with those before
 * @all: (inout) (nullable content): the message has a line for each; the code is the first one's
 * @further: (transfer full) (nullable): one that follows from another, or says the same as one
 * before, is left out
 */
void runner_error_add(GError **all, GError *further);

/** runner_error_print() - write it to standard error; a line of its own for each mistake */
void runner_error_print(const GError *error);

#endif
