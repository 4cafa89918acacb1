/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address map, for people and for programs. */
#ifndef BARSHIFT_MAP_H
#define BARSHIFT_MAP_H

#include <stdio.h>
#include <sys/utsname.h>

#include "topology.h"

/**
 * map_print() - the map for people, at most 100 columns
 * @topology: with its witnesses read
 * @kernel: what uname() says of the running kernel
 *
 * Witnesses that agree are shown as one address; where one differs it gets a line of its own.
 */
void map_print(const Topology *topology, const struct utsname *kernel, FILE *file);

/** map_json() - the map as one line of JSON, every witness apart; docs/guest.md tells the fields */
void map_json(const Topology *topology, const struct utsname *kernel, FILE *file);

#endif
