/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places for the BARs of any layout: kinds and sizes are what the registers tell, addresses are
 * free ones of the kind.
 */
#ifndef BARSHIFT_TEST_PLACEMENT_H
#define BARSHIFT_TEST_PLACEMENT_H

#include "function.h"

/* What is free in a machine whose firmware has not run */
#define PORTS_BASE UINT64_C(0x2000)
#define PORTS_END UINT64_C(0x10000)
#define MEMORY_32_BASE UINT64_C(0x80000000)
#define MEMORY_32_END UINT64_C(0xfec00000)
#define MEMORY_64_BASE MEMORY_BASE
#define MEMORY_64_END (UINT64_C(1) << 63)

/**
 * function_size_bars() - find kinds and sizes of the BARs and of the expansion ROM
 *
 * With the all-ones method, PCIe r6.0, sec 7.5.1.2.1: decode is off afterwards. The registers are
 * as before.
 */
void function_size_bars(Function *function);

/**
 * function_place_bars() - size the BARs, give each an address of its own, decode on
 *
 * @function->bars tells the addresses afterwards. They are the same each time as long as the
 * sizes are. The expansion ROM gets an address, too, and is not enabled.
 */
void function_place_bars(Function *function);

/** port_open_windows() - all of these places are behind the root port, and its bridge is enabled */
void port_open_windows(const Function *port);

/** assert_bars_reached() - assert_reached() for all BARs that have a header, where they are */
void assert_bars_reached(const Function *function);

#endif
