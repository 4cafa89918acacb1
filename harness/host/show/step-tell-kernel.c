/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel knows of, its drivers, its log, and scripts in the guest. */
#include "step-tell.h"

#include "size.h"

void tell_bind(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "The kernel's driver %s is bound to %s.", step->words[0],
                           step->function->name);
}

void tell_unbind(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "The kernel's driver of %s is unbound.", step->function->name);
}

void tell_remove(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    if (step->function != NULL) {
        g_string_append_printf(text, "The kernel is told to forget %s, which stays plugged in.",
                               step->function->name);
    } else {
        const Port *port = g_ptr_array_index(step->ports, 0);

        g_string_append_printf(text, "The kernel is told to forget port %s and all below it, which "
                               "stay plugged in.", port->name);
    }
}

void tell_rescan(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    if (step->ports->len != 0) {
        const Port *port = g_ptr_array_index(step->ports, 0);

        g_string_append_printf(text, "The kernel rescans the bus below port %s.", port->name);
    } else {
        g_string_append_printf(text, "The kernel rescans %s.",
                               g_str_equal(step->words[0], "root") ? "the root bus" : "all buses");
    }
}

void tell_run(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autofree char *command = g_strjoinv(" ", step->words);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    (void)scenario;
    (void)index;
    for (guint i = 0; i < step->stops->len; i++) {
        g_ptr_array_add(names, ((const Function *)g_ptr_array_index(step->stops, i))->name);
    }
    g_string_append_printf(text, "The guest runs '%s'%s", command,
                           step->file == NULL ? "" : ", a script beside the scenario");
    if (names->len != 0) {
        g_string_append(text, "; stopped before it, and started again after it: ");
        words_append_list(text, names);
    }
    g_string_append_c(text, '.');
    if (step->function != NULL) {
        g_autofree char *size = size_format(step->size_bytes);

        g_string_append(text, " By then ");
        tell_bar(text, step);
        g_string_append_printf(text, " is to have a size of %s.", size);
    }
    if (step->status != 0) {
        g_string_append_printf(text, " It has to end with status %u.", step->status);
    }
}

void tell_wait_for(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)scenario;
    (void)index;
    g_string_append_printf(text, "Nothing is done until the kernel's log has a line with '%s'.",
                           step->wanted);
}
