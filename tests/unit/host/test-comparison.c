/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up reports, read and compared. */
#include "comparison.h"
#include "error.h"

#include <string.h>

/* A result of version 2 under kernel @k, whose function fut is at @base in the end */
#define RESULT(name, k, verdict, outcome, fate, base, seconds)                                     \
    "{\"name\":\"" k "/" name "\",\"scenario\":\"" name "\",\"kernel_name\":\"" k "\","            \
    "\"qemu_name\":\"q\",\"repetition\":1,\"verdict\":\"" verdict "\",\"outcome\":\"" outcome "\"" \
    ",\"seconds\":" seconds ",\"fates\":{\"fut\":\"" fate "\"},\"after\":{\"functions\":["         \
    "{\"name\":\"fut\",\"bars\":[{\"bar\":2,\"kernel\":" base "}]}]}}"
#define AT(base) "{\"base\":\"" base "\",\"size\":\"0x80000000\"}"

/* The same of version 1 */
#define OLD_RESULT(name, verdict, outcome)                                                         \
    "{\"scenario\":\"" name "\",\"kernel\":\"6.1.0-9\",\"qemu\":\"7.2.22\",\"verdict\":\"" verdict \
    "\",\"outcome\":\"" outcome "\",\"seconds\":2,\"fates\":{\"fut\":\"moved\"},"                  \
    "\"after\":{\"functions\":[]}}"

/* A result with two checks of a name, the latter of which came to @result */
#define CHECKED(fate, result)                                                                      \
    "{\"scenario\":\"one\",\"verdict\":\"pass\",\"outcome\":\"settled\",\"seconds\":2,"              \
    "\"fates\":{\"fut\":\"" fate "\"},\"checks\":[{\"name\":\"I1\",\"result\":\"ok\"},"               \
    "{\"name\":\"I1\",\"result\":\"" result "\"}]}"

#define REPORT(results) "{\"version\":2,\"results\":[" results "]}"
#define OLD_REPORT(results) "{\"version\":1,\"results\":[" results "]}"

typedef struct Both {
    PastReport *a, *b;
    Comparison *comparison;
} Both;

static PastReport *parse(const char *path, const char *text)
{
    g_autoptr(GError) error = NULL;
    PastReport *report = past_report_parse(path, text, &error);

    g_assert_no_error(error);
    return report;
}

static Both *compare_so(const char *a, const char *b, gboolean exact)
{
    Both *both = g_new0(Both, 1);

    both->a = parse("a.json", a);
    both->b = parse("b.json", b);
    both->comparison = comparison_new(both->a, both->b, 2.0, exact);
    return both;
}

static Both *compare(const char *a, const char *b)
{
    return compare_so(a, b, FALSE);
}

static void both_free(Both *both)
{
    comparison_free(both->comparison);
    past_report_free(both->a);
    past_report_free(both->b);
    g_free(both);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Both, both_free)

static void assert_text(const Both *both, const char *expected)
{
    g_autofree char *text = comparison_text(both->comparison);

    g_assert_cmpstr(text, ==, expected);
}

static void test_tells_nothing_of_the_same(void)
{
    static const char text[] =
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "moved", AT("0x100000000"), "2"));
    g_autoptr(Both) both = compare(text, text);

    g_assert_false(comparison_differs(both->comparison));
    assert_text(both, "1 compared: 0 with another verdict or outcome, 0 with other fates or "
                      "addresses, 0 slower by more than 2 times; 0 only in one\n");
}

/* One kernel each, so what both came to is compared. */
static void test_tells_each_difference(void)
{
    g_autoptr(Both) both = compare(
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "moved", AT("0x100000000"), "2")),
        REPORT(RESULT("one", "k2", "fail", "harmed", "lost", "\"unassigned\"", "4.5")));

    g_assert_true(comparison_differs(both->comparison));
    assert_text(both,
                "k1/one -> k2/one\n"
                "    verdict: pass -> fail\n"
                "    outcome: rebalanced -> harmed\n"
                "    fut: moved -> lost\n"
                "    fut bar2: 0x100000000, 2 GiB -> unassigned\n"
                "    took 2.0 s -> 4.5 s, 2.2 times as long\n"
                "1 compared: 1 with another verdict or outcome, 1 with other fates or addresses, "
                "1 slower by more than 2 times; 0 only in one\n");
}

