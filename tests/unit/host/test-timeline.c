/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rebalance as it is told: requests, callbacks and ledger records, each where it belongs. */
#include "made-up.h"
#include "report-timeline.h"
#include "timeline.h"

#include <string.h>

#define GIB (1ull << 30)
#define COLUMNS_MAX 100

/* The bridge is asked as well; c arrives. The guest's clock is 1 s ahead of the VM's. */
static const char account_text[] =
    "{\"result\":\"rebalanced\",\"reason\":null,\"policy\":\"best-effort\",\"attempts\":1,"
    "\"smallest_stops\":1,\"functions\":["
    "{\"path\":\"01.0/00.0\",\"tag\":1,\"stopped\":true,\"state\":\"started\"},"
    "{\"path\":\"03.0/00.0\",\"tag\":3,\"stopped\":false,\"state\":\"started\"}],"
    "\"requests\":["
    "{\"time_ns\":1004000000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\","
    "\"request\":\"query-stop\",\"status\":\"ok\",\"reason\":null},"
    "{\"time_ns\":1005000000,\"path\":\"01.0\",\"bdf\":\"0000:00:01.0\","
    "\"request\":\"query-stop\",\"status\":\"ok\",\"reason\":null},"
    "{\"time_ns\":1006000000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\","
    "\"request\":\"query-requirements\",\"status\":\"ok\",\"reason\":null},"
    "{\"time_ns\":1009000000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\","
    "\"request\":\"stop\",\"status\":\"ok\",\"reason\":null},"
    "{\"time_ns\":1020500000,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\","
    "\"request\":\"start\",\"status\":\"ok\",\"reason\":null},"
    "{\"time_ns\":1031000000,\"path\":\"03.0/00.0\",\"bdf\":\"0000:03:00.0\","
    "\"request\":\"start\",\"status\":\"failed\",\"reason\":\"it does not answer\"}],"
    "\"differences\":[{\"what\":\"0000:01:00.0 BAR 2\",\"predicted\":\"0x1-0x2\","
    "\"observed\":null}],\"breaches\":[],\"times_ns\":{\"plan\":1000000,\"query\":2000000,"
    "\"stop\":3000000,\"remove\":4000000,\"rescan\":5000000,\"start\":6000000,"
    "\"total\":30000000}}";

#define EVENT(time, request, callback)                                                            \
    "{\"time_ns\":" time ",\"request\":\"" request "\",\"driver\":\"function\",\"callback\":\""   \
    callback "\",\"status\":\"ok\",\"detail\":null}"

static const char drivers_text[] =
    "{\"drivers\":[{\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"tag\":1,\"model\":\"kmdf\","
    "\"back_end\":\"sysfs\",\"state\":\"started\",\"counters\":{\"lost\":0,\"errors\":0,"
    "\"since_start\":1,\"interrupts_raised\":0,\"interrupts_arrived\":0},\"breaches\":[],"
    "\"trace\":[" EVENT("900000000", "start", "EvtDeviceD0Entry") ","
    EVENT("1004500000", "query-stop", "EvtDeviceQueryStop") ","
    EVENT("1009100000", "stop", "EvtIoStop") ","
    EVENT("1010200000", "stop", "EvtDeviceD0Exit") ","
    EVENT("1026000000", "start", "EvtDeviceD0Entry") "]}]}";

typedef struct World {
    Scenario *scenario;
    RebalanceRecord *record;
} World;

/* Records come at 5, 10, 15... ms of the VM's clock: the first is the answer to query-stop. */
static World *world_new(void)
{
    MadeUp before[] = { made_up_at(1, "0000:01:00.0", 6 * GIB, 2 * GIB, 5), { 0 } };
    MadeUp after[] = { made_up_at(1, "0000:01:00.0", 4 * GIB, 2 * GIB, 5), { 0 } };
    World *world = g_new0(World, 1);

    after[0].events = "driver-state=2 driver-state=3 unmap=0x180000000 map=0x110000000 "
                      "map=0x100000000 driver-state=1 dma-state=0";
    world->scenario = made_up_scenario(made_up_scenario_text);
    world->record = rebalance_record_new(2);
    world->record->account = rebalance_parse(account_text, NULL);
    world->record->drivers = driver_reports_parse(drivers_text, NULL);
    world->record->before = made_up_observation(world->scenario, before);
    world->record->after = made_up_observation(world->scenario, after);
    world->record->stops = 1;
    world->record->smallest_stops = 1;
    return world;
}

