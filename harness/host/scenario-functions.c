/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include "catalogue.h"
#include "size.h"

#define FUNCTION_SIZE_DEFAULT (2 * 1024 * 1024 * 1024ull)
#define DISK_SIZE_DEFAULT (64 * 1024 * 1024ull)
#define FUNCTION_SIZE_MAX (1024 * 1024ull * 1024 * 1024) /* the device's bound */

#define FUNCTION_NUMBER_MAX 7

static const char *const function_keys[] = {
    "device", "port",     "number", "layout",  "size",    "rebar",   "fault",   "plugged",
    "driver", "back-end", "behave", "options", "streams", "running", "handles", "paging-path",
    NULL,
};
static const char *const plugged[] = { "later", "boot", NULL };
static const char *const devices[] = { "barshift", "nvme", NULL };

static gboolean bar_size_is_legal(guint64 size_bytes)
{
    return size_is_power_of_two(size_bytes) && size_bytes >= SCENARIO_BAR_SIZE_MIN &&
           size_bytes <= FUNCTION_SIZE_MAX;
}

static gboolean read_function_port(Scenario *scenario, const KeyFile *file, const char *group,
                                   Function *function, GError **error)
{
    g_autofree char *name = key_file_get(file, group, "port");

    if (name == NULL) {
        return key_file_fail(file, group, NULL, error, "the key 'port' is missing");
    }
    function->port = scenario_find_port(scenario, name);
    if (function->port == NULL) {
        return key_file_fail(file, group, "port", error, "no port '%s' is defined above", name);
    }
    if (function->port->kind == PORT_UPSTREAM) {
        return key_file_fail(file, group, "port", error,
                             "'%s' is an upstream port; functions sit below its downstream ports",
                             name);
    }
    for (guint i = 0; i < scenario->ports->len; i++) {
        Port *other = g_ptr_array_index(scenario->ports, i);

        if (other->parent == function->port) {
            return key_file_fail(file, group, "port", error, "'%s' holds the switch port '%s'",
                                 name, other->name);
        }
    }
    return TRUE;
}

/* A name, or a path from the folder that the scenario is in. */
static Layout *find_layout(const Scenario *scenario, const KeyFile *file, const char *group,
                           const char *argument, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(scenario->path);
    g_autofree char *path = NULL;
    g_autoptr(GError) cause = NULL;

    if (catalogue_is_path(argument)) {
        path = g_path_is_absolute(argument) ? g_strdup(argument)
                                            : g_build_filename(folder, argument, NULL);
    } else {
        path = catalogue_path(CATALOGUE_LAYOUTS, argument, &cause);
    }
    if (path == NULL) {
        key_file_fail(file, group, "layout", error, "%s", cause->message);
        return NULL;
    }
    return layout_load(path, error);
}

static gboolean read_function_bars(const Scenario *scenario, const KeyFile *file,
                                   const char *group, Function *function, GError **error)
{
    static const char *const others[] = { "size", "rebar" };
    g_autofree char *layout = key_file_get(file, group, "layout");

    function->rebar = key_file_get(file, group, "rebar");
    if (!key_file_get_size(file, group, "size", &function->size_bytes, error)) {
        return FALSE;
    }
    if (!bar_size_is_legal(function->size_bytes)) {
        return key_file_fail(file, group, "size", error,
                             "a BAR's size is a power of two, here from 1M to 1T");
    }
    for (guint i = 0; layout != NULL && i < G_N_ELEMENTS(others); i++) {
        g_autofree char *value = key_file_get(file, group, others[i]);

        if (value != NULL) {
            return key_file_fail(file, group, others[i], error,
                                 "'layout' stands here too, and names every BAR; remove one of "
                                 "them");
        }
    }
    function->layout =
        layout == NULL ? NULL : find_layout(scenario, file, group, layout, error);
    return layout == NULL || function->layout != NULL;
}

/* The functions of a device are plugged in together, so they agree in port and moment. */
static gboolean read_function_number(const Scenario *scenario, const KeyFile *file,
                                     const char *group, Function *function, GError **error)
{
    function->first = function->number == 0 ? function : NULL;
    for (guint i = 0; i + 1 < scenario->functions->len; i++) {
        Function *other = g_ptr_array_index(scenario->functions, i);

        if (other->port != function->port || other->at_boot != function->at_boot) {
            continue;
        }
        if (other->number == function->number && (function->number != 0 || other->multifunction)) {
            return key_file_fail(file, group, "number", error,
                                 "'%s' is function %u of the device in this port", other->name,
                                 other->number);
        }
        if (function->number != 0 && other->number == 0) {
            function->first = other;
            other->multifunction = TRUE;
        }
    }
    return function->first != NULL ||
           key_file_fail(file, group, "number", error,
                         "no function 0 of this device is defined above; it has the same port and "
                         "the same 'plugged'");
}

/* Only a barshift function can be made to measure, or broken. */
static gboolean read_device(const KeyFile *file, const char *group, Function *function,
                            GError **error)
{
    static const char *const others[] = { "layout", "rebar", "fault" };
    guint device = function->device;

    if (!key_file_get_choice(file, group, "device", devices, &device, error)) {
        return FALSE;
    }
    function->device = device;
    function->size_bytes = device == DEVICE_NVME ? DISK_SIZE_DEFAULT : FUNCTION_SIZE_DEFAULT;
    for (guint i = 0; device != DEVICE_BARSHIFT && i < G_N_ELEMENTS(others); i++) {
        g_autofree char *value = key_file_get(file, group, others[i]);

        if (value != NULL) {
            return key_file_fail(file, group, others[i], error, "this is for barshift functions");
        }
    }
    return TRUE;
}

gboolean scenario_read_function(Scenario *scenario, const KeyFile *file, const char *group,
                                const char *name, GError **error)
{
    Function *function = g_new0(Function, 1);
    guint at_boot = TRUE;

    if (!scenario_check_name(scenario, file, group, name, error)) {
        g_free(function);
        return FALSE;
    }
    g_ptr_array_add(scenario->functions, function);
    function->name = g_strdup(name);
    function->tag = scenario->functions->len;
    function->fault = key_file_get(file, group, "fault");
    if (!key_file_check_keys(file, group, function_keys, error) ||
        !read_device(file, group, function, error) ||
        !read_function_bars(scenario, file, group, function, error) ||
        !key_file_get_choice(file, group, "plugged", plugged, &at_boot, error) ||
        !key_file_get_number(file, group, "number", FUNCTION_NUMBER_MAX, &function->number,
                             error)) {
        return FALSE;
    }
    function->at_boot = at_boot;
    return read_function_port(scenario, file, group, function, error) &&
           read_function_number(scenario, file, group, function, error) &&
           scenario_read_driver(file, group, function, error);
}
