/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A random walk: what a hostile guest does to a function. It writes configuration space, reads and
 * writes BARs wherever they are, aims DMA at anything and resets the function in all ways.
 *
 * Nothing of it depends on what the function answers, so the same seed makes the same walk.
 */
#ifndef BARSHIFT_TEST_WALK_H
#define BARSHIFT_TEST_WALK_H

#include "placement.h"
#include "view.h"

/**
 * Walk - one for each QEMU
 * @function: below @port when @below_port
 * @port: a root port
 * @random: source of all decisions
 * @shape: of the function
 * @control_nr: its BAR with the control registers
 * @table_nr: its BAR with the MSI-X table, BARSHIFT_BARS: none
 * @table_offset: in that BAR
 * @believed: where each BAR, or the ROM, was put last
 * @operations: done or queued: accesses to configuration space, memory and ports, and resets
 * @resets: of these
 */
typedef struct Walk {
    Function function;
    Function port;
    bool below_port;
    GRand *random;
    Shape shape;
    unsigned control_nr;
    unsigned table_nr;
    uint32_t table_offset;
    uint64_t believed[FUNCTION_REGIONS];
    uint64_t operations;
    uint64_t resets;
} Walk;

/**
 * walk_start() - start a QEMU with the function, its BARs placed
 * @properties: as for function_start()
 * @below_port: below a root port with wide windows, else on the root bus
 */
void walk_start(Walk *walk, const char *properties, bool below_port, uint32_t seed);

/**
 * walk_migrate() - go on in another QEMU, which loads the state of the one up to now
 * @properties: as for walk_start()
 */
void walk_migrate(Walk *walk, const char *properties);

/** walk_stop() - end its QEMU */
void walk_stop(Walk *walk);

/** walk_steps() - queue random operations; virtual time passes now and then */
void walk_steps(Walk *walk, unsigned count);

/** walk_place() - queue what gives each BAR an address of its own, decode on */
void walk_place(Walk *walk);

/** walk_system_reset() - reset the machine, and do what firmware does afterwards */
void walk_system_reset(Walk *walk);

#endif
