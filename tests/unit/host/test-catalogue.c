/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalogue.h"
#include "scenario.h"

#include <string.h>

static gboolean is_one_of(const char *word, const char *const *words)
{
    return g_strv_contains(words, word);
}

static gboolean some_are_of(char *const *tags, const char *const *axis)
{
    for (guint i = 0; tags[i] != NULL; i++) {
        if (is_one_of(tags[i], axis)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Whatever is in the catalogue is well formed, and says why it is there. */
static void test_scenarios_tell_of_themselves(void)
{
    static const char *const space[] = { "fits",    "grows",        "fragmented",
                                         "no-room", "stale-window", "reserve", NULL };
    static const char *const policy[] = { "kernel", "recipe", "pnp", "by-hand", NULL };
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = catalogue_names(CATALOGUE_SCENARIOS, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(names), >=, 31);
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *path = catalogue_path(CATALOGUE_SCENARIOS, names[i], &error);
        g_autoptr(GPtrArray) variants =
            path == NULL ? NULL : scenario_load_all(path, NULL, &error);

        g_assert_no_error(error);
        for (guint k = 0; k < variants->len; k++) {
            const Scenario *scenario = g_ptr_array_index(variants, k);

            g_test_message("%s", scenario->name);
            g_assert_nonnull(scenario->shows);
            g_assert_nonnull(scenario->concerns);
            g_assert_cmpuint(strlen(scenario->shows), >, 20);
            g_assert_cmpuint(strlen(scenario->concerns), >, 10);
            g_assert_true(some_are_of(scenario->tags, space));
            g_assert_true(some_are_of(scenario->tags, policy));
        }
    }
}

/* The folders are two axes of their own, and nothing lies beside them. */
static void test_folders_are_trigger_and_topology(void)
{
    static const char *const triggers[] = { "hot-add", "unplug", "resize", "move",
                                            "reset",   "rescan", "boot",   NULL };
    static const char *const topologies[] = { "root-port", "switch",       "nested",
                                              "root-bus",  "host-bridges", "many", NULL };
    g_auto(GStrv) names = catalogue_names(CATALOGUE_SCENARIOS, NULL);

    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *path = catalogue_path(CATALOGUE_SCENARIOS, names[i], NULL);
        g_auto(GStrv) folders = catalogue_folders(CATALOGUE_SCENARIOS, path);

        g_test_message("%s", path);
        g_assert_cmpuint(g_strv_length(folders), ==, 2);
        g_assert_true(is_one_of(folders[0], triggers));
        g_assert_true(is_one_of(folders[1], topologies));
    }
}

static void test_folders_are_tags(void)
{
    static const char *const both[] = { "resize", "kernel", NULL };
    static const char *const one[] = { "resize", "pnp", NULL };
    g_autofree char *path = catalogue_path(CATALOGUE_SCENARIOS, "rebar-grow", NULL);
    g_autoptr(Scenario) scenario = scenario_load(path, NULL);
    g_autofree char *tags = g_strjoinv(" ", scenario->tags);

    g_assert_cmpstr(tags, ==, "resize root-port grows kernel");
    g_assert_true(scenario_has_tags(scenario, both));
    g_assert_false(scenario_has_tags(scenario, one));
}

static void test_files_elsewhere_have_no_folders(void)
{
    const char *const paths[] = { "/a/b/c.ini", BARSHIFT_SCENARIOS "/c.ini",
                                  BARSHIFT_SCENARIOS "-of-mine/b/c.ini" };

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_auto(GStrv) folders = catalogue_folders(CATALOGUE_SCENARIOS, paths[i]);

        g_assert_cmpuint(g_strv_length(folders), ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalogue/scenarios-tell-of-themselves", test_scenarios_tell_of_themselves);
    g_test_add_func("/catalogue/folders-are-trigger-and-topology",
                    test_folders_are_trigger_and_topology);
    g_test_add_func("/catalogue/folders-are-tags", test_folders_are_tags);
    g_test_add_func("/catalogue/files-elsewhere-have-no-folders",
                    test_files_elsewhere_have_no_folders);
    return g_test_run();
}
