/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect-group.h"

#include "error.h"
#include "invariants.h"
#include "scenario-file.h"
#include "scenario-group.h"
#include "version-range.h"

#include <string.h>

#define STEP_PREFIX "step."

const char *const expect_list_keys[EXPECT_LISTS] = {
    [EXPECT_MOVED] = "moved", [EXPECT_KEPT] = "kept",     [EXPECT_UNTOUCHED] = "untouched",
    [EXPECT_QUIET] = "quiet", [EXPECT_BREAKS] = "breaks",
};

static void version_condition_free(gpointer data)
{
    VersionCondition *condition = data;

    g_strfreev(condition->ranges);
    g_free(condition);
}

void expect_group_free(ExpectGroup *group)
{
    g_ptr_array_unref(group->conditions);
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        g_strfreev(group->lists[i]);
    }
    g_free(group->steps);
    g_free(group->group);
    g_free(group->place);
    g_free(group->when);
    g_free(group->reason);
    g_free(group->link);
    g_free(group);
}

/* The group and its keys, of which "step.NAME" can have any name. */
static gboolean check_keys(const KeyFile *file, const char *group, GError **error)
{
    static const char *const others[] = { "when", "outcome", "reason", "link" };
    g_auto(GStrv) keys = key_file_keys(file, group);
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_ptr_array_add(known, (gpointer)others[i]);
    }
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        g_ptr_array_add(known, (gpointer)expect_list_keys[i]);
    }
    for (guint i = 0; keys[i] != NULL; i++) {
        if (g_str_has_prefix(keys[i], STEP_PREFIX)) {
            g_ptr_array_add(known, keys[i]);
        }
    }
    g_ptr_array_add(known, NULL);
    return key_file_check_keys(file, group, (const char *const *)known->pdata, error);
}

/* "7.2 | 10.." behind "kernel" or "qemu" */
static gboolean add_versions(const KeyFile *file, const char *group, ExpectGroup *expect,
                             const char *subject, char **ranges, GError **error)
{
    VersionCondition *condition = g_new0(VersionCondition, 1);

    condition->of_kernel = g_str_equal(subject, "kernel");
    condition->ranges = g_strdupv(ranges);
    g_ptr_array_add(expect->conditions, condition);
    for (guint i = 0; ranges[i] != NULL; i++) {
        if (!version_range_is_valid(ranges[i])) {
            return key_file_fail(file, group, "when", error,
                                 "'%s' is no range of versions; expected A..B, A.., ..B or A, such "
                                 "as ..6.12.100", ranges[i]);
        }
    }
    return TRUE;
}

/* What [machine] says decides at once; a subject has a list of words that it can be. */
static gboolean add_words(const KeyFile *file, const char *group, ExpectGroup *expect,
                          const char *subject, char **words, const char *const *known,
                          const char *actual, GError **error)
{
    for (guint i = 0; words[i] != NULL; i++) {
        if (!g_strv_contains(known, words[i])) {
            g_autofree char *list = g_strjoinv(", ", (char **)known);

            return key_file_fail(file, group, "when", error, "%s '%s' is not one of: %s", subject,
                                 words[i], list);
        }
    }
    if (!g_strv_contains((const char *const *)words, actual)) {
        expect->possible = FALSE;
    }
    return TRUE;
}

/* A key of [machine], whose first choice is the default. */
static gboolean add_machine_words(const KeyFile *file, const char *group, ExpectGroup *expect,
                                  const char *subject, char **words, const char *const *known,
                                  GError **error)
{
    g_autofree char *actual = key_file_get(file, "machine", subject);

    expect->only_variant = FALSE;
    return add_words(file, group, expect, subject, words, known,
                     actual == NULL ? known[0] : actual, error);
}

