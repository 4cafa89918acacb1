/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of contract.c that is about one request. */
#ifndef BARSHIFT_CONTRACT_WALK_H
#define BARSHIFT_CONTRACT_WALK_H

#include "contract-orders.h"
#include "contract.h"

/** struct ContractReport - where breaches go */
typedef struct ContractReport {
    ContractBreach *breach;
    void *context;
    PnpRequest request; /* the one it is about */
    unsigned number;    /* of the request in the trace, from 1 */
    unsigned breaches;
} ContractReport;

void contract_report(ContractReport *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * struct ContractWalk - the events of one request
 * @now: the situation that was written when it was sent, with the kind of START and of
 *       SURPRISE_REMOVAL that it really is
 * @events: between what was sent and what was completed
 */
typedef struct ContractWalk {
    const ContractOrders *orders;
    PnpRequest request;
    Situation now;
    const TraceEvent *events;
    size_t count;
    TraceStatus completed;
} ContractWalk;

/** contract_walk_check() - did it bring what it has to? */
void contract_walk_check(const ContractWalk *walk, ContractReport *report);

#endif
