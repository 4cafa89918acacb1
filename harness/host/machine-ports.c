/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the buses: host bridges, ports and bridges. */
#include "machine-parts.h"

void machine_add_port(GStrvBuilder *command, const Port *port)
{
    g_autofree char *reserve = NULL;

    switch (port->kind) {
    case PORT_ROOT:
        reserve = port->pref64_reserve_bytes == 0
                      ? g_strdup("")
                      : g_strdup_printf(",pref64-reserve=%" G_GUINT64_FORMAT,
                                        port->pref64_reserve_bytes);
        machine_addf(command, "-device", "pcie-root-port,id=%s,bus=pcie.0,addr=%#x,chassis=%u,slot=%u%s",
             port->name, port->number, port->number, port->number, reserve);
        break;
    case PORT_HOST:
        break;
    case PORT_UPSTREAM:
        machine_addf(command, "-device", "x3130-upstream,id=%s,bus=%s", port->name, port->parent->name);
        break;
    case PORT_DOWNSTREAM:
        machine_addf(command, "-device", "xio3130-downstream,id=%s,bus=%s,chassis=%u,slot=%u", port->name,
             port->parent->name, port->number, port->number);
        break;
    }
}
