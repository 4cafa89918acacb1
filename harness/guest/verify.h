/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invariants as CMocka tests, one for each invariant and BAR, reported as TAP on stdout. */
#ifndef BARSHIFT_VERIFY_H
#define BARSHIFT_VERIFY_H

#include "access.h"
#include "baseline.h"

#define VERIFY_TAGS_MAX 256

typedef struct VerifyTags {
    uint32_t tags[VERIFY_TAGS_MAX];
    size_t count;
} VerifyTags;

/** struct VerifyScope - what was done to whom since the baseline */
typedef struct VerifyScope {
    VerifyTags stopped;   /* to be stopped: may have moved */
    VerifyTags removed;   /* unplugged on purpose: nothing of them may be left at the old address */
    VerifyTags reset;     /* scratch registers read 0 */
    VerifyTags forgotten; /* removed from the kernel alone: they decode where they did */
} VerifyScope;

/**
 * verify_run() - judge every barshift function
 * @topology: with its witnesses read
 * @baseline: NULL for none; then only what needs no memory of the past is judged
 * @scope: with a baseline, every function that it does not name must have been left alone (I11)
 *
 * A BAR without an address is judged by I1 alone, unless the baseline says that it had one. A
 * function that has not all its BARs cannot be started and is not asked to be reachable. Of a
 * forgotten one that is not on the bus nothing is asked, and nothing is read.
 *
 * Return: number of tests that failed, -ENODEV when there is no function to judge, or -ENOMEM.
 */
int verify_run(const Topology *topology, const Access *access, const Baseline *baseline,
               const VerifyScope *scope);

#endif
