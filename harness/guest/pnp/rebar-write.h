/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A new size for a resizable BAR, straight into its control register. */
#ifndef BARSHIFT_REBAR_WRITE_H
#define BARSHIFT_REBAR_WRITE_H

#include "topology.h"

/**
 * rebar_write() - select a size, PCIe r6.0 sec 7.8.6.3
 * @base: address to write into the BAR afterwards, to undo a change; 0: none
 * @decoding: write even while the function decodes memory, for it to refuse
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * The kernel learns of it when it finds the function again. The address bits of the BAR are the
 * function's afterwards.
 *
 * Return: 0; -ENODEV: no such function; -EBUSY: it decodes memory; -EINVAL: the BAR is not
 * resizable, or the size did not stick; -EIO: libpci gave up.
 */
int rebar_write(const ConfigSource *source, const char *bdf, int bar_nr, uint64_t size_bytes,
                uint64_t base, bool decoding, char *why);

#endif
