/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run of the manager over a fake stack, and what it has to show. */
#ifndef BARSHIFT_STACK_CHECK_H
#define BARSHIFT_STACK_CHECK_H

#include "fake-stack.h"

/* What everybody is asked when nobody refuses, as the text of a fake stack has it */
#define STACK_QUERIES "qF qE qD qC qB qA"
#define STACK_REQUIREMENTS "rF rE rD rC rB rA fA fB fC fD fE fF"
#define STACK_STOPS "SF SE SD SC SB SA"
#define STACK_STARTS "sA sB sC sD sE sF sN"
#define STACK_ALL_STOP STACK_QUERIES " " STACK_REQUIREMENTS " " STACK_STOPS

/** stack_setup(), stack_teardown() - of a CMUnitTest, whose state is a FakeStack */
int stack_setup(void **state);
int stack_teardown(void **state);

/** stack_member(), stack_participant() - by its letter */
FakeMember *stack_member(FakeStack *stack, char letter);
Participant *stack_participant(FakeStack *stack, char letter);

/** stack_run() - run the manager, which ends with @expected */
void stack_run(FakeStack *stack, ManagerResult expected);

/** stack_run_clean() - stack_run() without a breach */
void stack_run_clean(FakeStack *stack, ManagerResult expected);

void stack_assert_state(FakeStack *stack, char letter, PnpState expected);

/** stack_assert_logged() - the log has all that happened, but the reassignment: no request */
void stack_assert_logged(FakeStack *stack);

/** stack_assert_breach() - there are @count, and the first one has @text in it */
void stack_assert_breach(const FakeStack *stack, size_t count, const char *text);

#endif
