/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what the witnesses said to an outcome and a verdict. Pure: no VM is asked here.
 *
 * The verdict is pass when the outcome is the expected one, the invariants that it calls for hold
 * (of those that the scenario says break, at least one check each fails), and its claims are true.
 */
#ifndef BARSHIFT_HOST_VERDICT_H
#define BARSHIFT_HOST_VERDICT_H

#include "check.h"
#include "story.h"

typedef enum Fate {
    FATE_UNTOUCHED, /* saw no event */
    FATE_KEPT,      /* saw events, has the same address */
    FATE_MOVED,     /* works at another address */
    FATE_RESIZED,   /* works with another size */
    FATE_ASSIGNED,  /* a newcomer that got its resources */
    FATE_REFUSED,   /* a newcomer that got nothing */
    FATE_LOST,      /* had working resources, has none now */
    FATE_FORGOTTEN, /* the kernel was told to forget it, and not to look for it since */
    FATE_ASLEEP,    /* in D3hot by a step of the scenario, and its resources are kept for it */
    FATE_GONE,      /* was unplugged by a step of the scenario */
    FATES
} Fate;

/* Fate by name, in the order of the enum, NULL-terminated */
extern const char *const fate_names[FATES + 1];

typedef struct Judgement {
    Outcome outcome;
    Outcome expected;
    ScenarioExpectation *expectation; /* what it was held against */
    gboolean pass;
    gboolean improvement; /* it does not pass, but would without the condition that differs */
    Fate *fates;        /* by tag - 1, for every function of the scenario */
    GPtrArray *checks;  /* (element-type Check): the guest's and the runner's */
    GPtrArray *reasons; /* (element-type utf8): why it did not pass */
} Judgement;

/**
 * verdict_judge() - decide
 * @guest_checks: (transfer full): what the guest checked by itself
 * @expected: outcome that the scenario expects at this point
 * @final: judge the scenario's claims and injected faults, too
 */
Judgement *verdict_judge(const Story *story, GPtrArray *guest_checks, Outcome expected,
                         gboolean final);

/**
 * verdict_weigh() - hold a judgement against what is expected without a condition, too
 * @judgement: what verdict_judge() has made of the story as it is
 * @step: index of the step that it was made after; -1: the final one
 *
 * When the expectation in force depends on a kernel or a QEMU, for a reason, and does not hold,
 * then maybe what is wrong there was mended. So the scenario goes on as long as everything is as it
 * should be without the condition. In the end that is an improvement, which does not pass either,
 * for the condition has to be made narrower.
 *
 * Returns: FALSE when there is no point in going on: the judgement is the verdict.
 */
gboolean verdict_weigh(Story *story, Judgement *judgement, int step);

void judgement_free(Judgement *judgement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Judgement, judgement_free)

/** judgement_add_reason() - say why it does not pass */
void judgement_add_reason(Judgement *judgement, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * judgement_knows_failure() - has a check failed of an invariant that is expected to break?
 *
 * One that holds is no such failure: not every check of the invariant has to fail.
 */
gboolean judgement_knows_failure(const Judgement *judgement, const Check *check);

/** judgement_first_failed() - (nullable): first failed check of an invariant, if called for */
const Check *judgement_first_failed(const Judgement *judgement, const char *invariant);

#endif
