/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function that is present without addresses asks for. */
#ifndef BARSHIFT_NEWCOMER_H
#define BARSHIFT_NEWCOMER_H

#include "topology.h"

/**
 * newcomer_probe() - learn the sizes of BARs that the kernel has forgotten
 * @topology: the functions of the slot get the kinds and sizes that are missing
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * A 32-bit BAR without an address reads 0, as if it were not there, and the kernel forgets what
 * it could not place. So every BAR of unknown size is sized by the registers, PCI 3.0 sec 6.2.5.1,
 * and left as it was. Only functions that decode nothing are touched.
 *
 * Return: 0, -ENODEV: no such function, -EIO: libpci gave up.
 */
int newcomer_probe(const ConfigSource *source, Topology *topology, const char *bdf, char *why);

/** newcomer_is_same_slot() - are these two functions of one device? */
bool newcomer_is_same_slot(const char *a, const char *b);

#endif
