/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-file.h"

#include "catalogue.h"
#include "registers.h"
#include "size.h"

#include <string.h>

#define MEMORY_MIN (128 * 1024 * 1024ull)
#define MEMORY_MAX (2 * 1024 * 1024 * 1024ull) /* q35 puts more above 4 GiB */
#define HOLE64_MIN (1024 * 1024 * 1024ull)
#define HOLE64_MAX (32 * 1024 * 1024ull * 1024 * 1024) /* within the CPU's 46 address bits */
#define FUNCTION_SIZE_DEFAULT (2 * 1024 * 1024 * 1024ull)
#define FUNCTION_SIZE_MIN (1024 * 1024ull) /* smallest size a Resizable BAR can have */
#define FUNCTION_SIZE_MAX (1024 * 1024ull * 1024 * 1024) /* the device's bound */
#define NAME_LENGTH_MAX 32                 /* reports stay within their columns */
#define ROOT_PORTS_MAX 30                  /* devices 1 to 30 of pcie.0; 31 is the chipset's LPC */

static const char *const scenario_keys[] = { "title",     "outcome", "moved",  "kept",
                                             "untouched", "quiet",   "breaks", NULL };
static const char *const machine_keys[] = { "memory", "hole64", "hotplug", NULL };
static const char *const port_keys[] = { "kind", "parent", "pref64-reserve", NULL };
static const char *const function_keys[] = { "port",  "layout",  "size", "rebar",
                                             "fault", "plugged", NULL };
static const char *const step_keys[] = { "power-off", "hot-add", "rebalance",
                                         "resize",    "expect",  NULL };

static const char *const port_kinds[] = { "root", "upstream", "downstream", NULL };
static const char *const hotplugs[] = { "native", "acpi", NULL };
static const char *const plugged[] = { "later", "boot", NULL };

/* The name in "[port p1]" for the prefix "port "; NULL when the group has another prefix. */
static const char *group_name(const char *group, const char *prefix)
{
    return g_str_has_prefix(group, prefix) ? group + strlen(prefix) : NULL;
}

