/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function driver can do wrong, or slowly, on purpose: so that whoever watches it is seen
 * to notice.
 */
#ifndef BARSHIFT_BEHAVIOUR_H
#define BARSHIFT_BEHAVIOUR_H

#include <stdbool.h>
#include <stdio.h>

#include "driver-model.h"

#define BEHAVIOUR_WHY_SIZE 320

typedef enum BehaviourKind {
    BEHAVE_VETO,
    BEHAVE_VETO_ONCE,
    BEHAVE_SLOW,
    BEHAVE_FAIL_START,
    BEHAVE_FAIL_START_ONCE,
    BEHAVE_FAIL_PREPARE,
    BEHAVE_TOUCH_STOPPED,
    BEHAVE_KEEP_MAPPING,
    BEHAVE_KEEP_DMA,
    BEHAVE_RESTART_STREAM,
    BEHAVE_SKIP,
    BEHAVE_REPEAT,
    BEHAVE_DROP_REQUEST,
    BEHAVE_DIE,
    BEHAVIOURS
} BehaviourKind;

/** struct Behaviours - those of one driver */
typedef struct Behaviours {
    bool on[BEHAVIOURS];
    unsigned slow_ms[PNP_REQUESTS];
    char skip[TRACE_WORD_SIZE];
    char repeat[TRACE_WORD_SIZE];
    PnpRequest die;
} Behaviours;

/**
 * behaviour_add() - take one as on the command line, "NAME" or "NAME=VALUE"
 * @model: whose callbacks are named, and who may refuse
 * @why: (out) BEHAVIOUR_WHY_SIZE bytes, the sentence for a usage error
 *
 * Return: 0 or -EINVAL.
 */
int behaviour_add(Behaviours *behaviours, const DriverModel *model, const char *text, char *why);

/** behaviour_take() - is it on? One that happens once is off afterwards */
bool behaviour_take(Behaviours *behaviours, BehaviourKind kind);

/** behaviours_print() - all of them, a line each */
void behaviours_print(FILE *file);

#endif
