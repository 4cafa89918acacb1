/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of made-up results: that they keep to their form, however large what they tell. */
#include "error.h"
#include "report-json.h"
#include "report-tap.h"
#include "report-text.h"
#include "told.h"

#include <string.h>
#include <unistd.h>

#define GIB (1ull << 30)
#define COLUMNS_MAX 100

static const TextStyle plain = { .colour = FALSE };
static const TextStyle verbose = { .colour = FALSE, .verbose = TRUE };
static const TextStyle coloured = { .colour = TRUE, .verbose = TRUE };

static const ReportHead head = { .command = "barshift run other", .started = "now", .planned = 2 };

static void assert_contains(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL) {
        g_test_message("no '%s' in:\n%s", piece, text);
        g_test_fail();
    }
}

static void assert_narrow(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_utf8_strlen(lines[i], -1) > COLUMNS_MAX) {
            g_test_message("%ld columns: %s", g_utf8_strlen(lines[i], -1), lines[i]);
            g_test_fail();
        }
    }
}

static void test_text_tells_it_all(void)
{
    static const char *const pieces[] = {
        "Address map: host bridge window 0x100000000-0x33fffffff, 9 GiB; one cell is 128 MiB\n",
        "  A a bar2", "0x180000000-0x1ffffffff  same ", " untouched\n",
        "  C c bar2", " assigned\n",
        "a                bar2 0x180000000: config, kernel, cpu, device, ledger, vmm\n",
        "I8  old-silent          5       1\n",
        "      I8/old-silent/0000:01:00.0/bar2\n        tag 1 answers\n",
        "I5  reachable           2       1\n",
        "I12 minimal             1       0  warning\n      I12/minimal/step-1\n",
        "I7  quiet               3       0\n",
        "L1  complete            2       0\n",
        "FAIL  made-up: settled in 5.0 s\n", "      a untouched; c assigned\n",
        "      I8/old-silent/0000:01:00.0/bar2: tag 1 answers\n",
    };
    g_autoptr(Told) told = told_new();
    g_autofree char *text = report_text_result(told->result, &plain);

    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        assert_contains(text, pieces[i]);
    }
    g_assert_null(strstr(text, "I6 "));
    g_assert_null(strstr(text, "logs kept"));
    told->result->folder = g_strdup("/tmp/barshift-kept");
    g_free(text);
    text = report_text_result(told->result, &plain);
    assert_contains(text, "      logs kept in /tmp/barshift-kept\n");
}

/* A BAR that is not the main one is news when it is not where it was. */
static void test_text_shows_other_bars_that_changed(void)
{
    g_autoptr(Told) told = told_new();
    FunctionState *before =
        observation_find(told->result->before, scenario_find_function(told->scenario, "a"));
    BarState *control = function_state_bar(before, 0);
    g_autofree char *same = report_text_result(told->result, &plain);
    g_autofree char *moved = NULL;
    g_autofree char *io = NULL;

    g_assert_null(strstr(same, "a bar0"));
    control->views[WITNESS_KERNEL].base += 0x100000;
    moved = report_text_result(told->result, &plain);
    assert_contains(moved, "  A a bar0");
    assert_contains(moved, "0xfe110000-0xfe113fff    0xfe010000-0xfe013fff\n");
    control->io = TRUE;
    io = report_text_result(told->result, &plain);
    g_assert_null(strstr(io, "a bar0"));
}

/* Where the main BAR cannot be prefetched, the window that it is in is the other one. */
static void test_text_shows_the_window_of_the_main_bar(void)
{
    g_autoptr(Told) told = told_new();
    FunctionState *after =
        observation_find(told->result->after, scenario_find_function(told->scenario, "a"));
    g_autofree char *pref = report_text_result(told->result, &plain);
    g_autofree char *mem = NULL;

    g_assert_null(strstr(pref, "p1 mem window"));
    function_state_main_bar(after)->prefetchable = FALSE;
    mem = report_text_result(told->result, &plain);
    assert_contains(mem, "p1 mem window");
    g_assert_null(strstr(mem, "p2 mem window"));
    g_assert_null(strstr(mem, "p1 io window"));
}

