/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is asked what, in which order, and what becomes of everybody when somebody says no. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake-stack.h"

#define TEST_CASE(name, function) { name, function, setup, teardown, NULL }

#define QUERIES "qF qE qD qC qB qA"
#define REQUIREMENTS "rF rE rD rC rB rA fA fB fC fD fE fF"
#define STOPS "SF SE SD SC SB SA"
#define STARTS "sA sB sC sD sE sF sN"

static int setup(void **state)
{
    FakeStack *stack = malloc(sizeof(*stack));

    assert_non_null(stack);
    fake_stack_init(stack);
    *state = stack;
    return 0;
}

static int teardown(void **state)
{
    FakeStack *stack = *state;

    manager_deinit(&stack->manager);
    free(stack);
    return 0;
}

static FakeMember *member(FakeStack *stack, char letter)
{
    return &stack->members[fake_stack_index(letter)];
}

static Participant *participant(FakeStack *stack, char letter)
{
    return &stack->participants[fake_stack_index(letter)];
}

static void assert_state(FakeStack *stack, char letter, PnpState expected)
{
    print_message("# %c is %s\n", letter, pnp_state_name(participant(stack, letter)->state));
    assert_int_equal(participant(stack, letter)->state, expected);
}

/* The log has what happened, apart from the reassignment, which is no request */
static void assert_logged(FakeStack *stack)
{
    char logged[FAKE_STACK_TEXT];
    char *star = strstr(stack->text, " *");

    if (star) {
        memmove(star, star + 2, strlen(star + 2) + 1);
    }
    fake_stack_text(&stack->manager.log, logged);
    assert_string_equal(logged, stack->text);
}

static void run(FakeStack *stack, ManagerResult expected)
{
    assert_int_equal(manager_run(&stack->manager), 0);
    print_message("# %s\n# reason: %s\n", stack->text, stack->manager.reason);
    for (size_t i = 0; i < breaches_listed(&stack->manager.breaches); i++) {
        print_message("# breach: %s\n", stack->manager.breaches.sentences[i]);
    }
    assert_int_equal(stack->manager.result, expected);
}

/* Runs without a breach */
static void run_clean(FakeStack *stack, ManagerResult expected)
{
    run(stack, expected);
    assert_int_equal(stack->manager.breaches.count, 0);
}

static void assert_breach(const FakeStack *stack, size_t count, const char *text)
{
    assert_int_equal(stack->manager.breaches.count, count);
    assert_non_null(strstr(stack->manager.breaches.sentences[0], text));
}

static void test_order(void **state)
{
    FakeStack *stack = *state;

    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, QUERIES " " REQUIREMENTS " " STOPS " * " STARTS);
    assert_logged(stack);
    assert_string_equal(stack->manager.reason, "");
    assert_int_equal(stack->manager.attempts, 1);
    assert_true(participant(stack, 'D')->stopped);
}

static void test_nobody(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, " * sN");
}

/* The answers to QUERY_STOP until @letter refuses */
static void expect_queries(char letter, char *text)
{
    size_t length = (size_t)(strchr(QUERIES, letter) - QUERIES) + 1;

    snprintf(text, FAKE_STACK_TEXT, "%.*s!", (int)length, QUERIES);
}

