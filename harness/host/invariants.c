/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "invariants.h"

const Invariant invariants[] = {
    { "I1", "agreed", "all witnesses name the same base and size for each BAR" },
    { "I2", "contained", "each BAR lies in the window of every bridge above it and of the host" },
    { "I3", "disjoint", "no two decoding BARs overlap" },
    { "I4", "aligned", "each BAR is naturally aligned and as large as advertised" },
    { "I5", "reachable", "what is read through the new mapping is this function's" },
    { "I6", "preserved", "contents and scratch survive" },
    { "I8", "old-silent", "nothing at the old address reaches the function any more" },
    { "I11", "unharmed", "whoever is out of scope saw no event and kept everything" },
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
            tally.failed += check->ok ? 0 : 1;
        }
    }
    return tally;
}
