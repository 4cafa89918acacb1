/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-list.h"

#include "catalogue.h"
#include "error.h"
#include "scenario-expect.h"

#include <stdio.h>
#include <string.h>

static struct {
    gboolean tags;
    char *tag;
} given;

static const GOptionEntry options[] = {
    { "tag", 't', 0, G_OPTION_ARG_STRING, &given.tag, "Only scenarios that have all of these tags",
      "WORD,..." },
    { "tags", 0, 0, G_OPTION_ARG_NONE, &given.tags,
      "Name the tags, and how many scenarios have each", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static int fail(const GError *error)
{
    fprintf(stderr, "barshift: %s\n", error->message);
    return error->code;
}

static gboolean parse(int argc, char **argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) cause = NULL;

    g_option_context_add_main_entries(context, options, NULL);
    g_option_context_set_summary(context,
        "Names every scenario of the catalogue, with its expected outcome and its title.");
    if (!g_option_context_parse(context, &argc, &argv, &cause)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE, "%s; see 'barshift list --help'",
                    cause->message);
        return FALSE;
    }
    if (argc > 1) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "list: '%s': expected no arguments but options", argv[1]);
        return FALSE;
    }
    return TRUE;
}

static void print_scenario(const Scenario *scenario)
{
    g_autoptr(ScenarioExpectation) expectation = scenario_expect(scenario, NULL, NULL);

    printf("%-24s %-11s %s\n", scenario->name, outcome_names[expectation->outcome],
           scenario->title);
}

static void count_tags(const Scenario *scenario, GHashTable *counts)
{
    for (guint i = 0; scenario->tags[i] != NULL; i++) {
        gpointer count = g_hash_table_lookup(counts, scenario->tags[i]);

        g_hash_table_replace(counts, g_strdup(scenario->tags[i]),
                             GUINT_TO_POINTER(GPOINTER_TO_UINT(count) + 1));
    }
}

static int compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static void print_tags(GHashTable *counts)
{
    GList *tags = g_list_sort(g_hash_table_get_keys(counts), compare_words);

    for (GList *tag = tags; tag != NULL; tag = tag->next) {
        printf("%-24s %u\n", (const char *)tag->data,
               GPOINTER_TO_UINT(g_hash_table_lookup(counts, tag->data)));
    }
    g_list_free(tags);
}

/* How many of the scenarios that a file holds have the tags; they are told, and counted by tag. */
static guint list_variants(GPtrArray *scenarios, const char *const *wanted, GHashTable *counts)
{
    guint found = 0;

    for (guint i = 0; i < scenarios->len; i++) {
        const Scenario *scenario = g_ptr_array_index(scenarios, i);

        if (scenario_has_tags(scenario, wanted)) {
            found++;
            count_tags(scenario, counts);
            if (!given.tags) {
                print_scenario(scenario);
            }
        }
    }
    return found;
}

static int list(char *const *names, const char *const *wanted)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint found = 0;
    int status = 0;

    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) scenarios = scenario_find_all(names[i], &error);

        if (scenarios == NULL) {
            status = fail(error);
        } else {
            found += list_variants(scenarios, wanted, counts);
        }
    }
    if (given.tags) {
        print_tags(counts);
    }
    if (found == 0 && status == 0) {
        fprintf(stderr, "barshift: no scenario has the tags %s; 'barshift list --tags' names all\n",
                given.tag);
        status = RUNNER_ERROR_USAGE;
    }
    return status;
}

int command_list(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = NULL;
    g_auto(GStrv) wanted = NULL;

    if (!parse(argc, argv, &error) ||
        (names = catalogue_names(CATALOGUE_SCENARIOS, &error)) == NULL) {
        return fail(error);
    }
    wanted = g_strsplit(given.tag == NULL ? "" : given.tag, ",", -1);
    return list(names, (const char *const *)wanted);
}
