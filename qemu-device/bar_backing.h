/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is behind the header of a BAR, where that is not plain memory: a pattern, nothing, or
 * memory that is watched while the driver says that it has stopped.
 *
 * Accesses of 1, 2, 4 and 8 bytes at any offset. What cannot be done leaves a record in the ledger.
 */
#ifndef BARSHIFT_BAR_BACKING_H
#define BARSHIFT_BAR_BACKING_H

#include "qemu-compat.h"

/** bar_backing_ops - the whole BAR, below everything else in it. Opaque: the BarshiftBar. */
extern const MemoryRegionOps bar_backing_ops;

#endif
