/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the manager asked of whom, in its order, and which rules were broken. */
#ifndef BARSHIFT_REQUEST_LOG_H
#define BARSHIFT_REQUEST_LOG_H

#include <stddef.h>

#include "participant.h"

#define BREACHES_MAX 32
#define BREACH_SIZE 480

typedef struct RequestRecord {
    uint64_t time_ns; /* CLOCK_MONOTONIC, when it was sent */
    size_t participant;
    char bdf[BDF_SIZE]; /* at that time */
    PnpRequest request;
    PnpStatus status;
    char reason[PARTICIPANT_WHY_SIZE]; /* empty when it ended well */
} RequestRecord;

typedef struct RequestLog {
    RequestRecord *records;
    size_t count;
    size_t room;
} RequestLog;

/** struct Breaches - sentences; those beyond BREACHES_MAX are counted only */
typedef struct Breaches {
    char sentences[BREACHES_MAX][BREACH_SIZE];
    size_t count;
} Breaches;

/** cut_mark() - end a text that was cut with "..."; @length: that it should have, as of printf() */
void cut_mark(char *text, size_t size, int length);

/** breaches_add() - note a sentence, made as by printf(); too long, it ends with "..." */
__attribute__((format(printf, 2, 3))) void breaches_add(Breaches *breaches, const char *format,
                                                        ...);

/** breaches_listed() - how many have their sentence */
size_t breaches_listed(const Breaches *breaches);

/**
 * order_check() - hold a finished log against the rules of the order over devices
 *
 * It knows the rules and nothing of how the manager sends:
 *  - a parent is asked to stop after everything below it has agreed, and stopped after it;
 *  - nobody is stopped before everybody was asked, and those who are have agreed and have been
 *    asked for their requirements;
 *  - who refused gets CANCEL_STOP, and who agreed gets STOP or CANCEL_STOP; a parent first;
 *  - nobody without resources is stopped, and nobody is started below somebody who is stopped;
 *  - a restart that fails is followed by the surprise removal at once, those below included;
 *  - REMOVE follows a surprise removal, or the first start of a newcomer that failed.
 *
 * Return: 0, whatever it found; or -ENOMEM.
 */
int order_check(const Participant *participants, size_t count, const RequestLog *log,
                Breaches *breaches);

#endif
