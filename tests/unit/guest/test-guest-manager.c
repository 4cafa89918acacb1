/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is asked what, in which order, and what becomes of everybody when somebody says no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "stack-check.h"

#define TEST_CASE(name, function) { name, function, stack_setup, stack_teardown, NULL }

static void test_order(void **state)
{
    FakeStack *stack = *state;

    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, STACK_ALL_STOP " * " STACK_STARTS);
    stack_assert_logged(stack);
    assert_string_equal(stack->manager.reason, "");
    assert_int_equal(stack->manager.attempts, 1);
    assert_true(stack_participant(stack, 'D')->stopped);
}

static void test_nobody(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, " * sN");
}

static void test_scope_is_closed(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_participant(stack, 'B')->in_scope = true;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qE qD qB rE rD rB fB fD fE SE SD SB * sB sD sE sN");
}

/* It is below a port in the scope, and has never been started: it is asked nothing */
static void test_newcomer_in_scope(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_participant(stack, 'F')->in_scope = true;
    stack_participant(stack, 'N')->parent = (int)fake_stack_index('F');
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qF rF fF SF * sF sN");
}

static void test_requirements_fail(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'B')->answers[PNP_FILTER_REQUIREMENTS] = -EIO;
    stack_run_clean(stack, MANAGER_REFUSED);
    assert_string_equal(stack->text,
                        STACK_QUERIES " rF rE rD rC rB rA fA fB! cA cB cC cD cE cF");
    assert_string_equal(stack->manager.reason, "0000:0B:00.0: filter-requirements: B says no");
}

static void test_without_resources(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'B')->has_resources = false;
    stack_participant(stack, 'F')->has_resources = false;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, STACK_QUERIES " rE rD rC rA fA fC fD fE cF SE SD SC cB SA * "
                                             "sA sC sD sE sN");
    assert_false(stack_participant(stack, 'F')->stopped);
}

/* Requirements that changed where the addresses did not: START without a stop */
static void test_start_to_start(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_participant(stack, 'D')->in_scope = true;
    stack_participant(stack, 'C')->requirements_changed = true;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qD rD fD SD * sC sD sN");
}

static void test_start_to_start_fails(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_participant(stack, 'C')->requirements_changed = true;
    stack_member(stack, 'C')->answers[PNP_START] = -EIO;
    stack_run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, " * sC! xC sN mC");
}

/* Whenever somebody asks to give up, nobody is left stopped or stop-pending */
static void test_interrupted(void **state)
{
    static const struct {
        int requests; /* before it is asked */
        ManagerResult result;
        const char *text;
    } rows[] = {
        { 0, MANAGER_REFUSED, "" },
        { 2, MANAGER_REFUSED, "qF qE cE cF" },
        { 6, MANAGER_REFUSED, STACK_QUERIES " cA cB cC cD cE cF" },
        { 18, MANAGER_REFUSED, STACK_QUERIES " " STACK_REQUIREMENTS " cA cB cC cD cE cF" },
        { 20, MANAGER_FAILED, STACK_QUERIES " " STACK_REQUIREMENTS " SF SE cA cB cC cD sE sF" },
        { 24, MANAGER_FAILED, STACK_ALL_STOP " sA sB sC sD sE sF" },
        { 25, MANAGER_REBALANCED, STACK_ALL_STOP " * " STACK_STARTS },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        FakeStack *stack = *state;

        manager_deinit(&stack->manager);
        fake_stack_init(stack);
        stack->interrupts = rows[i].requests;
        stack_run_clean(stack, rows[i].result);
        assert_string_equal(stack->text, rows[i].text);
        stack_assert_state(stack, 'A', PNP_STARTED);
        assert_string_equal(stack->manager.reason,
                            rows[i].result == MANAGER_REFUSED  ? "somebody gives up"
                            : rows[i].result == MANAGER_FAILED ? "somebody gives up; rolled back, "
                                                                 "everybody works again"
                                                               : "");
    }
}

/* Who refused gets its CANCEL_STOP all the same */
static void test_interrupted_by_the_refusal(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'E')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack->interrupts = 2;
    stack_run_clean(stack, MANAGER_REFUSED);
    assert_string_equal(stack->text, "qF qE! cE cF");
}

/* Who does not close its handles is not awaited any longer */
static void test_interrupted_with_handles(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_START] = -EIO;
    stack_member(stack, 'D')->handles = 1;
    stack->interrupts = 30;
    stack_run_clean(stack, MANAGER_FAILED);
    assert_int_equal(stack->now_ns, 5);
    stack_assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
}

static void test_roll_back(void **state)
{
    FakeStack *stack = *state;

    stack->reassign_result = -ENOSPC;
    stack_run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, STACK_ALL_STOP " * sA sB sC sD sE sF");
    stack_assert_state(stack, 'N', PNP_ADDED);
    assert_string_equal(stack->manager.reason,
                        "the kernel has no room; rolled back, everybody works again");
}

static void test_roll_back_fails(void **state)
{
    FakeStack *stack = *state;

    stack->reassign_result = -ENOSPC;
    stack_member(stack, 'E')->answers[PNP_START] = -ENXIO;
    stack_run_clean(stack, MANAGER_FAILED);
    stack_assert_state(stack, 'E', PNP_REMOVED);
    assert_string_equal(stack->manager.reason,
                        "the kernel has no room; path E is lost: E says no");
}

