/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a scenario to QEMU's command line. Pure: nothing is looked up or started here. */
#ifndef BARSHIFT_HOST_MACHINE_H
#define BARSHIFT_HOST_MACHINE_H

#include "disk.h"
#include "scenario.h"

#include <json-glib/json-glib.h>

/* What the machine is made of, beside the scenario. All strings are borrowed. */
typedef struct MachineParts {
    const char *qemu;    /* program */
    const char *device;  /* (nullable): shared object with the device, preloaded into QEMU;
                            NULL: it has the device built in */
    const char *kernel;  /* (nullable): bzImage or vmlinux */
    const Disk *disk;    /* (nullable): boots instead of kernel; with neither the CPU never runs */
    const char *firmware; /* (nullable): OVMF, for scenarios that boot it */
    const char *initrd;  /* with a kernel */
    const char *modules; /* (nullable): archive that goes behind initrd where it is needed */
    const char *accel;   /* "tcg" or "kvm" */
    const char *disks;   /* folder for what NVMe controllers store; NULL: the current one */
    const char *console; /* file for the guest's console */
    const char *qmp;     /* chardev options behind "socket,id=qmp,", such as "fd=3" */
    const char *link;    /* likewise for the guest link */
    const char *append;  /* (nullable): further kernel arguments */
    const char *ram;     /* (nullable): file that the guest's memory is in */
    gboolean goes_on;    /* waits for a state to go on from; what it then writes to ram, and its
                            console behind what is there already, is its own */
} MachineParts;

/** machine_needs_modules() - does the guest need modules of the kernel? */
gboolean machine_needs_modules(const Scenario *scenario);

/** machine_disk_file() - (transfer full): where a DEVICE_NVME stores; see MachineParts.disks */
char *machine_disk_file(const Function *function, const char *folder);

/** machine_command() - (transfer full): argv of QEMU with everything plugged in at boot */
char **machine_command(const Scenario *scenario, const MachineParts *parts);

/** machine_function_option() - (transfer full): the argument of -device for a function */
char *machine_function_option(const Function *function);

/**
 * machine_device_add() - (transfer full): arguments of QMP's device_add for a function
 *
 * Not for a DEVICE_FOREIGN: nobody here knows the types of its properties. The monitor's own
 * device_add takes them as text.
 */
JsonObject *machine_device_add(const Function *function);

/**
 * machine_layout_option() - the argument of -device for a function with a layout
 *
 * Returns: (transfer full): such as "barshift,bar0=16K:mem32:control", without bus and id.
 */
char *machine_layout_option(const Layout *layout);

/**
 * machine_command_text() - the command to be typed into a shell, an option a line
 *
 * Its channels are sockets in the current folder; console, qmp and link of @parts do not count.
 * Where modules are needed a line before it puts initrd and modules together, in that folder, too;
 * another one each makes the disks.
 *
 * Returns: (transfer full)
 */
char *machine_command_text(const Scenario *scenario, const MachineParts *parts);

#endif
