/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topologies made by hand, as a running system would show them. */
#ifndef BARSHIFT_MADE_TOPOLOGY_H
#define BARSHIFT_MADE_TOPOLOGY_H

#include "topology.h"

#define MADE_MAX 32

/** struct MadeTopology - stays where it is; bridges are functions, too */
typedef struct MadeTopology {
    Topology topology;
    Function functions[MADE_MAX];
    Bridge bridges[MADE_MAX];
} MadeTopology;

/** made_init() - an empty machine with one memory window of the host bridge */
void made_init(MadeTopology *made, Range window);

/** made_port() - a hotplug port; @above: NULL for the root bus; @pref: its window */
void made_port(MadeTopology *made, const char *bdf, const char *above, int secondary, Range pref);

/** made_function() - one that works, with a 64-bit prefetchable BAR 2; empty: without address */
Function *made_function(MadeTopology *made, const char *bdf, const char *above, uint64_t size_bytes,
                        Range place);

/**
 * made_fragmented_hole() - as the scenario of this name leaves it
 *
 * 4 GiB are free in two pieces, the newcomer, 0000:05:00.0, has no address. Functions 5 to 7 of
 * the topology are those below the ports.
 */
void made_fragmented_hole(MadeTopology *made);

/** made_resizable() - give BAR 2 the sizes of 1 MiB to 1 TiB */
void made_resizable(Function *function);

#endif
