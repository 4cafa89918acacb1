/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-group.h"

#include "catalogue.h"
#include "fault-words.h"
#include "rebar-words.h"
#include "size.h"

#include <string.h>

#define FUNCTION_SIZE_DEFAULT (2 * 1024 * 1024 * 1024ull)
#define DISK_SIZE_DEFAULT (64 * 1024 * 1024ull)
#define FUNCTION_SIZE_MAX (1024 * 1024ull * 1024 * 1024) /* the device's bound */

#define FUNCTION_NUMBER_MAX 7
#define ROOT_SLOT_MAX 30   /* device 0 of pcie.0 is the host bridge, 31 the chipset's LPC */
#define BRIDGE_SLOT_MAX 31 /* device 0 of a conventional bus is left to a hotplug controller */

static const char *const function_keys[] = {
    "device", "properties", "port",    "slot",    "number",  "layout",      "size",
    "rebar",  "fault",      "plugged", "driver",  "back-end", "behave",     "options",
    "streams", "running",   "handles", "paging-path", NULL,
};
static const char *const plugged[] = { "later", "boot", NULL };

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
    function->port = g_str_equal(name, SCENARIO_ROOT_BUS) ? scenario->root_bus
                                                         : scenario_find_port(scenario, name);
    if (function->port == NULL) {
        return key_file_fail(file, group, "port", error, "no port '%s' is defined above", name);
    }
    if (function->port->kind == PORT_UPSTREAM) {
        return key_file_fail(file, group, "port", error,
                             "'%s' is an upstream port; functions sit below its downstream ports",
                             name);
    }
    if (function->port->kind == PORT_HOST && function->port != scenario->root_bus) {
        return key_file_fail(file, group, "port", error,
                             "QEMU takes only root ports below the host bridge '%s'", name);
    }
    for (guint i = 0; i < scenario->ports->len; i++) {
        Port *other = g_ptr_array_index(scenario->ports, i);

        if (other->parent == function->port && !port_has_slots(function->port)) {
            return key_file_fail(file, group, "port", error, "'%s' holds the switch port '%s'",
                                 name, other->name);
        }
    }
    return TRUE;
}

/* A conventional bus has conventional devices, and only these are known to be none of ours. */
static gboolean check_conventional(const KeyFile *file, const char *group,
                                   const Function *function, GError **error)
{
    return function->port->kind != PORT_PCI_BRIDGE || function->device == DEVICE_FOREIGN ||
           key_file_fail(file, group, "port", error,
                         "'%s' has a conventional bus; it takes a conventional 'device', such as "
                         "pci-testdev", function->port->name);
}

/* Where a bus has several devices each has a number; on a root bus it has it for good. */
static gboolean read_slot(const KeyFile *file, const char *group, Function *function,
                          GError **error)
{
    g_autofree char *value = key_file_get(file, group, "slot");
    const char *port = function->port->name;
    guint max = function->port->kind == PORT_PCI_BRIDGE ? BRIDGE_SLOT_MAX : ROOT_SLOT_MAX;

    if (!port_has_slots(function->port)) {
        return value == NULL ||
               key_file_fail(file, group, "slot", error, "'%s' has one slot; remove the key", port);
    }
    if (value == NULL) {
        return key_file_fail(file, group, NULL, error,
                             "the key 'slot' is missing: the device number on '%s'", port);
    }
    if (!key_file_get_number(file, group, "slot", 1, max, &function->slot, error)) {
        return FALSE;
    }
    return function->at_boot || function->port->kind != PORT_HOST ||
           key_file_fail(file, group, "plugged", error,
                         "nothing is hot-added to the root bus '%s'; take a port", port);
}

static void find_seat(const Scenario *scenario, Function *function)
{
    function->seat = scenario->functions->len;
    for (guint i = 0; i + 1 < scenario->functions->len; i++) {
        const Function *other = g_ptr_array_index(scenario->functions, i);

        if (other->port == function->port && other->slot == function->slot) {
            function->seat = other->seat;
        }
    }
}

/* A name, or a path from the folder of the file that says so. */
static Layout *find_layout(const KeyFile *file, const char *group, const char *argument,
                           GError **error)
{
    g_autofree char *folder = key_file_folder(file, group, "layout");
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
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        key_file_fail(file, group, "layout", error, "no file '%s'", path);
        return NULL;
    }
    return layout_load(path, error);
}

/* The size has to be one of those that the BAR can have. */
static gboolean check_rebar(const KeyFile *file, const char *group, const Function *function,
                            GError **error)
{
    const char *blamed = function->rebar == NULL ? "size" : "rebar";
    g_autofree char *complaint = NULL;

    if (function->device == DEVICE_BARSHIFT) {
        complaint = rebar_complaint(function->rebar, function->size_bytes);
    }
    return complaint == NULL || key_file_fail(file, group, blamed, error, "%s", complaint);
}