/* QEMU ids begin with a letter; names share one space since they become ids. */
static gboolean name_check(const Scenario *scenario, const KeyFile *file, const char *group,
                           const char *name, GError **error)
{
    if (!g_ascii_isalpha(name[0]) ||
        strspn(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_") != strlen(name)) {
        return key_file_fail(file, group, NULL, error,
                             "'%s' is no name; expected letters, digits, - and _", name);
    }
    if (g_str_equal(name, "port")) {
        return key_file_fail(file, group, NULL, error,
                             "'port' is a property of QEMU's root ports; QEMU aborts when it is "
                             "an id, too");
    }
    if (strlen(name) > NAME_LENGTH_MAX) {
        return key_file_fail(file, group, NULL, error, "a name has at most %d characters",
                             NAME_LENGTH_MAX);
    }
    if (g_str_equal(name, "nearest") || g_str_equal(name, "root-port")) {
        return key_file_fail(file, group, NULL, error, "'%s' is a word of the step 'rebalance'",
                             name);
    }
    if (scenario_find_port(scenario, name) != NULL ||
        scenario_find_function(scenario, name) != NULL) {
        return key_file_fail(file, group, NULL, error, "the name '%s' is taken already", name);
    }
    return TRUE;
}

static gboolean read_outcome(const KeyFile *file, const char *group, const char *key,
                             Outcome *outcome, GError **error)
{
    guint choice = *outcome;

    if (!key_file_get_choice(file, group, key, outcome_names, &choice, error)) {
        return FALSE;
    }
    *outcome = choice;
    return TRUE;
}

static gboolean read_scenario(Scenario *scenario, const KeyFile *file, const char *group,
                              GError **error)
{
    g_autofree char *outcome = key_file_get(file, group, "outcome");

    if (!key_file_check_keys(file, group, scenario_keys, error)) {
        return FALSE;
    }
    scenario->title = key_file_get(file, group, "title");
    if (scenario->title == NULL || outcome == NULL) {
        return key_file_fail(file, group, NULL, error, "the key '%s' is missing",
                             outcome == NULL ? "outcome" : "title");
    }
    scenario->moved = key_file_get_words(file, group, "moved");
    scenario->kept = key_file_get_words(file, group, "kept");
    scenario->untouched = key_file_get_words(file, group, "untouched");
    scenario->quiet = key_file_get_words(file, group, "quiet");
    scenario->breaks = key_file_get_words(file, group, "breaks");
    return read_outcome(file, group, "outcome", &scenario->outcome, error);
}

static gboolean read_machine(Scenario *scenario, const KeyFile *file, const char *group,
                             GError **error)
{
    Machine *machine = &scenario->machine;
    guint hotplug = machine->hotplug;

    if (!key_file_check_keys(file, group, machine_keys, error) ||
        !key_file_get_size(file, group, "memory", &machine->memory_bytes, error) ||
        !key_file_get_size(file, group, "hole64", &machine->hole64_bytes, error) ||
        !key_file_get_choice(file, group, "hotplug", hotplugs, &hotplug, error)) {
        return FALSE;
    }
    machine->hotplug = hotplug;
    if (machine->memory_bytes < MEMORY_MIN || machine->memory_bytes > MEMORY_MAX) {
        return key_file_fail(file, group, "memory", error,
                             "the guest needs 128M to 2G, below the 64-bit window");
    }
    if (machine->hole64_bytes < HOLE64_MIN || machine->hole64_bytes > HOLE64_MAX) {
        return key_file_fail(file, group, "hole64", error, "expected 1G to 32T");
    }
    return TRUE;
}

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

static gboolean read_port(Scenario *scenario, const KeyFile *file, const char *group,
                          const char *name, GError **error)
{
    Port *port = g_new0(Port, 1);
    guint kind = PORT_ROOT;

    if (!name_check(scenario, file, group, name, error)) {
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
    if (port->pref64_reserve_bytes % FUNCTION_SIZE_MIN != 0) {
        return key_file_fail(file, group, "pref64-reserve", error,
                             "a window is a multiple of 1M");
    }
    return read_parent(scenario, file, group, port, error);
}

static gboolean bar_size_is_legal(guint64 size_bytes)
{
    return size_is_power_of_two(size_bytes) && size_bytes >= FUNCTION_SIZE_MIN &&
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

static gboolean read_function(Scenario *scenario, const KeyFile *file, const char *group,
                              const char *name, GError **error)
{
    Function *function = g_new0(Function, 1);
    guint at_boot = TRUE;

    if (!name_check(scenario, file, group, name, error)) {
        g_free(function);
        return FALSE;
    }
    g_ptr_array_add(scenario->functions, function);
    function->name = g_strdup(name);
    function->tag = scenario->functions->len;
    function->size_bytes = FUNCTION_SIZE_DEFAULT;
    function->fault = key_file_get(file, group, "fault");
    if (!key_file_check_keys(file, group, function_keys, error) ||
        !read_function_bars(scenario, file, group, function, error) ||
        !key_file_get_choice(file, group, "plugged", plugged, &at_boot, error)) {
        return FALSE;
    }
    function->at_boot = at_boot;
    return read_function_port(scenario, file, group, function, error);
}

/* SIZE or barN SIZE */
static gboolean read_step_size(const KeyFile *file, const char *group, const char *key,
                               char *const *words, Step *step, GError **error)
{
    g_autoptr(GError) cause = NULL;

    step->bar_nr = -1;
    if (words[1] != NULL) {
        const char *bar = words[0];

        if (!g_str_has_prefix(bar, "bar") || bar[3] < '0' || bar[3] >= '0' + BARSHIFT_BARS ||
            bar[4] != '\0') {
            return key_file_fail(file, group, key, error, "'%s' is no BAR; expected bar0 to bar5",
                                 bar);
        }
        step->bar_nr = bar[3] - '0';
        words++;
    }
    if (!size_parse(words[0], &step->size_bytes, &cause)) {
        return key_file_fail(file, group, key, error, "%s", cause->message);
    }
    return (size_is_power_of_two(step->size_bytes) && step->size_bytes >= FUNCTION_SIZE_MIN) ||
           key_file_fail(file, group, key, error,
                         "a resizable BAR's size is a power of two of at least 1M");
}

static gboolean read_step_function(Scenario *scenario, const KeyFile *file, const char *group,
                                   const char *key, char **words, Step *step, GError **error)
{
    gboolean resize = step->kind == STEP_RESIZE;
    guint count = g_strv_length(words);

    if (resize ? count != 2 && count != 3 : count != 1) {
        return key_file_fail(file, group, key, error, "expected %s",
                             resize ? "FUNCTION [barN] SIZE" : "one FUNCTION");
    }
    step->function = scenario_find_function(scenario, words[0]);
    if (step->function == NULL) {
        return key_file_fail(file, group, key, error, "no function '%s' is defined above",
                             words[0]);
    }
    return !resize || read_step_size(file, group, key, words + 1, step, error);
}

static gboolean read_step_ports(Scenario *scenario, const KeyFile *file, const char *group,
                                const char *key, char **words, Step *step, GError **error)
{
    if (words[0] != NULL && words[1] == NULL && g_str_equal(words[0], "nearest")) {
        step->scope = SCOPE_NEAREST;
        return TRUE;
    }
    if (words[0] != NULL && words[1] == NULL && g_str_equal(words[0], "root-port")) {
        step->scope = SCOPE_ROOT_PORT;
        return TRUE;
    }
    if (words[0] == NULL) {
        return key_file_fail(file, group, key, error,
                             "expected 'nearest', 'root-port' or names of ports");
    }
    step->scope = SCOPE_PORTS;
    for (guint i = 0; words[i] != NULL; i++) {
        Port *port = scenario_find_port(scenario, words[i]);

        if (port == NULL) {
            return key_file_fail(file, group, key, error, "no port '%s' is defined above",
                                 words[i]);
        }
        g_ptr_array_add(step->ports, port);
    }
    return TRUE;
}

static gboolean read_step_action(Scenario *scenario, const KeyFile *file, const char *group,
                                 Step *step, GError **error)
{
    const char *key = NULL;
    g_auto(GStrv) words = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < STEPS; i++) {
        g_autofree char *value = key_file_get(file, group, step_names[i]);

        if (value != NULL && key != NULL) {
            return key_file_fail(file, group, step_names[i], error,
                                 "a step has one action; '%s' stands here too", key);
        }
        if (value != NULL) {
            key = step_names[i];
            step->kind = i;
        }
    }
    if (key == NULL) {
        return key_file_fail(file, group, NULL, error,
                             "no action; expected power-off, hot-add, rebalance or resize");
    }
    words = key_file_get_words(file, group, key);
    text = g_strjoinv(" ", words);
    step->text = g_strdup_printf("%s %s", key, text);
    return step->kind == STEP_REBALANCE
               ? read_step_ports(scenario, file, group, key, words, step, error)
               : read_step_function(scenario, file, group, key, words, step, error);
}

static gboolean read_step(Scenario *scenario, const KeyFile *file, const char *group,
                          GError **error)
{
    Step *step = g_new0(Step, 1);
    g_autofree char *expect = key_file_get(file, group, "expect");

    g_ptr_array_add(scenario->steps, step);
    step->ports = g_ptr_array_new();
    step->has_expect = expect != NULL;
    return key_file_check_keys(file, group, step_keys, error) &&
           read_outcome(file, group, "expect", &step->expect, error) &&
           read_step_action(scenario, file, group, step, error);
}

static gboolean read_group(Scenario *scenario, const KeyFile *file, const char *group,
                           GError **error)
{
    const char *name;

    if (g_str_equal(group, "scenario")) {
        return read_scenario(scenario, file, group, error);
    }
    if (g_str_equal(group, "machine")) {
        return read_machine(scenario, file, group, error);
    }
    if ((name = group_name(group, "port ")) != NULL) {
        return read_port(scenario, file, group, name, error);
    }
    if ((name = group_name(group, "function ")) != NULL) {
        return read_function(scenario, file, group, name, error);
    }
    if (group_name(group, "step ") != NULL) {
        return read_step(scenario, file, group, error);
    }
    return key_file_fail(file, group, NULL, error,
                         "unknown group; expected [scenario], [machine], [port NAME], "
                         "[function NAME] or [step NAME]");
}

gboolean scenario_file_read(Scenario *scenario, const KeyFile *file, GError **error)
{
    g_auto(GStrv) groups = key_file_groups(file);

    for (guint i = 0; groups[i] != NULL; i++) {
        if (!read_group(scenario, file, groups[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

char *scenario_file_step_group(const KeyFile *file, guint index)
{
    g_auto(GStrv) groups = key_file_groups(file);

    for (guint i = 0; groups[i] != NULL; i++) {
        if (group_name(groups[i], "step ") != NULL && index-- == 0) {
            return g_strdup(groups[i]);
        }
    }
    g_assert_not_reached();
}
