/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the device gets into a QEMU that it is built into (add-to-qemu-tree). The preloaded library
 * has module.c instead.
 */

#include "qemu/osdep.h"
#include "qemu/module.h"
#include "barshift.h"
#include "upstream_port.h"

type_init(barshift_register_type)
type_init(upstream_port_register_type)
