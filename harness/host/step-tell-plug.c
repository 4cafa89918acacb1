/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices come and go. */
#include "step-tell.h"

void tell_power_off(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)index;
    g_string_append_printf(text, "The guest switches the slot of port %s off, and QEMU takes ",
                           step->function->port->name);
    tell_device(text, scenario, step->function);
    g_string_append(text, " away.");
}

void tell_hot_add(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)index;
    g_string_append(text, "QEMU plugs ");
    tell_device(text, scenario, step->function);
    g_string_append_printf(text, " into port %s. When the kernel has settled, what has its "
                           "resources is started.", step->function->port->name);
}
