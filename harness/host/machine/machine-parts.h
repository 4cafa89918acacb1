/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of QEMU's command line, each added by a file of its own. Not for anybody else. */
#ifndef BARSHIFT_HOST_MACHINE_PARTS_H
#define BARSHIFT_HOST_MACHINE_PARTS_H

#include "machine.h"

/** machine_add(), machine_addf() - one option with its value */
void machine_add(GStrvBuilder *command, const char *option, const char *value);
void machine_addf(GStrvBuilder *command, const char *option, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/** machine_escape() - (transfer full): QEMU reads a doubled comma in an option as one comma */
char *machine_escape(const char *value);

/** machine_add_port() - the device that a port is; those above it stand before */
void machine_add_port(GStrvBuilder *command, const Port *port);

/**
 * machine_add_disk() - what a DEVICE_NVME stores on
 * @folder: see MachineParts.disks
 *
 * There from the start even for a controller that comes later: a disk outlives its controller.
 */
void machine_add_disk(GStrvBuilder *command, const Function *function, const char *folder);

/** machine_add_own_disk() - what a guest of the user's own boots from, and what it is given */
void machine_add_own_disk(GStrvBuilder *command, const Disk *disk);

#endif
