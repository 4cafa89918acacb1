/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody whom the PnP manager asks: a function with whatever drives it, or a bridge.
 *
 * A table of operations, so that the manager is tested with participants made up in a test.
 */
#ifndef BARSHIFT_PARTICIPANT_H
#define BARSHIFT_PARTICIPANT_H

#include <stdbool.h>

#include "bdf.h"
#include "trace.h"

#define PARTICIPANT_WHY_SIZE 320
#define PARTICIPANT_PATH_SIZE 64

/**
 * struct ParticipantOps - how one kind of participant is reached
 * @request: send a request and wait for its end, at most until @deadline_ns of CLOCK_MONOTONIC.
 *           Returns 0; -EBUSY: refused; -ETIMEDOUT; -EIO and others: failed. @why: (out) the
 *           sentence when negative
 * @handles: how many handles are open on it; NULL: it has none
 * @free: gives back what the participant holds; the driver behind it goes on
 */
typedef struct ParticipantOps {
    int (*request)(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                   char *why);
    int (*handles)(void *context);
    void (*free)(void *context);
} ParticipantOps;

typedef struct Participant {
    const ParticipantOps *ops;
    void *context;
    char bdf[BDF_SIZE];               /* now; a rescan may change the bus number */
    char path[PARTICIPANT_PATH_SIZE]; /* device and function numbers from the root: "02.0/00.0" */
    int parent;                       /* index of the participant above, -1: none */
    bool has_resources;               /* one that has none is not rebalanced */
    bool in_scope;
    PnpState state;
} Participant;

#endif
