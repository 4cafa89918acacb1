/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address map before and after, for people: one glance shows who moved. */
#ifndef BARSHIFT_HOST_ADDRESS_MAP_H
#define BARSHIFT_HOST_ADDRESS_MAP_H

#include "engine.h"

/**
 * address_map_append() - the strips and the table, at most 100 columns wide
 * @all: every BAR and window; otherwise the main BAR of each function, the windows for it, and
 * memory BARs that are not where they were; with all of them the snapshots, too
 */
void address_map_append(GString *text, const RunResult *result, gboolean all);

#endif
