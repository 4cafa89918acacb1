/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "interruption.h"
#include "mapping-probe.h"
#include "newcomer.h"
#include "rebalance-lock.h"
#include "rebalance.h"

#define NS_PER_MS UINT64_C(1000000)

_Static_assert(REBALANCE_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "it is the manager's buffer");
_Static_assert(REBALANCE_LOCK_WHY_SIZE <= REBALANCE_WHY_SIZE, "it is the caller's buffer");
_Static_assert(REASSIGN_WHY_SIZE <= PARTICIPANT_WHY_SIZE, "it is the manager's buffer");

/* Everybody who has refused so far may not be stopped */
static int plan_again(Rebalance *rebalance, char *why)
{
    RebalanceAsk ask = rebalance->ask;

    ask.refusers = rebalance->refusers;
    ask.refuser_count = 0;
    for (size_t i = 0; i < rebalance->members.count; i++) {
        if (rebalance->members.participants[i].refused) {
            strcpy(rebalance->refusers[ask.refuser_count++],
                   rebalance->members.participants[i].bdf);
        }
    }
    rebalance_plan_free(&rebalance->plan);
    memset(&rebalance->plan, 0, sizeof(rebalance->plan));
    return rebalance_plan(&rebalance->topology, &ask, &rebalance->plan, why);
}

static void scope_mark(Rebalance *rebalance)
{
    for (size_t i = 0; i < rebalance->members.count; i++) {
        Participant *participant = &rebalance->members.participants[i];
        Member *member = &rebalance->members.members[i];

        participant->in_scope = rebalance_in_scope(&rebalance->plan, participant->bdf);
        if (participant->in_scope && member->dead[0] != '\0') {
            breaches_add(&rebalance->manager.breaches, "%s", member->dead);
            member->dead[0] = '\0';
        }
    }
}

static int hook_choose(void *context, char *why)
{
    Rebalance *rebalance = context;
    int result = rebalance->manager.attempts > 1 ? plan_again(rebalance, why) : 0;

    if (result == 0 && rebalance->plan.verdict != PLAN_FITS) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s", rebalance->plan.reason);
        result = -ENOSPC;
    }
    if (result == 0) {
        scope_mark(rebalance);
    }
    return result;
}

/** struct ProbeNote - where findings of the mapping probe go */
typedef struct ProbeNote {
    Breaches *breaches;
    const char *bdf;
} ProbeNote;

static void probe_note(void *context, const MappingFinding *finding)
{
    const ProbeNote *note = context;

    breaches_add(note->breaches, "%s: process %d (%s) has it mapped after stop: %s", note->bdf,
                 finding->pid, finding->command, finding->what);
}

static int hook_probe(void *context, const Participant *participant, Breaches *breaches, char *why)
{
    const Rebalance *rebalance = context;
    const Function *function = topology_find(&rebalance->topology, participant->bdf);
    MappingTarget target = { .bdf = participant->bdf };
    ProbeNote note = { .breaches = breaches, .bdf = participant->bdf };
    int result;

    for (int nr = 0; function && nr < BARSHIFT_BARS; nr++) {
        if (bar_is_memory(&function->bars[nr]) && !range_is_empty(function->bars[nr].kernel)) {
            target.ranges[target.range_count++] = function->bars[nr].kernel;
        }
    }
    result = mapping_probe(rebalance->source->root, &target, probe_note, &note);
    if (result < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "/proc: %s", strerror(-result));
    }
    return result;
}

/* Also when it went wrong, everybody has to be found again */
static void follow(Rebalance *rebalance)
{
    Topology topology = { 0 };
    char why[CONFIG_WHY_SIZE];

    if (rebalance->reassigned.topology.function_count > 0) {
        members_follow(&rebalance->members, &rebalance->reassigned.topology);
        return;
    }
    if (topology_read(&topology, rebalance->source, why) == 0) {
        members_follow(&rebalance->members, &topology);
    }
    topology_free(&topology);
}

/* A stopped function still decodes, and the size of a BAR may not change meanwhile */
static int resize_prepare(const Rebalance *rebalance, char *why)
{
    const char *bdf = rebalance->plan.resized.bdf;
    char text[CONFIG_WHY_SIZE] = "";
    int result;

    if (bdf[0] == '\0') {
        return 0;
    }
    result = config_decode(rebalance->source, bdf, PCI_COMMAND_MEMORY, false, text);
    if (result < 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "%s: memory decode off: %s", bdf,
                 result == -EIO ? text : strerror(-result));
    }
    return result;
}

static int hook_reassign(void *context, char *why)
{
    Rebalance *rebalance = context;
    unsigned limit_ms = (unsigned)(rebalance->deadline_ns / NS_PER_MS);
    ReassignLimits limits = { limit_ms, limit_ms, limit_ms };
    int result;

    if (rebalance->ask.kind == REBALANCE_START_AGAIN) {
        return 0;
    }
    result = resize_prepare(rebalance, why);

    if (result == 0) {
        result = reassign_run(rebalance->source, &rebalance->topology, &rebalance->plan, &limits,
                              &rebalance->reassigned, why);
        follow(rebalance);
    }
    return result;
}

