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

static void append_by_config(GString *text, const Step *step, const char *size)
{
    g_string_append_printf(text, "%s is stopped, a size of %s is written for ",
                           step->function->name, size);
    tell_bar(text, step);
    g_string_append_printf(text, " in configuration space, and %s is removed, found again and "
                           "started.", step->function->name);
}

static void append_by_kernel(GString *text, const Step *step, const char *size)
{
    g_string_append_printf(text, "%s is stopped, the kernel is asked to give ",
                           step->function->name);
    tell_bar(text, step);
    g_string_append_printf(text, " a size of %s, and %s is started again.", size,
                           step->function->name);
    if (step->wanted != NULL) {
        g_string_append_printf(text, " The kernel has to answer %s.", step->wanted);
    }
}

void tell_resize(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autofree char *size = size_format(step->size_bytes);

    (void)scenario;
    (void)index;
    (step->by_config ? append_by_config : append_by_kernel)(text, step, size);
    if (step->decoding) {
        g_string_append(text, " Memory decode is left on.");
    }
    if (step->bound) {
        g_string_append(text, " A driver of the kernel stays bound to it.");
    }
}

void tell_next_size(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autofree char *size = size_format(step->size_bytes);

    (void)scenario;
    (void)index;
    g_string_append(text, "From its next reset on ");
    tell_bar(text, step);
    g_string_append_printf(text, " has a size of %s, for good, as after a firmware update.", size);
}
