/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a scenario that concern several groups at once. The steps are played through on
 * paper: which function sits where is known after each of them.
 */
#include "error.h"
#include "scenario-file.h"
#include "size.h"

static char *function_group(const Function *function)
{
    return g_strdup_printf("function %s", function->name);
}

static gboolean check_claims(const Scenario *scenario, const KeyFile *file, const char *key,
                             char **names, GError **error)
{
    for (guint i = 0; names[i] != NULL; i++) {
        if (scenario_find_function(scenario, names[i]) == NULL) {
            return key_file_fail(file, "scenario", key, error, "no function '%s' is defined",
                                 names[i]);
        }
    }
    return TRUE;
}

static gboolean check_breaks(const Scenario *scenario, const KeyFile *file, GError **error)
{
    for (guint i = 0; scenario->breaks[i] != NULL; i++) {
        const char *id = scenario->breaks[i];

        if (id[0] != 'I' || !g_ascii_isdigit(id[1])) {
            return key_file_fail(file, "scenario", "breaks", error,
                                 "'%s' is no invariant; expected ids such as I5", id);
        }
    }
    return TRUE;
}

/* Which function sits in each port, by the port's number; fails when two would. */
static gboolean plug(const KeyFile *file, Function **seats, Function *function, const char *group,
                     const char *key, GError **error)
{
    Function **seat = &seats[function->port->number];

    if (*seat == function) {
        return key_file_fail(file, group, key, error, "'%s' is plugged in already",
                             function->name);
    }
    if (*seat != NULL) {
        return key_file_fail(file, group, key, error, "port '%s' already holds '%s'",
                             function->port->name, (*seat)->name);
    }
    *seat = function;
    return TRUE;
}

static gboolean check_boot(const Scenario *scenario, const KeyFile *file, Function **seats,
                           GError **error)
{
    guint64 needed = 0;

    for (guint i = 0; i < scenario->functions->len; i++) {
        Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *group = function_group(function);

        if (!function->at_boot) {
            continue;
        }
        if (!plug(file, seats, function, group, "port", error)) {
            return FALSE;
        }
        needed += function->size_bytes;
    }
    if (needed > scenario->machine.hole64_bytes) {
        g_autofree char *hole = size_format(scenario->machine.hole64_bytes);
        g_autofree char *sum = size_format(needed);

        return key_file_fail(file, "machine", "hole64", error,
                             "the 64-bit window of %s is too small for the functions plugged at "
                             "boot, which need %s", hole, sum);
    }
    return TRUE;
}

static gboolean check_step(const KeyFile *file, const Step *step, const char *group,
                           Function **seats, Function **newcomer, GError **error)
{
    const char *key = step_names[step->kind];

    if (step->kind == STEP_HOT_ADD) {
        *newcomer = step->function;
        return plug(file, seats, step->function, group, key, error);
    }
    if (step->kind == STEP_REBALANCE) {
        return (step->scope == SCOPE_PORTS || *newcomer != NULL) ||
               key_file_fail(file, group, key, error,
                             "no function was hot-added before; name the ports");
    }
    if (seats[step->function->port->number] != step->function) {
        return key_file_fail(file, group, key, error, "'%s' is not plugged in at this step",
                             step->function->name);
    }
    if (step->kind == STEP_POWER_OFF) {
        seats[step->function->port->number] = NULL;
    }
    return TRUE;
}

static gboolean check_steps(const Scenario *scenario, const KeyFile *file, Function **seats,
                            GError **error)
{
    Function *newcomer = NULL;
    gboolean triggered = FALSE;

    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);
        g_autofree char *group = scenario_file_step_group(file, i);

        if (!check_step(file, step, group, seats, &newcomer, error)) {
            return FALSE;
        }
        triggered |= step->kind == STEP_HOT_ADD || step->kind == STEP_RESIZE;
        if (!triggered && (step->has_expect || step->kind == STEP_REBALANCE)) {
            return key_file_fail(file, group, step->has_expect ? "expect" : "rebalance", error,
                                 "nothing asked for resources before this step; the outcome of a "
                                 "hot-add or resize is judged");
        }
    }
    if (!triggered) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: no step hot-adds or resizes a function, so there is nothing to judge",
                    scenario->path);
        return FALSE;
    }
    return TRUE;
}

gboolean scenario_file_check(const Scenario *scenario, const KeyFile *file, GError **error)
{
    g_autofree Function **seats = g_new0(Function *, scenario->ports->len + 1);

    if (scenario->title == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: the group [scenario] is missing", scenario->path);
        return FALSE;
    }
    return check_claims(scenario, file, "moved", scenario->moved, error) &&
           check_claims(scenario, file, "kept", scenario->kept, error) &&
           check_claims(scenario, file, "untouched", scenario->untouched, error) &&
           check_breaks(scenario, file, error) &&
           check_boot(scenario, file, seats, error) &&
           check_steps(scenario, file, seats, error);
}
