/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function driver on trial: over a function made of memory, with what is asked of it. */
#ifndef BARSHIFT_TRIAL_H
#define BARSHIFT_TRIAL_H

#include "function-driver.h"

#define TRIAL_RATE 1000

/**
 * trial_make() - a driver that never had a start, for trial_end()
 * @behaviour: what it does wrong, or NULL
 */
FunctionDriver *trial_make(const char *model, const char *behaviour, Situation situation);

/** trial_started() - trial_make(), started, with traffic */
FunctionDriver *trial_started(const char *model, const char *behaviour, Situation situation);

/** trial_end() - it is gone, and nothing of the function is still in its hands */
void trial_end(FunctionDriver *driver);

/** trial_expect() - what a request of the PnP manager returns */
void trial_expect(FunctionDriver *driver, PnpRequest kind, int result);

/** trial_stop() - asked to stop, it does */
void trial_stop(FunctionDriver *driver);

/** trial_report() - what it tells; valid until the next one */
const char *trial_report(FunctionDriver *driver);

/** trial_counter() - a counter out of the report */
uint64_t trial_counter(FunctionDriver *driver, const char *name);

/** trial_wait_counter() - until it has grown so far; the program's timeout is the deadline */
void trial_wait_counter(FunctionDriver *driver, const char *name, uint64_t value);

/** trial_expect_line() - the report has this text */
void trial_expect_line(FunctionDriver *driver, const char *line);

/** trial_expect_kept_contract() - the report has no breach */
void trial_expect_kept_contract(FunctionDriver *driver);

#endif
