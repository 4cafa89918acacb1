/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs moved by hand, in configuration space alone: the kernel is not told. */
#ifndef BARSHIFT_CONFIG_MOVE_H
#define BARSHIFT_CONFIG_MOVE_H

#include <stdint.h>

#include "config.h"

/** struct ConfigMove - where a memory BAR is to lie */
typedef struct ConfigMove {
    const char *bdf;
    int bar_nr;
    uint64_t address;
} ConfigMove;

/**
 * config_move() - write memory BARs
 * @why: (out) CONFIG_WHY_SIZE bytes, set when the result is negative
 *
 * First all functions cease to decode memory, then all BARs are written, both halves of a 64-bit
 * one, and then those that decoded do so again, in the order of @moves. So nobody answers where two
 * of them would overlap in between.
 *
 * Return: 0; -EINVAL for a BAR that is no memory BAR; -ENODEV when a function does not answer;
 * -EACCES when a BAR does not take its address, and all have their old ones again; -EIO when
 * libpci gave up.
 */
int config_move(const ConfigSource *source, const ConfigMove *moves, size_t count, char *why);

#endif
