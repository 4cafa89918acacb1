/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Upstream port of a switch, with a BAR of its own.
 *
 * It is QEMU's x3130-upstream, and has memory behind BAR 0 besides. Software that wants to release
 * the window of the port above finds this BAR in it, however empty the switch is.
 *
 * QEMU interface:
 *  + PCI BAR 0: memory, 64-bit prefetchable
 *  + QOM property "bar": its size
 *  + all of x3130-upstream
 *
 * Specification: docs/device.md
 */
#ifndef BARSHIFT_UPSTREAM_PORT_H
#define BARSHIFT_UPSTREAM_PORT_H

#define TYPE_BARSHIFT_UPSTREAM "barshift-upstream"

/** TYPE_UPSTREAM_PORT - what it is made of; a QEMU may have been built without */
#define TYPE_UPSTREAM_PORT "x3130-upstream"

/** upstream_port_register_type() - make "-device barshift-upstream" known */
void upstream_port_register_type(void);

#endif
