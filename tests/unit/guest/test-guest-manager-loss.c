/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who does not start again, is gone, or is to be removed while it is in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "stack-check.h"

#define TEST_CASE(name, function) { name, function, stack_setup, stack_teardown, NULL }

/* Whoever fails takes those below along, and everybody else is started */
static void start_fails(char letter)
{
    FakeStack stack;
    int failing = (int)fake_stack_index(letter);
    char wanted[8];

    fake_stack_init(&stack);
    stack_member(&stack, letter)->answers[PNP_START] = -EIO;
    stack_run_clean(&stack, MANAGER_FAILED);
    for (int i = 0; i < FAKE_STACK_NEWCOMER; i++) {
        bool lost = participant_is_below(stack.participants, i, failing);

        assert_int_equal(stack.participants[i].state, lost ? PNP_REMOVED : PNP_STARTED);
    }
    stack_assert_state(&stack, 'N', PNP_STARTED);
    snprintf(wanted, sizeof(wanted), "s%c! x", letter);
    assert_non_null(strstr(stack.text, wanted));
    assert_non_null(strstr(stack.manager.reason, "is lost"));
    stack_assert_logged(&stack);
    manager_deinit(&stack.manager);
}

static void test_start_fails(void **state)
{
    FakeStack *stack = *state;

    for (const char *letter = "ABCDEF"; *letter != '\0'; letter++) {
        start_fails(*letter);
    }
    stack_member(stack, 'B')->answers[PNP_START] = -EIO;
    stack_run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, STACK_QUERIES " " STACK_REQUIREMENTS " " STACK_STOPS
                                             " * sA sB! xE xD xB sC sF sN mE mD mB");
}

static void test_newcomer_fails(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'N')->answers[PNP_START] = -EIO;
    stack_run_clean(stack, MANAGER_FAILED);
    assert_non_null(strstr(stack->text, "sF sN! mN"));
    stack_assert_state(stack, 'N', PNP_REMOVED);
    stack_assert_state(stack, 'A', PNP_STARTED);
    assert_string_equal(stack->manager.reason,
                        "0000:0N:00.0, the newcomer, does not start: N says no");
}

static void test_gone(void **state)
{
    FakeStack *stack = *state;

    stack->vanishes = (int)fake_stack_index('F');
    stack_run_clean(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "sF"));
    assert_non_null(strstr(stack->text, "sE xF sN mF"));
    assert_string_equal(stack->manager.reason, "path F is lost: it is gone after the rescan");
}

/* Who was not to be stopped at all, with somebody below */
static void test_bystander_gone(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'A')->in_scope = false;
    stack_participant(stack, 'B')->in_scope = true;
    stack->vanishes = (int)fake_stack_index('C');
    stack_run_clean(stack, MANAGER_FAILED);
    assert_non_null(strstr(stack->text, "* xC sB sD sE sN mC"));
    assert_string_equal(stack->manager.reason, "path C is lost: it is gone after the rescan");
    stack_assert_state(stack, 'C', PNP_REMOVED);
}

/* Without resources it was not stopped, and is gone all the same */
static void test_gone_without_resources(void **state)
{
    FakeStack *stack = *state;

    stack_participant(stack, 'F')->has_resources = false;
    stack->vanishes = (int)fake_stack_index('F');
    stack_run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->manager.reason, "path F is lost: it is gone after the rescan");
}

static void test_newcomer_gone(void **state)
{
    FakeStack *stack = *state;

    stack->vanishes = (int)fake_stack_index('N');
    stack_run_clean(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "N"));
    assert_string_equal(stack->manager.reason, "path N, the newcomer, is gone after the rescan");
}

static void test_handle_never_closed(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'B')->answers[PNP_START] = -EIO;
    stack_member(stack, 'D')->handles = 2;
    stack_run_clean(stack, MANAGER_FAILED);
    stack_assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
    stack_assert_state(stack, 'E', PNP_REMOVED);
    stack_assert_state(stack, 'B', PNP_SURPRISE_REMOVED); /* D is still below it */
    assert_non_null(strstr(stack->manager.reason, "path D stays surprise-removed: 2 handles"));
}

static void test_handle_closed_late(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_START] = -EIO;
    stack_member(stack, 'D')->handles = 1;
    stack_member(stack, 'D')->closes_ns = 3 * FAKE_STACK_DEADLINE_NS;
    stack_run_clean(stack, MANAGER_FAILED);
    stack_assert_state(stack, 'D', PNP_REMOVED);
    assert_true(stack->now_ns >= 3 * FAKE_STACK_DEADLINE_NS);
    assert_null(strstr(stack->manager.reason, "surprise-removed"));
}

static void test_handles_unknown(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_START] = -EIO;
    stack_member(stack, 'D')->handles = -EIO;
    stack_run_clean(stack, MANAGER_FAILED);
    stack_assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
    assert_non_null(strstr(stack->manager.reason, "nobody knows whether handles are open"));
}

static void test_remove_fails(void **state)
{
    FakeStack *stack = *state;

    stack_member(stack, 'D')->answers[PNP_START] = -EIO;
    stack_member(stack, 'D')->answers[PNP_REMOVE] = -EIO;
    stack_member(stack, 'E')->answers[PNP_START] = -EIO;
    stack_member(stack, 'E')->handles = 1; /* so that the manager waits and looks again */
    stack_run(stack, MANAGER_FAILED);
    stack_assert_breach(stack, 1, "remove must not end as failed: D says no");
    stack_assert_state(stack, 'D', PNP_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/manager/start/failure-is-a-surprise-removal", test_start_fails),
        TEST_CASE("/manager/start/newcomer-that-fails-is-only-removed", test_newcomer_fails),
        TEST_CASE("/manager/start/gone-after-the-rescan", test_gone),
        TEST_CASE("/manager/gone/who-was-not-stopped", test_bystander_gone),
        TEST_CASE("/manager/gone/without-resources", test_gone_without_resources),
        TEST_CASE("/manager/gone/newcomer", test_newcomer_gone),
        TEST_CASE("/manager/remove/waits-for-a-handle-in-vain", test_handle_never_closed),
        TEST_CASE("/manager/remove/waits-for-a-handle", test_handle_closed_late),
        TEST_CASE("/manager/remove/waits-when-nobody-knows", test_handles_unknown),
        TEST_CASE("/manager/remove/failure-is-a-breach", test_remove_fails),
    };

    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
