/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "invariants.h"

const Invariant invariants[] = {
    { "I1", "agreed" },
    { "I2", "contained" },
    { "I3", "disjoint" },
    { "I4", "aligned" },
    { "I5", "reachable" },
    { "I6", "preserved" },
    { "I7", "quiet" },
    { "I8", "old-silent" },
    { "I9", "interrupts" },
    { "I10", "contract" },
    { "I11", "unharmed" },
    { "I12", "minimal" },
    { "I13", "rolled-back" },
    { "L1", "complete" },
    { "P1", "predicted" },
};

const guint invariant_count = G_N_ELEMENTS(invariants);

const Invariant *invariant_find(const char *id)
{
    for (guint i = 0; i < invariant_count; i++) {
        if (g_str_equal(invariants[i].id, id)) {
            return &invariants[i];
        }
    }
    return NULL;
}

InvariantTally invariant_tally(const Judgement *judgement, const char *id)
{
    InvariantTally tally = { 0 };

    for (guint i = 0; i < judgement->checks->len; i++) {
        const Check *check = g_ptr_array_index(judgement->checks, i);
        g_autofree char *part = check_part(check, 0);

        if (check->called_for && g_str_equal(part, id)) {
            tally.checks++;
            tally.failed += check->ok || check->warning ? 0 : 1;
            tally.warnings += !check->ok && check->warning ? 1 : 0;
        }
    }
    return tally;
}
