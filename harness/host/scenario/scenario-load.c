/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a file to its scenarios: what it includes, its variants, and each of these read. */
#include "catalogue.h"
#include "error.h"
#include "scenario-file.h"
#include "scenario-include.h"
#include "scenario-matrix.h"

#include <string.h>

static Scenario *load_variant(const char *path, const ScenarioMatrix *matrix, guint combination,
                              GError **error)
{
    g_auto(GStrv) variables = scenario_matrix_variables(matrix, combination);
    g_autoptr(KeyFile) file = scenario_matrix_file(matrix, combination);

    return scenario_from_file(path, file, variables, error);
}

/* Of how many variants does an error tell this, and of any before the first @count? */
static guint variants_with(const GPtrArray *errors, guint count, const char *line)
{
    guint found = 0;

    for (guint i = 0; i < count; i++) {
        const GError *error = g_ptr_array_index(errors, i);

        found += error != NULL && runner_error_has(error, line);
    }
    return found;
}

/* What is wrong in every variant is told once, and anything else with the first that has it. */
static GError *sum_up(const GPtrArray *errors, const GPtrArray *names)
{
    GError *sum = NULL;

    for (guint i = 0; i < errors->len; i++) {
        const GError *error = g_ptr_array_index(errors, i);
        g_auto(GStrv) lines = g_strsplit(error == NULL ? "" : error->message, "\n", -1);

        for (guint l = 0; lines[l] != NULL; l++) {
            if (variants_with(errors, errors->len, lines[l]) == errors->len) {
                runner_error_add(&sum, g_error_new_literal(error->domain, error->code, lines[l]));
            } else if (variants_with(errors, i, lines[l]) == 0) {
                runner_error_add(&sum, g_error_new(error->domain, error->code, "%s (in %s)",
                                                   lines[l],
                                                   (char *)g_ptr_array_index(names, i)));
            }
        }
    }
    return sum;
}

static void free_error(gpointer error)
{
    if (error != NULL) {
        g_error_free(error);
    }
}

/* @filter: (nullable) */
static GPtrArray *load_variants(const char *path, const ScenarioMatrix *matrix, const char *filter,
                                GError **error)
{
    g_autoptr(GPtrArray) scenarios =
        g_ptr_array_new_with_free_func((GDestroyNotify)scenario_free);
    g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(free_error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GError *sum;

    for (guint i = 0; i < scenario_matrix_count(matrix); i++) {
        g_auto(GStrv) variables = scenario_matrix_variables(matrix, i);
        GError *cause = NULL;
        Scenario *scenario;

        if (filter != NULL && !scenario_matrix_matches(matrix, i, filter)) {
            continue;
        }
        scenario = load_variant(path, matrix, i, &cause);
        if (scenario != NULL) {
            g_ptr_array_add(scenarios, scenario);
        }
        g_ptr_array_add(errors, cause);
        g_ptr_array_add(names, g_strjoinv(",", variables));
    }
    sum = sum_up(errors, names);
    if (errors->len == 0) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s: no variant is [%s]", path,
                    filter);
        return NULL;
    }
    if (sum != NULL) {
        g_propagate_error(error, sum);
        return NULL;
    }
    return g_steal_pointer(&scenarios);
}

GPtrArray *scenario_load_all(const char *path, const char *filter, GError **error)
{
    g_autoptr(KeyFile) file = scenario_include_load(path, error);
    g_autoptr(ScenarioMatrix) matrix = file == NULL ? NULL : scenario_matrix_new(file, error);

    if (matrix == NULL ||
        (filter != NULL && !scenario_matrix_check_filter(matrix, filter, error))) {
        return NULL;
    }
    return load_variants(path, matrix, filter, error);
}

Scenario *scenario_load(const char *path, GError **error)
{
    g_autoptr(GPtrArray) scenarios = scenario_load_all(path, NULL, error);

    if (scenarios == NULL) {
        return NULL;
    }
    if (scenarios->len != 1) {
        const Scenario *first = g_ptr_array_index(scenarios, 0);

        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "%s: there are %u variants; name one of them, such as '%s'", path,
                    scenarios->len, first->name);
        return NULL;
    }
    return g_ptr_array_steal_index(scenarios, 0);
}

/* The "[...]" at the end of an argument; NULL without one. */
static const char *filter_of(const char *argument)
{
    return g_str_has_suffix(argument, "]") ? strrchr(argument, '[') : NULL;
}

GPtrArray *scenario_find_all(const char *argument, GError **error)
{
    const char *bracket = filter_of(argument);
    gsize length = bracket == NULL ? strlen(argument) : (gsize)(bracket - argument);
    g_autofree char *name = g_strndup(argument, length);
    g_autofree char *path = catalogue_path(CATALOGUE_SCENARIOS, name, error);
    g_autofree char *filter =
        bracket == NULL ? NULL : g_strndup(bracket + 1, strlen(bracket) - strlen("[]"));

    return path == NULL ? NULL : scenario_load_all(path, filter, error);
}

char *scenario_argument(const Scenario *scenario, const char *argument)
{
    const char *bracket = filter_of(argument);
    g_autofree char *name =
        g_strndup(argument, bracket == NULL ? strlen(argument) : (gsize)(bracket - argument));

    return g_strconcat(name, scenario->variant, NULL);
}
