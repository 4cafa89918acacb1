/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "step-words.h"

#include "scenario-expect.h"
#include "step-tell.h"
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

static gboolean is_arrival(const Step *step)
{
    return g_str_equal(step->type->key, "hot-add");
}

static gboolean is_leave(const Step *step)
{
    return g_str_equal(step->type->key, "power-off") || g_str_equal(step->type->key, "unplug");
}

/* Does a step do such a thing to a function, by itself or while it goes on? */
static gboolean does(const Step *step, gboolean (*is_such)(const Step *step),
                     const Function *function)
{
    return (is_such(step) && (step->function == function->first ||
                              g_ptr_array_find(step->others, function->first, NULL))) ||
           (step->meanwhile != NULL && does(step->meanwhile, is_such, function));
}

static guint find_step(const Scenario *scenario, gboolean (*is_such)(const Step *step),
                       const Function *function)
{
    for (guint i = 0; i < scenario->steps->len; i++) {
        if (does(g_ptr_array_index(scenario->steps, i), is_such, function)) {
            return i + 1;
        }
    }
    return 0;
}

guint step_words_arrival(const Scenario *scenario, const Function *function)
{
    return find_step(scenario, is_arrival, function);
}

guint step_words_leave(const Scenario *scenario, const Function *function)
{
    return find_step(scenario, is_leave, function);
}

gboolean tell_is_plugged_in(const Scenario *scenario, guint index, const Function *function)
{
    gboolean plugged_in = function->at_boot;

    for (guint i = 0; i < index; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        plugged_in = plugged_in ? !does(step, is_leave, function)
                                : does(step, is_arrival, function);
    }
    return plugged_in;
}

void tell_add_names(GPtrArray *names, const Scenario *scenario, const Function *first)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->first == first->first) {
            g_ptr_array_add(names, function->name);
        }
    }
}

void tell_device(GString *text, const Scenario *scenario, const Function *first)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    tell_add_names(names, scenario, first);
    words_append_list(text, names);
}

const Function *tell_newcomer(const Scenario *scenario, guint index)
{
    const Function *newcomer = NULL;

    for (guint i = 0; i < index; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);

        newcomer = is_arrival(step) ? step->function : newcomer;
        if (step->meanwhile != NULL && is_arrival(step->meanwhile)) {
            newcomer = step->meanwhile->function;
        }
    }
    return newcomer;
}

typedef void (*TellStep)(GString *text, const Scenario *scenario, guint index, const Step *step);

/* By key of the action, in alphabetical order; without one that is missing a unit test fails. */
static const struct {
    const char *key;
    TellStep tell;
} sentences[] = {
    { "bind", tell_bind },
    { "check", tell_check },
    { "hot-add", tell_hot_add },
    { "move", tell_move },
    { "next-size", tell_next_size },
    { "power-off", tell_power_off },
    { "press", tell_press },
    { "rebalance", tell_rebalance },
    { "remove", tell_remove },
    { "rescan", tell_rescan },
    { "reset", tell_reset },
    { "resize", tell_resize },
    { "resume", tell_resume },
    { "run", tell_run },
    { "snapshot", tell_snapshot },
    { "suspend", tell_suspend },
    { "swap", tell_swap },
    { "unbind", tell_unbind },
    { "unplug", tell_unplug },
    { "wait-for", tell_wait_for },
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
    g_autoptr(ScenarioExpectation) expectation = scenario_expect(scenario, NULL, NULL);
    TellStep tell = find_sentence(step->type);
    Outcome outcome;
    GString *text = g_string_new(NULL);

    if (tell != NULL) {
        tell(text, scenario, index, step);
    } else {
        g_string_append_printf(text, "%s.", step->text);
    }
    if (step->meanwhile != NULL) {
        g_string_append(text, " While that goes on: ");
        find_sentence(step->meanwhile->type)(text, scenario, index, step->meanwhile);
    }
    if (scenario_expectation_step(expectation, index, &outcome)) {
        g_string_append_printf(text, " Expected now: %s.", outcome_names[outcome]);
    }
    return g_string_free(text, FALSE);
}
