/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up results, for reports to tell. */
#ifndef BARSHIFT_TEST_TOLD_H
#define BARSHIFT_TEST_TOLD_H

#include "made-up.h"
#include "engine.h"

typedef struct Told {
    Scenario *scenario;
    RunResult *result;
} Told;

/** told_new() - a works and saw nothing, c arrived; I8 fails, I5 as expected; I6 is skipped */
Told *told_new(void);
void told_free(Told *told);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

/** told_result_new() - without steps and judgement; takes @before and @after */
RunResult *told_result_new(const Scenario *scenario, Observation *before, Observation *after);

/** told_add_step() - Return: (transfer none): the step, to be changed; @detail: (nullable) */
StepRecord *told_add_step(RunResult *result, const char *text, const char *detail);

/** told_add_check() - add a check that fails for this reason; @why: NULL: it holds */
void told_add_check(GPtrArray *checks, const char *name, const char *why);

#endif
