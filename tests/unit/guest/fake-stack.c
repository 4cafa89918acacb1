/* SPDX-License-Identifier: GPL-2.0-or-later */
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

static const char letters[] = "ABCDEFN";
static const char requests[] = "qcrfSsxm"; /* in the order of PnpRequest */
static const int parents[FAKE_STACK_COUNT] = { -1, 0, 0, 1, 1, 2, -1 };

size_t fake_stack_index(char letter)
{
    const char *found = strchr(letters, letter);

    assert_non_null(found);
    return (size_t)(found - letters);
}

static void note(char *text, char what, size_t index, bool good)
{
    size_t length = strlen(text);

    assert_true(length + 5 < FAKE_STACK_TEXT);
    snprintf(text + length, FAKE_STACK_TEXT - length, "%s%c%c%s", length > 0 ? " " : "", what,
             letters[index], good ? "" : "!");
}

void fake_stack_text(const RequestLog *log, char *text)
{
    text[0] = '\0';
    for (size_t i = 0; i < log->count; i++) {
        note(text, requests[log->records[i].request], log->records[i].participant,
             log->records[i].status == PNP_STATUS_OK);
    }
}

void fake_stack_log(const char *text, RequestLog *log)
{
    log->room = strlen(text);
    log->count = 0;
    log->records = calloc(log->room + 1, sizeof(*log->records));
    assert_non_null(log->records);
    for (; *text != '\0'; text += strcspn(text, " "), text += *text == ' ') {
        const char *request = strchr(requests, text[0]);
        bool good = text[2] != '!';

        assert_non_null(request);
        log->records[log->count++] = (RequestRecord) {
            .participant = fake_stack_index(text[1]),
            .request = (PnpRequest)(request - requests),
            .status = good ? PNP_STATUS_OK : PNP_STATUS_FAILED,
        };
    }
}

static int member_request(void *context, PnpRequest request, const char *bdf, uint64_t deadline_ns,
                          char *why)
{
    FakeMember *member = context;
    FakeStack *stack = member->stack;
    int answer = member->answers[request];

    assert_string_equal(bdf, stack->participants[member->index].bdf);
    assert_int_equal(deadline_ns, stack->now_ns + FAKE_STACK_DEADLINE_NS);
    stack->now_ns += member->takes_ns[request];
    stack->requests++;
    note(stack->text, requests[request], member->index,
         answer == 0 && member->takes_ns[request] <= FAKE_STACK_DEADLINE_NS);
    if (answer < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%c says no", letters[member->index]);
    }
    return answer;
}

static int member_handles(void *context)
{
    const FakeMember *member = context;

    return member->closes_ns != 0 && member->stack->now_ns >= member->closes_ns ? 0
                                                                                 : member->handles;
}

static const ParticipantOps member_ops = { .request = member_request, .handles = member_handles };

static int stack_probe(void *context, const Participant *participant, Breaches *breaches, char *why)
{
    FakeStack *stack = context;
    int index = (int)(participant - stack->participants);

    (void)why;
    if (index != stack->mapped) {
        return 0;
    }
    breaches_add(breaches, "%s is mapped", participant->bdf);
    return 1;
}

static int stack_reassign(void *context, char *why)
{
    FakeStack *stack = context;

    strcat(stack->text, " *");
    if (stack->vanishes >= 0) {
        stack->participants[stack->vanishes].bdf[0] = '\0';
    }
    if (stack->reassign_result < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "the kernel has no room");
    }
    return stack->reassign_result;
}

static bool stack_interrupted(void *context, char *why)
{
    const FakeStack *stack = context;
    bool interrupted = stack->interrupts >= 0 && stack->requests >= stack->interrupts;

    if (interrupted) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "somebody gives up");
    }
    return interrupted;
}

static uint64_t stack_now(void *context)
{
    return ((FakeStack *)context)->now_ns;
}

static void stack_wait(void *context, uint64_t time_ns)
{
    ((FakeStack *)context)->now_ns += time_ns;
}

void fake_stack_init(FakeStack *stack)
{
    *stack = (FakeStack) { .mapped = -1, .vanishes = -1, .interrupts = -1, .now_ns = 5 };
    for (size_t i = 0; i < FAKE_STACK_COUNT; i++) {
        Participant *participant = &stack->participants[i];

        stack->members[i] = (FakeMember) { .stack = stack, .index = i };
        *participant = (Participant) { .ops = &member_ops, .context = &stack->members[i],
                                       .parent = parents[i], .has_resources = true,
                                       .in_scope = i == 0 };
        snprintf(participant->bdf, sizeof(participant->bdf), "0000:0%c:00.0", letters[i]);
        snprintf(participant->path, sizeof(participant->path), "path %c", letters[i]);
    }
    stack->participants[FAKE_STACK_NEWCOMER].newcomer = true;
    stack->participants[FAKE_STACK_NEWCOMER].state = PNP_ADDED;
    stack->manager = (Manager) {
        .participants = stack->participants,
        .count = FAKE_STACK_COUNT,
        .hooks = { .interrupted = stack_interrupted, .probe = stack_probe,
                   .reassign = stack_reassign, .now_ns = stack_now, .wait_ns = stack_wait,
                   .context = stack },
        .deadline_ns = FAKE_STACK_DEADLINE_NS,
        .close_ns = 10 * FAKE_STACK_DEADLINE_NS,
    };
}
