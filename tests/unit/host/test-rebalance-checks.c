/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is checked of a rebalance: a made-up one that went well, and the same with one thing wrong
 * at a time, in what the guest says or in what the device models have recorded.
 */
#include "rebalance-world.h"

/* @text: NULL: nothing fails; else the check @name alone, and why */
static void assert_fails(RebalanceWorld *world, const char *name, const char *text)
{
    g_autoptr(Judgement) judgement = rebalance_world_judge(world);
    const Check *check = rebalance_world_check(judgement, name);

    g_assert_nonnull(check);
    g_assert_cmpstr(check->text, ==, text);
    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *other = g_ptr_array_index(judgement->checks, i);

        if (other->ok != (text == NULL || other != check)) {
            g_test_message("%s: %s", other->name, other->text);
            g_test_fail();
        }
    }
    for (guint i = 0; i < judgement->reasons->len; i++) {
        g_test_message("%s", (char *)g_ptr_array_index(judgement->reasons, i));
    }
    g_assert_cmpint(judgement->pass, ==, text == NULL || check->warning);
}

static char *with(const char *text, const char *from, const char *to)
{
    GString *result = g_string_new(text);

    g_assert_cmpuint(g_string_replace(result, from, to, 1), ==, 1);
    return g_string_free(result, FALSE);
}

static void test_all_is_well(void)
{
    static const char *const names[] = {
        "I5/reachable/0000:01:00.0/traffic",  "I7/quiet/0000:01:00.0/ledger",
        "I7/quiet/0000:03:00.0/ledger",       "I9/interrupts/0000:01:00.0/driver",
        "I9/interrupts/0000:01:00.0/device",  "I10/contract/0000:01:00.0/driver",
        "I10/contract/0000:01:00.0/requests", "I10/contract/0000:01:00.0/ledger",
        "I10/contract/manager/step-2",        "I12/minimal/step-2",
        "I13/rolled-back/0000:02:00.0/state", "I13/rolled-back/0000:02:00.0/ledger",
        "P1/predicted/step-2",
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(RebalanceWorld) world = rebalance_world_new();

        assert_fails(world, names[i], NULL);
    }
}

/* Only who was asked and went on has to be as before. */
static void test_who_was_stopped_may_move(void)
{
    g_autoptr(RebalanceWorld) world = rebalance_world_new();
    g_autoptr(Judgement) judgement = rebalance_world_judge(world);

    g_assert_null(rebalance_world_check(judgement, "I13/rolled-back/0000:01:00.0/state"));
    g_assert_null(rebalance_world_check(judgement, "I13/rolled-back/0000:00:01.0/state"));
}

static void test_manager(void)
{
    static const struct {
        const char *from, *to, *name, *text;
    } rows[] = {
        { "\"smallest_stops\":1", "\"smallest_stops\":0", "I12/minimal/step-2",
          "1 working function was stopped; the smallest scope that makes room stops 0" },
        { "\"differences\":[]",
          "\"differences\":[{\"what\":\"0000:01:00.0 BAR 2\",\"predicted\":\"0x1-0x2\","
          "\"observed\":null},{\"what\":\"other\"}]", "P1/predicted/step-2",
          "0000:01:00.0 BAR 2: predicted 0x1-0x2, observed nothing (2 differences)" },
        { "\"breaches\":[]", "\"breaches\":[\"0000:01:00.0 was stopped before it was asked\"]",
          "I10/contract/manager/step-2", "0000:01:00.0 was stopped before it was asked" },
        { "\"breaches\":[]", "\"breaches\":[\"one\",\"two\",\"three\"]",
          "I10/contract/manager/step-2", "one (and 2 more)" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RebalanceWorld) world = rebalance_world_new();
        g_autofree char *account = with(rebalance_world_account, rows[i].from, rows[i].to);

        world->account = account;
        assert_fails(world, rows[i].name, rows[i].text);
    }
}

