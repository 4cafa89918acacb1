/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The accounts of PnP manager and function drivers, whole and mutilated, and what a story keeps. */
#include "driver-reports.h"
#include "json-difference.h"
#include "made-up.h"
#include "rebalance.h"
#include "story.h"

static const char account_text[] =
    "{\"result\":\"rebalanced\",\"reason\":null,\"policy\":\"best-effort\",\"attempts\":2,"
    "\"plan\":{\"verdict\":\"fits\",\"stops\":1},\"smallest_stops\":1,"
    "\"functions\":[{\"path\":\"01.0/00.0\",\"tag\":1,\"before\":\"0000:01:00.0\","
    "\"after\":\"0000:01:00.0\",\"model\":\"kmdf\",\"in_scope\":true,\"stopped\":true,"
    "\"state\":\"started\",\"refused\":false,\"reason\":null,\"mapped_after_stop\":false},"
    "{\"path\":\"02.0/00.0\",\"tag\":2,\"before\":\"0000:02:00.0\",\"after\":\"0000:02:00.0\","
    "\"model\":null,\"in_scope\":false,\"stopped\":false,\"state\":\"started\",\"refused\":true,"
    "\"reason\":\"busy\",\"mapped_after_stop\":false},"
    "{\"path\":\"03.0/00.0\",\"tag\":3,\"before\":\"0000:03:00.0\",\"after\":\"0000:03:00.0\","
    "\"model\":null,\"in_scope\":false,\"stopped\":false,\"state\":\"started\",\"refused\":false,"
    "\"reason\":null,\"mapped_after_stop\":false}],"
    "\"requests\":[{\"time_ns\":7000,\"path\":\"02.0/00.0\",\"bdf\":\"0000:02:00.0\","
    "\"request\":\"query-stop\",\"status\":\"refused\",\"reason\":\"busy\"},"
    "{\"time_ns\":9000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"request\":\"stop\","
    "\"status\":\"ok\",\"reason\":null}],"
    "\"differences\":[{\"what\":\"0000:01:00.0 BAR 2\",\"predicted\":null,\"observed\":\"0x1\"}],"
    "\"breaches\":[\"too late\"],"
    "\"times_ns\":{\"plan\":1,\"query\":2,\"stop\":3,\"remove\":4,\"rescan\":5,\"start\":6,"
    "\"total\":30}}";

static const char drivers_text[] =
    "{\"drivers\":[{\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"tag\":1,\"model\":\"kmdf\","
    "\"back_end\":\"sysfs\",\"state\":\"started\",\"handles\":0,\"counters\":{\"issued\":9,"
    "\"completed\":8,\"held\":0,\"rejected\":0,\"failed\":0,\"lost\":1,\"errors\":2,"
    "\"since_start\":3,\"interrupts_raised\":5,\"interrupts_arrived\":4,\"dma_steps\":0},"
    "\"streams\":[],\"breaches\":[\"EvtDeviceD0Exit came twice\"],\"trace\":[{\"time_ns\":8000,"
    "\"request\":\"stop\",\"driver\":\"function\",\"callback\":\"EvtDeviceD0Exit\","
    "\"status\":\"ok\",\"detail\":null}]}]}";

static char *replaced(const char *text, const char *from, const char *to)
{
    GString *result = g_string_new(text);

    g_assert_cmpuint(g_string_replace(result, from, to, 1), ==, 1);
    return g_string_free(result, FALSE);
}

static void test_reads_an_account(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Rebalance) account = rebalance_parse(account_text, &error);
    const RebalanceRequest *request;
    const RebalanceDifference *difference;

    g_assert_no_error(error);
    g_assert_cmpuint(account->result, ==, REBALANCE_REBALANCED);
    g_assert_null(account->reason);
    g_assert_cmpstr(account->policy, ==, "best-effort");
    g_assert_cmpuint(account->attempts, ==, 2);
    g_assert_cmpint(account->smallest_stops, ==, 1);
    g_assert_cmpuint(rebalance_stops(account), ==, 1);
    g_assert_cmpint(account->times_ns[REBALANCE_TIME_RESCAN], ==, 5);
    g_assert_cmpint(account->total_ns, ==, 30);
    g_assert_true(rebalance_function_at(account, "02.0/00.0")->refused);
    g_assert_cmpstr(rebalance_function_at(account, "02.0/00.0")->reason, ==, "busy");
    g_assert_null(rebalance_function_at(account, "04.0/00.0"));
    g_assert_cmpuint(rebalance_function_at(account, "03.0/00.0")->tag, ==, 3);
    g_assert_true(rebalance_was_asked(account, "02.0/00.0"));
    g_assert_false(rebalance_was_asked(account, "01.0/00.0"));
    request = &g_array_index(account->requests, RebalanceRequest, 0);
    g_assert_cmpint(request->time_ns, ==, 7000);
    g_assert_cmpstr(request->status, ==, "refused");
    difference = &g_array_index(account->differences, RebalanceDifference, 0);
    g_assert_null(difference->predicted);
    g_assert_cmpstr(difference->observed, ==, "0x1");
    g_assert_cmpstr(account->breaches[0], ==, "too late");
}

