/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "error.h"
#include "scenario-expect.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD "[scenario]\ntitle = $size arrive\noutcome = settled\n"
#define REST \
    "[port p1]\npref64-reserve = ${reserve}\n[port p2]\n" \
    "[function a]\nport = p2\n" \
    "[function c]\nport = p1\nsize = $size\nplugged = later\n" \
    "[step 1]\nhot-add = c\n"
#define MATRIX "[matrix]\nsize = 1G, 2G ,8G\nreserve = 1G,4G\n"

/* Loads a file "mine.ini" that has this text. */
static GPtrArray *load(const char *text, const char *filter, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "mine.ini", NULL);
    GPtrArray *scenarios;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    scenarios = scenario_load_all(path, filter, error);
    g_unlink(path);
    g_rmdir(folder);
    return scenarios;
}

/* "NAME NAME" of what is loaded, or the message */
static char *names(const char *text, const char *filter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios = load(text, filter, &error);
    g_autoptr(GString) joined = g_string_new(NULL);

    if (scenarios == NULL) {
        const char *name = strstr(error->message, "mine.ini");
        g_autofree char *folder =
            g_strndup(error->message, name == NULL ? 0 : (gsize)(name - error->message));

        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_string_assign(joined, error->message);
        if (folder[0] != '\0') {
            g_string_replace(joined, folder, "", 0);
        }
        return g_strdup(joined->str);
    }
    for (guint i = 0; i < scenarios->len; i++) {
        const Scenario *scenario = g_ptr_array_index(scenarios, i);

        g_string_append_printf(joined, "%s%s", i == 0 ? "" : " ", scenario->name);
    }
    return g_strdup(joined->str);
}

static void test_is_a_scenario_for_each_combination(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios = load(HEAD MATRIX REST, NULL, &error);
    g_autofree char *all = names(HEAD MATRIX REST, NULL);
    const Scenario *last;

    g_assert_no_error(error);
    g_assert_cmpstr(all, ==, "mine[size=1G,reserve=1G] mine[size=1G,reserve=4G] "
                    "mine[size=2G,reserve=1G] mine[size=2G,reserve=4G] "
                    "mine[size=8G,reserve=1G] mine[size=8G,reserve=4G]");
    last = g_ptr_array_index(scenarios, 5);
    g_assert_cmpstr(last->title, ==, "8G arrive");
    g_assert_cmpstr(last->variant, ==, "[size=8G,reserve=4G]");
    g_assert_cmpuint(scenario_find_function(last, "c")->size_bytes, ==, 8ull << 30);
    g_assert_cmpuint(scenario_find_port(last, "p1")->reserves[RESERVE_PREF64], ==, 4ull << 30);
}

