/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices come and go. */
#include "step-tell.h"

/* What happens meanwhile is not waited for anyway. */
static void append_no_wait(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    if (step->without_waiting && step == g_ptr_array_index(scenario->steps, index)) {
        g_string_append(text, " The next step begins at once.");
    }
}

void tell_hot_add(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_string_append(text, "QEMU plugs ");
    tell_device(text, scenario, step->function);
    g_string_append_printf(text, " into port %s.", step->function->port->name);
    if (!step->without_waiting) {
        g_string_append(text, " When the kernel has settled, what has its resources is started.");
    }
    append_no_wait(text, scenario, index, step);
}

void tell_power_off(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autoptr(GPtrArray) ports = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    (void)index;
    g_ptr_array_add(ports, step->function->port->name);
    tell_add_names(names, scenario, step->function);
    for (guint i = 0; i < step->others->len; i++) {
        const Function *other = g_ptr_array_index(step->others, i);

        g_ptr_array_add(ports, other->port->name);
        tell_add_names(names, scenario, other);
    }
    g_string_append_printf(text, "The guest switches the slot%s of port%s ",
                           ports->len == 1 ? "" : "s", ports->len == 1 ? "" : "s");
    words_append_list(text, ports);
    g_string_append(text, ports->len == 1 ? " off, and QEMU takes "
                                          : " off at the same time, and QEMU takes ");
    words_append_list(text, names);
    g_string_append(text, " away.");
}

void tell_unplug(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    const char *port = step->function->port->name;

    switch (step->how) {
    case UNPLUG_BUTTON:
        g_string_append_printf(text, "The attention button of port %s is pressed; some seconds "
                               "later the guest lets ", port);
        tell_device(text, scenario, step->function);
        g_string_append(text, " go.");
        break;
    case UNPLUG_POWER:
        tell_power_off(text, scenario, index, step);
        break;
    case UNPLUG_SURPRISE:
        tell_device(text, scenario, step->function);
        g_string_append_printf(text, " vanishes from port %s, and nobody was asked.", port);
        break;
    }
    append_no_wait(text, scenario, index, step);
}

void tell_press(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)index;
    g_string_append_printf(text, "The attention button of port %s is pressed once more, while ",
                           step->function->port->name);
    tell_device(text, scenario, step->function);
    g_string_append(text, " is being unplugged.");
    if (step->wanted != NULL) {
        g_string_append_printf(text, " QEMU has to refuse, with the words '%s'.", step->wanted);
    }
}