/* Who leaves something out is not believed the rest. */
static void test_refuses_half_an_account(void)
{
    static const struct {
        const char *from, *to;
    } rows[] = {
        { "\"rebalanced\"", "\"fine\"" },
        { "\"functions\"", "\"function\"" },
        { "\"requests\"", "\"request\"" },
        { "\"differences\"", "\"difference\"" },
        { "\"breaches\":[\"too late\"]", "\"breaches\":[1]" },
        { "\"breaches\":[\"too late\"]", "\"breaches\":null" },
        { "{\"result\"", "[{\"result\"" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = replaced(account_text, rows[i].from, rows[i].to);
        g_autoptr(GError) error = NULL;

        g_assert_null(rebalance_parse(text, &error));
        g_assert_true(g_str_has_prefix(error->message, "the guest's account of the rebalance is"));
    }
}

static void test_plan_tells_its_stops(void)
{
    g_assert_cmpint(rebalance_plan_stops("{\"stops\":[\"0000:01:00.0\",\"x\"]}"), ==, 2);
    g_assert_cmpint(rebalance_plan_stops("{\"verdict\":\"no-space\"}"), ==, -1);
    g_assert_cmpint(rebalance_plan_stops("nothing"), ==, -1);
    g_assert_cmpint(rebalance_plan_stops("[]"), ==, -1);
}

static void test_reads_reports(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DriverReports) reports = driver_reports_parse(drivers_text, &error);
    const DriverReport *report = driver_reports_find_path(reports, "01.0/00.0");
    const DriverEvent *event;

    g_assert_no_error(error);
    g_assert_null(driver_reports_find_path(reports, "02.0/00.0"));
    g_assert_null(driver_reports_find_path(NULL, "01.0/00.0"));
    g_assert_cmpstr(report->model, ==, "kmdf");
    g_assert_cmpint(report->lost, ==, 1);
    g_assert_cmpint(report->errors, ==, 2);
    g_assert_cmpint(report->since_start, ==, 3);
    g_assert_cmpint(report->interrupts_raised, ==, 5);
    g_assert_cmpint(report->interrupts_arrived, ==, 4);
    g_assert_cmpstr(report->breaches[0], ==, "EvtDeviceD0Exit came twice");
    event = &g_array_index(report->events, DriverEvent, 0);
    g_assert_cmpint(event->time_ns, ==, 8000);
    g_assert_cmpstr(event->callback, ==, "EvtDeviceD0Exit");
    g_assert_null(event->detail);
}

static void test_refuses_half_a_report(void)
{
    static const char *const members[] = {
        "\"drivers\"", "\"counters\"", "\"lost\"", "\"errors\"", "\"since_start\"",
        "\"interrupts_raised\"", "\"interrupts_arrived\"", "\"breaches\"", "\"trace\"",
    };

    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text = replaced(drivers_text, members[i], "\"other\"");
        g_autoptr(GError) error = NULL;

        g_assert_null(driver_reports_parse(text, &error));
        g_assert_true(g_str_has_prefix(error->message, "the guest's report of its drivers is no"));
    }
}

