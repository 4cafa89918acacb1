/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "manager-send.h"
#include "pnp-state.h"

#define NS_PER_MS 1000000.0

uint64_t manager_now(const Manager *manager)
{
    return manager->hooks.now_ns ? manager->hooks.now_ns(manager->hooks.context) : clock_now_ns();
}

void manager_wait(const Manager *manager, uint64_t time_ns)
{
    struct timespec time = { (time_t)(time_ns / NS_PER_S), (long)(time_ns % NS_PER_S) };

    if (manager->hooks.wait_ns) {
        manager->hooks.wait_ns(manager->hooks.context, time_ns);
    } else {
        nanosleep(&time, NULL);
    }
}

void manager_blame(Manager *manager, const char *format, ...)
{
    size_t length = strlen(manager->reason);
    va_list arguments;
    int added;

    if (length > 0) {
        snprintf(manager->reason + length, MANAGER_REASON_SIZE - length, "; ");
        length = strlen(manager->reason);
    }
    va_start(arguments, format);
    added = vsnprintf(manager->reason + length, MANAGER_REASON_SIZE - length, format, arguments);
    cut_mark(manager->reason, MANAGER_REASON_SIZE, (int)length + added);
    va_end(arguments);
}

bool manager_interrupted(Manager *manager)
{
    char why[PARTICIPANT_WHY_SIZE] = "";

    if (!manager->interrupted && manager->hooks.interrupted &&
        manager->hooks.interrupted(manager->hooks.context, why)) {
        manager->interrupted = true;
        manager_blame(manager, "%s", why);
    }
    return manager->interrupted;
}

static PnpStatus status_of(int result)
{
    switch (result) {
    case 0: return PNP_STATUS_OK;
    case -EBUSY: return PNP_STATUS_REFUSED;
    case -ETIMEDOUT: return PNP_STATUS_TIMEOUT;
    default: return PNP_STATUS_FAILED;
    }
}

static void record_add(Manager *manager, size_t index, PnpRequest request, PnpStatus status,
                       uint64_t time_ns)
{
    const Participant *participant = &manager->participants[index];
    RequestRecord *record = &manager->log.records[manager->log.count];

    assert(manager->log.count < manager->log.room);
    *record = (RequestRecord) { .time_ns = time_ns, .participant = index, .request = request,
                                .status = status };
    strcpy(record->bdf, participant->bdf);
    if (status != PNP_STATUS_OK) {
        strcpy(record->reason, participant->reason);
    }
    manager->log.count++;
}

/* Where the answer takes it, and whether it was allowed to answer so */
static void follow(Manager *manager, Participant *participant, PnpRequest request,
                   PnpStatus status)
{
    char why[PNP_STATE_WHY_SIZE];
    PnpState next = participant->state;
    int result = pnp_state_next(participant->state, request, status, &next, why);

    if (status == PNP_STATUS_TIMEOUT) {
        breaches_add(&manager->breaches, "%s: %s passed its deadline of %.0f ms", participant->bdf,
                     pnp_request_name(request), (double)manager->deadline_ns / NS_PER_MS);
    } else if (result < 0) {
        breaches_add(&manager->breaches, "%s: %s: %s", participant->bdf, why, participant->reason);
    }
    participant->state = next;
}

PnpStatus manager_send(Manager *manager, size_t index, PnpRequest request)
{
    Participant *participant = &manager->participants[index];
    uint64_t begin_ns = manager_now(manager);
    uint64_t deadline_ns = begin_ns + manager->deadline_ns;
    char why[PARTICIPANT_WHY_SIZE] = "";
    PnpStatus status;

    if (!pnp_request_allowed(participant->state, request)) {
        snprintf(participant->reason, sizeof(participant->reason),
                 "%s must not be sent to one that is %s", pnp_request_name(request),
                 pnp_state_name(participant->state));
        breaches_add(&manager->breaches, "manager: %s: %s", participant->bdf, participant->reason);
        return PNP_STATUS_FAILED;
    }
    status = status_of(participant->ops->request(participant->context, request, participant->bdf,
                                                 deadline_ns, why));
    if (status == PNP_STATUS_OK && manager_now(manager) > deadline_ns) {
        status = PNP_STATUS_TIMEOUT;
        snprintf(why, sizeof(why), "%s: the answer came after the deadline", participant->bdf);
    }
    if (status != PNP_STATUS_OK) {
        strcpy(participant->reason, why);
    }
    record_add(manager, index, request, status, begin_ns);
    follow(manager, participant, request, status);
    return status;
}
