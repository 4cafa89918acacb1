/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-matrix.h"

#include "error.h"
#include "variables.h"

#include <string.h>

#define COMBINATIONS_MAX 64
#define GROUP "matrix"

static const char value_characters[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS " ._+:/@-";

typedef struct Variable {
    char *name;
    char **values;
} Variable;

struct ScenarioMatrix {
    const KeyFile *file;
    GPtrArray *variables; /* (element-type Variable) */
    guint count;          /* of combinations */
};

static void variable_free(gpointer data)
{
    Variable *variable = data;

    g_strfreev(variable->values);
    g_free(variable->name);
    g_free(variable);
}

static gboolean check_name(const KeyFile *file, const char *name, GError **error)
{
    static const char *const taken[] = { "kernel", "qemu", "firmware", "hotplug", NULL };

    if (!variable_name_is_valid(name)) {
        return key_file_fail(file, GROUP, name, error,
                             "'%s' is no name of a variable; expected letters, digits and _", name);
    }
    return !g_strv_contains(taken, name) ||
           key_file_fail(file, GROUP, name, error,
                         "'%s' is a word of conditions; take another name", name);
}

static gboolean check_values(const KeyFile *file, const Variable *variable, GError **error)
{
    for (guint i = 0; variable->values[i] != NULL; i++) {
        const char *value = variable->values[i];

        if (value[0] == '\0') {
            return key_file_fail(file, GROUP, variable->name, error,
                                 "a value is missing; expected values with commas between them");
        }
        if (strspn(value, value_characters) != strlen(value)) {
            return key_file_fail(file, GROUP, variable->name, error,
                                 "'%s' has characters that a name cannot have; expected letters, "
                                 "digits, spaces and . _ + : / @ -", value);
        }
        for (guint before = 0; before < i; before++) {
            if (g_str_equal(value, variable->values[before])) {
                return key_file_fail(file, GROUP, variable->name, error,
                                     "'%s' stands twice; remove one of them", value);
            }
        }
    }
    return variable->values[0] != NULL ||
           key_file_fail(file, GROUP, variable->name, error,
                         "values are missing; expected some with commas between them");
}

static gboolean add_variable(ScenarioMatrix *matrix, const char *name, GError **error)
{
    g_autofree char *text = key_file_get(matrix->file, GROUP, name);
    Variable *variable = g_new0(Variable, 1);

    g_ptr_array_add(matrix->variables, variable);
    variable->name = g_strdup(name);
    variable->values = g_strsplit(text, ",", -1);
    for (guint i = 0; variable->values[i] != NULL; i++) {
        g_strstrip(variable->values[i]);
    }
    if (!check_name(matrix->file, name, error) || !check_values(matrix->file, variable, error)) {
        return FALSE;
    }
    matrix->count *= g_strv_length(variable->values);
    if (matrix->count > COMBINATIONS_MAX) {
        matrix->count = 1; /* once is enough to say so */
        return key_file_fail(matrix->file, GROUP, name, error,
                             "more than %d combinations; take out values, or make several files",
                             COMBINATIONS_MAX);
    }
    return TRUE;
}

static const Variable *find_variable(const ScenarioMatrix *matrix, const char *name)
{
    for (guint i = 0; i < matrix->variables->len; i++) {
        const Variable *variable = g_ptr_array_index(matrix->variables, i);

        if (g_str_equal(variable->name, name)) {
            return variable;
        }
    }
    return NULL;
}

/* What the conditions of a group [expect NAME] are about counts as used, too. */
static void use_subjects(const char *when, GHashTable *used)
{
    g_auto(GStrv) conditions = g_strsplit(when, "&", -1);

    for (guint i = 0; conditions[i] != NULL; i++) {
        const char *condition = g_strstrip(conditions[i]);

        g_hash_table_add(used, g_strndup(condition, strcspn(condition, " \t")));
    }
}

static gboolean check_value(const ScenarioMatrix *matrix, const char *group, const char *key,
                            GHashTable *used, GError **error)
{
    g_autofree char *value = key_file_get(matrix->file, group, key);
    g_autoptr(GError) cause = NULL;
    g_auto(GStrv) names = variables_in(value, &cause);

    if (names == NULL) {
        return key_file_fail(matrix->file, group, key, error, "%s", cause->message);
    }
    for (guint i = 0; names[i] != NULL; i++) {
        if (find_variable(matrix, names[i]) == NULL) {
            return key_file_fail(matrix->file, group, key, error,
                                 "there is no variable '%s' in [" GROUP "]; a dollar is $$",
                                 names[i]);
        }
        g_hash_table_add(used, g_strdup(names[i]));
    }
    if (g_str_has_prefix(group, "expect ") && g_str_equal(key, "when")) {
        use_subjects(value, used);
    }
    return TRUE;
}

static void check_group(const ScenarioMatrix *matrix, const char *group, GHashTable *used,
                        GError **errors)
{
    g_auto(GStrv) keys = key_file_keys(matrix->file, group);

    for (guint i = 0; keys[i] != NULL; i++) {
        GError *cause = NULL;

        check_value(matrix, group, keys[i], used, &cause);
        runner_error_add(errors, cause);
    }
}

/* @used: what is used by name, or wrong anyway */
static void check_uses(const ScenarioMatrix *matrix, GHashTable *used, GError **errors)
{
    g_auto(GStrv) groups = key_file_groups(matrix->file);

    for (guint i = 0; groups[i] != NULL; i++) {
        if (!g_str_equal(groups[i], GROUP)) {
            check_group(matrix, groups[i], used, errors);
        }
    }
    for (guint i = 0; i < matrix->variables->len; i++) {
        const Variable *variable = g_ptr_array_index(matrix->variables, i);
        GError *cause = NULL;

        if (!g_hash_table_contains(used, variable->name)) {
            key_file_fail(matrix->file, GROUP, variable->name, &cause, "$%s is used nowhere",
                          variable->name);
            runner_error_add(errors, cause);
        }
    }
}

ScenarioMatrix *scenario_matrix_new(const KeyFile *file, GError **error)
{
    g_autoptr(ScenarioMatrix) matrix = g_new0(ScenarioMatrix, 1);
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) names = NULL;
    GError *errors = NULL;

    matrix->file = file;
    matrix->variables = g_ptr_array_new_with_free_func(variable_free);
    matrix->count = 1;
    names = key_file_has_group(file, GROUP) ? key_file_keys(file, GROUP) : g_new0(char *, 1);
    for (guint i = 0; names[i] != NULL; i++) {
        GError *cause = NULL;

        if (!add_variable(matrix, names[i], &cause)) {
            g_hash_table_add(used, g_strdup(names[i]));
        }
        runner_error_add(&errors, cause);
    }
    check_uses(matrix, used, &errors);
    if (errors != NULL) {
        g_propagate_error(error, errors);
        return NULL;
    }
    return g_steal_pointer(&matrix);
}

