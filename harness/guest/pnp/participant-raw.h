/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function that nobody drives: the manager itself stops and starts it, by driver.h.
 *
 * It never refuses. A surprise removal disables it as well as it goes.
 */
#ifndef BARSHIFT_PARTICIPANT_RAW_H
#define BARSHIFT_PARTICIPANT_RAW_H

#include "driver.h"
#include "participant.h"

typedef struct ParticipantRaw {
    const ConfigSource *source;
    const Access *access;
} ParticipantRaw;

/** participant_raw_ops - the context is a ParticipantRaw, which the caller keeps */
extern const ParticipantOps participant_raw_ops;

#endif
