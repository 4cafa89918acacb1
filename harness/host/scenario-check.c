/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of a scenario that concern several groups at once. The steps are played through on
 * paper: which function sits where is known after each of them.
 */
#include "error.h"
#include "invariants.h"
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
        if (invariant_find(scenario->breaks[i]) == NULL) {
            return key_file_fail(file, "scenario", "breaks", error,
                                 "'%s' is no invariant; expected ids such as I5",
                                 scenario->breaks[i]);
        }
    }
    return TRUE;
}

static gboolean check_vfio(const Scenario *scenario, const KeyFile *file, GError **error)
{
    for (guint i = 0; !scenario->machine.iommu && i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);
        g_autofree char *group = function_group(function);

        if (function->driver != NULL && g_strcmp0(function->driver->back_end, "vfio") == 0) {
            return key_file_fail(file, group, "back-end", error,
                                 "vfio needs 'iommu = on' in [machine]");
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
        if (function->number == 0 && !plug(file, seats, function, group, "port", error)) {
            return FALSE;
        }
        if (!g_uint64_checked_add(&needed, needed, function_pref64_bytes(function))) {
            needed = G_MAXUINT64;
        }
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

/* A scenario played on paper. Whole devices are plugged: a seat holds a function 0. */
typedef struct Play {
    Function **seats;   /* by the port's number */
    GHashTable *asking; /* set of Function 0: hot-added or resized, and still plugged in */
    Function *newcomer; /* hot-added last */
} Play;

static gboolean is_plugged_in(const KeyFile *file, const char *group, const Function *function,
                              const char *key, const Play *play, GError **error)
{
    return play->seats[function->port->number] == function->first ||
           key_file_fail(file, group, key, error, "'%s' is not plugged in at this step",
                         function->name);
}

static gboolean check_rebalance(const KeyFile *file, const Step *step, const char *group,
                                Play *play, GError **error)
{
    const char *key = step_names[step->kind];
    Function *function = step->function == NULL ? play->newcomer : step->function;

    if (step->scope != SCOPE_PORTS && function == NULL) {
        return key_file_fail(file, group, key, error,
                             "no function was hot-added before; name the ports");
    }
    if (step->scope != SCOPE_PNP) {
        return TRUE;
    }
    if (!is_plugged_in(file, group, function, key, play, error)) {
        return FALSE;
    }
    if (step->size_bytes != 0) {
        g_hash_table_add(play->asking, function->first);
    }
    return g_hash_table_contains(play->asking, function->first) ||
           key_file_fail(file, group, key, error,
                         "'%s' was not hot-added before; for another size of its BAR: pnp resize "
                         "%s SIZE", function->name, function->name);
}

static gboolean check_step(const KeyFile *file, const Step *step, const char *group, Play *play,
                           GError **error)
{
    const char *key = step_names[step->kind];

    switch (step->kind) {
    case STEP_HOT_ADD:
        play->newcomer = step->function;
        g_hash_table_add(play->asking, step->function);
        return plug(file, play->seats, step->function, group, key, error);
    case STEP_REBALANCE:
        return check_rebalance(file, step, group, play, error);
    default:
        break;
    }
    if (!is_plugged_in(file, group, step->function, key, play, error)) {
        return FALSE;
    }
    if (step->kind == STEP_POWER_OFF) {
        play->seats[step->function->port->number] = NULL;
        g_hash_table_remove(play->asking, step->function);
    } else {
        g_hash_table_add(play->asking, step->function->first);
    }
    return TRUE;
}

static gboolean check_steps(const Scenario *scenario, const KeyFile *file, Play *play,
                            GError **error)
{
    for (guint i = 0; i < scenario->steps->len; i++) {
        const Step *step = g_ptr_array_index(scenario->steps, i);
        g_autofree char *group = scenario_file_step_group(file, i);

        if (!check_step(file, step, group, play, error)) {
            return FALSE;
        }
        if (g_hash_table_size(play->asking) == 0 &&
            (step->has_expect || step->kind == STEP_REBALANCE)) {
            return key_file_fail(file, group, step->has_expect ? "expect" : "rebalance", error,
                                 "nobody asks for resources at this step; the outcome of a "
                                 "hot-add or resize is judged");
        }
    }
    if (g_hash_table_size(play->asking) == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: in the end no function is plugged in that was hot-added or resized, so "
                    "there is nothing to judge", scenario->path);
        return FALSE;
    }
    return TRUE;
}

gboolean scenario_file_check(const Scenario *scenario, const KeyFile *file, GError **error)
{
    g_autofree Function **seats = g_new0(Function *, scenario->ports->len + 1);
    g_autoptr(GHashTable) asking = g_hash_table_new(NULL, NULL);
    Play play = { .seats = seats, .asking = asking };

    if (scenario->title == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: the group [scenario] is missing", scenario->path);
        return FALSE;
    }
    return check_claims(scenario, file, "moved", scenario->moved, error) &&
           check_claims(scenario, file, "kept", scenario->kept, error) &&
           check_claims(scenario, file, "untouched", scenario->untouched, error) &&
           check_claims(scenario, file, "quiet", scenario->quiet, error) &&
           check_breaks(scenario, file, error) &&
           check_vfio(scenario, file, error) &&
           check_boot(scenario, file, seats, error) &&
           check_steps(scenario, file, &play, error);
}
