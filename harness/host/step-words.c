/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step-words.h"

#include "size.h"
#include "step-type.h"

void words_append_list(GString *text, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        g_string_append_printf(text, "%s%s",
                               i == 0                ? ""
                               : i + 1 == names->len ? " and "
                                                     : ", ",
                               (const char *)g_ptr_array_index(names, i));
    }
}

static gboolean is_key(const Step *step, const char *key)
{
    return g_str_equal(step->type->key, key);
}

static guint find_step(const Scenario *scenario, const Function *function, const char *key)
{
    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        if (is_key(step, key) && step->function == function->first) {
            return i + 1;
        }
    }
    return 0;
}

guint step_words_arrival(const Scenario *scenario, const Function *function)
{
    return find_step(scenario, function, "hot-add");
}

guint step_words_leave(const Scenario *scenario, const Function *function)
{
    return find_step(scenario, function, "power-off");
}

/* Is the function plugged in when step @index begins? */
static gboolean is_plugged_in(const Scenario *scenario, guint index, const Function *function)
{
    gboolean plugged_in = function->at_boot;

    for (guint i = 0; i < index; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        if (step->function == function->first) {
            plugged_in = (plugged_in || is_key(step, "hot-add")) && !is_key(step, "power-off");
        }
    }
    return plugged_in;
}

/* All functions of the device, by name */
static void append_device(GString *text, const Scenario *scenario, const Function *first)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->first == first->first) {
            g_ptr_array_add(names, function->name);
        }
    }
    words_append_list(text, names);
}

static void append_bar(GString *text, const Step *step)
{
    if (step->bar_nr < 0) {
        g_string_append_printf(text, "the main BAR of %s", step->function->name);
    } else {
        g_string_append_printf(text, "BAR %d of %s", step->bar_nr, step->function->name);
    }
}

static const Function *newcomer_at(const Scenario *scenario, guint index)
{
    const Function *newcomer = NULL;

    for (guint i = 0; i < index; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        newcomer = is_key(step, "hot-add") ? step->function : newcomer;
    }
    return newcomer;
}

/* Appends what step @index does, in whole sentences. */
typedef void (*TellStep)(GString *text, const Scenario *scenario, guint index, const Step *step);

static void tell_power_off(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)index;
    g_string_append_printf(text, "The guest switches the slot of port %s off, and QEMU takes ",
                           step->function->port->name);
    append_device(text, scenario, step->function);
    g_string_append(text, " away.");
}

static void tell_hot_add(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    (void)index;
    g_string_append(text, "QEMU plugs ");
    append_device(text, scenario, step->function);
    g_string_append_printf(text, " into port %s. When the kernel has settled, what has its "
                           "resources is started.", step->function->port->name);
}

static void append_policy(GString *text, const Step *step)
{
    if (step->policy != NULL) {
        g_string_append_printf(text, " Its policy is %s.", step->policy);
    }
    if (step->deadline_seconds != 0) {
        g_string_append_printf(text, " A driver has %u s for each request.",
                               step->deadline_seconds);
    }
}

static void tell_pnp(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    const Function *function =
        step->function == NULL ? newcomer_at(scenario, index) : step->function;

    g_string_append(text, "The guest's PnP manager makes room for ");
    if (step->size_bytes != 0) {
        g_autofree char *size = size_format(step->size_bytes);

        append_bar(text, step);
        g_string_append_printf(text, " to have %s", size);
    } else {
        g_string_append(text, function->name);
    }
    g_string_append(text, ": it finds the fewest functions that have to stop, asks their drivers, "
                          "has them stop, reassigns, and has them start at their new addresses.");
    append_policy(text, step);
}

/* (element-type utf8) not owned: who is plugged in below any of the ports */
static GPtrArray *names_below(const Scenario *scenario, guint index, const GPtrArray *ports)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint f = 0; f < scenario->functions->len; f++) {
        const Function *function = g_ptr_array_index(scenario->functions, f);
        gboolean below = FALSE;

        for (guint p = 0; p < ports->len; p++) {
            below = below || port_is_below(function->port, g_ptr_array_index(ports, p));
        }
        if (below && is_plugged_in(scenario, index, function)) {
            g_ptr_array_add(names, function->name);
        }
    }
    return names;
}

static void append_recipe(GString *text, const Scenario *scenario, guint index,
                          const GPtrArray *ports)
{
    g_autoptr(GPtrArray) names = names_below(scenario, index, ports);
    const char *these = ports->len == 1 ? "it" : "them";

    if (names->len == 0) {
        g_string_append_printf(text, " Nobody sits below %s.", these);
    } else {
        g_string_append_printf(text, " Below %s sit%s ", these, names->len == 1 ? "s" : "");
        words_append_list(text, names);
        g_string_append_printf(text, ": stopped before, if %s, and started again afterwards.",
                               names->len == 1 ? "it works" : "they work");
    }
}

static void tell_rebalance(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    const Function *newcomer = newcomer_at(scenario, index);
    g_autoptr(GPtrArray) ports = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (step->scope == SCOPE_PNP) {
        tell_pnp(text, scenario, index, step);
        return;
    }
    if (step->scope == SCOPE_PORTS) {
        g_ptr_array_extend(ports, step->ports, NULL, NULL);
    } else {
        g_ptr_array_add(ports, step->scope == SCOPE_NEAREST ? newcomer->port
                                                            : port_root(newcomer->port));
    }
    for (guint i = 0; i < ports->len; i++) {
        g_ptr_array_add(names, ((const Port *)g_ptr_array_index(ports, i))->name);
    }
    g_string_append_printf(text, "By recipe, %s ", ports->len == 1 ? "port" : "the ports");
    words_append_list(text, names);
    if (step->scope != SCOPE_PORTS) {
        g_string_append_printf(text, ", the %s %s,",
                               step->scope == SCOPE_NEAREST ? "nearest port to"
                                                            : "root port above",
                               newcomer->name);
    }
    g_string_append_printf(text, " %s removed, and the bus is rescanned.",
                           ports->len == 1 ? "is" : "are");
    append_recipe(text, scenario, index, ports);
}

static void tell_resize(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    g_autofree char *size = size_format(step->size_bytes);

    (void)scenario;
    (void)index;
    g_string_append_printf(text, "%s is stopped, the kernel is asked to give ",
                           step->function->name);
    append_bar(text, step);
    g_string_append_printf(text, " a size of %s, and %s is started again.", size,
                           step->function->name);
}

/* By key of the action, in alphabetical order; without one that is missing a unit test fails. */
static const struct {
    const char *key;
    TellStep tell;
} sentences[] = {
    { "hot-add", tell_hot_add },
    { "power-off", tell_power_off },
    { "rebalance", tell_rebalance },
    { "resize", tell_resize },
};

static TellStep find_sentence(const StepType *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (g_str_equal(sentences[i].key, type->key)) {
            return sentences[i].tell;
        }
    }
    return NULL;
}

gboolean step_words_know(const StepType *type)
{
    return find_sentence(type) != NULL;
}

char *step_words(const Scenario *scenario, guint index)
{
    const Step *step = g_ptr_array_index(scenario->steps, index);
    TellStep tell = find_sentence(step->type);
    GString *text = g_string_new(NULL);

    if (tell != NULL) {
        tell(text, scenario, index, step);
    } else {
        g_string_append_printf(text, "%s.", step->text);
    }
    if (step->has_expect) {
        g_string_append_printf(text, " Expected now: %s.", outcome_names[step->expect]);
    }
    return g_string_free(text, FALSE);
}
