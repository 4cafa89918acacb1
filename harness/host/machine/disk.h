/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's own guest: the disk that it boots from, instead of a kernel and the initramfs. */
#ifndef BARSHIFT_HOST_DISK_H
#define BARSHIFT_HOST_DISK_H

#include "scenario.h"

typedef enum DiskBus {
    DISK_VIRTIO, /* every Linux has a driver for it */
    DISK_SATA,   /* so has every other system */
} DiskBus;

/* bus by name, in the order of the enum, NULL-terminated */
extern const char *const disk_bus_names[];

typedef struct Disk {
    char *image;
    const char *format;   /* "raw" or "qcow2" */
    DiskBus bus;
    guint64 memory_bytes; /* the guest has at least this much */
    gboolean outside;     /* no agent is in the guest */
    double quiet_seconds; /* then: a step is over when nothing has changed for so long */
    char *cpu;            /* (nullable): model of QEMU, where the scenario names none */
} Disk;

/**
 * disk_check() - can a machine have this image as its disk?
 * @format: (nullable): "raw" or "qcow2", as it was given; NULL: its first bytes tell
 *
 * Returns: the format; NULL with RUNNER_ERROR_USAGE that says what the file is instead.
 */
const char *disk_check(const char *image, const char *format, GError **error);

/** disk_suits() - FALSE with RUNNER_ERROR_USAGE when the scenario needs what only our kernel has */
gboolean disk_suits(const Scenario *scenario, GError **error);

/** disk_give_memory() - let the machine have as much memory as a system from a disk needs */
void disk_give_memory(const Disk *disk, Scenario *scenario);

void disk_free(Disk *disk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Disk, disk_free)

#endif