static void test_text_is_coloured_on_demand(void)
{
    g_autoptr(Told) told = told_new();
    StepRecord *step = g_ptr_array_index(told->result->steps, 1);
    g_autofree char *without = report_text_result(told->result, &verbose);
    g_autofree char *with = report_text_result(told->result, &coloured);
    g_autofree char *step_without = NULL;
    g_autofree char *step_with = NULL;

    step->judged = TRUE;
    step->outcome = OUTCOME_REFUSED;
    step_without = report_text_step(step, &verbose);
    step_with = report_text_step(step, &coloured);
    g_assert_null(strchr(without, '\033'));
    g_assert_null(strchr(step_without, '\033'));
    assert_contains(with, "\033[31mFAIL\033[0m");
    assert_contains(step_with, "\033[31mrefused\033[0m");
}

static void test_verbose_text_names_each_witness(void)
{
    static const char *const pieces[] = {
        "    config  0x180000000 2 GiB\n", "    cpu     unassigned\n",
        "    device  cannot be asked\n",   "    vmm     0x180000000 2 GiB\n",
        "  a                bar0 0xfe010000: config, kernel, cpu, device, ledger, vmm\n",
    };
    g_autoptr(Told) told = told_new();
    BarState *bar = function_state_bar(g_ptr_array_index(told->result->after->functions, 0), 2);
    g_autofree char *text = NULL;

    bar->views[WITNESS_CPU].state = VIEW_UNASSIGNED;
    bar->views[WITNESS_DEVICE].state = VIEW_SILENT;
    text = report_text_result(told->result, &verbose);
    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        assert_contains(text, pieces[i]);
    }
    assert_contains(text, "a                bar2 0x180000000: config, kernel, ledger, vmm\n");
}

/* A scenario with names as long as they may be, thirty ports, and functions in all that can. */
static char *large_scenario(void)
{
    GString *text = g_string_new("[scenario]\ntitle = large\noutcome = settled\nbreaks = I5\n"
                                 "[machine]\nhole64 = 4T\n");

    for (guint i = 0; i < 30; i++) {
        gboolean root = i % 3 == 0;

        g_string_append_printf(text, "[port p%02u-%s]\nkind = %s\n", i + 1,
                               "abcdefghijklmnopqrstuvwxyz12",
                               root ? "root" : i % 3 == 1 ? "upstream" : "downstream");
        if (!root) {
            g_string_append_printf(text, "parent = p%02u-%s\n", i, "abcdefghijklmnopqrstuvwxyz12");
        }
        if (i % 3 == 2) {
            g_string_append_printf(text, "[function f%02u-%s]\nport = p%02u-%s\nplugged = %s\n",
                                   i, "abcdefghijklmnopqrstuvwxyz12", i + 1,
                                   "abcdefghijklmnopqrstuvwxyz12", i == 29 ? "later" : "boot");
        }
    }
    g_string_append(text, "[step 1]\nhot-add = f29-abcdefghijklmnopqrstuvwxyz12\n");
    return g_string_free(text, FALSE);
}

/* As many functions, at the top of 46 address bits. */
static Observation *large_observation(const Scenario *scenario, guint64 shift)
{
    MadeUp functions[11] = { { 0 } };
    Observation *observation;
    char bdfs[10][16];
    Range window = { .start = 0x3fffe0000000, .end = 0x3fffffffffff };
    BridgeState *bridge;

    for (guint i = 0; i < 10; i++) {
        g_snprintf(bdfs[i], sizeof(bdfs[i]), "0000:%02x:00.0", i + 1);
        functions[i] = made_up_at(i + 1, bdfs[i], 0x3ff000000000 + shift + i * 4 * GIB, 2 * GIB, 7);
    }
    observation = made_up_observation(scenario, functions);
    g_array_append_val(observation->host_windows, window);
    for (guint i = 0; i < scenario->ports->len; i++) {
        bridge = g_new0(BridgeState, 1);
        bridge->port = g_ptr_array_index(scenario->ports, i);
        for (guint kind = 0; kind < WINDOWS; kind++) {
            bridge->windows[kind] = (Range) { window.start - shift, window.end };
        }
        g_ptr_array_add(observation->bridges, bridge);
    }
    return observation;
}