/* STOP may not fail; what has let go before goes on with what it has */
static void test_stop_fails(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_STOP] = -EIO;
    stack_run(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, STACK_QUERIES " " STACK_REQUIREMENTS
                                             " SF SE SD! xD cA cB cC sE sF mD");
    stack_assert_breach(stack, 1, "0000:0D:00.0: stop must not end as failed: D says no");
    stack_assert_state(stack, 'N', PNP_ADDED);
}

static void test_stop_refused(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_STOP] = -EBUSY;
    stack_run(stack, MANAGER_FAILED);
    stack_assert_breach(stack, 1, "stop must not end as refused");
}

static void test_late(void **state)
{
    static const struct {
        PnpRequest request;
        int answer;
        uint64_t takes_ns;
        ManagerResult result;
        PnpState after; /* D's */
    } rows[] = {
        { PNP_QUERY_STOP, 0, FAKE_STACK_DEADLINE_NS + 1, MANAGER_REFUSED, PNP_STARTED },
        { PNP_QUERY_STOP, -ETIMEDOUT, 0, MANAGER_REFUSED, PNP_STARTED },
        { PNP_FILTER_REQUIREMENTS, -ETIMEDOUT, 0, MANAGER_REFUSED, PNP_STARTED },
        { PNP_STOP, 0, FAKE_STACK_DEADLINE_NS + 1, MANAGER_FAILED, PNP_REMOVED },
        { PNP_STOP, -ETIMEDOUT, 0, MANAGER_FAILED, PNP_REMOVED },
        { PNP_START, 0, FAKE_STACK_DEADLINE_NS + 1, MANAGER_FAILED, PNP_REMOVED },
        { PNP_START, -ETIMEDOUT, 0, MANAGER_FAILED, PNP_REMOVED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        FakeStack stack;

        fake_stack_init(&stack);
        stack.manager.policy = MANAGER_ALL_OR_NOTHING;
        stack_member(&stack, 'D')->answers[rows[i].request] = rows[i].answer;
        stack_member(&stack, 'D')->takes_ns[rows[i].request] = rows[i].takes_ns;
        stack_run(&stack, rows[i].result);
        stack_assert_breach(&stack, 1, "passed its deadline of 1000 ms");
        stack_assert_state(&stack, 'D', rows[i].after);
        manager_deinit(&stack.manager);
    }
}

static void test_just_in_time(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->takes_ns[PNP_STOP] = FAKE_STACK_DEADLINE_NS;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_int_equal(stack->manager.times.stop_ns, FAKE_STACK_DEADLINE_NS);
    assert_int_equal(stack->manager.times.total_ns, FAKE_STACK_DEADLINE_NS);
}

static void test_mapped(void **state)
{
    FakeStack *stack = *state;

    stack->mapped = (int)fake_stack_index('E');
    stack_run(stack, MANAGER_REBALANCED);
    stack_assert_breach(stack, 1, "0000:0E:00.0 is mapped");
    assert_true(stack_participant(stack, 'E')->mapped_after_stop);
    assert_false(stack_participant(stack, 'D')->mapped_after_stop);
}

/* The manager's own bug: it was given somebody whom it must not ask */
static void test_not_sent(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'D')->state = PNP_REMOVED;
    stack_run(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "qD"));
    stack_assert_breach(stack, 1,
                        "manager: 0000:0D:00.0: query-stop must not be sent to one that is "
                        "removed");
}

static void test_policies(void **state)
{
    (void)state;
    assert_int_equal(manager_policy_parse("best-effort"), MANAGER_BEST_EFFORT);
    assert_int_equal(manager_policy_parse("all-or-nothing"), MANAGER_ALL_OR_NOTHING);
    assert_int_equal(manager_policy_parse("all"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/manager/order/whole-tree", test_order),
        TEST_CASE("/manager/order/nobody-has-to-stop", test_nobody),
        TEST_CASE("/manager/order/scope-includes-all-below", test_scope_is_closed),
        TEST_CASE("/manager/order/newcomer-is-only-started", test_newcomer_in_scope),
        TEST_CASE("/manager/order/cancel-stop-instead-of-stop-without-resources",
                  test_without_resources),
        TEST_CASE("/manager/requirements/failure-cancels-everybody", test_requirements_fail),
        TEST_CASE("/manager/start-to-start/without-a-stop", test_start_to_start),
        TEST_CASE("/manager/start-to-start/failure-is-a-loss", test_start_to_start_fails),
        TEST_CASE("/manager/interrupted/leaves-nobody-stopped", test_interrupted),
        TEST_CASE("/manager/interrupted/by-a-refusal", test_interrupted_by_the_refusal),
        TEST_CASE("/manager/interrupted/does-not-wait-for-handles", test_interrupted_with_handles),
        TEST_CASE("/manager/roll-back/starts-with-what-they-have", test_roll_back),
        TEST_CASE("/manager/roll-back/says-who-is-lost", test_roll_back_fails),
        TEST_CASE("/manager/stop/failure-is-a-breach-and-rolls-back", test_stop_fails),
        TEST_CASE("/manager/stop/may-not-be-refused", test_stop_refused),
        TEST_CASE("/manager/deadline/late-is-a-breach", test_late),
        TEST_CASE("/manager/deadline/just-in-time-is-none", test_just_in_time),
        TEST_CASE("/manager/probe/mapping-is-a-breach", test_mapped),
        TEST_CASE("/manager/states/illegal-request-is-not-sent", test_not_sent),
        TEST_CASE("/manager/policy/names", test_policies),
    };

    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