/* A figure that the arbiter could not give is no check. */
static void test_unknown_smallest_scope(void)
{
    g_autoptr(RebalanceWorld) world = rebalance_world_new();
    g_autofree char *account =
        with(rebalance_world_account, "\"smallest_stops\":1", "\"smallest_stops\":null");
    g_autoptr(Judgement) judgement = NULL;

    world->account = account;
    judgement = rebalance_world_judge(world);
    g_assert_null(rebalance_world_check(judgement, "I12/minimal/step-2"));
}

static void test_driver(void)
{
    static const struct {
        const char *drivers, *name, *text;
    } rows[] = {
        { DRIVERS("9", "0", "0", "31", "30", "\"D0Exit came twice\",\"other\""),
          "I10/contract/0000:01:00.0/driver", "kmdf: D0Exit came twice (2 breaches)" },
        { DRIVERS("9", "2", "0", "31", "30", ""), "I10/contract/0000:01:00.0/requests",
          "2 requests were taken and never came to an end" },
        { DRIVERS("9", "0", "3", "31", "30", ""), "I5/reachable/0000:01:00.0/traffic",
          "3 wrong answers through the driver's mapping" },
        { DRIVERS("0", "0", "0", "31", "30", ""), "I5/reachable/0000:01:00.0/traffic",
          "no request has come to its end since the driver was started; it is started" },
        { DRIVERS("9", "0", "0", "21", "20", ""), "I9/interrupts/0000:01:00.0/driver",
          "no interrupt has arrived since the function was started again" },
        { DRIVERS("9", "0", "0", "32", "30", ""), "I9/interrupts/0000:01:00.0/driver",
          "32 were raised and 30 have arrived" },
        { DRIVERS("9", "0", "0", "29", "30", ""), "I9/interrupts/0000:01:00.0/driver",
          "29 were raised and 30 have arrived" },
        { DRIVERS("9", "0", "0", "31", "31", ""), "I9/interrupts/0000:01:00.0/device",
          "11 interrupts have arrived, and the device has counted 10" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RebalanceWorld) world = rebalance_world_new();

        world->drivers = rows[i].drivers;
        assert_fails(world, rows[i].name, rows[i].text);
    }
}

/* A back end without interrupts raises none, and none is missed. */
static void test_no_interrupts(void)
{
    g_autoptr(RebalanceWorld) world = rebalance_world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->drivers = DRIVERS("9", "0", "0", "0", "0", "");
    judgement = rebalance_world_judge(world);
    g_assert_true(judgement->pass);
    g_assert_null(rebalance_world_check(judgement, "I9/interrupts/0000:01:00.0/driver"));
}

static void test_driver_is_gone(void)
{
    g_autoptr(RebalanceWorld) world = rebalance_world_new();

    world->drivers = NULL;
    assert_fails(world, "I10/contract/0000:01:00.0/driver", "its driver is not there any more");
}

