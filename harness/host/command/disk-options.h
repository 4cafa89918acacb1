/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of run that have scenarios played with a guest of the user's own. */
#ifndef BARSHIFT_HOST_DISK_OPTIONS_H
#define BARSHIFT_HOST_DISK_OPTIONS_H

#include "disk.h"

/* As they were given; all nullable, and belong to nobody */
typedef struct DiskGiven {
    char *image, *format, *bus, *memory, *cpu;
    gboolean outside;
    double quiet_seconds; /* 0: as it is by default */
} DiskGiven;

/** disk_options_add() - have a context's main group know the options; @given outlives it */
void disk_options_add(GOptionContext *context, DiskGiven *given);

/* Options that speak of our own kernel, so that they exclude --disk. All nullable. */
typedef struct DiskRivals {
    const char *kernel, *modules, *append;
} DiskRivals;

/**
 * disk_options_read() - check what was given
 * @disk: (out) (transfer full) (nullable): NULL: none was
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE.
 */
gboolean disk_options_read(const DiskGiven *given, const DiskRivals *rivals, Disk **disk,
                           GError **error);

/** disk_options_append() - append the options as they were given, for a shell, with their blanks */
void disk_options_append(const DiskGiven *given, GString *text);

#endif
