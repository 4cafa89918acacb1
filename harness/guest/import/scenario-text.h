/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sketch as scenario and layout files, docs/scenarios.md and docs/layouts.md. */
#ifndef BARSHIFT_IMPORT_SCENARIO_TEXT_H
#define BARSHIFT_IMPORT_SCENARIO_TEXT_H

#include <stdio.h>

#include "sketch.h"

/**
 * scenario_text_write() - the scenario
 * @origin: name of the capture, as it was given
 * @name: of the scenario, without folder and ".ini"; layouts are beside it as NAME-N.ini, from 1
 */
void scenario_text_write(const Sketch *sketch, const char *origin, const char *name, FILE *file);

/** layout_text_write() - one layout of the sketch */
void layout_text_write(const Sketch *sketch, size_t index, FILE *file);

#endif
