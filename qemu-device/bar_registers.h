/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers in the BARs: header page, control registers, ledger (registers.h).
 */
#ifndef BARSHIFT_BAR_REGISTERS_H
#define BARSHIFT_BAR_REGISTERS_H

#include "barshift.h"

/**
 * bar_registers_ops - what answers in the control BAR and on the header page of the memory BAR
 *
 * The opaque pointer is the BarshiftBar; offset 0 is the start of the BAR. Accesses of 1, 2, 4
 * and 8 bytes at any offset. Where no register is, reads give 0 and writes do nothing; both leave
 * a record in the ledger.
 */
extern const MemoryRegionOps bar_registers_ops;

#endif