/* A variable of [matrix], which has one of its values in this variant. */
static gboolean add_variable(const Scenario *scenario, const KeyFile *file, const char *group,
                             ExpectGroup *expect, const char *subject, char **words,
                             GError **error)
{
    g_autofree char *list = key_file_get(file, "matrix", subject);
    g_auto(GStrv) known = g_strsplit(list == NULL ? "" : list, ",", -1);
    g_autofree char *prefix = g_strdup_printf("%s=", subject);
    const char *actual = "";

    if (list == NULL) {
        return key_file_fail(file, group, "when", error,
                             "'%s' is neither kernel, qemu, firmware, hotplug nor a variable of "
                             "[matrix]", subject);
    }
    for (guint i = 0; scenario->variables[i] != NULL; i++) {
        if (g_str_has_prefix(scenario->variables[i], prefix)) {
            actual = scenario->variables[i] + strlen(prefix);
        }
    }
    for (guint i = 0; known[i] != NULL; i++) {
        g_strstrip(known[i]);
    }
    return add_words(file, group, expect, subject, words, (const char *const *)known, actual,
                     error);
}

/* "kernel ..6.1 | 6.12..": a subject, and what it is to be */
static gboolean read_condition(const Scenario *scenario, const KeyFile *file,
                               const char *group, ExpectGroup *expect, char *text,
                               GError **error)
{
    static const char *const firmwares[] = { "seabios", "ovmf", NULL };
    static const char *const hotplugs[] = { "native", "acpi", NULL };
    gsize length = strcspn(g_strstrip(text), " \t");
    g_autofree char *subject = g_strndup(text, length);
    g_auto(GStrv) values = g_strsplit(text + length, "|", -1);
    gboolean lacks = values[0] == NULL;

    for (guint i = 0; values[i] != NULL; i++) {
        lacks |= g_strstrip(values[i])[0] == '\0';
    }
    if (subject[0] == '\0') {
        return key_file_fail(file, group, "when", error,
                             "a condition is missing; expected some with '&' between them");
    }
    if (lacks) {
        return key_file_fail(file, group, "when", error,
                             "'%s' lacks a value; expected a subject and values, such as "
                             "kernel ..6.1 | 6.12..", text);
    }
    if (g_str_equal(subject, "kernel") || g_str_equal(subject, "qemu")) {
        expect->only_variant = FALSE;
        return add_versions(file, group, expect, subject, values, error);
    }
    if (g_str_equal(subject, "firmware")) {
        return add_machine_words(file, group, expect, subject, values, firmwares, error);
    }
    if (g_str_equal(subject, "hotplug")) {
        return add_machine_words(file, group, expect, subject, values, hotplugs, error);
    }
    return add_variable(scenario, file, group, expect, subject, values, error);
}