static void test_text_keeps_to_its_columns(void)
{
    g_autofree char *scenario_text = large_scenario();
    g_autofree char *words = NULL;
    g_autoptr(Told) told = g_new0(Told, 1);
    GString *many = g_string_new(NULL);
    StepRecord *step;

    for (guint i = 0; i < 90; i++) {
        g_string_append_printf(many, "%s0x%x", i == 0 ? "" : " ", 0x10000 << (i % 12));
    }
    words = g_string_free(many, FALSE);
    told->scenario = made_up_scenario(scenario_text);
    told->result = told_result_new(told->scenario, large_observation(told->scenario, 0),
                                   large_observation(told->scenario, 1 * GIB));
    told->result->judgement = g_new0(Judgement, 1);
    told->result->judgement->expectation = scenario_expect(told->scenario, NULL, NULL);
    told->result->judgement->fates = g_new0(Fate, told->scenario->functions->len);
    told->result->judgement->checks =
        g_ptr_array_new_with_free_func((GDestroyNotify)check_free);
    told->result->judgement->reasons = g_ptr_array_new_with_free_func(g_free);
    told_add_check(told->result->judgement->checks, "I1/agreed/0000:01:00.0/bar2/all-witnesses",
                   words);
    g_ptr_array_add(told->result->judgement->reasons, g_strdup(words));
    for (guint i = 0; i < told->scenario->functions->len; i++) {
        told->result->judgement->fates[i] = i % FATES;
    }
    step = told_add_step(told->result, words, words);
    step->judged = TRUE;
    step->outcome = OUTCOME_REBALANCED;
    g_ptr_array_add(step->kernel, g_strdup(words));
    for (guint i = 0; i < 2; i++) {
        const TextStyle *style = i == 0 ? &plain : &verbose;
        g_autofree char *text = report_text_result(told->result, style);
        g_autofree char *step_text = report_text_step(step, style);

        assert_narrow(text);
        assert_narrow(step_text);
        assert_contains(text, "f29-abcdefghijklmnopqrstuvwxyz12");
        assert_contains(text, "0x3fffe0000000-0x3fffffffffff");
    }
}

/* Where the outcome behind a step just fits, and where it does not. */
static void test_step_lines_break_before_the_outcome(void)
{
    for (guint length = 70; length < 100; length++) {
        g_autofree char *text = g_strnfill(length, 'x');
        StepRecord step = { .text = text, .judged = TRUE, .outcome = OUTCOME_REBALANCED };
        g_autofree char *line = report_text_step(&step, &plain);
        gboolean one_line = strchr(line, '\n') == line + strlen(line) - 1;

        /* "    0.00 s  " before, ": rebalanced" behind */
        g_assert_cmpint(one_line, ==, 12 + length + 12 <= COLUMNS_MAX);
        g_assert_true(g_str_has_suffix(line, "rebalanced\n"));
    }
}

static void test_strip_shows_where_bars_are(void)
{
    g_autoptr(Told) told = told_new();
    g_autofree char *text = report_text_result(told->result, &plain);

    /* 9 GiB from 4 GiB on, 8 cells a GiB: a at 6 GiB for 2 GiB, c at 12 GiB, cut off at 13 GiB */
    assert_contains(text, "  before |................AAAAAAAAAAAAAAAA"
                          "........................................|\n");
    assert_contains(text, "  after  |................AAAAAAAAAAAAAAAA"
                          "................................CCCCCCCC|\n");
}

