/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this the QEMU that the device was built for?
 *
 * The device shares structures with QEMU, and QEMU promises no ABI to anybody. What the headers
 * said is compared with what the running binary says: its version, the package where the
 * distribution names one, and the places of fields in the structure that the device begins with.
 */
#ifndef BARSHIFT_ABI_H
#define BARSHIFT_ABI_H

#include "qapi/error.h"

/**
 * abi_check() - compare the running QEMU with the headers
 *
 * Call it when all types of QEMU are registered.
 *
 * Return: false with @errp set, with both values in it, at the first difference.
 */
bool abi_check(Error **errp);

#endif
