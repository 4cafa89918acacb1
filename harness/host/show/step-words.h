/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a scenario in full sentences. Pure. */
#ifndef BARSHIFT_HOST_STEP_WORDS_H
#define BARSHIFT_HOST_STEP_WORDS_H

#include "scenario.h"

/**
 * step_words() - what a step does
 * @index: of the step in @scenario->steps
 *
 * Returns: (transfer full): sentences, not wrapped.
 */
char *step_words(const Scenario *scenario, guint index);

/** step_words_know() - is there a sentence for this kind of step? A test asks. */
gboolean step_words_know(const StepType *type);

/** step_words_arrival() - number of the first step that plugs a function in, from 1; 0: none */
guint step_words_arrival(const Scenario *scenario, const Function *function);

/** step_words_leave() - number of the first step that takes a function away; 0: none */
guint step_words_leave(const Scenario *scenario, const Function *function);

/** words_append_list() - "a", "a and b", "a, b and c"; @names: (element-type utf8) */
void words_append_list(GString *text, const GPtrArray *names);

#endif
