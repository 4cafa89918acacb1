/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario claims beyond its outcome: who moved, was kept, was untouched, was no trouble. */
#ifndef BARSHIFT_HOST_CLAIMS_H
#define BARSHIFT_HOST_CLAIMS_H

#include "verdict.h"

/** claims_judge() - add a reason to @judgement, which has the fates, for each claim not true */
void claims_judge(const Story *story, const ScenarioExpectation *expectation,
                  Judgement *judgement);

#endif
