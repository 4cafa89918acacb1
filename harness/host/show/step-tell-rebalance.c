/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step-tell.h"

#include "size.h"

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
        step->function == NULL ? tell_newcomer(scenario, index) : step->function;

    g_string_append(text, "The guest's PnP manager makes room for ");
    if (step->size_bytes != 0) {
        g_autofree char *size = size_format(step->size_bytes);

        tell_bar(text, step);
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
        if (below && tell_is_plugged_in(scenario, index, function)) {
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

void tell_rebalance(GString *text, const Scenario *scenario, guint index, const Step *step)
{
    const Function *newcomer = tell_newcomer(scenario, index);
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
