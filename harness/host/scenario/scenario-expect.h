/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scenario is expected to come to, under one kernel and one QEMU.
 *
 * [scenario] and the steps say what is expected, and a group [expect NAME] what is expected instead
 * when its conditions hold: of those that hold, the first in the file counts, for the keys that it
 * has. Whoever judges a run asks here and not the Scenario.
 */
#ifndef BARSHIFT_HOST_SCENARIO_EXPECT_H
#define BARSHIFT_HOST_SCENARIO_EXPECT_H

#include "scenario.h"

/* Texts and names are the scenario's, which has to outlive this. */
typedef struct ScenarioExpectation {
    const char *name;   /* (nullable): of the group [expect NAME]; NULL: no condition holds */
    const char *place;  /* (nullable): where that stands, "FILE:LINE" */
    const char *reason; /* (nullable): why it differs; NULL when it is just another variant */
    const char *link;   /* (nullable): where more of that is told */
    Outcome outcome;
    /* as in Scenario */
    char *const *moved;
    char *const *kept;
    char *const *untouched;
    char *const *quiet;
    char *const *breaks;
    int *steps; /* by index of the step: an Outcome, or -1 when it is not judged */
} ScenarioExpectation;

/**
 * scenario_expect() - what is to be expected
 * @kernel_version: (nullable): of the guest, "6.1.192"; conditions on one that is unknown fail
 * @qemu_version: (nullable): likewise
 *
 * Returns: (transfer full): reference-counted.
 */
ScenarioExpectation *scenario_expect(const Scenario *scenario, const char *kernel_version,
                                     const char *qemu_version);

/** scenario_expect_always() - (transfer full): what [scenario] and the steps say */
ScenarioExpectation *scenario_expect_always(const Scenario *scenario);

ScenarioExpectation *scenario_expectation_ref(ScenarioExpectation *expectation);
void scenario_expectation_unref(ScenarioExpectation *expectation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScenarioExpectation, scenario_expectation_unref)

/**
 * scenario_expectation_step() - is an outcome expected after this step, and which?
 * @outcome: (out): set only when there is one
 */
gboolean scenario_expectation_step(const ScenarioExpectation *expectation, guint index,
                                   Outcome *outcome);

#endif
