/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of the manager over a fake stack, and what it has to show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "stack-check.h"

int stack_setup(void **state)
{
    FakeStack *stack = malloc(sizeof(*stack));

    assert_non_null(stack);
    fake_stack_init(stack);
    *state = stack;
    return 0;
}

int stack_teardown(void **state)
{
    FakeStack *stack = *state;

    manager_deinit(&stack->manager);
    free(stack);
    return 0;
}

FakeMember *stack_member(FakeStack *stack, char letter)
{
    return &stack->members[fake_stack_index(letter)];
}

Participant *stack_participant(FakeStack *stack, char letter)
{
    return &stack->participants[fake_stack_index(letter)];
}

void stack_assert_state(FakeStack *stack, char letter, PnpState expected)
{
    print_message("# %c is %s\n", letter, pnp_state_name(stack_participant(stack, letter)->state));
    assert_int_equal(stack_participant(stack, letter)->state, expected);
}

void stack_assert_logged(FakeStack *stack)
{
    char logged[FAKE_STACK_TEXT];
    char *star = strstr(stack->text, " *");

    if (star) {
        memmove(star, star + 2, strlen(star + 2) + 1);
    }
    fake_stack_text(&stack->manager.log, logged);
    assert_string_equal(logged, stack->text);
}

void stack_run(FakeStack *stack, ManagerResult expected)
{
    assert_int_equal(manager_run(&stack->manager), 0);
    print_message("# %s\n# reason: %s\n", stack->text, stack->manager.reason);
    for (size_t i = 0; i < breaches_listed(&stack->manager.breaches); i++) {
        print_message("# breach: %s\n", stack->manager.breaches.sentences[i]);
    }
    assert_int_equal(stack->manager.result, expected);
}

void stack_run_clean(FakeStack *stack, ManagerResult expected)
{
    stack_run(stack, expected);
    assert_int_equal(stack->manager.breaches.count, 0);
}

void stack_assert_breach(const FakeStack *stack, size_t count, const char *text)
{
    assert_int_equal(stack->manager.breaches.count, count);
    assert_non_null(strstr(stack->manager.breaches.sentences[0], text));
}
