/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the buses: host bridges, ports and bridges. */
#include "machine-parts.h"

/* A window of 0 bytes is none that could be asked for; of I/O it is a port without any. */
static void append_reserves(GString *option, const Port *port)
{
    for (guint i = 0; i < RESERVES; i++) {
        if (port->has_reserve[i] && (port->reserves[i] != 0 || i == RESERVE_IO)) {
            g_string_append_printf(option, ",%s=%" G_GUINT64_FORMAT, port_reserve_names[i],
                                   port->reserves[i]);
        }
    }
}

static void append_slot(GString *option, const Port *port)
{
    g_string_append_printf(option, ",chassis=%u,slot=%u%s", port->number, port->number,
                           port->no_hotplug ? ",hotplug=off" : "");
}

static void append_root_port(GString *option, const Port *port)
{
    g_string_append_printf(option, "pcie-root-port,id=%s,bus=%s,addr=%#x", port->name,
                           port_root_bus(port), port->device);
    if (port->function != 0) {
        g_string_append_printf(option, ".%u", port->function);
    }
    if (port->multifunction) {
        g_string_append(option, ",multifunction=on");
    }
    append_slot(option, port);
    append_reserves(option, port);
}

void machine_add_port(GStrvBuilder *command, const Port *port)
{
    g_autoptr(GString) option = g_string_new(NULL);
    const char *above = port->parent == NULL ? NULL : port->parent->name;

    switch (port->kind) {
    case PORT_ROOT:
        append_root_port(option, port);
        break;
    case PORT_UPSTREAM:
        g_string_printf(option, "%s,id=%s,bus=%s",
                        port->bar_size_bytes == 0 ? "x3130-upstream" : "barshift-upstream",
                        port->name, above);
        if (port->bar_size_bytes != 0) {
            g_string_append_printf(option, ",bar=%" G_GUINT64_FORMAT, port->bar_size_bytes);
        }
        break;
    case PORT_DOWNSTREAM:
        g_string_printf(option, "xio3130-downstream,id=%s,bus=%s", port->name, above);
        append_slot(option, port);
        break;
    case PORT_PCI_BRIDGE:
        g_string_printf(option, "pcie-pci-bridge,id=%s,bus=%s", port->name, above);
        break;
    case PORT_HOST:
        g_string_printf(option, "pxb-pcie,id=%s,bus=" SCENARIO_ROOT_BUS ",addr=%#x,bus_nr=%u",
                        port->name, port->device, port->bus_nr);
        break;
    }
    machine_add(command, "-device", option->str);
}