static void test_tap_keeps_to_its_plan(void)
{
    static const char *const lines[] = {
        "ok 1 - made-up/I4/aligned/0000:01:00.0/bar2",
        "not ok 2 - made-up/I5/reachable/0000:03:00.0/bar2 # TODO the scenario says that it breaks",
        "# read 0x0", "# expected 0x1",
        "ok 3 - made-up/I5/reachable/0000:03:00.0/bar0",
        "ok 4 - made-up/I6/preserved/0000:03:00.0/bar2 # SKIP the outcome does not call for it",
        "# nothing was filled",
        "not ok 5 - made-up/I8/old-silent/0000:01:00.0/bar2", "# tag 1 answers",
        "not ok 6 - made-up/I12/minimal/step-1 # TODO a warning, which decides nothing",
    };
    g_autoptr(Told) told = told_new();
    g_autoptr(GString) tap = g_string_new(NULL);
    g_autoptr(GError) error = g_error_new(RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "gone\nlast line");
    guint number = 0;
    guint seen = 0;
    g_auto(GStrv) written = NULL;

    report_tap_result(tap, told->result, &number);
    g_assert_cmpuint(number, ==, told->result->judgement->checks->len + 1);
    assert_contains(tap->str, "not ok 21 - made-up/verdict/settled\n"
                              "# I8/old-silent/0000:01:00.0/bar2: tag 1 answers\n");
    report_tap_result(tap, told->result, &number);
    report_tap_error(tap, "other", error, &number);
    g_assert_true(g_str_has_suffix(tap->str, "not ok 43 - other/verdict\n# gone\n# last line\n"));
    written = g_strsplit(g_strchomp(tap->str), "\n", -1);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_assert_cmpstr(written[i], ==, lines[i]);
    }
    for (guint i = 0; written[i] != NULL; i++) {
        const char *test = g_str_has_prefix(written[i], "not ") ? written[i] + 4 : written[i];

        if (written[i][0] != '#') {
            g_assert_true(g_str_has_prefix(test, "ok "));
            g_assert_cmpuint(g_ascii_strtoull(test + 3, NULL, 10), ==, ++seen);
        }
    }
    g_assert_cmpuint(seen, ==, number);
}

static void assert_members(JsonObject *object, const char *names)
{
    g_auto(GStrv) list = g_strsplit(names, " ", -1);

    for (guint i = 0; list[i] != NULL; i++) {
        if (!json_object_has_member(object, list[i])) {
            g_test_message("no member '%s'", list[i]);
            g_test_fail();
        }
    }
    g_assert_cmpuint(json_object_get_size(object), ==, g_strv_length(list));
}

static JsonObject *first_object(JsonObject *object, const char *array)
{
    return json_array_get_object_element(json_object_get_array_member(object, array), 0);
}

static void test_json_has_every_member(void)
{
    g_autoptr(Told) told = told_new();
    g_autoptr(JsonNode) node = report_json_result(told->result, &made_up_origin);
    JsonObject *root = json_node_get_object(node);
    JsonObject *after = json_object_get_object_member(root, "after");
    JsonObject *function = first_object(after, "functions");
    JsonObject *bar = first_object(function, "bars");
    JsonObject *view = json_object_get_object_member(bar, "vmm");

    assert_members(root, "name scenario repetition kernel_name kernel_file qemu_name qemu_program "
                         "device reproduce title shows concerns source tags verdict outcome "
                         "expected expectation improvement reasons qemu kernel kernel_version "
                         "accel command start start_reason seconds absent_witnesses fates steps "
                         "checks before maps after drivers");
    assert_members(first_object(root, "steps"),
                   "step start seconds detail outcome rebalance kernel");
    assert_members(first_object(root, "checks"), "name result text");
    assert_members(json_object_get_object_member(root, "fates"), "a b c");
    assert_members(after, "functions guest ledgers");
    assert_members(function, "name address bars");
    assert_members(bar, "bar main config kernel cpu device ledger vmm");
    assert_members(view, "base size");
    g_assert_cmpstr(json_object_get_string_member(root, "verdict"), ==, "fail");
    g_assert_cmpstr(json_object_get_string_member(root, "outcome"), ==, "settled");
    g_assert_cmpstr(json_object_get_string_member(view, "base"), ==, "0x180000000");
    g_assert_cmpstr(json_object_get_string_member(view, "size"), ==, "0x80000000");
}

