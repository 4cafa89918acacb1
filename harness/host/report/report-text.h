/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results for people: at most 100 columns, colour only when asked for. */
#ifndef BARSHIFT_HOST_REPORT_TEXT_H
#define BARSHIFT_HOST_REPORT_TEXT_H

#include "engine.h"

typedef struct TextStyle {
    gboolean colour;
    gboolean verbose; /* every window, kernel lines, what each witness said */
} TextStyle;

/** report_text_step() - (transfer full): one step, as it ends */
char *report_text_step(const StepRecord *step, const TextStyle *style);

/** report_text_result() - (transfer full): address map, witnesses, invariants, verdict */
char *report_text_result(const RunResult *result, const TextStyle *style);

#endif
