/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario is expected to come to, and when to something else, in full sentences. Pure. */
#ifndef BARSHIFT_HOST_EXPECTATION_WORDS_H
#define BARSHIFT_HOST_EXPECTATION_WORDS_H

#include "scenario.h"

/** expectation_words_append() - append all of it, in lines with an indent */
void expectation_words_append(GString *text, guint indent, const Scenario *scenario);

/** expectation_words_outcome() - what an outcome promises, "nobody is stopped" */
const char *expectation_words_outcome(Outcome outcome);

#endif
