/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a function that is reset, or put to sleep and woken. */
#include "step-tell.h"

void tell_reset(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "%s is stopped, the kernel resets it%s, and it is started again.",
                           step->function->name,
                           step->word == NULL                ? ""
                           : g_str_equal(step->word, "flr") ? " (Function Level Reset)"
                                                             : " (Secondary Bus Reset)");
}

void tell_resume(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "%s is brought back to D0, is given its configuration back, and "
                           "is started.", step->function->name);
}

void tell_suspend(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "%s is stopped, its configuration is saved, and it is put into "
                           "D3hot.", step->function->name);
}
