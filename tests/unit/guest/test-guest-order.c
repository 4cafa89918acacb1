/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge of the order over devices: logs in which one thing is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake-stack.h"

static const struct {
    const char *log;
    const char *complaint; /* the first one; NULL: none */
} rows[] = {
    { "", NULL },
    { "qD rD fD SD sD", NULL },
    { "qE qD qB rE rD rB fB fD fE SE SD SB sB sD sE sN", NULL },
    { "qD! cD", NULL },
    { "cD", NULL }, /* one without a query is harmless */
    { "qE qD qB! cB cD cE", NULL },
    { "qD rD fD SD sD! xD mD", NULL },
    { "sN! mN", NULL },
    { "qD rD fD SD xD", NULL }, /* the function is gone */

    { "qB qE qD cB cD cE", "query-stop at path B: somebody below it has not agreed" },
    { "qD qB cB cD", "query-stop at path B: somebody below it has not agreed" },
    { "qD qD cD", "query-stop at path D: it has agreed already" },
    { "qD rD fD SD qE cE sD", "query-stop at path E: others have been stopped already" },
    { "qE qD qB cD cB cE", "cancel-stop at path D: somebody above it is still stop-pending" },
    { "qD rD fD SD cD sD", "cancel-stop at path D: it is stopped" },
    { "SD sD", "stop at path D: it has not agreed" },
    { "qD! cD rD fD SD sD", "stop at path D: it has not agreed" },
    { "qD cD rD fD SD sD", "stop at path D: it has not agreed" },
    { "qD SD sD", "stop at path D: its requirements were not asked for" },
    { "rD fD qD SD sD", "stop at path D: its requirements were not asked for" },
    { "qD fD SD sD", "filter-requirements at path D: nobody asked for its requirements before" },
    { "qE qD qB rE rD rB fE fD fB SB SE SD sB sE sD",
      "stop at path B: somebody below it is not stopped" },
    { "qD rD fD SD", "at the end of path D: it is left stopped" },
    { "qD", "at the end of path D: it is left stop-pending" },
    { "qD!", "at the end of path D: it refused and got no cancel-stop" },
    { "qD rD fD SD!", "at the end of path D: it failed and got no surprise-removal" },
    { "qD rD fD SD sD!", "at the end of path D: it failed and got no surprise-removal" },
    { "qE qD rE rD fE fD SE SD sD! sE xD",
      "start at path D: its start failed, and the surprise removal did not follow at once" },
    { "qE qD rE rD fE fD SE SD sD! xE xD",
      "surprise-removal at path D: its start failed, and the surprise removal did not follow at "
      "once" },
    { "sD", "start at path D: it is not stopped" },
    { "qD sD", "start at path D: it is not stopped" },
    { "qD rD fD SD sD! xD sD", "start at path D: it is not stopped" },
    { "qE qD qB rE rD rB fE fD fB SE SD SB sD sB sE",
      "start at path D: somebody above it is stopped" },
    { "qE qD qB rE rD rB fE fD fB SE SD SB sB! xB xD xE",
      "surprise-removal at path B: somebody below it is still stopped" },
    { "qD rD fD SD sD! xD xD", "surprise-removal at path D: it has got that already" },
    { "mD", "remove at path D: it was not surprise-removed" },
    { "sN! mN sN", "start at path N: it is not stopped" },
    { "rD fD qD fD SD sD",
      "filter-requirements at path D: nobody asked for its requirements before" },
    { "sN mN", "remove at path N: it was not surprise-removed" },
    { "qE qD qB rE rD rB fE fD fB SE SD SB sB! xE xD xB mB mE mD",
      "remove at path B: somebody below it is not removed" },
};

static void test_rows(void **state)
{
    FakeStack stack;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Breaches breaches = { .count = 0 };
        RequestLog log;

        fake_stack_init(&stack);
        fake_stack_log(rows[i].log, &log);
        assert_int_equal(order_check(stack.participants, FAKE_STACK_COUNT, &log, &breaches), 0);
        free(log.records);
        print_message("# %s: %s\n", rows[i].log,
                      breaches.count > 0 ? breaches.sentences[0] : "fine");
        assert_int_equal(breaches.count > 0, rows[i].complaint != NULL);
        assert_non_null(strstr(breaches.sentences[0], rows[i].complaint ? rows[i].complaint : ""));
    }
}

static void test_without_resources(void **state)
{
    Breaches breaches = { .count = 0 };
    FakeStack stack;
    RequestLog log;

    (void)state;
    fake_stack_init(&stack);
    stack.participants[fake_stack_index('D')].has_resources = false;
    fake_stack_log("qD rD fD SD sD", &log);
    assert_int_equal(order_check(stack.participants, FAKE_STACK_COUNT, &log, &breaches), 0);
    free(log.records);
    assert_int_equal(breaches.count, 1);
    assert_non_null(strstr(breaches.sentences[0], "it has no resources to give up"));
}

