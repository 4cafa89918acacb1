/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rebalance-world.h"

static const char scenario_text[] =
    "[scenario]\n"
    "title = made up\n"
    "outcome = rebalanced\n"
    "[port p1]\n"
    "[port p2]\n"
    "[port p3]\n"
    "[function a]\n"
    "port = p1\n"
    "driver = kmdf\n"
    "[function b]\n"
    "port = p2\n"
    "[function c]\n"
    "port = p3\n"
    "plugged = later\n"
    "[step 1]\n"
    "hot-add = c\n"
    "[step 2]\n"
    "rebalance = pnp\n";

const char rebalance_world_account[] =
    "{\"result\":\"rebalanced\",\"reason\":null,\"policy\":\"best-effort\",\"attempts\":2,"
    "\"plan\":null,\"smallest_stops\":1,"
    "\"functions\":[{\"path\":\"01.0/00.0\",\"tag\":1,\"stopped\":true,\"state\":\"started\"},"
    "{\"path\":\"02.0/00.0\",\"tag\":2,\"stopped\":false,\"refused\":true,\"state\":\"started\"},"
    "{\"path\":\"03.0/00.0\",\"tag\":3,\"stopped\":false,\"state\":\"started\"}],"
    "\"requests\":[{\"time_ns\":100,\"path\":\"02.0/00.0\",\"bdf\":\"0000:02:00.0\","
    "\"request\":\"query-stop\",\"status\":\"refused\",\"reason\":\"busy\"},"
    "{\"time_ns\":200,\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"request\":\"stop\","
    "\"status\":\"ok\",\"reason\":null}],\"differences\":[],\"breaches\":[],\"times_ns\":{}}";

const char rebalance_world_then[] = DRIVERS("1", "0", "0", "20", "20", "");
static const char drivers_now[] = DRIVERS("9", "0", "0", "31", "30", "");

RebalanceWorld *rebalance_world_new(void)
{
    RebalanceWorld *world = g_new0(RebalanceWorld, 1);

    world->scenario = made_up_scenario(scenario_text);
    world->account = rebalance_world_account;
    world->then = rebalance_world_then;
    world->drivers = drivers_now;
    world->before[0] = made_up_at(1, "0000:01:00.0", 6 * GIB, 2 * GIB, 5);
    world->before[0].bridge = "0000:00:01.0";
    world->before[0].interrupts = 21;
    world->before[1] = made_up_at(2, "0000:02:00.0", 8 * GIB, 2 * GIB, 5);
    world->after[0] = made_up_at(1, "0000:01:00.0", 4 * GIB, 2 * GIB, 5);
    world->after[0].bridge = "0000:00:01.0";
    world->after[0].interrupts = 31;
    world->after[0].events = "driver-state=2 driver-state=3 unmap=0x180000000 map=0x100000000 "
                             "driver-state=1";
    world->after[1] = world->before[1];
    world->after[1].events = "driver-state=2 driver-state=1";
    world->after[2] = made_up_at(3, "0000:03:00.0", 6 * GIB, 2 * GIB, 4);
    story_init(&world->story, world->scenario);
    return world;
}

/* After a refusal nobody is where c was to be, and a is where it was. */
RebalanceWorld *rebalance_world_refused(void)
{
    RebalanceWorld *world = rebalance_world_new();

    world->account = "{\"result\":\"refused\",\"reason\":\"a is busy\",\"smallest_stops\":1,"
                     "\"functions\":[{\"path\":\"01.0/00.0\",\"tag\":1,\"stopped\":false,"
                     "\"state\":\"started\"}],\"requests\":[{\"time_ns\":100,"
                     "\"path\":\"01.0/00.0\",\"request\":\"query-stop\",\"status\":\"refused\"}],"
                     "\"differences\":[],\"breaches\":[]}";
    world->scenario->outcome = OUTCOME_REFUSED;
    world->after[0] = world->before[0];
    world->after[1] = world->before[1];
    world->after[2] = made_up_at(3, "0000:03:00.0", 0, 2 * GIB, 4);
    world->drivers = "{\"drivers\":[{\"path\":\"01.0/00.0\",\"bdf\":\"0000:01:00.0\",\"tag\":1,"
                     "\"model\":\"kmdf\",\"back_end\":\"sysfs\",\"state\":\"started\",\"counters\":"
                     "{\"lost\":0,\"errors\":0,\"since_start\":5,\"interrupts_raised\":0,"
                     "\"interrupts_arrived\":0},\"breaches\":[],\"trace\":[]}]}";
    world->then = world->drivers;
    return world;
}

void rebalance_world_free(RebalanceWorld *world)
{
    story_clear(&world->story);
    rebalance_record_free(world->record);
    driver_reports_free(world->reports);
    observation_free(world->seen_before);
    observation_free(world->seen_after);
    scenario_free(world->scenario);
    g_free(world);
}

Judgement *rebalance_world_judge(RebalanceWorld *world)
{
    g_autoptr(GError) error = NULL;
    Step *step = g_ptr_array_index(world->scenario->steps, 1);
    Story *story = &world->story;
    FunctionState *a;

    world->seen_before = made_up_observation(world->scenario, world->before);
    world->seen_after = made_up_observation(world->scenario, world->after);
    world->record = rebalance_record_new(2);
    world->record->before = made_up_observation(world->scenario, world->before);
    world->record->after = made_up_observation(world->scenario, world->after);
    a = observation_find(world->record->after, scenario_find_function(world->scenario, "a"));
    if (a != NULL) {
        a->interrupts = world->before[0].interrupts; /* the later ones come after the step */
    }
    observation_find(world->record->before, scenario_find_function(world->scenario, "a"))
        ->has_ledger = !world->no_ledger;
    world->record->account = rebalance_parse(world->account, &error);
    g_assert_no_error(error);
    world->record->stops = rebalance_stops(world->record->account);
    world->record->smallest_stops = world->record->account->smallest_stops;
    if (world->drivers != NULL) {
        world->record->drivers = driver_reports_parse(world->then, &error);
        world->reports = driver_reports_parse(world->drivers, &error);
        g_assert_no_error(error);
    }
    story->before = world->seen_before;
    story->after = world->seen_after;
    story->drivers = world->reports;
    g_hash_table_add(story->newcomers, scenario_find_function(world->scenario, "c"));
    g_hash_table_add(story->served, scenario_find_function(world->scenario, "a"));
    story_add_rebalance(story, world->record, step);
    return verdict_judge(story, g_ptr_array_new_with_free_func((GDestroyNotify)check_free),
                         world->scenario->outcome, TRUE);
}

const Check *rebalance_world_check(const Judgement *judgement, const char *name)
{
    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);

        if (g_str_equal(check->name, name)) {
            return check;
        }
    }
    return NULL;
}