static bool hook_interrupted(void *context, char *why)
{
    int number = interruption_signal();

    (void)context;
    if (number != 0) {
        snprintf(why, PARTICIPANT_WHY_SIZE, "given up at signal %d (%s)", number,
                 strsignal(number));
    }
    return number != 0;
}

static int lock(Rebalance *rebalance, char *why)
{
    int result = rebalance_lock(rebalance->source->root, why);

    rebalance->locked = result >= 0;
    rebalance->lock = result;
    return result < 0 ? result : 0;
}

/* Who is started again stays where it is */
static int plan_first(Rebalance *rebalance, char *why)
{
    int result = 0;

    if (rebalance->ask.kind == REBALANCE_START_AGAIN) {
        rebalance->plan = (RebalancePlan) { .verdict = PLAN_FITS, .exact = true };
        rebalance->smallest_known = true;
        return 0;
    }
    if (rebalance->ask.kind == REBALANCE_INCOMING) {
        result = newcomer_probe(rebalance->source, &rebalance->topology, rebalance->ask.bdf, why);
    }
    if (result == 0) {
        result = rebalance_plan(&rebalance->topology, &rebalance->ask, &rebalance->plan, why);
    }
    if (result < 0) {
        return result;
    }
    result = rebalance_smallest(&rebalance->topology, &rebalance->ask, &rebalance->smallest_stops,
                                why);
    rebalance->smallest_known = result == 0;
    return result < 0 ? result : 0;
}

static int prepare(Rebalance *rebalance, char *why)
{
    int result = topology_read(&rebalance->topology, rebalance->source, why);

    if (result == 0) {
        result = plan_first(rebalance, why);
    }
    if (result < 0) {
        return result;
    }
    result = members_find(&rebalance->topology, &rebalance->plan, rebalance->source,
                          rebalance->access, &rebalance->members);
    rebalance->refusers = calloc(rebalance->members.count + 1, BDF_SIZE);
    if (result < 0 || !rebalance->refusers) {
        snprintf(why, REBALANCE_WHY_SIZE, "no memory");
        return -ENOMEM;
    }
    return rebalance->ask.kind == REBALANCE_START_AGAIN
               ? members_start_again(&rebalance->members, rebalance->ask.bdf, why)
               : 0;
}

int rebalance_run(Rebalance *rebalance, const Access *access, char *why)
{
    Manager *manager = &rebalance->manager;
    uint64_t planned_ns;
    int result;

    rebalance->begin_ns = clock_now_ns();
    rebalance->access = access;
    result = lock(rebalance, why);
    if (result == 0) {
        result = prepare(rebalance, why);
    }
    if (result < 0) {
        return result;
    }
    planned_ns = clock_now_ns() - rebalance->begin_ns;
    *manager = (Manager) {
        .participants = rebalance->members.participants,
        .count = rebalance->members.count,
        .policy = rebalance->policy,
        .deadline_ns = rebalance->deadline_ns,
        .close_ns = rebalance->deadline_ns,
        .hooks = { .choose = hook_choose, .probe = hook_probe, .reassign = hook_reassign,
                   .interrupted = hook_interrupted, .context = rebalance },
    };
    result = manager_run(manager);
    manager->times.plan_ns += planned_ns;
    manager->times.total_ns += planned_ns;
    if (result == 0 && rebalance->reassigned.topology.function_count > 0) {
        result = reassign_compare(&rebalance->plan, &rebalance->reassigned.topology,
                                  &rebalance->differences);
    }
    if (result < 0) {
        snprintf(why, REBALANCE_WHY_SIZE, "no memory");
    }
    return result;
}

void rebalance_free(Rebalance *rebalance)
{
    manager_deinit(&rebalance->manager);
    members_free(&rebalance->members);
    reassign_differences_free(&rebalance->differences);
    reassign_result_free(&rebalance->reassigned);
    rebalance_plan_free(&rebalance->plan);
    topology_free(&rebalance->topology);
    free(rebalance->refusers);
    if (rebalance->locked) {
        close(rebalance->lock);
        rebalance->locked = false;
    }
}

bool rebalance_is_good(const Rebalance *rebalance)
{
    return rebalance->manager.result == MANAGER_REBALANCED;
}

const char *rebalance_result_name(const Rebalance *rebalance)
{
    switch (rebalance->manager.result) {
    case MANAGER_REFUSED: return "refused";
    case MANAGER_FAILED: return "failed";
    default: break;
    }
    if (rebalance->plan.resized.path[0] != '\0') {
        return "resized";
    }
    for (size_t i = 0; i < rebalance->members.count; i++) {
        if (rebalance->members.participants[i].stopped) {
            return "rebalanced";
        }
    }
    return "settled";
}
