/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lspci -vv writes beside the registers: the sizes of BARs, which no register tells. */
#ifndef BARSHIFT_CAPTURE_H
#define BARSHIFT_CAPTURE_H

#include <stdio.h>

#include "topology.h"

/**
 * capture_add_sizes() - give the BARs of a dump the addresses and sizes that lspci knew
 * @topology: read from the same file, which lspci -vv -xxxx wrote
 * @file: open on it
 *
 * Lines "Region 2: Memory at 100000000 (64-bit, prefetchable) [size=2G]", with "<unassigned>" or
 * "<ignored>" for who has no address; what is written of a function that is not in @topology is
 * passed over.
 */
void capture_add_sizes(Topology *topology, FILE *file);

/**
 * capture_read_windows() - find the windows of host bridges in copies of /proc/iomem, /proc/ioports
 * @file: open on a capture, which may hold other things as well
 * @windows: (out) TOPOLOGY_HOST_WINDOWS_MAX elements
 *
 * Return: their number; 0 when there are none; -E2BIG; -EACCES when all of them are at 0, as users
 * other than root see them.
 */
int capture_read_windows(FILE *file, HostWindow *windows);

/**
 * capture_size_parse() - read a size such as "2G"
 * @size_bytes: (out) set only on success
 *
 * Return: 0, or -EINVAL for anything but a number with at most one of K, M, G, T, P, E.
 */
int capture_size_parse(const char *text, uint64_t *size_bytes);

#endif
