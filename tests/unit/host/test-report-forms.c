/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same made-up result in JUnit's form, as KTAP, and what every form tells. */
#include "error.h"
#include "made-up.h"
#include "report-json.h"
#include "report-junit.h"
#include "report-ktap.h"
#include "report-tap.h"
#include "report-text.h"

#include <string.h>
#include <unistd.h>

static const MadeUp nobody[] = { { 0 } };

typedef struct Told {
    Scenario *scenario;
    RunResult result;
} Told;

static Check *add_failed(GPtrArray *checks, const char *name, const char *text)
{
    return check_add(checks, FALSE, g_strdup(text), "%s", name);
}

/* One check of each kind, and a reason that XML and TAP have to write otherwise */
static Told *told_new(gboolean pass)
{
    Told *told = g_new0(Told, 1);
    Judgement *judgement = g_new0(Judgement, 1);

    told->scenario = made_up_scenario(made_up_scenario_text);
    g_strfreev(told->scenario->breaks);
    told->scenario->breaks = g_strsplit("I8", " ", -1);
    judgement->expectation = scenario_expect(told->scenario, NULL, NULL);
    judgement->pass = pass;
    judgement->outcome = OUTCOME_HARMED;
    judgement->fates = g_new0(Fate, told->scenario->functions->len);
    judgement->checks = g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    judgement->reasons = g_ptr_array_new_with_free_func(g_free);
    check_add(judgement->checks, TRUE, NULL, "I1/agreed/a");
    add_failed(judgement->checks, "I3/disjoint/a", "a < b & \"c\"\x01\nmore");
    add_failed(judgement->checks, "I6/preserved/a", "none")->called_for = FALSE;
    add_failed(judgement->checks, "I8/old-silent/a", "known");
    add_failed(judgement->checks, "I12/minimal/a", "warned")->warning = TRUE;
    if (!pass) {
        judgement_add_reason(judgement, "first");
        judgement_add_reason(judgement, "second");
    }
    told->result = (RunResult) {
        .scenario = told->scenario,
        .name = told->scenario->name,
        .qemu_version = (char *)"7.2.22",
        .kernel_release = (char *)"6.1.0-9",
        .accel = (char *)"tcg",
        .seconds = 1.5,
        .steps = g_ptr_array_new(),
        .before = made_up_observation(told->scenario, nobody),
        .after = made_up_observation(told->scenario, nobody),
        .judgement = judgement,
    };
    return told;
}

static void told_free(Told *told)
{
    g_ptr_array_unref(told->result.steps);
    observation_free(told->result.before);
    observation_free(told->result.after);
    judgement_free(told->result.judgement);
    scenario_free(told->scenario);
    g_free(told);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Told, told_free)

static void assert_has(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL) {
        g_test_message("not there: %s\nthere is: %s", piece, text);
        g_test_fail();
    }
}

static void test_junit_has_each_check(void)
{
    g_autoptr(Told) told = told_new(FALSE);
    g_autoptr(JunitSuite) suite = report_junit_result(&told->result, &made_up_origin);

    assert_has(suite->xml, "<testsuite name=\"debian-6.1/made-up\" tests=\"6\" failures=\"2\" "
                           "errors=\"0\" skipped=\"3\" time=\"1.500\">");
    assert_has(suite->xml, "<property name=\"kernel\" value=\"6.1.0-9\"/>");
    assert_has(suite->xml, "name=\"I1/agreed/a\" time=\"0.000\"/>");
    assert_has(suite->xml, "<failure type=\"I3\" message=\"a &lt; b &amp; &quot;c&quot;\357\277"
                           "\275\">a &lt; b &amp; &quot;c&quot;\357\277\275\nmore</failure>");
    assert_has(suite->xml, "<skipped message=\"the outcome does not call for it\"/>");
    assert_has(suite->xml, "<skipped message=\"the scenario says that it breaks\"/>");
    assert_has(suite->xml, "<skipped message=\"a warning, which decides nothing\"/>");
    assert_has(suite->xml, "name=\"verdict\" time=\"1.500\">\n"
                           "      <failure type=\"harmed\" message=\"first\">first\nsecond<");
    assert_has(suite->xml, "<system-out>");
}

static void test_junit_of_a_pass_has_no_output(void)
{
    g_autoptr(Told) told = told_new(TRUE);
    g_autoptr(JunitSuite) suite = report_junit_result(&told->result, &made_up_origin);

    assert_has(suite->xml, "name=\"verdict\" time=\"1.500\"/>");
    g_assert_null(strstr(suite->xml, "<system-out>"));
}

