/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody whom the PnP manager asks: a function with whatever drives it.
 *
 * A table of operations, so that the manager is tested with participants made up in a test.
 */
#ifndef BARSHIFT_PARTICIPANT_H
#define BARSHIFT_PARTICIPANT_H

#include <stdbool.h>
#include <stdint.h>

#include "bdf.h"
#include "pnp-request.h"

#define PARTICIPANT_WHY_SIZE 320
#define PARTICIPANT_PATH_SIZE 128

/**
 * struct ParticipantOps - how one kind of participant is reached
 * @request: send a request and wait for its end, at most until @deadline_ns of CLOCK_MONOTONIC.
 *           Returns 0; -EBUSY: refused; -ETIMEDOUT; -EIO and others: failed. @why: (out)
 *           PARTICIPANT_WHY_SIZE bytes, the sentence when negative. CANCEL_STOP may come without
 *           a query before it and must then change nothing
 * @handles: how many handles are open on it, or -errno when nobody can tell; NULL: it has none
 */
typedef struct ParticipantOps {
    int (*request)(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                   char *why);
    int (*handles)(void *context);
} ParticipantOps;

typedef struct Participant {
    /* Told by whoever makes it */
    const ParticipantOps *ops;
    void *context;
    char bdf[BDF_SIZE];               /* now; a rescan may change it. Empty: the function is gone */
    char path[PARTICIPANT_PATH_SIZE]; /* device and function numbers from the root: "02.0/00.0" */
    int parent;                       /* index of the participant above, -1: none */
    bool has_resources;               /* one that has none is asked, but not stopped */
    bool requirements_changed;        /* and the addresses not: START without a stop */
    bool newcomer;                    /* never started; PNP_ADDED to begin with */
    bool in_scope;
    PnpState state;

    /* What came of it */
    bool refused;
    bool stopped; /* it got a STOP and let go */
    bool mapped_after_stop;
    char reason[PARTICIPANT_WHY_SIZE]; /* of its last answer that was not ok */
} Participant;

/** participant_is_below() - is @index the participant @above, or below it? */
bool participant_is_below(const Participant *participants, int index, int above);

#endif
