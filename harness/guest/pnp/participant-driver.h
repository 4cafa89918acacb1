/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function with a driver process of barshift's, reached by driver-link.h. */
#ifndef BARSHIFT_PARTICIPANT_DRIVER_H
#define BARSHIFT_PARTICIPANT_DRIVER_H

#include "driver-link.h"
#include "participant.h"

#define PARTICIPANT_DRIVER_MODEL_SIZE 32

typedef struct ParticipantDriver {
    char socket[DRIVER_LINK_PATH_SIZE];
    char path[PARTICIPANT_PATH_SIZE];
    int pid;
    char model[PARTICIPANT_DRIVER_MODEL_SIZE]; /* empty: it has not told */
} ParticipantDriver;

/**
 * participant_driver_open() - find the driver process of a function
 * @root: what stands before "/run"; "" on a live system
 * @path: of the function
 * @deadline_ns: of CLOCK_MONOTONIC, for its answer
 * @driver: (out) set when there is a socket, whatever the process behind it answers
 * @why: (out) PARTICIPANT_WHY_SIZE bytes, set when the result is negative
 *
 * Return: 0; -ENOENT when it has none; -EPIPE when it has died; -ETIMEDOUT or -errno when there
 * is one and it does not tell who it is.
 */
int participant_driver_open(const char *root, const char *path, uint64_t deadline_ns,
                            ParticipantDriver *driver, char *why);

/** participant_driver_ops - the context is a ParticipantDriver, which the caller keeps */
extern const ParticipantOps participant_driver_ops;

#endif
