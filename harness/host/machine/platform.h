/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Under what scenarios run: a kernel and a QEMU; every one of those given with every other one. */
#ifndef BARSHIFT_HOST_PLATFORM_H
#define BARSHIFT_HOST_PLATFORM_H

#include "machine.h"

#include <gio/gio.h>

typedef struct Platform {
    char *label;       /* what the names of results begin with; "" when there is one platform */
    const Disk *disk;  /* (nullable): a guest of the user's own; borrowed */
    char *kernel_name; /* as it was given, a file without its folder; of a disk, its image */
    char *kernel_word; /* names it on another machine, too, if that is possible */
    char *kernel;      /* (nullable): NULL: it is on the disk */
    char *modules;     /* (nullable): given, or found when a scenario needs them */
    char *qemu_name;
    char *qemu;
    char *device;      /* (nullable): NULL: QEMU has it built in */
    const char *accel; /* "tcg" or "kvm" */
} Platform;

typedef struct PlatformsAsked {
    const Disk *disk;    /* (nullable): instead of kernels; borrowed by the platforms */
    const char *kernels; /* (nullable): names, versions, files, separated by commas */
    const char *modules; /* (nullable): of the one kernel */
    const char *qemus;   /* (nullable): programs, separated by commas */
    const char *accel;   /* (nullable): NULL: whatever runs a guest */
    const char *append;  /* (nullable) */
    gboolean dry_run;    /* start no guest to find out */
} PlatformsAsked;

/**
 * platforms_find() - resolve what was asked for, before anything is started
 *
 * What was not given comes from the environment or the build. Kernels may be fetched here.
 *
 * Returns: (transfer full) (element-type Platform): at least one; NULL with a RunnerError that
 * names what is missing.
 */
GPtrArray *platforms_find(const PlatformsAsked *asked, GCancellable *cancellable, GError **error);

/** platform_parts() - for the machine: @shared with what @platform has; borrows from both */
MachineParts platform_parts(const Platform *platform, const MachineParts *shared);

#endif