/* The function was told something else than what the driver's trace says. */
static void test_ledger_tells_otherwise(void)
{
    static const struct {
        const char *events, *told;
    } rows[] = {
        { "driver-state=3 unmap=1 map=2 driver-state=1", "stopped, started" },
        { "driver-state=2 unmap=1 map=2 driver-state=1", "stop-pending, started" },
        { "driver-state=2 driver-state=3 unmap=1 map=2", "stop-pending, stopped" },
        { "unmap=1 map=2", "nothing" },
        { "driver-state=2 driver-state=3 driver-state=0 driver-state=1",
          "stop-pending, stopped, undeclared, started" },
        { "driver-state=2 driver-state=3 driver-state=1 driver-state=3 driver-state=1",
          "stop-pending, stopped, started, stopped, started" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("by its trace the driver has been stop-pending, "
                                                "stopped, started; the function was told %s",
                                                rows[i].told);
        g_autoptr(RebalanceWorld) world = rebalance_world_new();

        world->after[0].events = rows[i].events;
        assert_fails(world, "I10/contract/0000:01:00.0/ledger", text);
    }
}

#define EVENT(request, status)                                                                    \
    "{\"time_ns\":300,\"request\":\"" request "\",\"driver\":\"function\","                      \
    "\"status\":\"" status "\"}"

/* What a function may be told when not everything goes well, and what not. */
static void test_ledger_of_what_went_wrong(void)
{
    static const char all_well[] =
        "{\"time_ns\":110,\"request\":\"query-stop\",\"driver\":\"filter\",\"status\":\"ok\"},"
        "{\"time_ns\":120,\"request\":\"query-stop\",\"driver\":\"function\",\"status\":\"ok\"},"
        "{\"time_ns\":210,\"request\":\"stop\",\"driver\":\"function\",\"status\":\"ok\"},"
        "{\"time_ns\":310,\"request\":\"start\",\"driver\":\"function\",\"status\":\"ok\"}";
    static const struct {
        const char *trace, *events;
        gboolean ok;
    } rows[] = {
        { EVENT("query-stop", "ok") "," EVENT("cancel-stop", "ok"),
          "driver-state=2 driver-state=1", TRUE },
        { EVENT("query-stop", "ok") "," EVENT("cancel-stop", "ok"), "map=1", TRUE },
        { EVENT("query-stop", "ok") "," EVENT("cancel-stop", "ok"), "driver-state=2", FALSE },
        { EVENT("query-stop", "ok") "," EVENT("cancel-stop", "ok"),
          "driver-state=2 driver-state=3 driver-state=1", FALSE },
        { EVENT("query-stop", "ok") "," EVENT("stop", "ok"), "driver-state=3", FALSE },
        { EVENT("query-stop", "ok") "," EVENT("stop", "ok"), "driver-state=2 driver-state=3",
          TRUE },
        { EVENT("query-stop", "refused") "," EVENT("cancel-stop", "ok"), "map=1", TRUE },
        { EVENT("query-stop", "refused") "," EVENT("cancel-stop", "ok"),
          "driver-state=2 driver-state=1", TRUE },
        { EVENT("query-stop", "refused") "," EVENT("cancel-stop", "ok"), "driver-state=2", FALSE },
        { EVENT("query-stop", "ok") "," EVENT("stop", "ok") "," EVENT("start", "failed"),
          "driver-state=2 driver-state=3", TRUE },
        { EVENT("query-stop", "ok") "," EVENT("stop", "ok") "," EVENT("start", "failed"),
          "driver-state=2 driver-state=3 driver-state=1 driver-state=2 driver-state=3", TRUE },
        { EVENT("stop", "ok") "," EVENT("start", "failed") "," EVENT("surprise-removal", "ok"),
          "driver-state=3 driver-state=1 driver-state=3", TRUE },
        { EVENT("cancel-stop", "ok"), "driver-state=1", TRUE },
        { EVENT("cancel-stop", "ok"), "driver-state=2", FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *drivers = with(rebalance_world_then, all_well, rows[i].trace);
        g_autoptr(RebalanceWorld) world = rebalance_world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *check;

        world->then = drivers;
        world->after[0].events = rows[i].events;
        judgement = rebalance_world_judge(world);
        g_test_message("row %u", i);
        check = rebalance_world_check(judgement, "I10/contract/0000:01:00.0/ledger");
        g_assert_nonnull(check);
        g_assert_cmpint(check->ok, ==, rows[i].ok);
    }
}

/* Without a ledger the manager tells what the driver was asked for. */
static void test_manager_tells_otherwise(void)
{
#define REQUEST(request, status)                                                                  \
    "{\"time_ns\":100,\"path\":\"01.0/00.0\",\"request\":\"" request "\",\"status\":\"" status "\"}"
    static const struct {
        const char *requests, *asked; /* NULL: as the trace has it */
    } rows[] = {
        { REQUEST("query-stop", "ok") "," REQUEST("query-requirements", "ok") ","
          REQUEST("stop", "ok") "," REQUEST("start", "ok"), NULL },
        { REQUEST("query-stop", "ok") "," REQUEST("start", "ok"), "stop-pending, started" },
        { REQUEST("query-stop", "ok") "," REQUEST("stop", "ok") "," REQUEST("start", "failed"),
          "stop-pending, stopped" },
        { REQUEST("cancel-stop", "ok"), "started" },
        { REQUEST("query-stop", "refused"), "nothing" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("by its trace the driver has been stop-pending, "
                                                "stopped, started; by the manager's account it "
                                                "has been %s", rows[i].asked);
        g_autofree char *account = g_strdup_printf(
            "{\"result\":\"rebalanced\",\"functions\":[{\"path\":\"01.0/00.0\",\"tag\":0,"
            "\"before\":\"0000:01:00.0\",\"stopped\":true,\"state\":\"started\"},"
            "{\"path\":\"03.0/00.0\",\"tag\":3,\"stopped\":false,\"state\":\"started\"}],"
            "\"requests\":[%s],\"differences\":[],\"breaches\":[]}", rows[i].requests);
        g_autoptr(RebalanceWorld) world = rebalance_world_new();
        g_autoptr(Judgement) judgement = NULL;
        const Check *check;

        world->account = account;
        world->no_ledger = TRUE;
        judgement = rebalance_world_judge(world);
        check = rebalance_world_check(judgement, "I10/contract/0000:01:00.0/manager");
        g_assert_nonnull(check);
        g_assert_cmpstr(check->text, ==, rows[i].asked == NULL ? NULL : text);
        g_assert_null(rebalance_world_check(judgement, "I10/contract/0000:01:00.0/ledger"));
    }
#undef REQUEST
}

/* Only the driver knows what came of a request that took too long. */
static void test_manager_cannot_tell(void)
{
    static const char stop[] = "\"request\":\"stop\",\"status\":\"ok\"";
    g_autofree char *late = with(rebalance_world_account, stop,
                                 "\"request\":\"stop\",\"status\":\"timeout\"");
    g_autoptr(RebalanceWorld) world = rebalance_world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->account = late;
    world->no_ledger = TRUE;
    judgement = rebalance_world_judge(world);
    g_assert_null(rebalance_world_check(judgement, "I10/contract/0000:01:00.0/manager"));
}

/* Whoever does it, the device model has seen it. */
static void test_violation_in_the_ledger(void)
{
    g_autoptr(RebalanceWorld) world = rebalance_world_new();

    world->after[0].events = "driver-state=2 driver-state=3 violation=8 violation=16 map=2 "
                             "driver-state=1";
    assert_fails(world, "I7/quiet/0000:01:00.0/ledger",
                 "2 violations, the first of kind 1, record 8");
}

static void test_refused_rolls_back(void)
{
    static const char *const names[] = {
        "I13/rolled-back/0000:01:00.0/state",  "I13/rolled-back/0000:02:00.0/state",
        "I13/rolled-back/0000:01:00.0/ledger", "I13/rolled-back/0000:00:01.0/state",
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(RebalanceWorld) world = rebalance_world_refused();

        world->before[2] = world->after[2];
        assert_fails(world, names[i], NULL);
    }
}

static char *i13_text(RebalanceWorld *world, const char *name)
{
    g_autoptr(Judgement) judgement = rebalance_world_judge(world);
    const Check *check = rebalance_world_check(judgement, name);

    g_assert_nonnull(check);
    g_assert_false(check->ok);
    g_assert_false(judgement->pass);
    return g_strdup(check->text);
}

static void test_refused_and_not_put_back(void)
{
    g_autoptr(RebalanceWorld) moved = rebalance_world_refused();
    g_autoptr(RebalanceWorld) gone = rebalance_world_refused();
    g_autoptr(RebalanceWorld) window = rebalance_world_refused();
    g_autoptr(RebalanceWorld) there_and_back = rebalance_world_refused();
    g_autofree char *text = NULL;

    moved->after[0] = made_up_at(1, "0000:01:00.0", 4 * GIB, 2 * GIB, 5);
    text = i13_text(moved, "I13/rolled-back/0000:01:00.0/state");
    g_assert_cmpstr(text, ==, "bars[0].config.base: expected \"0x180000000\", observed "
                              "\"0x100000000\"");
    g_clear_pointer(&text, g_free);
    gone->after[0] = gone->after[1];
    gone->after[1].tag = 0;
    text = i13_text(gone, "I13/rolled-back/0000:01:00.0/state");
    g_assert_cmpstr(text, ==, "it is not there any more");
    g_clear_pointer(&text, g_free);
    window->after[0] = made_up_at(1, "0000:01:00.0", 4 * GIB, 2 * GIB, 5);
    window->after[0].bridge = "0000:00:01.0";
    text = i13_text(window, "I13/rolled-back/0000:00:01.0/state");
    g_assert_cmpstr(text, ==, "windows[0].config.start: expected \"0x180000000\", observed "
                              "\"0x100000000\"");
    g_clear_pointer(&text, g_free);
    there_and_back->after[0].events = "unmap=0x180000000 map=0x180000000";
    text = i13_text(there_and_back, "I13/rolled-back/0000:01:00.0/ledger");
    g_assert_cmpstr(text, ==, "record 6: unmap 0x180000000");
}

/* Who could not be started again is lost, whatever resources it has, and owes nobody traffic. */
static void test_failed_restart_harms(void)
{
    g_autofree char *account =
        with(rebalance_world_account, "\"stopped\":true,\"state\":\"started\"",
             "\"stopped\":true,\"state\":\"surprise-removed\"");
    g_autoptr(RebalanceWorld) world = rebalance_world_new();
    g_autoptr(Judgement) judgement = NULL;

    world->account = account;
    world->scenario->outcome = OUTCOME_HARMED;
    judgement = rebalance_world_judge(world);
    g_assert_cmpuint(judgement->outcome, ==, OUTCOME_HARMED);
    g_assert_cmpuint(judgement->fates[0], ==, FATE_LOST);
    g_assert_true(judgement->pass);
    g_assert_null(rebalance_world_check(judgement, "I5/reachable/0000:01:00.0/traffic"));
    g_assert_nonnull(rebalance_world_check(judgement, "I10/contract/0000:01:00.0/driver"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rebalance-checks/all-is-well", test_all_is_well);
    g_test_add_func("/rebalance-checks/who-was-stopped-may-move", test_who_was_stopped_may_move);
    g_test_add_func("/rebalance-checks/manager", test_manager);
    g_test_add_func("/rebalance-checks/unknown-smallest-scope", test_unknown_smallest_scope);
    g_test_add_func("/rebalance-checks/driver", test_driver);
    g_test_add_func("/rebalance-checks/no-interrupts", test_no_interrupts);
    g_test_add_func("/rebalance-checks/driver-is-gone", test_driver_is_gone);
    g_test_add_func("/rebalance-checks/ledger-tells-otherwise", test_ledger_tells_otherwise);
    g_test_add_func("/rebalance-checks/ledger-of-what-went-wrong",
                    test_ledger_of_what_went_wrong);
    g_test_add_func("/rebalance-checks/manager-tells-otherwise", test_manager_tells_otherwise);
    g_test_add_func("/rebalance-checks/manager-cannot-tell", test_manager_cannot_tell);
    g_test_add_func("/rebalance-checks/violation-in-the-ledger", test_violation_in_the_ledger);
    g_test_add_func("/rebalance-checks/refused-rolls-back", test_refused_rolls_back);
    g_test_add_func("/rebalance-checks/refused-and-not-put-back", test_refused_and_not_put_back);
    g_test_add_func("/rebalance-checks/failed-restart-harms", test_failed_restart_harms);
    return g_test_run();
}
