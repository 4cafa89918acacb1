/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions of a random walk: numbers of interesting kinds, so that a walk of some length meets
 * all of them.
 */
#ifndef BARSHIFT_TEST_CHANCE_H
#define BARSHIFT_TEST_CHANCE_H

#include "walk.h"

/* Memory that walks use */
#define CHANCE_RAM_BASE UINT64_C(0x100000)

/** chance_one_in() - true once in @n times */
bool chance_one_in(Walk *walk, unsigned n);

/** chance_below() - a number below @n */
unsigned chance_below(Walk *walk, unsigned n);

/** chance_bits() - 64 random bits */
uint64_t chance_bits(Walk *walk);

/** chance_region() - a BAR that there is, or the ROM */
unsigned chance_region(Walk *walk);

/** chance_offset() - in a BAR or shortly behind it; registers more often */
uint64_t chance_offset(Walk *walk, unsigned nr);

/** chance_address() - to aim at: memory, BARs, the function's own configuration space, nothing */
uint64_t chance_address(Walk *walk);

/** chance_value() - to write anywhere */
uint64_t chance_value(Walk *walk);

/** chance_place() - to put a BAR or the ROM at; free, the own one, over another one, or nonsense */
uint64_t chance_place(Walk *walk, unsigned nr);

#endif