static void test_json_tells_what_a_check_came_to(void)
{
    static const char *const results[] = { "ok", "failed", "ok", "not-called-for", "failed",
                                           "warning" };
    g_autoptr(Told) told = told_new();
    g_autoptr(JsonNode) node = report_json_result(told->result, &made_up_origin);
    JsonArray *checks = json_object_get_array_member(json_node_get_object(node), "checks");

    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        JsonObject *check = json_array_get_object_element(checks, i);

        g_assert_cmpstr(json_object_get_string_member(check, "result"), ==, results[i]);
    }
}

static void test_json_survives_a_round_trip(void)
{
    g_autoptr(Told) told = told_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) cause = g_error_new(RUNNER_ERROR, RUNNER_ERROR_DEADLINE, "\"quoted\" ä");
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);
    g_autofree char *folder = g_dir_make_tmp("barshift-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "report.json", NULL);
    g_autofree char *text = NULL;
    g_autoptr(JsonNode) read = NULL;
    JsonArray *list;

    g_ptr_array_add(results, report_json_result(told->result, &made_up_origin));
    g_ptr_array_add(results, report_json_error(&made_up_origin, cause));
    g_assert_true(report_json_write(path, &head, results, &error));
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(rmdir(folder), ==, 0);
    read = json_from_string(text, &error);
    g_assert_no_error(error);
    g_assert_cmpint(json_object_get_int_member(json_node_get_object(read), "version"), ==, 2);
    list = json_object_get_array_member(json_node_get_object(read), "results");
    g_assert_cmpuint(json_array_get_length(list), ==, 2);
    for (guint i = 0; i < 2; i++) {
        g_assert_true(json_node_equal(json_array_get_element(list, i),
                                      g_ptr_array_index(results, i)));
    }
    assert_members(json_node_get_object(read),
                   "version barshift command started shard planned host results");
    assert_members(json_array_get_object_element(list, 1),
                   "name scenario repetition kernel_name kernel_file qemu_name qemu_program device "
                   "reproduce verdict exit_status error");
}

static void test_json_to_an_unwritable_path(void)
{
    g_autoptr(GPtrArray) results = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(report_json_write("/nonexistent/report.json", &head, results, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_true(g_str_has_prefix(error->message, "cannot write the report '"));
    g_assert_nonnull(strstr(error->message, "/nonexistent/report.json"));
}

/* Full is full, and what is no plain file stays what it is. */
static void test_json_to_a_full_device(void)
{
    g_autoptr(GPtrArray) results = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    g_assert_false(report_json_write("/dev/full", &head, results, &error));
    g_assert_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT);
    g_assert_false(g_file_test("/dev/full", G_FILE_TEST_IS_REGULAR));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/text/shows-other-bars-that-changed",
                    test_text_shows_other_bars_that_changed);
    g_test_add_func("/report/text/shows-the-window-of-the-main-bar",
                    test_text_shows_the_window_of_the_main_bar);
    g_test_add_func("/report/text/tells-it-all", test_text_tells_it_all);
    g_test_add_func("/report/text/is-coloured-on-demand", test_text_is_coloured_on_demand);
    g_test_add_func("/report/text/verbose-names-each-witness",
                    test_verbose_text_names_each_witness);
    g_test_add_func("/report/text/keeps-to-its-columns", test_text_keeps_to_its_columns);
    g_test_add_func("/report/text/step-breaks-before-the-outcome",
                    test_step_lines_break_before_the_outcome);
    g_test_add_func("/report/text/strip-shows-where-bars-are", test_strip_shows_where_bars_are);
    g_test_add_func("/report/tap/keeps-to-its-plan", test_tap_keeps_to_its_plan);
    g_test_add_func("/report/json/has-every-member", test_json_has_every_member);
    g_test_add_func("/report/json/tells-what-a-check-came-to",
                    test_json_tells_what_a_check_came_to);
    g_test_add_func("/report/json/survives-a-round-trip", test_json_survives_a_round_trip);
    g_test_add_func("/report/json/full-device-stays-one", test_json_to_a_full_device);
    g_test_add_func("/report/json/unwritable-path-is-an-environment-error",
                    test_json_to_an_unwritable_path);
    return g_test_run();
}