static void test_filter_chooses(void)
{
    static const struct {
        const char *filter, *names;
    } rows[] = {
        { "size=2G", "mine[size=2G,reserve=1G] mine[size=2G,reserve=4G]" },
        { "reserve=4G,size=8G", "mine[size=8G,reserve=4G]" },
        { "size=3G", "[size=3G]: size is one of 1G, 2G, 8G" },
        { "size", "[size]: size is one of 1G, 2G, 8G" },
        { "sizes=1G", "[sizes=1G]: there is no variable 'sizes' in [matrix]" },
        { "size=1G,size=2G", "mine.ini: no variant is [size=1G,size=2G]" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *found = names(HEAD MATRIX REST, rows[i].filter);

        g_assert_cmpstr(found, ==, rows[i].names);
    }
}

static void test_names_what_is_wrong(void)
{
    static const struct {
        const char *matrix, *message;
    } rows[] = {
        { "size = 1G\n", "mine.ini:7: [port p1] pref64-reserve: there is no variable 'reserve' in "
          "[matrix]; a dollar is $$" },
        { "size = 1G\nreserve = 1G\nspare = 2\n",
          "mine.ini:7: [matrix] spare: $spare is used nowhere" },
        { "size =\nreserve = 1G\n", "mine.ini:5: [matrix] size: values are missing; "
          "expected some with commas between them" },
        { "size = 1G,,2G\nreserve = 1G\n",
          "mine.ini:5: [matrix] size: a value is missing; expected values with commas between "
          "them" },
        { "size = 1G, 2G, 1G\nreserve = 1G\n", "mine.ini:5: [matrix] size: '1G' stands twice; "
          "remove one of them" },
        { "size = a[1]\nreserve = 1G\n",
          "mine.ini:5: [matrix] size: 'a[1]' has characters that a name cannot have; "
          "expected letters, digits, spaces and . _ + : / @ -" },
        { "si-ze = 1G\nsize = 1G\nreserve = 1G\n",
          "mine.ini:5: [matrix] si-ze: 'si-ze' is no name of a variable; expected letters, digits "
          "and _" },
        { "kernel = 6\n",
          "mine.ini:5: [matrix] kernel: 'kernel' is a word of conditions; take another name\n"
          "mine.ini:2: [scenario] title: there is no variable 'size' in [matrix]; a dollar is $$\n"
          "mine.ini:7: [port p1] pref64-reserve: there is no variable 'reserve' in [matrix]; a "
          "dollar is $$\n"
          "mine.ini:13: [function c] size: there is no variable 'size' in [matrix]; a dollar is "
          "$$" },
        { "size = 1,2,3,4,5,6,7,8\nreserve = 1,2,3,4,5,6,7,8,9\n",
          "mine.ini:6: [matrix] reserve: more than 64 combinations; take out values, or "
          "make several files" },
        /* what is wrong in all variants, and in some */
        { "size = 3G\nreserve = 1G, 2G\n",
          "mine.ini:14: [function c] size: a BAR's size is a power of two, here from 1M to 1T" },
        { "size = 1G, 3G\nreserve = 1G, 2G\n",
          "mine.ini:14: [function c] size: a BAR's size is a power of two, here from 1M to 1T "
          "(in size=3G,reserve=1G)" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(HEAD "[matrix]\n", rows[i].matrix, REST, NULL);
        g_autofree char *message = names(text, NULL);

        g_assert_cmpstr(message, ==, rows[i].message);
    }
}

static void test_dollar_without_a_matrix(void)
{
    g_autofree char *dollar =
        names("[scenario]\ntitle = for 5 $$\noutcome = settled\n[port p]\n[function c]\nport = p\n"
              "plugged = later\n[step 1]\nhot-add = c\n", NULL);
    g_autofree char *nothing = names("[scenario]\ntitle = for 5 $\n", NULL);

    g_assert_cmpstr(dollar, ==, "mine");
    g_assert_cmpstr(nothing, ==, "mine.ini:2: [scenario] title: no name of a variable behind '$'; "
                    "a dollar is $$");
}

/* Variants that differ among themselves owe nobody a reason, and are nobody's improvement. */
static void test_variants_are_conditions(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios =
        load(HEAD MATRIX REST "[expect large]\nwhen = size 2G|8G & reserve 1G\noutcome = refused\n",
             NULL, &error);
    static const Outcome outcomes[] = { OUTCOME_SETTLED, OUTCOME_SETTLED, OUTCOME_REFUSED,
                                        OUTCOME_SETTLED, OUTCOME_REFUSED, OUTCOME_SETTLED };
    g_autofree char *unknown =
        names(HEAD MATRIX REST "[expect large]\nwhen = size 4G\noutcome = refused\n", NULL);
    g_autofree char *mixed =
        names(HEAD MATRIX REST "[expect large]\nwhen = size 2G & kernel 6.1\n", NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        g_autoptr(ScenarioExpectation) expectation =
            scenario_expect(g_ptr_array_index(scenarios, i), NULL, NULL);

        g_assert_cmpuint(expectation->outcome, ==, outcomes[i]);
        g_assert_null(expectation->reason);
    }
    g_assert_cmpstr(unknown, ==,
                    "mine.ini:19: [expect large] when: size '4G' is not one of: 1G, 2G, 8G");
    g_assert_cmpstr(mixed, ==, "mine.ini:18: [expect large]: the key 'reason' is missing, without "
                    "which nobody knows when this can go");
}

/* On the command line: a path with a filter behind it, and back. */
static void test_arguments(void)
{
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "mine.ini", NULL);
    g_autofree char *filtered = g_strconcat(path, "[size=8G]", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) scenarios = NULL;
    g_autoptr(GPtrArray) by_name = scenario_find_all("window-grows", NULL);
    g_autofree char *again = NULL;
    g_autofree char *plain = scenario_argument(g_ptr_array_index(by_name, 0), "window-grows");

    g_assert_true(g_file_set_contents(path, HEAD MATRIX REST, -1, NULL));
    scenarios = scenario_find_all(filtered, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(scenarios->len, ==, 2);
    again = scenario_argument(g_ptr_array_index(scenarios, 0), filtered);
    g_assert_true(g_str_has_suffix(again, "/mine.ini[size=8G,reserve=1G]"));
    g_assert_cmpstr(plain, ==, "window-grows");
    g_assert_null(scenario_load(path, &error));
    g_assert_true(g_str_has_suffix(error->message, "/mine.ini: there are 6 variants; name one of "
                                   "them, such as 'mine[size=1G,reserve=1G]'"));
    g_unlink(path);
    g_rmdir(folder);
}

/* Who leaves decides whether anybody asks; only what can be expected of a variant has to fit. */
static void test_expects_of_a_variant_what_fits_it(void)
{
#define LEAVES \
    "[matrix]\nwho = a, c\n" \
    "[port p1]\n[port p2]\n[function a]\nport = p1\n" \
    "[function c]\nport = p2\nplugged = later\n" \
    "[step 1]\nhot-add = c\n[step 2]\nunplug = $who\n"
    g_autofree char *well = names("[scenario]\ntitle = t\noutcome = survived\n" LEAVES
                                  "[expect stays]\nwhen = who a\noutcome = settled\n", NULL);
    g_autofree char *ill = names("[scenario]\ntitle = t\noutcome = survived\n" LEAVES
                                 "[expect stays]\nwhen = who a\noutcome = survived\n", NULL);

    g_assert_cmpstr(well, ==, "mine[who=a] mine[who=c]");
    g_assert_cmpstr(ill, ==, "mine.ini:19: [expect stays] outcome: somebody asks for resources "
                             "here; survived is when nobody does (in who=a)");
#undef LEAVES
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matrix/is-a-scenario-for-each-combination",
                    test_is_a_scenario_for_each_combination);
    g_test_add_func("/matrix/filter-chooses", test_filter_chooses);
    g_test_add_func("/matrix/names-what-is-wrong", test_names_what_is_wrong);
    g_test_add_func("/matrix/dollar-without-a-matrix", test_dollar_without_a_matrix);
    g_test_add_func("/matrix/variants-are-conditions", test_variants_are_conditions);
    g_test_add_func("/matrix/arguments", test_arguments);
    g_test_add_func("/matrix/expects-of-a-variant-what-fits-it",
                    test_expects_of_a_variant_what_fits_it);
    return g_test_run();
}
