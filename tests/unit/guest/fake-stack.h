/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up machine for the manager: participants A to F and the newcomer N, with answers that a
 * test sets, and a clock of its own.
 *
 *     A          what happened is a text of words: a letter for the request, the participant, and
 *     B    C     "!" when it did not end well. "qD! cD" is: D refused and got CANCEL_STOP.
 *     D E  F     q c r f S s x m: query, cancel, requirements, filter, Stop, start, surprise
 *                removal, remove; "*" is the reassignment
 */
#ifndef BARSHIFT_FAKE_STACK_H
#define BARSHIFT_FAKE_STACK_H

#include "manager.h"

#define FAKE_STACK_COUNT 7
#define FAKE_STACK_NEWCOMER 6
#define FAKE_STACK_TEXT 2048
#define FAKE_STACK_DEADLINE_NS UINT64_C(1000000000)

typedef struct FakeStack FakeStack;

typedef struct FakeMember {
    FakeStack *stack;
    size_t index;
    int answers[PNP_REQUESTS];
    uint64_t takes_ns[PNP_REQUESTS];
    int handles; /* open; negative: nobody can tell */
    uint64_t closes_ns; /* when the last one is closed; 0: never */
} FakeMember;

struct FakeStack {
    Participant participants[FAKE_STACK_COUNT];
    FakeMember members[FAKE_STACK_COUNT];
    Manager manager;
    uint64_t now_ns;
    int reassign_result;
    int mapped;    /* who is found mapped after its STOP; -1: nobody */
    int vanishes;  /* who is gone after the reassignment; -1: nobody */
    int interrupts;  /* after how many requests somebody asks to give up; -1: nobody does */
    int requests;    /* so many there were */
    char text[FAKE_STACK_TEXT]; /* what happened */
};

/** fake_stack_init() - everybody agrees, and A with all below is in scope */
void fake_stack_init(FakeStack *stack);

/** fake_stack_index() - of a letter */
size_t fake_stack_index(char letter);

/** fake_stack_log() - make a log of a text; @log: (out) the caller frees its records */
void fake_stack_log(const char *text, RequestLog *log);

/** fake_stack_text() - make a text of a log; @text: (out) FAKE_STACK_TEXT bytes */
void fake_stack_text(const RequestLog *log, char *text);

#endif
