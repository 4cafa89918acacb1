/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request of the manager: its deadline, its answer, its line in the log. */
#ifndef BARSHIFT_MANAGER_SEND_H
#define BARSHIFT_MANAGER_SEND_H

#include "manager.h"

/** MANAGER_ROOM - records that one participant can bring, at most */
#define MANAGER_ROOM (2 * MANAGER_ATTEMPTS_MAX + 8)

uint64_t manager_now(const Manager *manager);
void manager_wait(const Manager *manager, uint64_t time_ns);

/**
 * manager_send() - send a request and follow the answer
 *
 * An answer after the deadline counts as none. One that is illegal, or too late, is a breach. A
 * request that the participant must not get in its state is not sent, and is a breach of the
 * manager's.
 *
 * Return: how it ended.
 */
PnpStatus manager_send(Manager *manager, size_t index, PnpRequest request);

/** manager_interrupted() - has anybody asked to give up? The first time it is told in the reason */
bool manager_interrupted(Manager *manager);

/** manager_blame() - add a sentence to the reason, made as by printf() */
__attribute__((format(printf, 2, 3))) void manager_blame(Manager *manager, const char *format,
                                                         ...);

#endif
