/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include "catalogue.h"
#include "expect-group.h"
#include "scenario-file.h"

const char *const outcome_names[OUTCOMES + 1] = {
    [OUTCOME_SETTLED] = "settled", [OUTCOME_REBALANCED] = "rebalanced",
    [OUTCOME_RESIZED] = "resized", [OUTCOME_REFUSED] = "refused",
    [OUTCOME_SURVIVED] = "survived", [OUTCOME_HARMED] = "harmed",
};

const char *const port_reserve_names[RESERVES + 1] = {
    [RESERVE_BUS] = "bus-reserve",       [RESERVE_IO] = "io-reserve",
    [RESERVE_MEM] = "mem-reserve",       [RESERVE_PREF32] = "pref32-reserve",
    [RESERVE_PREF64] = "pref64-reserve",
};

static void port_free(gpointer data)
{
    Port *port = data;

    g_free(port->name);
    g_free(port);
}

static void driver_free(Driver *driver)
{
    if (driver != NULL) {
        g_strfreev(driver->behave);
        g_strfreev(driver->options);
        g_free(driver->back_end);
        g_free(driver->place);
        g_free(driver);
    }
}

static void function_free(gpointer data)
{
    Function *function = data;

    driver_free(function->driver);
    g_free(function->name);
    g_free(function->type);
    g_free(function->properties);
    layout_free(function->layout);
    g_free(function->rebar);
    g_free(function->fault);
    g_free(function);
}

static void step_free(gpointer data)
{
    Step *step = data;

    if (step == NULL) {
        return;
    }
    step_free(step->meanwhile);
    g_ptr_array_unref(step->others);
    g_ptr_array_unref(step->ports);
    g_ptr_array_unref(step->stops);
    g_strfreev(step->words);
    g_free(step->wanted);
    g_free(step->file);
    g_free(step->word);
    g_free(step->policy);
    g_free(step->text);
    g_free(step->place);
    g_free(step);
}

static char *variant_text(char *const *variables)
{
    g_autofree char *list = g_strjoinv(",", (char **)variables);

    return variables[0] == NULL ? g_strdup("") : g_strdup_printf("[%s]", list);
}

Scenario *scenario_from_file(const char *path, KeyFile *file, char *const *variables,
                             GError **error)
{
    g_autoptr(Scenario) scenario = g_new0(Scenario, 1);
    g_autofree char *name = catalogue_name(path);
    ScenarioParts right;
    GError *errors = NULL;

    scenario->path = g_strdup(path);
    scenario->variables = g_strdupv((char **)variables);
    scenario->variant = variant_text(variables);
    scenario->name = g_strconcat(name, scenario->variant, NULL);
    scenario->machine = (Machine) {
        .memory_bytes = 512 * 1024 * 1024ull,
        .hole64_bytes = 32 * 1024 * 1024 * 1024ull, /* QEMU's own default for q35 */
        .hotplug = HOTPLUG_NATIVE,
    };
    scenario->root_bus = g_new0(Port, 1);
    scenario->root_bus->name = g_strdup(SCENARIO_ROOT_BUS);
    scenario->root_bus->kind = PORT_HOST;
    scenario->ports = g_ptr_array_new_with_free_func(port_free);
    scenario->functions = g_ptr_array_new_with_free_func(function_free);
    scenario->steps = g_ptr_array_new_with_free_func(step_free);
    scenario->expects = g_ptr_array_new_with_free_func((GDestroyNotify)expect_group_free);
    right = scenario_file_read(scenario, file, &errors);
    scenario_file_check(scenario, file, right, &errors);
    if (errors != NULL) {
        g_propagate_error(error, errors);
        return NULL;
    }
    return g_steal_pointer(&scenario);
}

void scenario_free(Scenario *scenario)
{
    if (scenario == NULL) {
        return;
    }
    g_ptr_array_unref(scenario->expects);
    g_ptr_array_unref(scenario->steps);
    g_ptr_array_unref(scenario->functions);
    g_ptr_array_unref(scenario->ports);
    port_free(scenario->root_bus);
    g_free(scenario->machine.cpu);
    g_free(scenario->machine.append);
    g_strfreev(scenario->moved);
    g_strfreev(scenario->kept);
    g_strfreev(scenario->untouched);
    g_strfreev(scenario->quiet);
    g_strfreev(scenario->breaks);
    g_strfreev(scenario->source);
    g_strfreev(scenario->tags);
    g_free(scenario->concerns);
    g_free(scenario->shows);
    g_free(scenario->title);
    g_free(scenario->path);
    g_strfreev(scenario->variables);
    g_free(scenario->variant);
    g_free(scenario->name);
    g_free(scenario);
}

Port *scenario_find_port(const Scenario *scenario, const char *name)
{
    for (guint i = 0; i < scenario->ports->len; i++) {
        Port *port = g_ptr_array_index(scenario->ports, i);

        if (g_str_equal(port->name, name)) {
            return port;
        }
    }
    return NULL;
}

Function *scenario_find_function(const Scenario *scenario, const char *name)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(scenario->functions, i);

        if (g_str_equal(function->name, name)) {
            return function;
        }
    }
    return NULL;
}

Function *scenario_function_by_tag(const Scenario *scenario, guint32 tag)
{
    return tag == 0 || tag > scenario->functions->len
               ? NULL
               : g_ptr_array_index(scenario->functions, tag - 1);
}

gboolean scenario_has_driver(const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->driver != NULL) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean scenario_has_tags(const Scenario *scenario, const char *const *tags)
{
    for (guint i = 0; tags[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *)scenario->tags, tags[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

void scenario_set_driver_model(Scenario *scenario, const char *model)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->driver != NULL) {
            function->driver->model = model;
        }
    }
}

guint64 function_pref64_bytes(const Function *function)
{
    if (function->device != DEVICE_BARSHIFT) {
        return 0;
    }
    return function->layout == NULL ? function->size_bytes : layout_pref64_bytes(function->layout);
}

gboolean port_is_below(const Port *port, const Port *above)
{
    while (port != NULL && port != above) {
        port = port->parent;
    }
    return port != NULL;
}

const char *port_root_bus(const Port *port)
{
    return port->kind == PORT_HOST ? port->name
           : port->parent == NULL  ? SCENARIO_ROOT_BUS
                                   : port->parent->name;
}

gboolean port_has_slots(const Port *port)
{
    return port->kind == PORT_HOST || port->kind == PORT_PCI_BRIDGE;
}

Port *port_root(Port *port)
{
    while (port->kind != PORT_ROOT && port->parent != NULL) {
        port = port->parent;
    }
    return port;
}
