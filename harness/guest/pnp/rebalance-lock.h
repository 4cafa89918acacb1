/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One rebalance at a time: a second one would ask drivers that the first one is stopping. */
#ifndef BARSHIFT_REBALANCE_LOCK_H
#define BARSHIFT_REBALANCE_LOCK_H

#define REBALANCE_LOCK_WHY_SIZE 320

/**
 * rebalance_lock() - be the only one
 * @root: what stands before "/run"; "" on a live system
 * @why: (out) REBALANCE_LOCK_WHY_SIZE bytes, set when the result is negative
 *
 * The lock is the process', and ends with it; processes that it forks do not have it.
 *
 * Return: a descriptor, which unlocks when it is closed; -EBUSY: another process has it; or -errno.
 */
int rebalance_lock(const char *root, char *why);

#endif
