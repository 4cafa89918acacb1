/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The invariants by number and name, and how many checks of each a judgement holds. L1 is about
 * the ledger, without which the others could not be judged, and P1 about the arbiter, which
 * foretells what the kernel does; they count like them.
 */
#ifndef BARSHIFT_HOST_INVARIANTS_H
#define BARSHIFT_HOST_INVARIANTS_H

#include "verdict.h"

typedef struct Invariant {
    const char *id;   /* "I1" */
    const char *name; /* "agreed"; docs/scenarios.md says when it holds */
} Invariant;

/** invariant_find() - (nullable): by id such as "I5" */
const Invariant *invariant_find(const char *id);

extern const Invariant invariants[];
extern const guint invariant_count;

typedef struct InvariantTally {
    guint checks; /* that are called for */
    guint failed; /* of these, those that decide */
    guint warnings; /* of these, those that failed and decide nothing */
} InvariantTally;

/** invariant_tally() - count the checks of one invariant */
InvariantTally invariant_tally(const Judgement *judgement, const char *id);

#endif