static void refuse_all_or_nothing(char letter)
{
    static const char bottom_up[] = "ABCDEF";
    FakeStack stack;
    char expected[FAKE_STACK_TEXT];

    fake_stack_init(&stack);
    stack.manager.policy = MANAGER_ALL_OR_NOTHING;
    member(&stack, letter)->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(&stack, MANAGER_REFUSED);

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
    assert_state(&stack, 'N', PNP_ADDED);
    assert_non_null(strstr(stack.manager.reason, "does not stop"));
    assert_logged(&stack);
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
    member(&stack, letter)->answers[PNP_QUERY_STOP] = -EBUSY;
    /* Where nobody else is left */
    if (letter == 'A') {
        for (int i = 1; i < FAKE_STACK_NEWCOMER; i++) {
            stack.participants[i].parent = -1;
        }
        run_clean(&stack, MANAGER_REFUSED);
        assert_string_equal(stack.text, "qA! cA");
        assert_non_null(strstr(stack.manager.reason, "nobody else is left"));
    } else {
        run_clean(&stack, MANAGER_REBALANCED);
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
    member(stack, 'D')->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(stack, MANAGER_REBALANCED);
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
    participant(stack, scopes[stack->manager.attempts - 1][0])->in_scope = true;
    return 0;
}

static void test_choose(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_narrower;
    member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    member(stack, 'B')->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(stack, MANAGER_REBALANCED);
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
    member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(stack, MANAGER_REFUSED);
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
    member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(stack, MANAGER_REFUSED);
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
    member(stack, 'A')->answers[PNP_QUERY_STOP] = -EBUSY;
    run_clean(stack, MANAGER_REFUSED);
    assert_int_equal(stack->manager.attempts, MANAGER_ATTEMPTS_MAX);
}

static void test_scope_is_closed(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    participant(stack, 'B')->in_scope = true;
    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qE qD qB rE rD rB fB fD fE SE SD SB * sB sD sE sN");
}

/* It is below a port in the scope, and has never been started: it is asked nothing */
static void test_newcomer_in_scope(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    participant(stack, 'F')->in_scope = true;
    participant(stack, 'N')->parent = (int)fake_stack_index('F');
    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qF rF fF SF * sF sN");
}

static void test_requirements_fail(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'B')->answers[PNP_FILTER_REQUIREMENTS] = -EIO;
    run_clean(stack, MANAGER_REFUSED);
    assert_string_equal(stack->text,
                        QUERIES " rF rE rD rC rB rA fA fB! cA cB cC cD cE cF");
    assert_string_equal(stack->manager.reason, "0000:0B:00.0: filter-requirements: B says no");
}

static void test_without_resources(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'B')->has_resources = false;
    participant(stack, 'F')->has_resources = false;
    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, QUERIES " rE rD rC rA fA fC fD fE cF SE SD SC cB SA * "
                                             "sA sC sD sE sN");
    assert_false(participant(stack, 'F')->stopped);
}

/* Requirements that changed where the addresses did not: START without a stop */
static void test_start_to_start(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    participant(stack, 'D')->in_scope = true;
    participant(stack, 'C')->requirements_changed = true;
    run_clean(stack, MANAGER_REBALANCED);
    assert_string_equal(stack->text, "qD rD fD SD * sC sD sN");
}

static void test_start_to_start_fails(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    participant(stack, 'C')->requirements_changed = true;
    member(stack, 'C')->answers[PNP_START] = -EIO;
    run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, " * sC! xC sN mC");
}

/* Whoever fails takes those below along, and everybody else is started */
static void start_fails(char letter)
{
    FakeStack stack;
    int failing = (int)fake_stack_index(letter);
    char wanted[8];

    fake_stack_init(&stack);
    member(&stack, letter)->answers[PNP_START] = -EIO;
    run_clean(&stack, MANAGER_FAILED);
    for (int i = 0; i < FAKE_STACK_NEWCOMER; i++) {
        bool lost = participant_is_below(stack.participants, i, failing);

        assert_int_equal(stack.participants[i].state, lost ? PNP_REMOVED : PNP_STARTED);
    }
    assert_state(&stack, 'N', PNP_STARTED);
    snprintf(wanted, sizeof(wanted), "s%c! x", letter);
    assert_non_null(strstr(stack.text, wanted));
    assert_non_null(strstr(stack.manager.reason, "is lost"));
    assert_logged(&stack);
    manager_deinit(&stack.manager);
}

