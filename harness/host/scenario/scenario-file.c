/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario-file.h"

#include "catalogue.h"
#include "error.h"
#include "expect-group.h"
#include "scenario-group.h"

#include <string.h>

#define NAME_LENGTH_MAX 32 /* reports stay within their columns */

static const char *const scenario_keys[] = {
    "title",   "shows", "concerns", "source",    "tags",  "include", "without",
    "outcome", "moved", "kept",     "untouched", "quiet", "breaks",  NULL,
};

/* The name in "[port p1]" for the prefix "port "; NULL when the group has another prefix. */
static const char *group_name(const char *group, const char *prefix)
{
    return g_str_has_prefix(group, prefix) ? group + strlen(prefix) : NULL;
}

/* QEMU ids begin with a letter; names share one space since they become ids. */
gboolean scenario_check_name(const Scenario *scenario, const KeyFile *file, const char *group,
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
    if (g_str_equal(name, "nearest") || g_str_equal(name, "root-port") ||
        g_str_equal(name, "pnp")) {
        return key_file_fail(file, group, NULL, error, "'%s' is a word of the step 'rebalance'",
                             name);
    }
    if (scenario_find_port(scenario, name) != NULL ||
        scenario_find_function(scenario, name) != NULL) {
        return key_file_fail(file, group, NULL, error, "the name '%s' is taken already", name);
    }
    return TRUE;
}

gboolean scenario_read_outcome(const KeyFile *file, const char *group, const char *key,
                               Outcome *outcome, GError **error)
{
    guint choice = *outcome;

    if (!key_file_get_choice(file, group, key, outcome_names, &choice, error)) {
        return FALSE;
    }
    *outcome = choice;
    return TRUE;
}

/* What the file says, and what its place in the catalogue says, each once. */
static char **read_tags(const Scenario *scenario, const KeyFile *file, const char *group)
{
    g_auto(GStrv) words = key_file_get_words(file, group, "tags");
    g_auto(GStrv) folders = catalogue_folders(CATALOGUE_SCENARIOS, scenario->path);
    char **const lists[] = { folders, words };
    g_autoptr(GPtrArray) tags = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint w = 0; lists[i][w] != NULL; w++) {
            if (!g_ptr_array_find_with_equal_func(tags, lists[i][w], g_str_equal, NULL)) {
                g_ptr_array_add(tags, lists[i][w]);
            }
        }
    }
    g_ptr_array_add(tags, NULL);
    return g_strdupv((char **)tags->pdata);
}

static gboolean check_missing(const KeyFile *file, const char *group, const char *key,
                              const char *value, GError **error)
{
    return value != NULL ||
           key_file_fail(file, group, NULL, error, "the key '%s' is missing", key);
}

static gboolean read_scenario(Scenario *scenario, const KeyFile *file, const char *group,
                              GError **error)
{
    g_autofree char *outcome = key_file_get(file, group, "outcome");
    GError *causes[4] = { NULL };
    GError *all = NULL;

    scenario->title = key_file_get(file, group, "title");
    scenario->shows = key_file_get(file, group, "shows");
    scenario->concerns = key_file_get(file, group, "concerns");
    scenario->source = key_file_get_words(file, group, "source");
    scenario->tags = read_tags(scenario, file, group);
    scenario->moved = key_file_get_words(file, group, "moved");
    scenario->kept = key_file_get_words(file, group, "kept");
    scenario->untouched = key_file_get_words(file, group, "untouched");
    scenario->quiet = key_file_get_words(file, group, "quiet");
    scenario->breaks = key_file_get_words(file, group, "breaks");
    key_file_check_keys(file, group, scenario_keys, &causes[0]);
    check_missing(file, group, "title", scenario->title, &causes[1]);
    check_missing(file, group, "outcome", outcome, &causes[2]);
    scenario_read_outcome(file, group, "outcome", &scenario->outcome, &causes[3]);
    for (guint i = 0; i < G_N_ELEMENTS(causes); i++) {
        runner_error_add(&all, causes[i]);
    }
    if (all != NULL) {
        g_propagate_error(error, all);
        return FALSE;
    }
    return TRUE;
}

static gboolean read_group(Scenario *scenario, const KeyFile *file, const char *group,
                           GError **error)
{
    const char *name;

    if (g_str_equal(group, "scenario")) {
        return read_scenario(scenario, file, group, error);
    }
    if (g_str_equal(group, "machine")) {
        return scenario_read_machine(scenario, file, group, error);
    }
    if (g_str_equal(group, "matrix")) {
        return TRUE; /* the file has its values already */
    }
    if ((name = group_name(group, "port ")) != NULL) {
        return scenario_read_port(scenario, file, group, name, error);
    }
    if ((name = group_name(group, "host-bridge ")) != NULL) {
        return scenario_read_host_bridge(scenario, file, group, name, error);
    }
    if ((name = group_name(group, "function ")) != NULL) {
        return scenario_read_function(scenario, file, group, name, error);
    }
    if (group_name(group, "step ") != NULL) {
        return scenario_read_step(scenario, file, group, error);
    }
    if (group_name(group, "expect ") != NULL) {
        return scenario_read_expect(scenario, file, group, error);
    }
    return key_file_fail(file, group, NULL, error,
                         "unknown group; expected [scenario], [matrix], [machine], "
                         "[host-bridge NAME], [port NAME], [function NAME], [step NAME] or "
                         "[expect NAME]");
}

/* How much of everything a scenario has. */
typedef struct Extent {
    guint ports, functions, steps, expects;
} Extent;

static Extent extent_of(const Scenario *scenario)
{
    return (Extent) {
        .ports = scenario->ports->len,
        .functions = scenario->functions->len,
        .steps = scenario->steps->len,
        .expects = scenario->expects->len,
    };
}

/* What a group that is wrong has begun is not there for those behind it. */
static void cut_back(Scenario *scenario, const Extent *extent)
{
    g_ptr_array_set_size(scenario->expects, (int)extent->expects);
    g_ptr_array_set_size(scenario->steps, (int)extent->steps);
    g_ptr_array_set_size(scenario->functions, (int)extent->functions);
    g_ptr_array_set_size(scenario->ports, (int)extent->ports);
}

static void break_group(KeyFile *file, const char *group)
{
    const char *name = strchr(group, ' ');

    if (name != NULL) {
        key_file_break(file, name + 1);
    }
}

ScenarioParts scenario_file_read(Scenario *scenario, KeyFile *file, GError **errors)
{
    g_auto(GStrv) groups = key_file_groups(file);
    ScenarioParts right = SCENARIO_HEAD | SCENARIO_BODY;
    GError *cause = NULL;

    for (guint i = 0; groups[i] != NULL; i++) {
        Extent extent = extent_of(scenario);

        if (!read_group(scenario, file, groups[i], &cause)) {
            right &= g_str_equal(groups[i], "scenario") ? ~SCENARIO_HEAD : ~SCENARIO_BODY;
            cut_back(scenario, &extent);
            break_group(file, groups[i]);
            runner_error_add(errors, g_steal_pointer(&cause));
        }
    }
    if ((right & SCENARIO_BODY) != 0 && !scenario_places(scenario, file, &cause)) {
        right &= ~SCENARIO_BODY;
        runner_error_add(errors, cause);
    }
    return right;
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
