/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps that change nothing, in words. */
#include "step-tell.h"

void tell_check(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    (void)step;
    g_string_append(text, "Everybody is judged.");
}

void tell_snapshot(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "The address map as it is now goes into the report as '%s'.",
                           step->word);
}
