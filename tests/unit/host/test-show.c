/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What "barshift show" prints, held against texts in the folder shown. A text that has changed for
 * good is written anew by "barshift show tests/unit/host/shown/NAME.ini", in a UTF-8 locale.
 */
#include "catalogue.h"
#include "expectation-words.h"
#include "key-file.h"
#include "scenario-words.h"
#include "step-type.h"
#include "step-words.h"
#include "text-wrap.h"

#include <string.h>

static char *words(const Scenario *scenario, gboolean ascii)
{
    const WordsStyle style = { .ascii = ascii };
    g_autoptr(GError) error = NULL;
    g_autoptr(KeyFile) file = key_file_load(scenario->path, &error);
    g_autofree char *description = NULL;

    g_assert_no_error(error);
    description = key_file_comment(file);
    return scenario_words(scenario, description, &style);
}

/* The words of the one scenario that @argument names */
static char *shown(const char *argument, gboolean ascii)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios = scenario_find_all(argument, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(scenarios->len, ==, 1);
    return words(g_ptr_array_index(scenarios, 0), ascii);
}

static void test_says_what_it_said(gconstpointer data)
{
    const char *name = data;
    g_autofree char *path = g_strconcat(BARSHIFT_SHOWN, "/", name, ".ini", NULL);
    g_autofree char *golden = g_strconcat(BARSHIFT_SHOWN, "/", name, ".txt", NULL);
    g_autofree char *expected = NULL;
    g_autofree char *text = shown(path, FALSE);

    g_assert_true(g_file_get_contents(golden, &expected, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static void test_keeps_to_ascii(void)
{
    g_autofree char *text = shown(BARSHIFT_SHOWN "/switches.ini", TRUE);

    g_assert_true(g_str_is_ascii(text));
    g_assert_nonnull(strstr(text, "|- root: root port; pref64-reserve 4G\n"
                                  "|  `- up-1: upstream port of a switch\n"));
    g_assert_nonnull(strstr(text, "`~ incoming: "));
}

static void test_colours_only_when_asked(void)
{
    const WordsStyle style = { .colour = TRUE };
    g_autofree char *plain = shown(BARSHIFT_SHOWN "/switches.ini", FALSE);
    g_autoptr(Scenario) scenario = scenario_load(BARSHIFT_SHOWN "/switches.ini", NULL);
    g_autofree char *coloured = scenario_words(scenario, "", &style);

    g_assert_null(strchr(plain, '\033'));
    g_assert_nonnull(strstr(coloured, "\n\033[1mSteps\033[0m\n"));
}

static void test_nothing_lacks_words(void)
{
    const StepType *type;

    for (guint i = 0; (type = step_type_at(i)) != NULL; i++) {
        g_test_message("%s", type->key);
        g_assert_true(step_words_know(type));
    }
    for (guint i = 0; i < OUTCOMES; i++) {
        g_test_message("%s", outcome_names[i]);
        g_assert_nonnull(expectation_words_outcome(i));
    }
}

static void test_tells_a_variant(void)
{
    g_autofree char *small = shown(BARSHIFT_SHOWN "/variants.ini[size=2G]", FALSE);
    g_autofree char *large = shown(BARSHIFT_SHOWN "/variants.ini[size=16G]", FALSE);

    g_assert_true(g_str_has_prefix(small, "variants[size=2G]: 2G arrive\n"));
    g_assert_nonnull(strstr(small, "Expected now: settled."));
    g_assert_nonnull(strstr(large, "Expected now: refused."));
    g_assert_nonnull(strstr(large, "\n  refused: "));
    g_assert_null(strstr(large, "When size"));
}

static void expect_to_fit(const Scenario *scenario)
{
    g_autofree char *text = words(scenario, FALSE);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        g_test_message("%s: %s", scenario->name, lines[i]);
        if (strstr(lines[i], "://") == NULL) { /* an address is not broken */
            g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, TEXT_COLUMNS);
        }
    }
}

/* Everybody's scenario can be shown, within its columns. */
static void test_catalogue_fits(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = catalogue_names(CATALOGUE_SCENARIOS, &error);

    g_assert_no_error(error);
    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(GPtrArray) scenarios = scenario_find_all(names[i], &error);

        g_assert_no_error(error);
        for (guint s = 0; s < scenarios->len; s++) {
            expect_to_fit(g_ptr_array_index(scenarios, s));
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/show/says/bridges", "bridges", test_says_what_it_said);
    g_test_add_data_func("/show/says/fragmented-hole", "fragmented-hole", test_says_what_it_said);
    g_test_add_data_func("/show/says/meanwhile", "meanwhile", test_says_what_it_said);
    g_test_add_data_func("/show/says/steps", "steps", test_says_what_it_said);
    g_test_add_data_func("/show/says/switches", "switches", test_says_what_it_said);
    g_test_add_func("/show/keeps-to-ascii", test_keeps_to_ascii);
    g_test_add_func("/show/colours-only-when-asked", test_colours_only_when_asked);
    g_test_add_func("/show/nothing-lacks-words", test_nothing_lacks_words);
    g_test_add_func("/show/tells-a-variant", test_tells_a_variant);
    g_test_add_func("/show/catalogue-fits", test_catalogue_fits);
    return g_test_run();
}
