/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "contract-orders.h"
#include "rebalance-members.h"

#define IDENTIFY_TIME_NS UINT64_C(2000000000)
#define CLASS_BRIDGE 0x06

_Static_assert(PATH_NAME_SIZE <= PARTICIPANT_PATH_SIZE, "every path fits");

static bool is_incoming(const RebalancePlan *plan, const char *bdf)
{
    for (size_t i = 0; i < plan->incoming_count; i++) {
        if (strcmp(plan->incoming[i].bdf, bdf) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_working(const Function *function)
{
    return (function->memory_decode || function->io_decode) && !function->stopped;
}

static bool is_member(const Function *function, const RebalancePlan *plan)
{
    return !function->is_bridge && function->class_code >> 8 != CLASS_BRIDGE &&
           (is_working(function) || is_incoming(plan, function->bdf));
}

static bool has_resources(const Function *function)
{
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        if (function->bars[nr].kind != BAR_NONE) {
            return true;
        }
    }
    return false;
}

/* Who is asked: a driver process, the kernel's driver, or nobody */
static void driver_find(Participant *participant, Member *member, const ConfigSource *source)
{
    char why[PARTICIPANT_WHY_SIZE];
    int result = participant_driver_open(source->root, participant->path,
                                         clock_now_ns() + IDENTIFY_TIME_NS, &member->driver, why);

    if (result == -EPIPE) {
        strcpy(member->dead, why);
    }
    /* One that does not answer may have the function mapped, so nobody takes its place */
    if (result != -EPIPE && result != -ENOENT && result != -ENAMETOOLONG) {
        participant->ops = &participant_driver_ops;
        participant->context = &member->driver;
    } else if (participant_kernel_open(source->root, participant->bdf, &member->kernel) == 0) {
        participant->ops = &participant_kernel_ops;
        participant->context = &member->kernel;
    } else {
        participant->ops = &participant_raw_ops;
        participant->context = &member->raw;
    }
}

static void member_make(const Topology *topology, const Function *function,
                        const RebalancePlan *plan, Participant *participant, Member *member)
{
    bool incoming = is_incoming(plan, function->bdf);

    *participant = (Participant) { .parent = -1, .has_resources = has_resources(function),
                                   .newcomer = incoming,
                                   .state = incoming ? PNP_ADDED : PNP_STARTED };
    strcpy(participant->bdf, function->bdf);
    strcpy(member->before, function->bdf);
    if (path_name(topology, function->bdf, participant->path) < 0) {
        strcpy(participant->path, function->bdf);
    }
    member->tagged = function->tagged;
    member->tag = function->tag;
    member->incoming = incoming;
}

int members_find(const Topology *topology, const RebalancePlan *plan, const ConfigSource *source,
                 const Access *access, Members *members)
{
    members->participants = calloc(topology->function_count + 1, sizeof(Participant));
    members->members = calloc(topology->function_count + 1, sizeof(Member));
    if (!members->participants || !members->members) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < topology->function_count; i++) {
        Participant *participant = &members->participants[members->count];
        Member *member = &members->members[members->count];

        if (is_member(&topology->functions[i], plan)) {
            member_make(topology, &topology->functions[i], plan, participant, member);
            member->raw = (ParticipantRaw) { .source = source, .access = access };
            driver_find(participant, member, source);
            members->count++;
        }
    }
    return 0;
}

static Participant *participant_find(Members *members, const char *bdf)
{
    for (size_t i = 0; i < members->count; i++) {
        if (strcmp(members->participants[i].bdf, bdf) == 0) {
            return &members->participants[i];
        }
    }
    return NULL;
}

int members_start_again(Members *members, const char *bdf, char *why)
{
    Participant *participant = participant_find(members, bdf);
    const ContractOrders *orders;
    const char *model;

    if (!participant) {
        snprintf(why, REBALANCE_WHY_SIZE, "%s: no such function works", bdf);
        return -ENODEV;
    }
    if (participant->ops != &participant_driver_ops) {
        snprintf(why, REBALANCE_WHY_SIZE, "%s: no driver process has it", bdf);
        return -EINVAL;
    }
    model = members->members[participant - members->participants].driver.model;
    orders = contract_orders_find(model);
    if (!orders || !orders->takes_start) {
        snprintf(why, REBALANCE_WHY_SIZE, "%s: START without a stop is not documented for %s", bdf,
                 model);
        return -EINVAL;
    }
    participant->requirements_changed = true;
    return 0;
}

void members_free(Members *members)
{
    free(members->participants);
    free(members->members);
    *members = (Members) { 0 };
}

void members_follow(Members *members, const Topology *topology)
{
    for (size_t i = 0; i < members->count; i++) {
        const Function *found = path_find(topology, members->participants[i].path);

        strcpy(members->participants[i].bdf, found ? found->bdf : "");
    }
}
