/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include "error.h"
#include "size.h"

/* Each takes one of the about 200 interrupt vectors of the guest's processor, others too. */
#define PORTS_MAX 128
#define BUS_MAX 255
#define PORT_BAR_MIN 4096ull
#define PORT_BAR_MAX (1024 * 1024ull * 1024 * 1024)

static const char *const port_keys[] = {
    "kind",        "parent",         "hotplug",        "bar", "bus-reserve", "io-reserve",
    "mem-reserve", "pref32-reserve", "pref64-reserve", NULL,
};
static const char *const host_bridge_keys[] = { "bus", NULL };
static const char *const port_kinds[] = { "root", "upstream", "downstream", "pci-bridge", NULL };
static const char *const hotplugs[] = { "on", "off", NULL };

/* What a window is a multiple of */
static const guint64 reserve_steps[RESERVES] = {
    [RESERVE_BUS] = 1,
    [RESERVE_IO] = 4096,
    [RESERVE_MEM] = 1024 * 1024,
    [RESERVE_PREF32] = 1024 * 1024,
    [RESERVE_PREF64] = 1024 * 1024,
};
/* Where it has to lie, in words and by its end */
static const guint64 reserve_limits[RESERVES] = {
    [RESERVE_BUS] = BUS_MAX + 1,
    [RESERVE_IO] = 64 * 1024,
    [RESERVE_MEM] = 4 * 1024 * 1024 * 1024ull,
    [RESERVE_PREF32] = 4 * 1024 * 1024 * 1024ull,
    [RESERVE_PREF64] = G_MAXUINT64,
};

/* A root or downstream port leads to one device: a function, a switch, or a bridge. */
static gboolean port_is_free(const Scenario *scenario, const KeyFile *file, const char *group,
                             const Port *port, GError **error)
{
    const char *holder = NULL;

    for (guint i = 0; port->kind != PORT_DOWNSTREAM && i < scenario->ports->len; i++) {
        const Port *other = g_ptr_array_index(scenario->ports, i);

        if (other != port && other->parent == port->parent) {
            holder = other->name;
        }
    }
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->port == port->parent) {
            holder = function->name;
        }
    }
    return holder == NULL || key_file_fail(file, group, "parent", error,
                                           "port '%s' already holds '%s'", port->parent->name,
                                           holder);
}

/* What a port of this kind sits in, as the error has it; NULL when @above is right. */
static const char *parent_complaint(PortKind kind, PortKind above)
{
    switch (kind) {
    case PORT_ROOT:
        return above == PORT_HOST ? NULL
                                  : "no host bridge; a root port is on " SCENARIO_ROOT_BUS
                                    " without the key, or on a [host-bridge NAME]";
    case PORT_DOWNSTREAM:
        return above == PORT_UPSTREAM ? NULL : "no upstream port";
    case PORT_UPSTREAM:
    case PORT_PCI_BRIDGE:
        return above == PORT_ROOT || above == PORT_DOWNSTREAM ? NULL : "no root or downstream port";
    case PORT_HOST:
        break;
    }
    g_assert_not_reached();
}

static gboolean read_parent(Scenario *scenario, const KeyFile *file, const char *group,
                            Port *port, GError **error)
{
    g_autofree char *name = key_file_get(file, group, "parent");
    const char *complaint;

    if (name == NULL && port->kind == PORT_ROOT) {
        return TRUE;
    }
    port->parent = name == NULL ? NULL : scenario_find_port(scenario, name);
    if (port->parent == NULL) {
        return name == NULL
                   ? key_file_fail(file, group, NULL, error,
                                   "the key 'parent' is missing: the port above")
                   : key_file_fail(file, group, "parent", error,
                                   "no port '%s'; expected a port defined above", name);
    }
    complaint = parent_complaint(port->kind, port->parent->kind);
    if (complaint != NULL) {
        return key_file_fail(file, group, "parent", error, "'%s' is %s", name, complaint);
    }
    return port->kind == PORT_ROOT || port_is_free(scenario, file, group, port, error);
}

static gboolean read_reserve(const KeyFile *file, const char *group, Port *port,
                             PortReserve reserve, GError **error)
{
    const char *key = port_reserve_names[reserve];
    g_autofree char *value = key_file_get(file, group, key);
    g_autofree char *step = size_format(reserve_steps[reserve]);
    g_autofree char *limit = size_format(reserve_limits[reserve]);
    guint buses = 0;

    if (value == NULL) {
        return TRUE;
    }
    if (port->kind != PORT_ROOT) {
        return key_file_fail(file, group, key, error,
                             "only root ports carry QEMU's resource reserve capability; remove the "
                             "key");
    }
    port->has_reserve[reserve] = TRUE;
    if (reserve == RESERVE_BUS) {
        gboolean read = key_file_get_number(file, group, key, 0, BUS_MAX, &buses, error);

        port->reserves[reserve] = buses;
        return read;
    }
    if (!key_file_get_size(file, group, key, &port->reserves[reserve], error)) {
        return FALSE;
    }
    if (port->reserves[reserve] % reserve_steps[reserve] != 0) {
        return key_file_fail(file, group, key, error, "a window is a multiple of %s", step);
    }
    return port->reserves[reserve] < reserve_limits[reserve] ||
           key_file_fail(file, group, key, error, "expected less than %s, below which it lies",
                         limit);
}