static void test_start_fails(void **state)
{
    FakeStack *stack = *state;

    for (const char *letter = "ABCDEF"; *letter != '\0'; letter++) {
        start_fails(*letter);
    }
    member(stack, 'B')->answers[PNP_START] = -EIO;
    run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, QUERIES " " REQUIREMENTS " " STOPS
                                             " * sA sB! xE xD xB sC sF sN mE mD mB");
}

static void test_newcomer_fails(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'N')->answers[PNP_START] = -EIO;
    run_clean(stack, MANAGER_FAILED);
    assert_non_null(strstr(stack->text, "sF sN! mN"));
    assert_state(stack, 'N', PNP_REMOVED);
    assert_state(stack, 'A', PNP_STARTED);
    assert_string_equal(stack->manager.reason,
                        "0000:0N:00.0, the newcomer, does not start: N says no");
}

static void test_gone(void **state)
{
    FakeStack *stack = *state;

    stack->vanishes = (int)fake_stack_index('F');
    run_clean(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "sF"));
    assert_non_null(strstr(stack->text, "sE xF sN mF"));
    assert_string_equal(stack->manager.reason, "path F is lost: it is gone after the rescan");
}

/* Who was not to be stopped at all, with somebody below */
static void test_bystander_gone(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'A')->in_scope = false;
    participant(stack, 'B')->in_scope = true;
    stack->vanishes = (int)fake_stack_index('C');
    run_clean(stack, MANAGER_FAILED);
    assert_non_null(strstr(stack->text, "* xC sB sD sE sN mC"));
    assert_string_equal(stack->manager.reason, "path C is lost: it is gone after the rescan");
    assert_state(stack, 'C', PNP_REMOVED);
}

/* Without resources it was not stopped, and is gone all the same */
static void test_gone_without_resources(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'F')->has_resources = false;
    stack->vanishes = (int)fake_stack_index('F');
    run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->manager.reason, "path F is lost: it is gone after the rescan");
}

static void test_newcomer_gone(void **state)
{
    FakeStack *stack = *state;

    stack->vanishes = (int)fake_stack_index('N');
    run_clean(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "N"));
    assert_string_equal(stack->manager.reason, "path N, the newcomer, is gone after the rescan");
}

static void test_handle_never_closed(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'B')->answers[PNP_START] = -EIO;
    member(stack, 'D')->handles = 2;
    run_clean(stack, MANAGER_FAILED);
    assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
    assert_state(stack, 'E', PNP_REMOVED);
    assert_state(stack, 'B', PNP_SURPRISE_REMOVED); /* D is still below it */
    assert_non_null(strstr(stack->manager.reason, "path D stays surprise-removed: 2 handles"));
}

static void test_handle_closed_late(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_START] = -EIO;
    member(stack, 'D')->handles = 1;
    member(stack, 'D')->closes_ns = 3 * FAKE_STACK_DEADLINE_NS;
    run_clean(stack, MANAGER_FAILED);
    assert_state(stack, 'D', PNP_REMOVED);
    assert_true(stack->now_ns >= 3 * FAKE_STACK_DEADLINE_NS);
    assert_null(strstr(stack->manager.reason, "surprise-removed"));
}

static void test_handles_unknown(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_START] = -EIO;
    member(stack, 'D')->handles = -EIO;
    run_clean(stack, MANAGER_FAILED);
    assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
    assert_non_null(strstr(stack->manager.reason, "nobody knows whether handles are open"));
}

