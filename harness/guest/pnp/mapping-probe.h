/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has the resources of a function mapped? /proc tells, whatever the process itself says.
 *
 * The kernel revokes no mapping of resourceN when a function is removed: one that is left after a
 * STOP reaches whoever gets the addresses next.
 */
#ifndef BARSHIFT_MAPPING_PROBE_H
#define BARSHIFT_MAPPING_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include "range.h"

#define MAPPING_PROBE_RANGES_MAX 8
#define MAPPING_PROBE_COMMAND_SIZE 32
#define MAPPING_PROBE_WHAT_SIZE 64

/** struct MappingTarget - the function: its name, and where its memory BARs are */
typedef struct MappingTarget {
    const char *bdf;
    Range ranges[MAPPING_PROBE_RANGES_MAX];
    size_t range_count;
} MappingTarget;

typedef struct MappingFinding {
    int pid;
    char command[MAPPING_PROBE_COMMAND_SIZE];
    char what[MAPPING_PROBE_WHAT_SIZE]; /* "resource2", "/dev/mem at 0x100000000", "vfio" */
} MappingFinding;

/**
 * mapping_probe() - look at every process
 * @root: what stands before "/proc" and "/sys"; "" on a live system
 * @found: called for each mapping; once for pieces of one file that follow each other
 *
 * resourceN and resourceN_wc by their names, also of files that have been deleted since; /dev/mem
 * by the addresses. A mapping through vfio does not name its function: it counts when the function
 * is bound to vfio-pci and the process has its group or device file open, or none at all. A process
 * that ends meanwhile has nothing mapped.
 *
 * Return: how often @found was called, or -errno when /proc cannot be read.
 */
int mapping_probe(const char *root, const MappingTarget *target,
                  void (*found)(void *context, const MappingFinding *finding), void *context);

#endif
