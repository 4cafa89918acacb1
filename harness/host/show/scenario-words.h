/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario in full sentences, for whoever has not written it. Pure. */
#ifndef BARSHIFT_HOST_SCENARIO_WORDS_H
#define BARSHIFT_HOST_SCENARIO_WORDS_H

#include "scenario.h"

typedef struct WordsStyle {
    gboolean colour;
    gboolean ascii; /* no box characters in the drawing */
} WordsStyle;

/**
 * scenario_words() - explain a scenario: why, machine, topology, steps, expectations
 * @description: what the comment at the top of its file says; "" when there is none
 *
 * Returns: (transfer full): lines of at most TEXT_COLUMNS characters.
 */
char *scenario_words(const Scenario *scenario, const char *description, const WordsStyle *style);

#endif