static void test_remove_fails(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_START] = -EIO;
    member(stack, 'D')->answers[PNP_REMOVE] = -EIO;
    member(stack, 'E')->answers[PNP_START] = -EIO;
    member(stack, 'E')->handles = 1; /* so that the manager waits and looks again */
    run(stack, MANAGER_FAILED);
    assert_breach(stack, 1, "remove must not end as failed: D says no");
    assert_state(stack, 'D', PNP_FAILED);
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
        { 6, MANAGER_REFUSED, QUERIES " cA cB cC cD cE cF" },
        { 18, MANAGER_REFUSED, QUERIES " " REQUIREMENTS " cA cB cC cD cE cF" },
        { 20, MANAGER_FAILED, QUERIES " " REQUIREMENTS " SF SE cA cB cC cD sE sF" },
        { 24, MANAGER_FAILED, QUERIES " " REQUIREMENTS " " STOPS " sA sB sC sD sE sF" },
        { 25, MANAGER_REBALANCED, QUERIES " " REQUIREMENTS " " STOPS " * " STARTS },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        FakeStack *stack = *state;

        manager_deinit(&stack->manager);
        fake_stack_init(stack);
        stack->interrupts = rows[i].requests;
        run_clean(stack, rows[i].result);
        assert_string_equal(stack->text, rows[i].text);
        assert_state(stack, 'A', PNP_STARTED);
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

    member(stack, 'E')->answers[PNP_QUERY_STOP] = -EBUSY;
    stack->interrupts = 2;
    run_clean(stack, MANAGER_REFUSED);
    assert_string_equal(stack->text, "qF qE! cE cF");
}

/* Who does not close its handles is not awaited any longer */
static void test_interrupted_with_handles(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_START] = -EIO;
    member(stack, 'D')->handles = 1;
    stack->interrupts = 30;
    run_clean(stack, MANAGER_FAILED);
    assert_int_equal(stack->now_ns, 5);
    assert_state(stack, 'D', PNP_SURPRISE_REMOVED);
}

static void test_roll_back(void **state)
{
    FakeStack *stack = *state;

    stack->reassign_result = -ENOSPC;
    run_clean(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, QUERIES " " REQUIREMENTS " " STOPS " * sA sB sC sD sE sF");
    assert_state(stack, 'N', PNP_ADDED);
    assert_string_equal(stack->manager.reason,
                        "the kernel has no room; rolled back, everybody works again");
}

static void test_roll_back_fails(void **state)
{
    FakeStack *stack = *state;

    stack->reassign_result = -ENOSPC;
    member(stack, 'E')->answers[PNP_START] = -ENXIO;
    run_clean(stack, MANAGER_FAILED);
    assert_state(stack, 'E', PNP_REMOVED);
    assert_string_equal(stack->manager.reason,
                        "the kernel has no room; path E is lost: E says no");
}

/* STOP may not fail; what has let go before goes on with what it has */
static void test_stop_fails(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_STOP] = -EIO;
    run(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, QUERIES " " REQUIREMENTS
                                             " SF SE SD! xD cA cB cC sE sF mD");
    assert_breach(stack, 1, "0000:0D:00.0: stop must not end as failed: D says no");
    assert_state(stack, 'N', PNP_ADDED);
}

static void test_stop_refused(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->answers[PNP_STOP] = -EBUSY;
    run(stack, MANAGER_FAILED);
    assert_breach(stack, 1, "stop must not end as refused");
}

static void test_cancel_fails(void **state)
{
    FakeStack *stack = *state;

    stack->manager.policy = MANAGER_ALL_OR_NOTHING;
    member(stack, 'D')->answers[PNP_QUERY_STOP] = -EBUSY;
    member(stack, 'F')->answers[PNP_CANCEL_STOP] = -EIO;
    run(stack, MANAGER_FAILED);
    assert_breach(stack, 1, "0000:0F:00.0: cancel-stop must not end as failed");
    assert_state(stack, 'F', PNP_FAILED);
    assert_non_null(strstr(stack->manager.reason, "does not take back the stop"));
}

/* Nobody knows how F stands, so nothing is begun with or around it */
static void test_cancel_fails_between(void **state)
{
    FakeStack *stack = *state;

    stack->manager.hooks.choose = choose_narrower;
    member(stack, 'C')->answers[PNP_QUERY_STOP] = -EBUSY;
    member(stack, 'F')->answers[PNP_CANCEL_STOP] = -EIO;
    run(stack, MANAGER_FAILED);
    assert_string_equal(stack->text, "qF qE qD qC! cC cF! cD cE");
    assert_breach(stack, 1, "0000:0F:00.0: cancel-stop must not end as failed");
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
        member(&stack, 'D')->answers[rows[i].request] = rows[i].answer;
        member(&stack, 'D')->takes_ns[rows[i].request] = rows[i].takes_ns;
        run(&stack, rows[i].result);
        assert_breach(&stack, 1, "passed its deadline of 1000 ms");
        assert_state(&stack, 'D', rows[i].after);
        manager_deinit(&stack.manager);
    }
}