/* START without a stop is for those who work, and whose requirements have changed */
static void test_start_to_start(void **state)
{
    static const struct {
        const char *log;
        size_t complaints;
    } changed[] = { { "sC", 0 }, { "sC! xC mC", 0 }, { "qC sC cC", 1 }, { "sC! xC sC", 1 } };
    FakeStack stack;

    (void)state;
    fake_stack_init(&stack);
    stack.participants[fake_stack_index('C')].requirements_changed = true;
    stack.participants[fake_stack_index('F')].parent = -1;
    for (size_t i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        Breaches breaches = { .count = 0 };
        RequestLog log;

        fake_stack_log(changed[i].log, &log);
        assert_int_equal(order_check(stack.participants, FAKE_STACK_COUNT, &log, &breaches), 0);
        free(log.records);
        assert_int_equal(breaches.count, changed[i].complaints);
    }
}

/* Checks a log without one of its records */
static size_t complaints_without(const Manager *manager, size_t left_out)
{
    static Breaches breaches;
    RequestLog log = { .count = manager->log.count - 1 };

    breaches.count = 0;
    log.records = calloc(manager->log.count, sizeof(*log.records));
    assert_non_null(log.records);
    for (size_t i = 0, to = 0; i < manager->log.count; i++) {
        if (i != left_out) {
            log.records[to++] = manager->log.records[i];
        }
    }
    assert_int_equal(order_check(manager->participants, manager->count, &log, &breaches), 0);
    free(log.records);
    return breaches.count;
}

/* Every request of a run was needed, apart from the newcomer's */
static void test_nothing_may_be_missing(void **state)
{
    FakeStack stack;

    (void)state;
    fake_stack_init(&stack);
    assert_int_equal(manager_run(&stack.manager), 0);
    assert_int_equal(stack.manager.log.count, 5 * 6 + 1);
    for (size_t i = 0; i < stack.manager.log.count; i++) {
        bool newcomer = stack.manager.log.records[i].participant == FAKE_STACK_NEWCOMER;

        print_message("# without request %zu\n", i);
        assert_int_equal(complaints_without(&stack.manager, i) == 0, newcomer);
    }
    manager_deinit(&stack.manager);
}

/* Two neighbours change places: wrong where one is above the other or they are different things */
static void test_order_of_kin(void **state)
{
    static Breaches breaches;
    FakeStack stack;
    size_t swaps = 0;

    (void)state;
    fake_stack_init(&stack);
    for (size_t i = 2; i < FAKE_STACK_NEWCOMER; i++) {
        stack.participants[i].parent = (int)i - 1; /* a chain, so that all are kin */
    }
    assert_int_equal(manager_run(&stack.manager), 0);
    for (size_t i = 0; i + 1 < stack.manager.log.count; i++) {
        RequestRecord *records = stack.manager.log.records;
        RequestRecord first = records[i];
        bool asking = records[i].request == PNP_QUERY_REQUIREMENTS ||
                      records[i].request == PNP_FILTER_REQUIREMENTS ||
                      records[i + 1].request == PNP_QUERY_REQUIREMENTS;

        if (asking || records[i + 1].participant == FAKE_STACK_NEWCOMER) {
            continue;
        }
        records[i] = records[i + 1];
        records[i + 1] = first;
        breaches.count = 0;
        assert_int_equal(order_check(stack.participants, stack.manager.count, &stack.manager.log,
                                     &breaches), 0);
        print_message("# swapped %zu: %zu complaints\n", i, breaches.count);
        assert_int_not_equal(breaches.count, 0);
        records[i + 1] = records[i];
        records[i] = first;
        swaps++;
    }
    assert_int_equal(swaps, 3 * 5 + 1);
    manager_deinit(&stack.manager);
}

static void test_many_breaches(void **state)
{
    static Breaches breaches;

    (void)state;
    for (int i = 0; i < BREACHES_MAX + 3; i++) {
        breaches_add(&breaches, "number %d", i);
    }
    assert_int_equal(breaches.count, BREACHES_MAX + 3);
    assert_int_equal(breaches_listed(&breaches), BREACHES_MAX);
    assert_string_equal(breaches.sentences[BREACHES_MAX - 1], "number 31");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "/order/logs/one-thing-is-wrong", test_rows, NULL, NULL, NULL },
        { "/order/logs/stop-without-resources", test_without_resources, NULL, NULL, NULL },
        { "/order/logs/start-without-a-stop", test_start_to_start, NULL, NULL, NULL },
        { "/order/mutations/nothing-may-be-missing", test_nothing_may_be_missing, NULL, NULL,
          NULL },
        { "/order/mutations/kin-may-not-change-places", test_order_of_kin, NULL, NULL, NULL },
        { "/order/breaches/beyond-the-list-are-counted", test_many_breaches, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
