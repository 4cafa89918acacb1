/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The golden traces under fixtures/driver-models, whose README tells their form. */
#ifndef BARSHIFT_TEST_GOLDEN_H
#define BARSHIFT_TEST_GOLDEN_H

#include "driver-model.h"

#define GOLDEN_SOURCE_SIZE 32
#define GOLDEN_EVENTS_MAX 128

typedef struct Golden {
    const char *name;
    const DriverModel *model;
    Trace trace; /* the time of an event is its index */
    char sources[GOLDEN_EVENTS_MAX][GOLDEN_SOURCE_SIZE];
} Golden;

/** golden_names - all of them */
extern const char *const golden_names[];
extern const size_t golden_count;

/** golden_read() - the caller frees it with golden_free(); asserts that it can be read */
Golden *golden_read(const char *fixtures, const char *name);
void golden_free(Golden *golden);

#endif