static void test_just_in_time(void **state)
{
    FakeStack *stack = *state;

    member(stack, 'D')->takes_ns[PNP_STOP] = FAKE_STACK_DEADLINE_NS;
    run_clean(stack, MANAGER_REBALANCED);
    assert_int_equal(stack->manager.times.stop_ns, FAKE_STACK_DEADLINE_NS);
    assert_int_equal(stack->manager.times.total_ns, FAKE_STACK_DEADLINE_NS);
}

static void test_mapped(void **state)
{
    FakeStack *stack = *state;

    stack->mapped = (int)fake_stack_index('E');
    run(stack, MANAGER_REBALANCED);
    assert_breach(stack, 1, "0000:0E:00.0 is mapped");
    assert_true(participant(stack, 'E')->mapped_after_stop);
    assert_false(participant(stack, 'D')->mapped_after_stop);
}

/* The manager's own bug: it was given somebody whom it must not ask */
static void test_not_sent(void **state)
{
    FakeStack *stack = *state;

    participant(stack, 'D')->state = PNP_REMOVED;
    run(stack, MANAGER_FAILED);
    assert_null(strstr(stack->text, "qD"));
    assert_breach(stack, 1,
                  "manager: 0000:0D:00.0: query-stop must not be sent to one that is removed");
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
        TEST_CASE("/manager/refuse/all-or-nothing-cancels-everybody", test_refuse_all_or_nothing),
        TEST_CASE("/manager/refuse/best-effort-goes-on", test_refuse_best_effort),
        TEST_CASE("/manager/refuse/another-scope", test_choose),
        TEST_CASE("/manager/refuse/no-other-scope", test_choose_nothing),
        TEST_CASE("/manager/refuse/scope-with-the-refuser-is-none", test_choose_the_refuser),
        TEST_CASE("/manager/refuse/attempts-are-bounded", test_attempts_are_bounded),
        TEST_CASE("/manager/requirements/failure-cancels-everybody", test_requirements_fail),
        TEST_CASE("/manager/start-to-start/without-a-stop", test_start_to_start),
        TEST_CASE("/manager/start-to-start/failure-is-a-loss", test_start_to_start_fails),
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
        TEST_CASE("/manager/interrupted/leaves-nobody-stopped", test_interrupted),
        TEST_CASE("/manager/interrupted/by-a-refusal", test_interrupted_by_the_refusal),
        TEST_CASE("/manager/interrupted/does-not-wait-for-handles", test_interrupted_with_handles),
        TEST_CASE("/manager/roll-back/starts-with-what-they-have", test_roll_back),
        TEST_CASE("/manager/roll-back/says-who-is-lost", test_roll_back_fails),
        TEST_CASE("/manager/stop/failure-is-a-breach-and-rolls-back", test_stop_fails),
        TEST_CASE("/manager/stop/may-not-be-refused", test_stop_refused),
        TEST_CASE("/manager/cancel/failure-is-a-breach", test_cancel_fails),
        TEST_CASE("/manager/cancel/failure-between-scopes", test_cancel_fails_between),
        TEST_CASE("/manager/deadline/late-is-a-breach", test_late),
        TEST_CASE("/manager/deadline/just-in-time-is-none", test_just_in_time),
        TEST_CASE("/manager/probe/mapping-is-a-breach", test_mapped),
        TEST_CASE("/manager/states/illegal-request-is-not-sent", test_not_sent),
        TEST_CASE("/manager/policy/names", test_policies),
    };

    return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
