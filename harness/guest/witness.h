/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two witnesses that need accesses: what the CPU reaches, and the device's own registers. */
#ifndef BARSHIFT_WITNESS_H
#define BARSHIFT_WITNESS_H

#include "access.h"

/**
 * witness_read() - add headers and device registers to a topology
 *
 * Reads only, and only BARs of barshift functions that the kernel has assigned, that decode, and
 * that are not stopped. What cannot be read stays unknown; judging that is the invariants'
 * business.
 */
void witness_read(Topology *topology, const Access *access);

/** witness_function_read() - the same for one function */
void witness_function_read(Function *function, const Access *access);

/**
 * witness_header_read() - read the header of one BAR
 * @header: (out) .seen is false when there is no header that is understood, or it cannot be read
 */
void witness_header_read(const Access *access, const Function *function, int bar_nr,
                         BarHeader *header);

#endif
