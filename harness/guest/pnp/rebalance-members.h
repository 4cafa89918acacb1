/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everybody in a machine whom a rebalance may concern, with whatever drives it. */
#ifndef BARSHIFT_REBALANCE_MEMBERS_H
#define BARSHIFT_REBALANCE_MEMBERS_H

#include "participant-driver.h"
#include "participant-kernel.h"
#include "participant-raw.h"
#include "rebalance-plan.h"

/** struct Member - what is behind one participant; the index is the same */
typedef struct Member {
    char before[BDF_SIZE];
    bool tagged;
    uint32_t tag;
    bool incoming;
    char dead[PARTICIPANT_WHY_SIZE]; /* its driver process has died; empty: it has not */
    ParticipantRaw raw;
    ParticipantDriver driver;
    ParticipantKernel kernel;
} Member;

typedef struct Members {
    Participant *participants;
    Member *members;
    size_t count;
} Members;

/**
 * members_find() - find out who drives which function
 * @plan: its newcomers have not been started yet
 * @source, @access: kept by those that nobody drives
 * @members: (out) freed with members_free(), whatever the result
 *
 * Functions that work, and the newcomers. A driver process goes before a driver of the kernel;
 * whose driver process has died is driven by nobody. One that hangs is there. Bridges are no
 * members: their drivers know of no stop and go with the removal.
 *
 * Return: 0 or -ENOMEM.
 */
int members_find(const Topology *topology, const RebalancePlan *plan, const ConfigSource *source,
                 const Access *access, Members *members);
void members_free(Members *members);

/**
 * members_start_again() - let a driver get START without a stop
 *
 * As when it had called IoInvalidateDeviceState() because its requirements have changed.
 *
 * Return: 0; -ENODEV: no member has the name; -EINVAL: no driver process has it, or its driver
 * model has no such START; @why: (out) REBALANCE_WHY_SIZE bytes.
 */
int members_start_again(Members *members, const char *bdf, char *why);

/**
 * members_follow() - learn the new names after a rescan
 *
 * Who is not there any more has an empty name.
 */
void members_follow(Members *members, const Topology *topology);

#endif
