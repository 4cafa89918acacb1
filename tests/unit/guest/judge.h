/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One invariant judged on a made-up machine on which one thing was broken. */
#ifndef BARSHIFT_JUDGE_H
#define BARSHIFT_JUDGE_H

#include "fake-system.h"

typedef void Break(FakeSystem *fake);

/** struct InvariantRow - what is broken, and what the invariant says about function 0 */
typedef struct InvariantRow {
    const char *name;
    Invariant *invariant;
    int bar_nr;
    Break *break_it;
    const char *sentence; /* a part of it; NULL: it must hold */
} InvariantRow;

/** struct LayoutRow - a layout, and what an invariant says when something of it is broken */
typedef struct LayoutRow {
    Break *arrange;
    InvariantRow row;
} LayoutRow;

/** struct Judged - a machine with content and its baseline, before or after it was broken */
typedef struct Judged {
    FakeSystem fake;
    Baseline before;
} Judged;

/** nothing() - breaks nothing */
void nothing(FakeSystem *fake);

/** judged_new() - @arrange a machine, fill it, take the baseline; Return: never NULL */
Judged *judged_new(Break *arrange);
void judged_free(Judged *judged);

/** judged_holds() - @why: (out) INVARIANT_WHY_SIZE bytes */
bool judged_holds(Judged *judged, Invariant *invariant, int bar_nr, char *why);

/**
 * judge() - assert that the invariant says what the row says
 *
 * I8 looks back to FAKE_OLD_BASE: there the baseline has the BAR before anything is broken.
 * Judging must neither touch what is no register nor anything of a stopped function.
 */
void judge(Break *arrange, const InvariantRow *row);

#endif
