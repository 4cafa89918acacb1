/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of a scenario as a tree: host bridge, ports, functions with their BARs. It shows all
 * that the file has, whenever it is plugged in, and only that: what a layout's values mean, the
 * device alone knows (layout-probe.h).
 */
#ifndef BARSHIFT_HOST_TOPOLOGY_DRAWING_H
#define BARSHIFT_HOST_TOPOLOGY_DRAWING_H

#include "scenario.h"

/**
 * topology_drawing() - draw the machine
 * @ascii: with | ` - ~ instead of box characters
 *
 * Returns: (transfer full): lines of at most TEXT_COLUMNS characters.
 */
char *topology_drawing(const Scenario *scenario, gboolean ascii);

#endif