/* Neither another address nor a longer time makes a difference of the exit status. */
static void test_decides_by_verdict_and_outcome_alone(void)
{
    static const char before[] =
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "moved", AT("0x100000000"), "2"));
    g_autoptr(Both) moved = compare(before,
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "kept", AT("0x200000000"), "9")));
    g_autoptr(Both) outcome = compare(before,
        REPORT(RESULT("one", "k1", "pass", "settled", "moved", AT("0x100000000"), "2")));

    g_assert_false(comparison_differs(moved->comparison));
    g_assert_true(comparison_differs(outcome->comparison));
}

static void test_exact_counts_everything(void)
{
    static const char before[] = REPORT(CHECKED("kept", "ok"));
    static const char *const after[] = {
        REPORT(CHECKED("moved", "ok")), REPORT(CHECKED("kept", "warning")), REPORT(""),
    };
    g_autoptr(Both) same = compare_so(before, before, TRUE);
    g_autoptr(Both) warning = compare_so(before, after[1], TRUE);

    g_assert_false(comparison_differs(same->comparison));
    assert_text(warning, "one\n"
                         "    I1 (2): ok -> warning\n"
                         "1 compared: 0 with another verdict or outcome, 0 with other fates or "
                         "addresses, 1 with other checks, 0 slower by more than 2 times; 0 only in "
                         "one\n");
    for (guint i = 0; i < G_N_ELEMENTS(after); i++) {
        g_autoptr(Both) both = compare(before, after[i]);
        g_autoptr(Both) exact = compare_so(before, after[i], TRUE);

        g_assert_false(comparison_differs(both->comparison));
        g_assert_true(comparison_differs(exact->comparison));
    }
}

/* Exactly the threshold is not above it. */
static void test_counts_what_is_above_the_threshold(void)
{
    g_autoptr(Both) both = compare(
        REPORT(RESULT("one", "k", "pass", "settled", "kept", AT("0x0"), "2") ","
               RESULT("two", "k", "pass", "settled", "kept", AT("0x0"), "2")),
        REPORT(RESULT("one", "k", "pass", "settled", "kept", AT("0x0"), "4") ","
               RESULT("two", "k", "pass", "settled", "kept", AT("0x0"), "4.01")));
    const Pair *one = g_ptr_array_index(both->comparison->pairs, 0);
    const Pair *two = g_ptr_array_index(both->comparison->pairs, 1);

    g_assert_false(one->slower);
    g_assert_true(two->slower);
}

static void test_names_what_only_one_has(void)
{
    g_autoptr(Both) both = compare(
        REPORT(RESULT("gone", "k", "pass", "settled", "kept", AT("0x0"), "2")),
        REPORT(RESULT("new", "k", "fail", "settled", "kept", AT("0x0"), "2")));
    g_autofree char *text = comparison_text(both->comparison);

    g_assert_true(g_str_has_prefix(text, "only in a.json: k/gone, pass\n"
                                         "only in b.json: k/new, fail\n0 compared: "));
    g_assert_false(comparison_differs(both->comparison));
}

/* Several kernels on both sides: each with itself. Several on one: all with the other's. */
static void test_pairs_kernels(void)
{
    static const char several[] =
        REPORT(RESULT("one", "k1", "pass", "settled", "kept", AT("0x0"), "2") ","
               RESULT("one", "k2", "fail", "harmed", "lost", AT("0x0"), "2"));
    g_autoptr(Both) each = compare(several, several);
    g_autoptr(Both) all = compare(several,
        REPORT(RESULT("one", "k3", "pass", "settled", "kept", AT("0x0"), "2")));

    g_assert_cmpuint(each->comparison->pairs->len, ==, 2);
    g_assert_false(comparison_differs(each->comparison));
    g_assert_cmpuint(all->comparison->pairs->len, ==, 2);
    g_assert_true(comparison_differs(all->comparison));
}

