/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of everybody when somebody refuses to stop: another scope, or none. */
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

/* The answers to QUERY_STOP until @letter refuses */
static void expect_queries(char letter, char *text)
{
    size_t length = (size_t)(strchr(STACK_QUERIES, letter) - STACK_QUERIES) + 1;

    snprintf(text, FAKE_STACK_TEXT, "%.*s!", (int)length, STACK_QUERIES);
}

static void refuse_all_or_nothing(char letter)
{
    static const char bottom_up[] = "ABCDEF";
    FakeStack stack;
    char expected[FAKE_STACK_TEXT];

    fake_stack_init(&stack);
    stack.manager.policy = MANAGER_ALL_OR_NOTHING;
    stack_member(&stack, letter)->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(&stack, MANAGER_REFUSED);

    /* The refuser's stack is the first to be told, then all that agreed */
    expect_queries(letter, expected);
    snprintf(expected + strlen(expected), 8, " c%c", letter);
    for (const char *at = strchr(bottom_up, letter) + 1; *at != '\0'; at++) {
        snprintf(expected + strlen(expected), 8, " c%c", *at);
    }
    assert_string_equal(stack.text, expected);
    for (int i = 0; i < FAKE_STACK_NEWCOMER; i++) {
        assert_int_equal(stack.participants[i].state, PNP_STARTED);
        assert_int_equal(stack.participants[i].refused, i == (int)fake_stack_index(letter));
    }
    stack_assert_state(&stack, 'N', PNP_ADDED);
    assert_non_null(strstr(stack.manager.reason, "does not stop"));
    stack_assert_logged(&stack);
    manager_deinit(&stack.manager);
}

static void test_refuse_all_or_nothing(void **state)
{
    (void)state;
    for (const char *letter = "ABCDEF"; *letter != '\0'; letter++) {
        refuse_all_or_nothing(*letter);
    }
}

/* Without another plan the refuser and those above it drop out, and the others go on */
static void refuse_best_effort(char letter)
{
    FakeStack stack;
    int refuser = (int)fake_stack_index(letter);

    fake_stack_init(&stack);
    stack_member(&stack, letter)->answers[PNP_QUERY_STOP] = -EBUSY;
    /* Where nobody else is left */
    if (letter == 'A') {
        for (int i = 1; i < FAKE_STACK_NEWCOMER; i++) {
            stack.participants[i].parent = -1;
        }
        stack_run_clean(&stack, MANAGER_REFUSED);
        assert_string_equal(stack.text, "qA! cA");
        assert_non_null(strstr(stack.manager.reason, "nobody else is left"));
    } else {
        stack_run_clean(&stack, MANAGER_REBALANCED);
    }
    for (int i = 0; i < FAKE_STACK_NEWCOMER; i++) {
        bool stays = letter == 'A' || participant_is_below(stack.participants, refuser, i);

        assert_int_equal(stack.participants[i].stopped, !stays);
        assert_int_equal(stack.participants[i].state, PNP_STARTED);
    }
    manager_deinit(&stack.manager);
}

static void test_refuse_best_effort(void **state)
{
    FakeStack *stack = *state;

    for (const char *letter = "ABCDEF"; *letter != '\0'; letter++) {
        refuse_best_effort(*letter);
    }
    /* Who has agreed already is not asked again */
    stack_member(stack, 'D')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qF qE qD! cD qC rF rE rC fC fE fF SF SE SC * sC sE sF sN");
    assert_int_equal(stack->manager.attempts, 2);
    assert_string_equal(stack->manager.reason, "");
}

/* First all below A, then all below B, then F alone */
static int choose_narrower(void *context, char *why)
{
    FakeStack *stack = context;
    static const char scopes[][FAKE_STACK_COUNT] = { "A", "B", "F" };

    (void)why;
    for (int i = 0; i < FAKE_STACK_COUNT; i++) {
        stack->participants[i].in_scope = false;
    }
    stack_participant(stack, scopes[stack->manager.attempts - 1][0])->in_scope = true;
    return 0;
}

static void test_choose(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_narrower;
    stack_member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_member(stack, 'B')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(stack, MANAGER_REBALANCED);
    /* F has no part in the second scope, so it is let go, and is asked again for the third */
    assert_string_equal(stack->text, "qF qE qD qC! cC cF qB! cB cD cE qF rF fF SF * sF sN");
    assert_int_equal(stack->manager.attempts, 3);
}

static int choose_nothing(void *context, char *why)
{
    FakeStack *stack = context;

    if (stack->manager.attempts == 1) {
        return 0;
    }
    snprintf(why, PARTICIPANT_WHY_SIZE, "it does not fit without C");
    return -ENOSPC;
}

static void test_choose_nothing(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_nothing;
    stack_member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(stack, MANAGER_REFUSED);
    assert_string_equal(stack->text, "qF qE qD qC! cC cD cE cF");
    assert_string_equal(stack->manager.reason,
                        "0000:0C:00.0 does not stop: C says no; it does not fit without C");
}

static int choose_again(void *context, char *why)
{
    (void)context;
    (void)why;
    return 0;
}

/* A choice that keeps the refuser would ask it for ever */
static void test_choose_the_refuser(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_again;
    stack_member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(stack, MANAGER_REFUSED);
    assert_non_null(strstr(stack->manager.reason, "contains one that has refused"));
}

static int choose_endless(void *context, char *why)
{
    FakeStack *stack = context;

    (void)why;
    for (int i = 0; i < FAKE_STACK_COUNT; i++) {
        stack->participants[i].refused = false; /* as if they were ever new ones */
    }
    return 0;
}

static void test_attempts_are_bounded(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_endless;
    stack_member(stack, 'A')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_run_clean(stack, MANAGER_REFUSED);
    assert_int_equal(stack->manager.attempts, MANAGER_ATTEMPTS_MAX);
}

static void test_cancel_fails(void **state)
{
    FakeStack *stack = *state;

    stack->manager.policy = MANAGER_ALL_OR_NOTHING;
    stack_member(stack, 'D')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_member(stack, 'F')->answers[PNP_CANCEL_STOP] = -EIO;
    stack_run(stack, MANAGER_FAILED);
    stack_assert_breach(stack, 1, "0000:0F:00.0: cancel-stop must not end as failed");
    stack_assert_state(stack, 'F', PNP_FAILED);
    assert_non_null(strstr(stack->manager.reason, "does not take back the stop"));
}

/* Nobody knows how F stands, so nothing is begun with or around it */
static void test_cancel_fails_between(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_narrower;
    stack_member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack_member(stack, 'F')->answers[PNP_CANCEL_STOP] = -EIO;
    stack_run(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, "qF qE qD qC! cC cF! cD cE");
    stack_assert_breach(stack, 1, "0000:0F:00.0: cancel-stop must not end as failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_CASE("/manager/refuse/all-or-nothing-cancels-everybody", test_refuse_all_or_nothing),
        TEST_CASE("/manager/refuse/best-effort-goes-on", test_refuse_best_effort),
        TEST_CASE("/manager/refuse/another-scope", test_choose),
        TEST_CASE("/manager/refuse/no-other-scope", test_choose_nothing),
        TEST_CASE("/manager/refuse/scope-with-the-refuser-is-none", test_choose_the_refuser),
        TEST_CASE("/manager/refuse/attempts-are-bounded", test_attempts_are_bounded),
        TEST_CASE("/manager/cancel/failure-is-a-breach", test_cancel_fails),
        TEST_CASE("/manager/cancel/failure-between-scopes", test_cancel_fails_between),
    };

    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
