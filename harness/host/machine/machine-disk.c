/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk of a guest of the user's own, and the drives with what it needs. */
#include "machine-parts.h"

/*
 * Behind all other devices, so that each takes what place they have left on the root bus. The
 * chipset's SATA controller has its own.
 */
static void add_drive(GStrvBuilder *command, const Disk *disk, const char *name,
                      const char *options)
{
    gboolean boots = g_str_equal(name, "disk");

    machine_addf(command, "-drive", "if=none,id=barshift-%s,%s", name, options);
    if (disk->bus == DISK_VIRTIO) {
        machine_addf(command, "-device", "virtio-blk-pci,drive=barshift-%s%s", name,
                     boots ? ",bootindex=1" : "");
    } else {
        machine_addf(command, "-device", "%s,drive=barshift-%s%s", boots ? "ide-hd" : "ide-cd",
                     name, boots ? ",bootindex=1" : "");
    }
}

static void add_image(GStrvBuilder *command, const Disk *disk, const char *name, const char *path)
{
    g_autofree char *file = machine_escape(path);
    g_autofree char *options = g_strdup_printf("file=%s,format=raw,readonly=on", file);

    add_drive(command, disk, name, options);
}

/* What is written goes to a temporary file of QEMU's without a name: there is no need to flush. */
void machine_add_own_disk(GStrvBuilder *command, const Disk *disk)
{
    g_autofree char *file = machine_escape(disk->image);
    g_autofree char *options =
        g_strdup_printf("file=%s,format=%s,snapshot=on,cache=unsafe", file, disk->format);

    add_drive(command, disk, "disk", options);
    if (!disk->outside) {
        add_image(command, disk, "bundle", BARSHIFT_BUNDLE);
        add_image(command, disk, "seed", BARSHIFT_SEED);
    }
}
