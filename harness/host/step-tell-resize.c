/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step-tell.h"

#include "size.h"

void tell_bar(GString *text, const Step *step)
{
    if (step->bar_nr < 0) {
        g_string_append_printf(text, "the main BAR of %s", step->function->name);
    } else {
        g_string_append_printf(text, "BAR %d of %s", step->bar_nr, step->function->name);
    }
}

void tell_resize(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autofree char *size = size_format(step->size_bytes);

    (void)scenario;
    (void)index;
    g_string_append_printf(text, "%s is stopped, the kernel is asked to give ",
                           step->function->name);
    tell_bar(text, step);
    g_string_append_printf(text, " a size of %s, and %s is started again.", size,
                           step->function->name);
}
