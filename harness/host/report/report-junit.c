/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-junit.h"

#include "error.h"
#include "report-file.h"
#include "report-text.h"

#include <string.h>

/*
 * XML 1.0, section 2.2, has no way to write most control characters, which a guest's log may have;
 * each becomes a replacement character.
 */
static char *escape(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GString) clean = g_string_new(NULL);

    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        gboolean allowed = character == '\t' || character == '\n' ||
                           (character >= 0x20 && character != 0xfffe && character != 0xffff);

        g_string_append_unichar(clean, allowed ? character : 0xfffd);
    }
    return g_markup_escape_text(clean->str, (gssize)clean->len);
}

static void append_attribute(GString *xml, const char *name, const char *value)
{
    g_autofree char *escaped = escape(value);

    g_string_append_printf(xml, " %s=\"%s\"", name, escaped);
}

/* Locale's decimal points have no place in a file. */
static void append_seconds(GString *xml, double seconds)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    append_attribute(xml, "time", g_ascii_formatd(text, sizeof(text), "%.3f", seconds));
}

static void append_property(GString *xml, const char *name, const char *value)
{
    if (value != NULL) {
        g_string_append(xml, "      <property");
        append_attribute(xml, "name", name);
        append_attribute(xml, "value", value);
        g_string_append(xml, "/>\n");
    }
}

/* @result: (nullable) */
static void append_properties(GString *xml, const RunResult *result, const ResultOrigin *origin)
{
    g_string_append(xml, "    <properties>\n");
    append_property(xml, "kernel_name", origin->platform->kernel_name);
    append_property(xml, "qemu_name", origin->platform->qemu_name);
    append_property(xml, "reproduce", origin->reproduce);
    if (result != NULL) {
        append_property(xml, "kernel", result->kernel_release);
        append_property(xml, "qemu", result->qemu_version);
        append_property(xml, "accel", result->accel);
        append_property(xml, "outcome", outcome_names[result->judgement->outcome]);
    }
    g_string_append(xml, "    </properties>\n");
}

static void begin_case(GString *xml, const ResultOrigin *origin, const char *name, double seconds)
{
    g_string_append(xml, "    <testcase");
    append_attribute(xml, "classname", origin->name);
    append_attribute(xml, "name", name);
    append_seconds(xml, seconds);
}

/* <failure type="TYPE" message="first line">all lines</failure> */
static void append_trouble(GString *xml, const char *element, const char *type, const char *text)
{
    g_autofree char *first = g_strndup(text, strcspn(text, "\n"));
    g_autofree char *escaped = escape(text);

    g_string_append_printf(xml, "      <%s", element);
    append_attribute(xml, "type", type);
    append_attribute(xml, "message", first);
    g_string_append_printf(xml, ">%s</%s>\n", escaped, element);
}

static void append_check(JunitSuite *suite, GString *xml, const RunResult *result,
                         const ResultOrigin *origin, const Check *check)
{
    g_autofree char *id = check_part(check, 0);
    gboolean expected = judgement_knows_failure(result->judgement, check);
    const char *why = check->text == NULL ? "failed" : check->text;
    const char *skipped = !check->called_for ? "the outcome does not call for it"
                          : check->ok        ? NULL
                          : check->warning   ? "a warning, which decides nothing"
                          : expected         ? "the scenario says that it breaks"
                                             : NULL;

    begin_case(xml, origin, check->name, 0);
    suite->tests++;
    if (skipped != NULL) {
        suite->skipped++;
        g_string_append(xml, ">\n      <skipped");
        append_attribute(xml, "message", skipped);
        g_string_append(xml, "/>\n    </testcase>\n");
    } else if (!check->ok) {
        suite->failures++;
        g_string_append(xml, ">\n");
        append_trouble(xml, "failure", id, why);
        g_string_append(xml, "    </testcase>\n");
    } else {
        g_string_append(xml, "/>\n");
    }
}

