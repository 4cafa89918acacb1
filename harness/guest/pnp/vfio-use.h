/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has a function open through vfio? /proc tells.
 *
 * The kernel takes a function away from vfio-pci only when nobody has it open any more, and waits
 * for as long as that takes. A process opens /dev/vfio/N, the group that the function is in, and
 * with newer kernels /dev/vfio/devices/vfioN, which is the function's own. A device that it got
 * from a group, and mappings of it, do not tell whose they are.
 */
#ifndef BARSHIFT_VFIO_USE_H
#define BARSHIFT_VFIO_USE_H

#include <stdbool.h>

#define VFIO_USE_WHY_SIZE 320
#define VFIO_USE_COMMAND_SIZE 32

/** struct VfioFiles - what there is to be opened of a function */
typedef struct VfioFiles {
    bool bound;      /* to vfio-pci */
    char group[32];  /* "/dev/vfio/5"; empty: it is in none */
    char device[48]; /* "/dev/vfio/devices/vfio0"; empty: this kernel has none */
} VfioFiles;

/** What a process has open */
enum {
    VFIO_OPEN_FUNCTION = 1 << 0, /* the function's group, or its own file */
    VFIO_OPEN_OTHER = 1 << 1,    /* another group, or another function's file */
    VFIO_OPEN_DEVICE = 1 << 2,   /* some device that it got from a group */
};

/** vfio_files_find() - @root: what stands before "/proc" and "/sys"; "" on a live system */
void vfio_files_find(const char *root, const char *bdf, VfioFiles *files);

/** vfio_process_open() - Return: VFIO_OPEN_ of a process; none when it has ended meanwhile */
unsigned vfio_process_open(const char *root, const VfioFiles *files, const char *pid);

/**
 * vfio_process_command() - the name of a process, "?" when it has ended meanwhile
 * @command: (out) VFIO_USE_COMMAND_SIZE bytes
 */
void vfio_process_command(const char *root, const char *pid, char *command);

/**
 * vfio_use_check() - look for a process that has a function of vfio-pci's open
 * @why: (out) VFIO_USE_WHY_SIZE bytes, the sentence unless the result is 0
 *
 * A group counts as a whole: who has it open may have any function of it. A device without a group
 * counts as well, as a group may be closed first.
 *
 * Return: 0: nobody has, or another driver is bound; 1: somebody has; or -errno.
 */
int vfio_use_check(const char *root, const char *bdf, char *why);

#endif