static gboolean read_conditions(const Scenario *scenario, const KeyFile *file,
                                const char *group, ExpectGroup *expect, GError **error)
{
    g_auto(GStrv) conditions = g_strsplit(expect->when == NULL ? "" : expect->when, "&", -1);

    if (expect->when == NULL) {
        return key_file_fail(file, group, NULL, error,
                             "the key 'when' is missing: conditions, such as kernel ..6.1");
    }
    if (conditions[0] == NULL) {
        return key_file_fail(file, group, "when", error,
                             "a condition is missing, such as kernel ..6.1");
    }
    for (guint i = 0; conditions[i] != NULL; i++) {
        if (!read_condition(scenario, file, group, expect, conditions[i], error)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Who expects something else than everywhere owes an explanation; variants are no such thing. */
static gboolean read_reason(const KeyFile *file, const char *group, ExpectGroup *expect,
                            GError **error)
{
    expect->reason = key_file_get(file, group, "reason");
    expect->link = key_file_get(file, group, "link");
    if (!expect->only_variant && (expect->reason == NULL || expect->link == NULL)) {
        return key_file_fail(file, group, NULL, error,
                             "the key '%s' is missing, without which nobody knows when this can go",
                             expect->reason == NULL ? "reason" : "link");
    }
    return TRUE;
}

gboolean scenario_read_expect(Scenario *scenario, const KeyFile *file, const char *group,
                              GError **error)
{
    ExpectGroup *expect = g_new0(ExpectGroup, 1);
    g_autofree char *outcome = key_file_get(file, group, "outcome");

    g_ptr_array_add(scenario->expects, expect);
    expect->group = g_strdup(group);
    expect->place = key_file_place(file, group, NULL);
    expect->when = key_file_get(file, group, "when");
    expect->conditions = g_ptr_array_new_with_free_func(version_condition_free);
    expect->possible = TRUE;
    expect->only_variant = TRUE;
    expect->has_outcome = outcome != NULL;
    for (guint i = 0; i < EXPECT_LISTS; i++) {
        g_autofree char *value = key_file_get(file, group, expect_list_keys[i]);

        expect->lists[i] =
            value == NULL ? NULL : key_file_get_words(file, group, expect_list_keys[i]);
    }
    return check_keys(file, group, error) &&
           scenario_read_outcome(file, group, "outcome", &expect->outcome, error) &&
           read_conditions(scenario, file, group, expect, error) &&
           read_reason(file, group, expect, error);
}

gboolean expect_list_check(const Scenario *scenario, const KeyFile *file, const char *group,
                           ExpectList list, char *const *words, GError **error)
{
    for (guint i = 0; words != NULL && words[i] != NULL; i++) {
        if (list == EXPECT_BREAKS && invariant_find(words[i]) == NULL) {
            return key_file_fail(file, group, expect_list_keys[list], error,
                                 "'%s' is no invariant; expected ids such as I5", words[i]);
        }
        if (list != EXPECT_BREAKS && scenario_find_function(scenario, words[i]) == NULL) {
            return key_file_fail(file, group, expect_list_keys[list], error,
                                 "no function '%s' is defined", words[i]);
        }
    }
    return TRUE;
}

/* Index of [step NAME]; -1 when there is none. */
static int find_step(const Scenario *scenario, const KeyFile *file, const char *name)
{
    g_autofree char *wanted = g_strdup_printf("step %s", name);

    for (guint i = 0; i < scenario->steps->len; i++) {
        g_autofree char *group = scenario_file_step_group(file, i);

        if (g_str_equal(group, wanted)) {
            return (int)i;
        }
    }
    return -1;
}

static gboolean read_steps(const Scenario *scenario, const KeyFile *file, ExpectGroup *expect,
                           GError **error)
{
    g_auto(GStrv) keys = key_file_keys(file, expect->group);

    expect->steps = g_new(int, scenario->steps->len);
    for (guint i = 0; i < scenario->steps->len; i++) {
        expect->steps[i] = -1;
    }
    for (guint i = 0; keys[i] != NULL; i++) {
        Outcome outcome = 0;
        int step;

        if (!g_str_has_prefix(keys[i], STEP_PREFIX)) {
            continue;
        }
        step = find_step(scenario, file, keys[i] + strlen(STEP_PREFIX));
        if (step < 0) {
            return key_file_fail(file, expect->group, keys[i], error, "there is no [step %s]",
                                 keys[i] + strlen(STEP_PREFIX));
        }
        if (!scenario_read_outcome(file, expect->group, keys[i], &outcome, error)) {
            return FALSE;
        }
        expect->steps[step] = (int)outcome;
    }
    return TRUE;
}

static void check_expect(const Scenario *scenario, const KeyFile *file, ExpectGroup *expect,
                         GError **errors)
{
    GError *cause = NULL;

    for (guint list = 0; list < EXPECT_LISTS; list++) {
        expect_list_check(scenario, file, expect->group, list, expect->lists[list], &cause);
        runner_error_add(errors, g_steal_pointer(&cause));
    }
    read_steps(scenario, file, expect, &cause);
    runner_error_add(errors, cause);
}

gboolean scenario_check_expects(Scenario *scenario, const KeyFile *file, GError **error)
{
    GError *all = NULL;

    for (guint i = 0; i < scenario->expects->len; i++) {
        check_expect(scenario, file, g_ptr_array_index(scenario->expects, i), &all);
    }
    if (all != NULL) {
        g_propagate_error(error, all);
        return FALSE;
    }
    return TRUE;
}