/* What one wants to read of a failure without running it again */
static void append_output(GString *xml, const RunResult *result)
{
    static const TextStyle style = { .verbose = TRUE };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *rest = report_text_result(result, &style);
    g_autofree char *escaped = NULL;

    for (guint i = 0; i < result->steps->len; i++) {
        g_autofree char *step = report_text_step(g_ptr_array_index(result->steps, i), &style);

        g_string_append(text, step);
    }
    g_string_append(text, rest);
    escaped = escape(text->str);
    g_string_append_printf(xml, "      <system-out>%s</system-out>\n", escaped);
}

static void append_verdict(JunitSuite *suite, GString *xml, const RunResult *result,
                           const ResultOrigin *origin)
{
    const Judgement *judgement = result->judgement;

    begin_case(xml, origin, "verdict", result->seconds);
    suite->tests++;
    if (judgement->pass) {
        g_string_append(xml, "/>\n");
    } else {
        g_autoptr(GString) reasons = g_string_new(NULL);

        for (guint i = 0; i < judgement->reasons->len; i++) {
            g_string_append_printf(reasons, "%s%s", i == 0 ? "" : "\n",
                                   (char *)g_ptr_array_index(judgement->reasons, i));
        }
        suite->failures++;
        g_string_append(xml, ">\n");
        append_trouble(xml, "failure", outcome_names[judgement->outcome], reasons->str);
        append_output(xml, result);
        g_string_append(xml, "    </testcase>\n");
    }
}

/* @cases: the elements inside */
static JunitSuite *finish(JunitSuite *suite, const ResultOrigin *origin, const GString *cases)
{
    GString *xml = g_string_new("  <testsuite");

    append_attribute(xml, "name", origin->name);
    g_string_append_printf(xml, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
                           suite->tests, suite->failures, suite->errors, suite->skipped);
    append_seconds(xml, suite->seconds);
    g_string_append_printf(xml, ">\n%s  </testsuite>\n", cases->str);
    suite->xml = g_string_free(xml, FALSE);
    return suite;
}

JunitSuite *report_junit_result(const RunResult *result, const ResultOrigin *origin)
{
    JunitSuite *suite = g_new0(JunitSuite, 1);
    g_autoptr(GString) cases = g_string_new(NULL);

    suite->seconds = result->seconds;
    append_properties(cases, result, origin);
    for (guint i = 0; i < result->judgement->checks->len; i++) {
        append_check(suite, cases, result, origin,
                     g_ptr_array_index(result->judgement->checks, i));
    }
    append_verdict(suite, cases, result, origin);
    return finish(suite, origin, cases);
}

JunitSuite *report_junit_error(const ResultOrigin *origin, const GError *error)
{
    JunitSuite *suite = g_new0(JunitSuite, 1);
    g_autoptr(GString) cases = g_string_new(NULL);
    gboolean interrupted = error->code == RUNNER_ERROR_INTERRUPTED;

    suite->tests = suite->errors = 1;
    append_properties(cases, NULL, origin);
    begin_case(cases, origin, "verdict", 0);
    g_string_append(cases, ">\n");
    append_trouble(cases, "error", interrupted ? "interrupted" : "no verdict", error->message);
    g_string_append(cases, "    </testcase>\n");
    return finish(suite, origin, cases);
}

void junit_suite_free(JunitSuite *suite)
{
    if (suite != NULL) {
        g_free(suite->xml);
        g_free(suite);
    }
}

gboolean report_junit_write(const char *path, GPtrArray *suites, GError **error)
{
    g_autoptr(GString) xml = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    g_autoptr(GString) inner = g_string_new(NULL);
    JunitSuite sum = { .tests = 0 };

    for (guint i = 0; i < suites->len; i++) {
        const JunitSuite *suite = g_ptr_array_index(suites, i);

        sum.tests += suite->tests;
        sum.failures += suite->failures;
        sum.errors += suite->errors;
        sum.skipped += suite->skipped;
        sum.seconds += suite->seconds;
        g_string_append(inner, suite->xml);
    }
    g_string_append_printf(xml, "<testsuites name=\"barshift\" tests=\"%u\" failures=\"%u\""
                           " errors=\"%u\" skipped=\"%u\"", sum.tests, sum.failures, sum.errors,
                           sum.skipped);
    append_seconds(xml, sum.seconds);
    g_string_append_printf(xml, ">\n%s</testsuites>\n", inner->str);
    return report_file_write(path, xml->str, xml->len, error);
}