static void count_start(GMarkupParseContext *context, const char *element, const char **names,
                        const char **values, gpointer data, GError **error)
{
    (void)context;
    (void)names;
    (void)values;
    (void)error;
    *(guint *)data += g_str_equal(element, "testcase");
}

/* A parser of XML has to take it, and it sums up. */
static void test_junit_is_written(void)
{
    static const GMarkupParser parser = { .start_element = count_start };
    g_autoptr(Told) told = told_new(FALSE);
    g_autoptr(GPtrArray) suites =
        g_ptr_array_new_with_free_func((GDestroyNotify)junit_suite_free);
    g_autoptr(GError) cause = g_error_new(RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "gone\nlast");
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "test-junit-XXXXXX", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    guint cases = 0;
    g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new(&parser, 0, &cases, NULL);

    g_assert_cmpint(close(g_mkstemp(path)), ==, 0);
    g_ptr_array_add(suites, report_junit_result(&told->result, &made_up_origin));
    g_ptr_array_add(suites, report_junit_error(&made_up_origin, cause));
    g_assert_true(report_junit_write(path, suites, &error));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_true(g_markup_parse_context_parse(context, text, -1, &error));
    g_assert_true(g_markup_parse_context_end_parse(context, &error));
    g_assert_cmpuint(cases, ==, 7);
    assert_has(text, "<testsuites name=\"barshift\" tests=\"7\" failures=\"2\" errors=\"1\" "
                     "skipped=\"3\" time=\"1.500\">");
    assert_has(text, "<error type=\"no verdict\" message=\"gone\">gone\nlast</error>");
}

static void test_ktap(void)
{
    g_autoptr(Told) told = told_new(FALSE);
    g_autoptr(GError) error = g_error_new(RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "gone\nlast");
    g_autofree char *head = report_ktap_head(3);
    g_autofree char *result = report_ktap_result(&told->result, 1);
    g_autofree char *lost = report_ktap_error("two", error, 2);
    g_autofree char *not_run = report_ktap_not_run("three", 3);

    g_assert_cmpstr(head, ==, "KTAP version 1\n1..3\n");
    g_assert_cmpstr(result, ==,
                    "    KTAP version 1\n"
                    "    # Subtest: made-up\n"
                    "    1..5\n"
                    "    ok 1 I1/agreed/a\n"
                    "    # a < b & \"c\"\x01\n"
                    "    # more\n"
                    "    not ok 2 I3/disjoint/a\n"
                    "    # none\n"
                    "    ok 3 I6/preserved/a # SKIP not called for\n"
                    "    # known\n"
                    "    ok 4 I8/old-silent/a # XFAIL the scenario says that it breaks\n"
                    "    # warned\n"
                    "    ok 5 I12/minimal/a # TODO a warning\n"
                    "# made-up: outcome harmed, expected settled\n"
                    "# first\n"
                    "# second\n"
                    "not ok 1 made-up\n");
    g_assert_cmpstr(lost, ==, "# gone\n# last\nnot ok 2 two\n");
    g_assert_cmpstr(not_run, ==, "ok 3 three # SKIP not run\n");
}

/* Whoever reads that nothing failed has to read, too, what was not looked at. */
static void test_tells_who_was_absent(void)
{
    static const TextStyle plain = { 0 };

    for (guint outside = 0; outside <= 1; outside++) {
        g_autoptr(Told) told = told_new(TRUE);
        g_autoptr(GString) tap = g_string_new(NULL);
        g_autoptr(JsonNode) json = NULL;
        g_autofree char *text = NULL;
        g_autofree char *ktap = NULL;
        JsonArray *absent;
        guint number = 0;

        told->result.outside = outside != 0;
        text = report_text_result(&told->result, &plain);
        ktap = report_ktap_result(&told->result, 1);
        report_tap_result(tap, &told->result, &number);
        json = report_json_result(&told->result, &made_up_origin);
        absent = json_object_get_array_member(json_node_get_object(json), "absent_witnesses");
        g_assert_cmpint(strstr(text, "  Not asked, ") != NULL, ==, outside);
        g_assert_cmpint(strstr(ktap, "\n# Not asked, ") != NULL, ==, outside);
        g_assert_cmpint(strstr(tap->str, "\n# Not asked, ") != NULL, ==, outside);
        g_assert_cmpuint(json_array_get_length(absent), ==, outside != 0 ? 4 : 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/junit/has-each-check", test_junit_has_each_check);
    g_test_add_func("/report/junit/pass-has-no-output", test_junit_of_a_pass_has_no_output);
    g_test_add_func("/report/junit/is-written", test_junit_is_written);
    g_test_add_func("/report/ktap/tells-it-all", test_ktap);
    g_test_add_func("/report/every-form/tells-who-was-absent", test_tells_who_was_absent);
    return g_test_run();
}