static void test_reads_the_first_version(void)
{
    g_autoptr(Both) both = compare(
        OLD_REPORT(OLD_RESULT("one", "pass", "rebalanced") ","
                   "{\"scenario\":\"two\",\"verdict\":\"error\",\"exit_status\":4,"
                   "\"error\":\"gone\"}"),
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "moved", AT("0x100000000"), "2") ","
               RESULT("two", "k1", "pass", "settled", "kept", AT("0x0"), "2")));
    const Pair *two = g_ptr_array_index(both->comparison->pairs, 1);

    g_assert_cmpuint(both->comparison->pairs->len, ==, 2);
    g_assert_true(two->verdict);
    g_assert_null(two->a->outcome);
    g_assert_false(two->slower);
}

static void test_json(void)
{
    g_autoptr(Both) both = compare(
        REPORT(RESULT("one", "k1", "pass", "rebalanced", "moved", AT("0x100000000"), "2")),
        REPORT(RESULT("one", "k2", "fail", "harmed", "lost", "\"unassigned\"", "4.5") ","
               RESULT("two", "k2", "fail", "harmed", "lost", "\"unassigned\"", "4.5")));
    g_autoptr(JsonNode) node = comparison_json(both->comparison);
    g_autofree char *text = json_to_string(node, FALSE);

    g_assert_cmpstr(text, ==,
        "{\"version\":1,\"reports\":[\"a.json\",\"b.json\"],\"differs\":true,\"threshold\":2.0,"
        "\"compared\":[{\"name\":[\"k1/one\",\"k2/one\"],\"differs\":true,"
        "\"verdict\":[\"pass\",\"fail\"],\"outcome\":[\"rebalanced\",\"harmed\"],"
        "\"fates\":{\"fut\":[\"moved\",\"lost\"]},"
        "\"addresses\":{\"fut bar2\":[\"0x100000000, 2 GiB\",\"unassigned\"]},"
        "\"checks\":{},"
        "\"seconds\":[2.0,4.5],\"slower\":true}],"
        "\"only_in_first\":[],\"only_in_second\":[\"k2/two\"]}");
}

static void test_names_what_is_no_report(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "'x.json' is no " },
        { "{\"version\":2,", "'x.json' is no JSON: " },
        { "[]", "'x.json' is no report" },
        { "{\"version\":\"2\",\"results\":[]}", "'x.json' is no report" },
        { "{\"version\":2,\"results\":{}}", "'x.json' is no report" },
        { "{\"version\":3,\"results\":[]}", "'x.json' is a report of version 3; " },
        { REPORT("{\"scenario\":\"one\"}"), "'x.json': result 1 has no scenario or no verdict" },
        { REPORT("7"), "'x.json' is no report" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(past_report_parse("x.json", cases[i].text, &error));
        g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i].expected));
        g_assert_null(strchr(error->message, '\n'));
    }
}

/* What is of another type than it should be is as if it were not there. */
static void test_survives_wrong_types(void)
{
    g_autoptr(PastReport) report = parse("x.json",
        REPORT("{\"scenario\":\"one\",\"verdict\":\"pass\",\"outcome\":1,\"seconds\":\"long\","
               "\"fates\":[],\"after\":{\"functions\":[1,{\"bars\":[2,{\"kernel\":3}]}]}}"));
    const PastResult *result = g_ptr_array_index(report->results, 0);

    g_assert_null(result->outcome);
    g_assert_cmpfloat(result->seconds, <, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/comparison/tells-nothing-of-the-same", test_tells_nothing_of_the_same);
    g_test_add_func("/comparison/tells-each-difference", test_tells_each_difference);
    g_test_add_func("/comparison/decides-by-verdict-and-outcome-alone",
                    test_decides_by_verdict_and_outcome_alone);
    g_test_add_func("/comparison/exact-counts-everything", test_exact_counts_everything);
    g_test_add_func("/comparison/counts-what-is-above-the-threshold",
                    test_counts_what_is_above_the_threshold);
    g_test_add_func("/comparison/names-what-only-one-has", test_names_what_only_one_has);
    g_test_add_func("/comparison/pairs-kernels", test_pairs_kernels);
    g_test_add_func("/comparison/reads-the-first-version", test_reads_the_first_version);
    g_test_add_func("/comparison/json", test_json);
    g_test_add_func("/past-report/names-what-is-no-report", test_names_what_is_no_report);
    g_test_add_func("/past-report/survives-wrong-types", test_survives_wrong_types);
    return g_test_run();
}
