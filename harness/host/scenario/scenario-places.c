/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Device and bus numbers. A root port is the device of its own number, and unique in the whole
 * scenario, so that a way from a root bus names one function whichever root bus it is. Where there
 * are too many, eight of them are the functions of a device.
 */
#include "scenario-group.h"

#define DEVICE_MAX 30 /* device 0 of pcie.0 is the host bridge, 31 the chipset's LPC */
#define DEVICE_FUNCTIONS 8
#define BUSES 256

static gboolean has_place(const Port *port)
{
    return port->kind == PORT_ROOT || port->kind == PORT_HOST;
}

static char *port_group(const Port *port)
{
    return g_strconcat(port->kind == PORT_HOST ? "host-bridge " : "port ", port->name, NULL);
}

/* Does a function with a number of its own sit in this device of any root bus? */
static gboolean is_taken(const Scenario *scenario, guint device)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->port->kind == PORT_HOST && function->slot == device) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A host bridge is a device by itself; its neighbours in the file may share one. */
static gboolean share_device(const Port *first, const Port *port)
{
    return first != NULL && first->kind == PORT_ROOT && port->kind == PORT_ROOT &&
           first->parent == port->parent;
}

static gboolean pack(Scenario *scenario, const KeyFile *file, GError **error)
{
    Port *first = NULL; /* function 0 of the device under way */
    guint device = 0;
    guint function = 0;

    for (guint i = 0; i < scenario->ports->len; i++) {
        Port *port = g_ptr_array_index(scenario->ports, i);

        if (!has_place(port)) {
            continue;
        }
        if (share_device(first, port) && function + 1 < DEVICE_FUNCTIONS) {
            first->multifunction = TRUE;
            function++;
        } else {
            first = port;
            function = 0;
            do {
                device++;
            } while (is_taken(scenario, device));
        }
        if (device > DEVICE_MAX) {
            g_autofree char *group = port_group(port);

            return key_file_fail(file, group, NULL, error,
                                 "no device number is left for it; functions on root buses leave "
                                 "too few");
        }
        port->device = device;
        port->function = function;
    }
    return TRUE;
}

/* Numbers stay as they are where they fit: a BAR's place in the window depends on them. */
static gboolean place(Scenario *scenario, const KeyFile *file, GError **error)
{
    guint highest = 0;

    for (guint i = 0; i < scenario->ports->len; i++) {
        Port *port = g_ptr_array_index(scenario->ports, i);

        port->device = port->number;
        highest = has_place(port) ? port->number : highest;
    }
    return highest <= DEVICE_MAX || pack(scenario, file, error);
}

static gboolean check_slot(const Scenario *scenario, const KeyFile *file,
                           const Function *function, GError **error)
{
    for (guint i = 0; function->port->kind == PORT_HOST && i < scenario->ports->len; i++) {
        const Port *port = g_ptr_array_index(scenario->ports, i);
        const char *bus = port->kind == PORT_HOST ? SCENARIO_ROOT_BUS : port_root_bus(port);

        if (has_place(port) && port->device == function->slot &&
            g_str_equal(bus, function->port->name)) {
            g_autofree char *group = g_strconcat("function ", function->name, NULL);

            return key_file_fail(file, group, "slot", error,
                                 "slot %u of '%s' is the port '%s'; ports have the numbers of "
                                 "their order in the file", function->slot, bus, port->name);
        }
    }
    return TRUE;
}

/* What can come later needs a slot that is made for it. */
static gboolean check_plugged(const Scenario *scenario, const KeyFile *file,
                              const Function *function, GError **error)
{
    const Port *port = function->port;
    g_autofree char *group = g_strconcat("function ", function->name, NULL);

    if (function->at_boot) {
        return TRUE;
    }
    if (port->no_hotplug) {
        return key_file_fail(file, group, "plugged", error, "port '%s' has 'hotplug = off'",
                             port->name);
    }
    return port->kind != PORT_PCI_BRIDGE || scenario->machine.hotplug == HOTPLUG_ACPI ||
           key_file_fail(file, group, "plugged", error,
                         "a conventional bus takes newcomers with 'hotplug = acpi' in [machine]");
}

/* Is @port right below @above? Root ports of pcie.0 have no parent. */
static gboolean sits_on(const Port *port, const Port *above)
{
    return above->kind == PORT_HOST ? port->kind == PORT_ROOT &&
                                          g_str_equal(port_root_bus(port), above->name)
                                    : port->parent == above;
}

/* A bus and all below it, at least as many as are to be set aside there */
static guint64 buses_of(const Scenario *scenario, const Port *above)
{
    guint64 below = 0;

    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *port = g_ptr_array_index(scenario->ports, i);

        if (sits_on(port, above)) {
            below += buses_of(scenario, port);
        }
    }
    return 1 + MAX(below, above->reserves[RESERVE_BUS]);
}

/* The root bus with the lowest number above another one's, (nullable) */
static const Port *next_bridge(const Scenario *scenario, const Port *port)
{
    const Port *next = NULL;

    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *other = g_ptr_array_index(scenario->ports, i);

        if (other->kind == PORT_HOST && other != port && other->bus_nr >= port->bus_nr &&
            (next == NULL || other->bus_nr < next->bus_nr)) {
            next = other;
        }
    }
    return next;
}

static gboolean check_buses(const Scenario *scenario, const KeyFile *file, const Port *port,
                            GError **error)
{
    const Port *next = next_bridge(scenario, port);
    guint64 end = port->bus_nr + buses_of(scenario, port);
    const Port *blamed = next != NULL ? next : port->number != 0 ? port : NULL;
    g_autofree char *group = blamed == NULL ? NULL : port_group(blamed);

    if (next != NULL && end > next->bus_nr) {
        return key_file_fail(file, group, "bus", error,
                             "'%s' and what lies below it need the buses %u to %" G_GUINT64_FORMAT
                             "; expected %" G_GUINT64_FORMAT " or more", port->name, port->bus_nr,
                             end - 1, end);
    }
    if (end <= BUSES) {
        return TRUE;
    }
    return key_file_fail(file, group == NULL ? "machine" : group, group == NULL ? NULL : "bus",
                         error,
                         "'%s' and what lies below it need the buses %u to %" G_GUINT64_FORMAT
                         "; there are %d", port->name, port->bus_nr, end - 1, BUSES);
}

gboolean scenario_places(Scenario *scenario, const KeyFile *file, GError **error)
{
    if (!place(scenario, file, error) ||
        !check_buses(scenario, file, scenario->root_bus, error)) {
        return FALSE;
    }
    for (guint i = 0; i < scenario->ports->len; i++) {
        const Port *port = g_ptr_array_index(scenario->ports, i);

        if (port->kind == PORT_HOST && !check_buses(scenario, file, port, error)) {
            return FALSE;
        }
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (!check_slot(scenario, file, function, error) ||
            !check_plugged(scenario, file, function, error)) {
            return FALSE;
        }
    }
    return TRUE;
}
