/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manager-send.h"
#include "manager-start.h"

static const char *const policy_names[MANAGER_POLICIES] = {
    [MANAGER_BEST_EFFORT] = "best-effort",
    [MANAGER_ALL_OR_NOTHING] = "all-or-nothing",
};

const char *manager_policy_name(ManagerPolicy policy)
{
    return policy_names[policy];
}

int manager_policy_parse(const char *name)
{
    for (int policy = 0; policy < MANAGER_POLICIES; policy++) {
        if (strcmp(name, policy_names[policy]) == 0) {
            return policy;
        }
    }
    return -EINVAL;
}

/* Parents before children, otherwise as the caller has them */
static void order_make(Manager *manager)
{
    size_t placed = 0;

    for (int depth = 0; placed < manager->count; depth++) {
        for (size_t i = 0; i < manager->count; i++) {
            int above = 0;

            for (int at = manager->participants[i].parent; at >= 0;
                 at = manager->participants[at].parent) {
                above++;
            }
            if (above == depth) {
                manager->order[placed++] = i;
            }
        }
    }
}

static bool is_member(const Participant *participant)
{
    return participant->in_scope && !participant->newcomer;
}

static bool is_pending(const Participant *participant)
{
    return participant->state == PNP_STOP_PENDING;
}

/* Return: false when somebody that refused would be in it */
static bool scope_close(Manager *manager)
{
    for (size_t i = 0; i < manager->count; i++) {
        Participant *participant = &manager->participants[manager->order[i]];

        if (participant->parent >= 0 && manager->participants[participant->parent].in_scope) {
            participant->in_scope = true;
        }
    }
    for (size_t i = 0; i < manager->count; i++) {
        if (is_member(&manager->participants[i]) && manager->participants[i].refused) {
            return false;
        }
    }
    return true;
}

/* The refuser stays as it is, so nobody above it can be stopped, either */
static bool scope_drop(Manager *manager)
{
    bool left = false;

    for (size_t i = 0; i < manager->count; i++) {
        Participant *participant = &manager->participants[i];

        if (participant_is_below(manager->participants, manager->refuser, (int)i)) {
            participant->in_scope = false;
        }
        left = left || is_member(participant);
    }
    return left;
}

/* Return: is there a scope without anybody that refused? Otherwise the reason tells. */
static bool scope_choose(Manager *manager)
{
    uint64_t begin_ns = manager_now(manager);
    char why[PARTICIPANT_WHY_SIZE] = "nobody else is left to be stopped";
    bool found = true;

    if (manager->hooks.choose) {
        found = manager->hooks.choose(manager->hooks.context, why) == 0;
    } else if (manager->refuser >= 0) {
        found = scope_drop(manager);
    }
    if (found && !scope_close(manager)) {
        found = false;
        snprintf(why, sizeof(why), "the scope contains one that has refused");
    }
    if (!found) {
        manager_blame(manager, "%s", why);
    }
    manager->times.plan_ns += manager_now(manager) - begin_ns;
    return found;
}

static void cancel_one(Manager *manager, size_t index)
{
    const Participant *participant = &manager->participants[index];

    if (manager_send(manager, index, PNP_CANCEL_STOP) != PNP_STATUS_OK) {
        manager_blame(manager, "%s does not take back the stop: %s", participant->bdf,
                      participant->reason);
    }
}

/* Parents first. Who was never asked gets none, though it would be harmless. */
static void cancel(Manager *manager, bool members_too)
{
    for (size_t i = 0; i < manager->count; i++) {
        size_t index = manager->order[i];
        const Participant *participant = &manager->participants[index];

        if (is_pending(participant) && (members_too || !is_member(participant))) {
            cancel_one(manager, index);
        }
    }
}

/* Is there anybody of whom nobody knows how it stands? */
static bool somebody_failed(const Manager *manager)
{
    for (size_t i = 0; i < manager->count; i++) {
        if (manager->participants[i].state == PNP_FAILED) {
            return true;
        }
    }
    return false;
}

/* Return: who refused, -1: nobody */
static int query(Manager *manager)
{
    for (size_t i = manager->count; i-- > 0 && !manager_interrupted(manager);) {
        size_t index = manager->order[i];
        Participant *participant = &manager->participants[index];

        if (is_member(participant) && !is_pending(participant) &&
            manager_send(manager, index, PNP_QUERY_STOP) != PNP_STATUS_OK) {
            participant->refused = true;
            return (int)index;
        }
    }
    return -1;
}

/* Return: has everybody in some scope agreed? Otherwise nobody is stop-pending any more. */
static bool agree(Manager *manager)
{
    while (manager->attempts < MANAGER_ATTEMPTS_MAX && !manager_interrupted(manager) &&
           !somebody_failed(manager)) {
        const Participant *refuser;

        manager->attempts++;
        if (!scope_choose(manager)) {
            break;
        }
        cancel(manager, false);
        if (somebody_failed(manager)) {
            break;
        }
        manager->refuser = query(manager);
        if (manager->refuser < 0 && manager_interrupted(manager)) {
            break; /* perhaps not everybody was asked */
        }
        if (manager->refuser < 0) {
            return true;
        }
        refuser = &manager->participants[manager->refuser];
        manager_blame(manager, "%s does not stop: %s", refuser->bdf, refuser->reason);
        if (refuser->state == PNP_STARTED) {
            cancel_one(manager, (size_t)manager->refuser);
        }
        if (manager->policy == MANAGER_ALL_OR_NOTHING) {
            break;
        }
    }
    cancel(manager, true);
    return false;
}