static void world_free(World *world)
{
    rebalance_record_free(world->record);
    scenario_free(world->scenario);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

static void test_everything_has_its_request(void)
{
    static const struct {
        guint events, records;
    } rows[] = { { 1, 1 }, { 0, 0 }, { 0, 0 }, { 2, 1 }, { 1, 5 }, { 0, 0 } };
    g_autoptr(World) world = world_new();
    g_autoptr(Timeline) timeline = timeline_new(world->record, world->scenario);

    g_assert_cmpuint(timeline->entries->len, ==, G_N_ELEMENTS(rows));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const TimelineEntry *entry = g_ptr_array_index(timeline->entries, i);

        g_assert_cmpuint(entry->events->len, ==, rows[i].events);
        g_assert_cmpuint(entry->records->len, ==, rows[i].records);
    }
    /* no record may be older than its request: that of "stop", at 10 ms, is nearest to its own */
    g_assert_cmpint(timeline->ledger_ns, ==, 5000000);
}

static void test_failed_start_takes_what_it_did(void)
{
    g_autoptr(World) world = world_new();
    g_autofree char *text = g_strdup(account_text);
    char *start = strstr(text, "\"start\",\"status\":\"ok\"");
    g_autoptr(Timeline) timeline = NULL;

    memcpy(start, "\"start\",\"status\":\"no\"", strlen("\"start\",\"status\":\"no\""));
    rebalance_free(world->record->account);
    world->record->account = rebalance_parse(text, NULL);
    timeline = timeline_new(world->record, world->scenario);
    g_assert_cmpuint(((TimelineEntry *)g_ptr_array_index(timeline->entries, 4))->records->len, ==,
                     5);
}

static char *told(gboolean all)
{
    g_autoptr(World) world = world_new();
    GString *text = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    report_timeline_append(text, world->record, world->scenario, all);
    lines = g_strsplit(text->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, COLUMNS_MAX);
        g_assert_false(g_str_has_suffix(lines[i], " "));
    }
    return g_string_free(text, FALSE);
}

static void assert_pieces(const char *text, const char *const *pieces)
{
    for (guint i = 0; pieces[i] != NULL; i++) {
        if (strstr(text, pieces[i]) == NULL) {
            g_test_message("no '%s' in:\n%s", pieces[i], text);
            g_test_fail();
        }
    }
}

static void test_text_is_a_line_for_each_request(void)
{
    static const char *const pieces[] = {
        "            1 function stopped, the smallest scope stops 1; 1 scope tried, best-effort\n",
        "            otherwise than predicted: 0000:01:00.0 BAR 2 nothing instead of 0x1-0x2\n",
        "30.0 ms: kernel 9.0 (remove 4.0, rescan 5.0); harness 12.0 (plan 1.0, query 2.0, stop\n"
        "            3.0, start 6.0); waiting 9.0\n",
        "        0.0  a            query-stop          ok       kmdf, 1     stop-pending\n",
        "        5.0  a            stop                ok       kmdf, 2     stopped\n",
        "       16.5  a            start               ok       kmdf, 1     map 0x100000000, "
        "started\n",
        "       27.0  c            start               failed\n"
        "                    it does not answer\n",
        NULL,
    };
    g_autofree char *text = told(FALSE);

    assert_pieces(text, pieces);
    g_assert_null(strstr(text, "0000:00:01.0")); /* a bridge that agrees */
    g_assert_null(strstr(text, "query-requirements"));
    g_assert_null(strstr(text, "EvtIoStop"));
    g_assert_null(strstr(text, "0x110000000")); /* where it was only for a moment */
}

static void test_verbose_text_is_all_of_it(void)
{
    static const char *const pieces[] = {
        "        1.0  0000:00:01.0 query-stop          ok\n",
        "        2.0  a            query-requirements  ok       kmdf, 0\n",
        "                    5.000                                          stopped\n"
        "                    5.100 function EvtIoStop: ok\n"
        "                    6.200 function EvtDeviceD0Exit: ok\n",
        "                    20.000                                         map 0x100000000\n"
        "                    22.000 function EvtDeviceD0Entry: ok\n"
        "                    25.000                                         started\n"
        "                    30.000                                         dma-state 0\n",
        NULL,
    };
    g_autofree char *text = told(TRUE);

    assert_pieces(text, pieces);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/timeline/everything-has-its-request", test_everything_has_its_request);
    g_test_add_func("/timeline/failed-start-takes-what-it-did",
                    test_failed_start_takes_what_it_did);
    g_test_add_func("/timeline/text/is-a-line-for-each-request",
                    test_text_is_a_line_for_each_request);
    g_test_add_func("/timeline/text/verbose-is-all-of-it", test_verbose_text_is_all_of_it);
    return g_test_run();
}
