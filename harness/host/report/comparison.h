/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is otherwise in one report than in another. Pure. */
#ifndef BARSHIFT_HOST_COMPARISON_H
#define BARSHIFT_HOST_COMPARISON_H

#include "past-report.h"

/* One thing that is told otherwise: "fut bar2", "0x100000000, 2 GiB", "unassigned" */
typedef struct Change {
    char *what;
    const char *from, *to; /* (nullable): is not told there */
} Change;

/* The same scenario in both reports. */
typedef struct Pair {
    const PastResult *a, *b;
    gboolean verdict, outcome; /* they differ */
    gboolean slower;           /* b took longer, by more than the threshold */
    GPtrArray *fates;          /* (element-type Change) that differ, by name */
    GPtrArray *addresses;      /* likewise */
    GPtrArray *checks;         /* likewise; none unless the comparison is exact */
} Pair;

typedef struct Comparison {
    const PastReport *a, *b;
    gboolean exact;    /* what a function came to, and every check, decides, too */
    double threshold;  /* ratio of durations above which one counts as slower */
    GPtrArray *pairs;  /* (element-type Pair): in the order of b */
    GPtrArray *only_a; /* (element-type PastResult), not owned */
    GPtrArray *only_b;
} Comparison;

/**
 * comparison_new() - compare two reports, which are borrowed
 *
 * Results are the same when scenario and repetition are; where both reports have several kernels
 * these have to be the same, too, and so have QEMUs. So what one kernel came to can be compared
 * with what another one did.
 */
Comparison *comparison_new(const PastReport *a, const PastReport *b, double threshold,
                           gboolean exact);

void comparison_free(Comparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, comparison_free)

/** comparison_differs() - has any verdict or outcome changed; if exact, anything but durations? */
gboolean comparison_differs(const Comparison *comparison);

/** comparison_text() - (transfer full): for people */
char *comparison_text(const Comparison *comparison);

/** comparison_json() - (transfer full): for programs; docs/report.md describes the form */
JsonNode *comparison_json(const Comparison *comparison);

#endif
