/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "manager-send.h"
#include "manager-start.h"

#define POLL_NS UINT64_C(20000000)
#define GONE "it is gone after the rescan"

void manager_lose(Manager *manager, size_t index)
{
    for (size_t i = manager->count; i-- > 0;) {
        size_t below = manager->order[i];
        PnpState state = manager->participants[below].state;

        if (participant_is_below(manager->participants, (int)below, (int)index) &&
            (below == index || state == PNP_STOPPED)) {
            manager_send(manager, below, PNP_SURPRISE_REMOVAL);
        }
    }
}

static void start_newcomer(Manager *manager, size_t index)
{
    Participant *participant = &manager->participants[index];

    if (participant->bdf[0] == '\0') {
        snprintf(participant->reason, sizeof(participant->reason), GONE);
        manager_blame(manager, "%s, the newcomer, is gone after the rescan", participant->path);
        return;
    }
    if (manager_send(manager, index, PNP_START) != PNP_STATUS_OK) {
        manager_blame(manager, "%s, the newcomer, does not start: %s", participant->bdf,
                      participant->reason);
        manager_send(manager, index, PNP_REMOVE);
    }
}

static void start_again(Manager *manager, size_t index)
{
    Participant *participant = &manager->participants[index];

    if (participant->bdf[0] == '\0') {
        snprintf(participant->reason, sizeof(participant->reason), GONE);
    } else if (manager_send(manager, index, PNP_START) == PNP_STATUS_OK) {
        return;
    }
    manager_blame(manager, "%s is lost: %s", participant->path, participant->reason);
    manager_lose(manager, index);
}

/* Who was not stopped can be gone as well. Children first */
static void lose_gone(Manager *manager)
{
    for (size_t i = manager->count; i-- > 0;) {
        size_t index = manager->order[i];
        Participant *participant = &manager->participants[index];

        if (participant->bdf[0] == '\0' && participant->state == PNP_STARTED) {
            snprintf(participant->reason, sizeof(participant->reason), GONE);
            manager_blame(manager, "%s is lost: %s", participant->path, GONE);
            manager_lose(manager, index);
        }
    }
}

static void start_all(Manager *manager, bool moved)
{
    lose_gone(manager);
    for (size_t i = 0; i < manager->count; i++) {
        size_t index = manager->order[i];
        const Participant *participant = &manager->participants[index];

        if (participant->state == PNP_STOPPED ||
            (moved && participant->requirements_changed && participant->state == PNP_STARTED)) {
            start_again(manager, index);
        }
    }
    for (size_t i = 0; i < manager->count && moved; i++) {
        if (manager->participants[manager->order[i]].state == PNP_ADDED) {
            start_newcomer(manager, manager->order[i]);
        }
    }
}

static int handles_open(const Participant *participant)
{
    return participant->ops->handles ? participant->ops->handles(participant->context) : 0;
}

static bool has_surprised_below(const Manager *manager, size_t index)
{
    for (size_t i = 0; i < manager->count; i++) {
        if (i != index && manager->participants[i].state == PNP_SURPRISE_REMOVED &&
            participant_is_below(manager->participants, (int)i, (int)index)) {
            return true;
        }
    }
    return false;
}

/* Children first. Return: how many still wait */
static size_t remove_closed(Manager *manager)
{
    size_t waiting = 0;

    for (size_t i = manager->count; i-- > 0;) {
        size_t index = manager->order[i];
        const Participant *participant = &manager->participants[index];

        if (participant->state != PNP_SURPRISE_REMOVED) {
            continue;
        }
        if (has_surprised_below(manager, index) || handles_open(participant) != 0) {
            waiting++;
        } else {
            manager_send(manager, index, PNP_REMOVE);
        }
    }
    return waiting;
}

static void blame_unclosed(Manager *manager)
{
    for (size_t i = 0; i < manager->count; i++) {
        const Participant *participant = &manager->participants[i];
        int handles;

        if (participant->state != PNP_SURPRISE_REMOVED) {
            continue;
        }
        handles = handles_open(participant);
        if (handles < 0) {
            manager_blame(manager, "%s stays surprise-removed: %s", participant->path,
                          "nobody knows whether handles are open");
        } else {
            manager_blame(manager, "%s stays surprise-removed: %d handles are open",
                          participant->path, handles);
        }
    }
}

static void remove_lost(Manager *manager)
{
    uint64_t deadline_ns = manager_now(manager) + manager->close_ns;

    while (remove_closed(manager) > 0 && manager_now(manager) < deadline_ns &&
           !manager_interrupted(manager)) {
        manager_wait(manager, POLL_NS);
    }
    blame_unclosed(manager);
}

void manager_start(Manager *manager, bool moved)
{
    start_all(manager, moved);
    remove_lost(manager);
}