static void test_names_the_first_difference(void)
{
    static const char *const ignored[] = { "total", NULL };
    static const struct {
        const char *before, *after, *difference;
    } rows[] = {
        { "{\"a\":1,\"total\":1}", "{\"total\":2,\"a\":1}", NULL },
        { "{\"a\":[{\"b\":\"0x1\"}]}", "{\"a\":[{\"b\":\"0x2\"}]}",
          "a[0].b: expected \"0x1\", observed \"0x2\"" },
        { "{\"a\":null}", "{\"a\":{}}", "a: expected null, observed {}" },
        { "{\"a\":[1]}", "{\"a\":[1,2]}", "a[1]: expected nothing, observed 2" },
        { "{\"a\":[1]}", "{\"a\":[]}", "a[0]: expected 1, observed nothing" },
        { "{}", "{\"a\":true}", "a: expected nothing, observed true" },
        { "{\"a\":true}", "{}", "a: expected true, observed nothing" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(JsonNode) before = json_from_string(rows[i].before, NULL);
        g_autoptr(JsonNode) after = json_from_string(rows[i].after, NULL);
        g_autofree char *difference = json_difference(before, after, ignored);

        g_assert_cmpstr(difference, ==, rows[i].difference);
    }
}

/* a was stopped, b only asked, and the newcomer c has been started. */
static void test_story_knows_who_was_concerned(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    g_autoptr(RebalanceRecord) record = rebalance_record_new(2);
    Function *a = scenario_find_function(scenario, "a");
    Function *b = scenario_find_function(scenario, "b");
    Function *c = scenario_find_function(scenario, "c");
    Step step = { .scope = SCOPE_PNP };
    Story story;

    record->account = rebalance_parse(account_text, NULL);
    story_init(&story, scenario);
    g_hash_table_add(story.newcomers, c);
    story_add_rebalance(&story, record, &step);
    g_assert_true(g_hash_table_contains(story.stopped, a));
    g_assert_true(g_hash_table_contains(story.served, a));
    g_assert_false(g_hash_table_contains(story.stopped, b));
    g_assert_true(story_in_scope(&story, b));
    g_assert_true(g_hash_table_contains(story.served, c));
    g_assert_cmpuint(g_hash_table_size(story.lost), ==, 0);
    g_assert_true(story_last_stop(&story, a) == record);
    g_assert_null(story_last_stop(&story, b));
    story_clear(&story);
}

/* Whose BAR is resized has to stop for itself, which is no rebalance. */
static void test_resized_function_is_not_stopped_for_others(void)
{
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    g_autoptr(RebalanceRecord) record = rebalance_record_new(2);
    Function *a = scenario_find_function(scenario, "a");
    Step step = { .function = a, .size_bytes = 1ull << 30 };
    Story story;

    record->account = rebalance_parse(account_text, NULL);
    story_init(&story, scenario);
    story_add_rebalance(&story, record, &step);
    g_assert_cmpuint(g_hash_table_size(story.stopped), ==, 0);
    story_clear(&story);
}

static void test_failed_restart_is_a_loss(void)
{
    static const char *const states[] = { "failed", "surprise-removed", "removed" };

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *state = g_strdup_printf("\"stopped\":true,\"state\":\"%s\"", states[i]);
        g_autofree char *text =
            replaced(account_text, "\"stopped\":true,\"state\":\"started\"", state);
        g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
        g_autoptr(RebalanceRecord) record = rebalance_record_new(2);
        Function *a = scenario_find_function(scenario, "a");
        Step step = { .scope = SCOPE_PNP };
        Story story;

        record->account = rebalance_parse(text, NULL);
        story_init(&story, scenario);
        g_hash_table_add(story.served, a);
        story_add_rebalance(&story, record, &step);
        g_assert_true(g_hash_table_contains(story.lost, a));
        g_assert_false(g_hash_table_contains(story.served, a));
        story_clear(&story);
    }
}

/* A driver of which nobody knows more than where it is, and one that has told its tag */
static void test_finds_drivers(void)
{
    static const char pci_text[] =
        "[{\"bus\":0,\"devices\":[{\"bus\":0,\"slot\":1,\"function\":0,\"qdev_id\":\"p1\","
        "\"pci_bridge\":{\"devices\":[{\"bus\":9,\"slot\":0,\"function\":0,"
        "\"qdev_id\":\"b\"}]}}]}]";
    g_autofree char *untagged = replaced(drivers_text, "\"tag\":1", "\"tag\":0");
    g_autoptr(Scenario) scenario = made_up_scenario(made_up_scenario_text);
    const Function *a = scenario_find_function(scenario, "a");
    const Function *b = scenario_find_function(scenario, "b");
    g_autoptr(DriverReports) by_tag = driver_reports_parse(drivers_text, NULL);
    g_autoptr(DriverReports) by_path = driver_reports_parse(untagged, NULL);
    g_autoptr(JsonNode) pci = json_from_string(pci_text, NULL);

    g_assert_null(driver_reports_find(by_path, b));
    driver_reports_name(by_path, scenario, pci);
    g_assert_nonnull(driver_reports_find(by_path, b));
    g_assert_null(driver_reports_find(by_path, a));

    g_assert_nonnull(driver_reports_find(by_tag, a));
    g_assert_null(driver_reports_find(by_tag, b));
    g_assert_null(driver_reports_find(NULL, a));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rebalance/account/is-read", test_reads_an_account);
    g_test_add_func("/rebalance/account/half-is-none", test_refuses_half_an_account);
    g_test_add_func("/rebalance/plan-tells-its-stops", test_plan_tells_its_stops);
    g_test_add_func("/rebalance/drivers/are-read", test_reads_reports);
    g_test_add_func("/rebalance/drivers/half-is-none", test_refuses_half_a_report);
    g_test_add_func("/rebalance/json-difference", test_names_the_first_difference);
    g_test_add_func("/rebalance/story/knows-who-was-concerned",
                    test_story_knows_who_was_concerned);
    g_test_add_func("/rebalance/drivers/are-found-by-tag-or-path", test_finds_drivers);
    g_test_add_func("/rebalance/story/resized-function-is-not-stopped-for-others",
                    test_resized_function_is_not_stopped_for_others);
    g_test_add_func("/rebalance/story/failed-restart-is-a-loss", test_failed_restart_is_a_loss);
    return g_test_run();
}