static bool requirements_ask(Manager *manager, size_t index, PnpRequest request)
{
    const Participant *participant = &manager->participants[index];

    if (!is_member(participant) || !participant->has_resources ||
        manager_send(manager, index, request) == PNP_STATUS_OK) {
        return true;
    }
    manager_blame(manager, "%s: %s: %s", participant->bdf, pnp_request_name(request),
                  participant->reason);
    return false;
}

/* The bus answers on the way down, drivers edit on the way up. Return: has everybody answered? */
static bool requirements(Manager *manager)
{
    bool good = true;

    for (size_t i = manager->count; i-- > 0 && good;) {
        good = requirements_ask(manager, manager->order[i], PNP_QUERY_REQUIREMENTS);
    }
    for (size_t i = 0; i < manager->count && good; i++) {
        good = requirements_ask(manager, manager->order[i], PNP_FILTER_REQUIREMENTS);
    }
    good = good && !manager_interrupted(manager);
    if (!good) {
        cancel(manager, true);
    }
    return good;
}

/* A mapping that is left is a breach, and nothing more: nobody else would have noticed it */
static void probe(Manager *manager, Participant *participant)
{
    char why[PARTICIPANT_WHY_SIZE] = "";
    int found = manager->hooks.probe
                    ? manager->hooks.probe(manager->hooks.context, participant, &manager->breaches,
                                           why)
                    : 0;

    participant->mapped_after_stop = found > 0;
    if (found < 0) {
        breaches_add(&manager->breaches, "%s: nobody knows what is mapped after stop: %s",
                     participant->bdf, why);
    }
}

/* Return: has it let go, or need not? */
static bool stop_one(Manager *manager, size_t index)
{
    Participant *participant = &manager->participants[index];

    if (!participant->has_resources) {
        cancel_one(manager, index);
        return true;
    }
    if (manager_send(manager, index, PNP_STOP) != PNP_STATUS_OK) {
        manager_blame(manager, "%s did not stop: %s", participant->bdf, participant->reason);
        manager_lose(manager, index);
        return false;
    }
    participant->stopped = true;
    return true;
}

/* Return: has everybody let go? */
static bool stop(Manager *manager)
{
    bool good = true;

    for (size_t i = manager->count; i-- > 0 && good;) {
        if (is_pending(&manager->participants[manager->order[i]])) {
            good = !manager_interrupted(manager) && stop_one(manager, manager->order[i]);
        }
    }
    for (size_t i = 0; i < manager->count && good; i++) {
        if (manager->participants[i].stopped) {
            probe(manager, &manager->participants[i]);
        }
    }
    return good;
}

static bool reassign(Manager *manager)
{
    char why[PARTICIPANT_WHY_SIZE] = "";
    int result = manager->hooks.reassign(manager->hooks.context, why);

    if (result < 0) {
        manager_blame(manager, "%s", why);
    }
    return result == 0;
}

/* Does everybody work? Newcomers need not when nothing was moved. */
static bool is_whole(const Manager *manager, bool moved)
{
    for (size_t i = 0; i < manager->count; i++) {
        const Participant *participant = &manager->participants[i];

        if (participant->state != PNP_STARTED && (moved || !participant->newcomer)) {
            return false;
        }
    }
    return true;
}

/* From the first STOP to the last START */
static void move(Manager *manager)
{
    uint64_t begin_ns = manager_now(manager);
    bool moved;

    moved = stop(manager);
    manager->times.stop_ns = manager_now(manager) - begin_ns;
    moved = moved && !manager_interrupted(manager) && reassign(manager);

    begin_ns = manager_now(manager);
    cancel(manager, true); /* those whom a failed STOP has left stop-pending */
    manager_start(manager, moved);
    manager->times.start_ns = manager_now(manager) - begin_ns;

    if (moved && is_whole(manager, true)) {
        manager->result = MANAGER_REBALANCED;
        manager->reason[0] = '\0'; /* of attempts before */
        return;
    }
    manager->result = MANAGER_FAILED;
    if (!moved && is_whole(manager, false)) {
        manager_blame(manager, "rolled back, everybody works again");
    }
}

static int init(Manager *manager)
{
    manager->refuser = -1;
    manager->order = calloc(manager->count + 1, sizeof(*manager->order));
    manager->log.room = manager->count * MANAGER_ROOM;
    manager->log.records = calloc(manager->log.room + 1, sizeof(*manager->log.records));
    if (!manager->order || !manager->log.records) {
        return -ENOMEM;
    }
    order_make(manager);
    return 0;
}

int manager_run(Manager *manager)
{
    uint64_t begin_ns = manager_now(manager);
    bool agreed;
    int result = init(manager);

    if (result < 0) {
        return result;
    }
    agreed = agree(manager) && requirements(manager);
    manager->times.query_ns = manager_now(manager) - begin_ns - manager->times.plan_ns;
    if (agreed) {
        move(manager);
    } else {
        manager->result = is_whole(manager, false) ? MANAGER_REFUSED : MANAGER_FAILED;
    }
    manager->times.total_ns = manager_now(manager) - begin_ns;
    return order_check(manager->participants, manager->count, &manager->log, &manager->breaches);
}

void manager_deinit(Manager *manager)
{
    free(manager->order);
    free(manager->log.records);
    manager->order = NULL;
    manager->log = (RequestLog) { 0 };
}
