/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a result comes from: what a report says of it besides what came out. */
#ifndef BARSHIFT_HOST_RESULT_ORIGIN_H
#define BARSHIFT_HOST_RESULT_ORIGIN_H

#include "platform.h"

typedef struct ResultOrigin {
    char *name;               /* no other result of the run has it; "debian-6.12/window-grows" */
    char *scenario;           /* name, or what was given when it cannot be read */
    const Platform *platform; /* borrowed */
    guint repetition;         /* from 1 */
    char *reproduce;          /* a command for the shell that plays the same again */
} ResultOrigin;

void result_origin_clear(ResultOrigin *origin);

#endif