void scenario_matrix_free(ScenarioMatrix *matrix)
{
    if (matrix != NULL) {
        g_ptr_array_unref(matrix->variables);
        g_free(matrix);
    }
}

guint scenario_matrix_count(const ScenarioMatrix *matrix)
{
    return matrix->count;
}

/* The last variable counts fastest. */
char **scenario_matrix_variables(const ScenarioMatrix *matrix, guint combination)
{
    char **texts = g_new0(char *, matrix->variables->len + 1);

    for (guint i = matrix->variables->len; i > 0; i--) {
        const Variable *variable = g_ptr_array_index(matrix->variables, i - 1);
        guint count = g_strv_length(variable->values);

        texts[i - 1] =
            g_strdup_printf("%s=%s", variable->name, variable->values[combination % count]);
        combination /= count;
    }
    return texts;
}

static char *replace(const char *value, gpointer variables)
{
    return variables_replace(value, variables);
}

KeyFile *scenario_matrix_file(const ScenarioMatrix *matrix, guint combination)
{
    g_auto(GStrv) variables = scenario_matrix_variables(matrix, combination);

    return key_file_map(matrix->file, GROUP, replace, variables);
}

gboolean scenario_matrix_check_filter(const ScenarioMatrix *matrix, const char *filter,
                                      GError **error)
{
    g_auto(GStrv) words = g_strsplit(filter, ",", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);
        const Variable *variable = pair[0] == NULL ? NULL : find_variable(matrix, pair[0]);
        g_autofree char *values = NULL;

        if (variable == NULL) {
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                        "[%s]: there is no variable '%s' in [" GROUP "]", filter,
                        pair[0] == NULL ? "" : pair[0]);
            return FALSE;
        }
        if (pair[1] == NULL ||
            !g_strv_contains((const char *const *)variable->values, pair[1])) {
            values = g_strjoinv(", ", variable->values);
            g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "[%s]: %s is one of %s", filter,
                        variable->name, values);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean scenario_matrix_matches(const ScenarioMatrix *matrix, guint combination,
                                 const char *filter)
{
    g_auto(GStrv) wanted = g_strsplit(filter, ",", -1);
    g_auto(GStrv) variables = scenario_matrix_variables(matrix, combination);

    for (guint i = 0; wanted[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *)variables, wanted[i])) {
            return FALSE;
        }
    }
    return TRUE;
}