static gboolean read_function_bars(const KeyFile *file, const char *group, Function *function,
                                   GError **error)
{
    static const char *const others[] = { "size", "rebar" };
    g_autofree char *layout = key_file_get(file, group, "layout");

    function->rebar = key_file_get(file, group, "rebar");
    if (!key_file_get_size(file, group, "size", &function->size_bytes, error)) {
        return FALSE;
    }
    if (function->device != DEVICE_FOREIGN && !bar_size_is_legal(function->size_bytes)) {
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
    if (layout == NULL) {
        return check_rebar(file, group, function, error);
    }
    function->layout = find_layout(file, group, layout, error);
    return function->layout != NULL;
}

/* The functions of a device are plugged in together, so they agree in port and moment. */
static gboolean read_function_number(const Scenario *scenario, const KeyFile *file,
                                     const char *group, Function *function, GError **error)
{
    function->first = function->number == 0 ? function : NULL;
    for (guint i = 0; i + 1 < scenario->functions->len; i++) {
        Function *other = g_ptr_array_index(scenario->functions, i);

        if (other->seat != function->seat || other->at_boot != function->at_boot) {
            continue;
        }
        if (other->number == function->number && (function->number != 0 || other->multifunction)) {
            return key_file_fail(file, group, "number", error,
                                 "'%s' is function %u of the device in this port; take another "
                                 "number or another port", other->name, other->number);
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

static gboolean refuse_keys(const KeyFile *file, const char *group, const char *const *keys,
                            const char *whose, GError **error)
{
    for (guint i = 0; keys[i] != NULL; i++) {
        g_autofree char *value = key_file_get(file, group, keys[i]);

        if (value != NULL) {
            return key_file_fail(file, group, keys[i], error,
                                 "this is for %s; remove the key", whose);
        }
    }
    return TRUE;
}

static gboolean read_fault(const KeyFile *file, const char *group, Function *function,
                           GError **error)
{
    g_autofree char *complaint = NULL;

    function->fault = key_file_get(file, group, "fault");
    if (function->fault != NULL) {
        complaint = fault_complaint(function->fault);
    }
    return complaint == NULL || key_file_fail(file, group, "fault", error, "%s", complaint);
}

/* Whatever QEMU has: it knows best which devices these are, and what they take. */
static gboolean read_foreign(const KeyFile *file, const char *group, Function *function,
                             GError **error)
{
    static const char *const ours[] = { "layout", "rebar", "fault", "size", "driver", NULL };

    function->device = DEVICE_FOREIGN;
    function->size_bytes = 0;
    if (strspn(function->type, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.") !=
        strlen(function->type)) {
        return key_file_fail(file, group, "device", error,
                             "'%s' is no name of a QEMU device; its properties stand in "
                             "'properties'", function->type);
    }
    if (function->properties != NULL &&
        (strchr(function->properties, '=') == NULL || strpbrk(function->properties, " \t\"'"))) {
        return key_file_fail(file, group, "properties", error,
                             "expected KEY=VALUE,KEY=VALUE without spaces and quotation marks");
    }
    return refuse_keys(file, group, ours, "barshift functions", error);
}

/* Only a barshift function can be made to measure, or broken. */
static gboolean read_device(const KeyFile *file, const char *group, Function *function,
                            GError **error)
{
    static const char *const measures[] = { "layout", "rebar", "fault", NULL };
    static const char *const foreign[] = { "properties", NULL };

    function->type = key_file_get(file, group, "device");
    function->properties = key_file_get(file, group, "properties");
    if (function->type == NULL) {
        function->type = g_strdup("barshift");
    }
    if (g_str_equal(function->type, "nvme")) {
        function->device = DEVICE_NVME;
        function->size_bytes = DISK_SIZE_DEFAULT;
        return refuse_keys(file, group, measures, "barshift functions", error) &&
               refuse_keys(file, group, foreign, "other devices of QEMU", error);
    }
    if (!g_str_equal(function->type, "barshift")) {
        return read_foreign(file, group, function, error);
    }
    function->size_bytes = FUNCTION_SIZE_DEFAULT;
    return refuse_keys(file, group, foreign, "other devices of QEMU", error);
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
    if (!key_file_check_keys(file, group, function_keys, error) ||
        !read_device(file, group, function, error) ||
        !read_fault(file, group, function, error) ||
        !read_function_bars(file, group, function, error) ||
        !key_file_get_choice(file, group, "plugged", plugged, &at_boot, error) ||
        !key_file_get_number(file, group, "number", 0, FUNCTION_NUMBER_MAX, &function->number,
                             error)) {
        return FALSE;
    }
    function->at_boot = at_boot;
    if (!read_function_port(scenario, file, group, function, error) ||
        !check_conventional(file, group, function, error) ||
        !read_slot(file, group, function, error)) {
        return FALSE;
    }
    find_seat(scenario, function);
    return read_function_number(scenario, file, group, function, error) &&
           scenario_read_driver(file, group, function, error);
}
