/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs moved by hand, of which nobody tells the kernel. */
#include "step-tell.h"

#include "size.h"

static const char not_told[] =
    ", in configuration space with memory decode off meanwhile; nobody tells the kernel.";

void tell_move(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append(text, "By hand, ");
    tell_bar(text, step);
    if (step->other != NULL) {
        g_string_append_printf(text, " is moved to where the main BAR of %s is", step->other->name);
    } else if (step->address != 0) {
        g_string_append_printf(text, " is moved to %#" G_GINT64_MODIFIER "x", step->address);
    } else {
        gboolean down = step->distance < 0;
        g_autofree char *distance =
            size_format(down ? 0 - (guint64)step->distance : (guint64)step->distance);

        g_string_append_printf(text, " is moved %s by %s", down ? "down" : "up", distance);
    }
    g_string_append(text, not_told);
}

void tell_swap(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "By hand, the main BARs of %s and %s exchange their addresses%s",
                           step->function->name, step->other->name, not_told);
}
