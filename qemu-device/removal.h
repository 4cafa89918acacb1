/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Surprise removal: the function is pulled out of its slot, and nobody was asked.
 *
 * The device stays in QEMU, where its ledger can still be read, but nothing of it answers. The
 * slot tells what that of a card that was pulled would tell (PCIe r6.0, sec 6.7.3), as far as
 * QEMU's ports have the bits for it.
 */
#ifndef BARSHIFT_REMOVAL_H
#define BARSHIFT_REMOVAL_H

#include "qom/object.h"

/** removal_class_init() - add the property "removed" */
void removal_class_init(ObjectClass *klass);

#endif
