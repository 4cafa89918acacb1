/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#define ROOT_PORTS_MAX 30         /* devices 1 to 30 of pcie.0; 31 is the chipset's LPC */
#define WINDOW_STEP (1024 * 1024) /* of a bridge's memory windows */

static const char *const port_keys[] = { "kind", "parent", "pref64-reserve", NULL };
static const char *const port_kinds[] = { "root", "upstream", "downstream", NULL };

/* A root or downstream port leads to one device: a function, or one switch. */
static gboolean port_is_free(const Scenario *scenario, const KeyFile *file, const char *group,
                             const Port *port, GError **error)
{
    const char *holder = NULL;

    for (guint i = 0; port->kind == PORT_UPSTREAM && i < scenario->ports->len; i++) {
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

static gboolean read_parent(Scenario *scenario, const KeyFile *file, const char *group,
                            Port *port, GError **error)
{
    g_autofree char *name = key_file_get(file, group, "parent");
    PortKind above = port->kind == PORT_UPSTREAM ? PORT_ROOT : PORT_UPSTREAM;

    if (port->kind == PORT_ROOT) {
        return name == NULL ||
               key_file_fail(file, group, "parent", error, "a root port has no parent");
    }
    port->parent = name == NULL ? NULL : scenario_find_port(scenario, name);
    if (port->parent == NULL) {
        return key_file_fail(file, group, "parent", error, "%s '%s'; expected a port defined above",
                             name == NULL ? "missing" : "no port", name == NULL ? "" : name);
    }
    if (port->parent->kind != above &&
        !(port->kind == PORT_UPSTREAM && port->parent->kind == PORT_DOWNSTREAM)) {
        return key_file_fail(file, group, "parent", error,
                             port->kind == PORT_UPSTREAM
                                 ? "'%s' is no root or downstream port"
                                 : "'%s' is no upstream port", name);
    }
    return port_is_free(scenario, file, group, port, error);
}

gboolean scenario_read_port(Scenario *scenario, const KeyFile *file, const char *group,
                            const char *name, GError **error)
{
    Port *port = g_new0(Port, 1);
    guint kind = PORT_ROOT;

    if (!scenario_check_name(scenario, file, group, name, error)) {
        g_free(port);
        return FALSE;
    }
    g_ptr_array_add(scenario->ports, port);
    port->name = g_strdup(name);
    port->number = scenario->ports->len;
    if (!key_file_check_keys(file, group, port_keys, error) ||
        !key_file_get_choice(file, group, "kind", port_kinds, &kind, error) ||
        !key_file_get_size(file, group, "pref64-reserve", &port->pref64_reserve_bytes, error)) {
        return FALSE;
    }
    port->kind = kind;
    if (port->kind != PORT_ROOT && port->pref64_reserve_bytes != 0) {
        return key_file_fail(file, group, "pref64-reserve", error,
                             "only root ports carry QEMU's resource reserve capability");
    }
    if (port->number > ROOT_PORTS_MAX) {
        return key_file_fail(file, group, NULL, error, "more than %d ports", ROOT_PORTS_MAX);
    }
    if (port->pref64_reserve_bytes % WINDOW_STEP != 0) {
        return key_file_fail(file, group, "pref64-reserve", error,
                             "a window is a multiple of 1M");
    }
    return read_parent(scenario, file, group, port, error);
}