static gboolean read_reserves(const KeyFile *file, const char *group, Port *port, GError **error)
{
    for (guint i = 0; i < RESERVES; i++) {
        if (!read_reserve(file, group, port, i, error)) {
            return FALSE;
        }
    }
    return !port->has_reserve[RESERVE_PREF32] || !port->has_reserve[RESERVE_PREF64] ||
           key_file_fail(file, group, port_reserve_names[RESERVE_PREF64], error,
                         "a port has one prefetchable window, and '%s' stands here too; remove one "
                         "of them",
                         port_reserve_names[RESERVE_PREF32]);
}

static gboolean read_hotplug(const KeyFile *file, const char *group, Port *port, GError **error)
{
    g_autofree char *value = key_file_get(file, group, "hotplug");
    guint off = FALSE;

    if (value != NULL && port->kind != PORT_ROOT && port->kind != PORT_DOWNSTREAM) {
        return key_file_fail(file, group, "hotplug", error,
                             "only root and downstream ports have a slot; remove the key");
    }
    if (!key_file_get_choice(file, group, "hotplug", hotplugs, &off, error)) {
        return FALSE;
    }
    port->no_hotplug = off;
    return TRUE;
}

static gboolean read_bar(const KeyFile *file, const char *group, Port *port, GError **error)
{
    g_autofree char *value = key_file_get(file, group, "bar");

    if (value != NULL && port->kind != PORT_UPSTREAM) {
        return key_file_fail(file, group, "bar", error,
                             "only an upstream port can have a BAR of its own here; remove the "
                             "key");
    }
    return key_file_get_size(file, group, "bar", &port->bar_size_bytes, error) &&
           (value == NULL ||
            (size_is_power_of_two(port->bar_size_bytes) && port->bar_size_bytes >= PORT_BAR_MIN &&
             port->bar_size_bytes <= PORT_BAR_MAX) ||
            key_file_fail(file, group, "bar", error,
                          "a BAR's size is a power of two, here from 4K to 1T"));
}

/* From 1, by the order of the file; root buses are ports, too */
static guint place_among_ports(const KeyFile *file, const char *group)
{
    g_auto(GStrv) groups = key_file_groups(file);
    guint place = 0;

    for (guint i = 0; groups[i] != NULL; i++) {
        place += g_str_has_prefix(groups[i], "port ") ||
                 g_str_has_prefix(groups[i], "host-bridge ");
        if (g_str_equal(groups[i], group)) {
            break;
        }
    }
    return place;
}

static Port *add_port(Scenario *scenario, const KeyFile *file, const char *group, const char *name,
                      GError **error)
{
    Port *port;

    if (!scenario_check_name(scenario, file, group, name, error)) {
        return NULL;
    }
    port = g_new0(Port, 1);
    g_ptr_array_add(scenario->ports, port);
    port->name = g_strdup(name);
    port->number = scenario->ports->len;
    if (port->number > PORTS_MAX) {
        key_file_fail(file, group, NULL, error, "more than %d ports", PORTS_MAX);
        if (error != NULL && place_among_ports(file, group) > PORTS_MAX + 1) {
            (*error)->code = RUNNER_ERROR_FOLLOWS; /* once is enough */
        }
        return NULL;
    }
    return port;
}

gboolean scenario_read_port(Scenario *scenario, const KeyFile *file, const char *group,
                            const char *name, GError **error)
{
    Port *port = add_port(scenario, file, group, name, error);
    guint kind = PORT_ROOT;

    if (port == NULL || !key_file_check_keys(file, group, port_keys, error) ||
        !key_file_get_choice(file, group, "kind", port_kinds, &kind, error)) {
        return FALSE;
    }
    port->kind = kind;
    return read_reserves(file, group, port, error) && read_hotplug(file, group, port, error) &&
           read_bar(file, group, port, error) && read_parent(scenario, file, group, port, error);
}

gboolean scenario_read_host_bridge(Scenario *scenario, const KeyFile *file, const char *group,
                                   const char *name, GError **error)
{
    Port *port = add_port(scenario, file, group, name, error);

    if (port == NULL || !key_file_check_keys(file, group, host_bridge_keys, error) ||
        !key_file_get_number(file, group, "bus", 1, BUS_MAX - 1, &port->bus_nr, error)) {
        return FALSE;
    }
    port->kind = PORT_HOST;
    return port->bus_nr != 0 ||
           key_file_fail(file, group, NULL, error,
                         "the key 'bus' is missing: the number of its root bus, 1 to %d",
                         BUS_MAX - 1);
}
