/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function with a driver of the kernel, which knows no stop: it is unbound, and bound again.
 *
 * QUERY_STOP is refused while a disk below is in use, see disk-use.h, and while a process has the
 * function open through vfio, see vfio-use.h. What else the driver offers, a network interface for
 * instance, goes away and comes back as a new one: nobody is asked. After
 * a rescan the kernel binds by itself; START waits until it is the same driver as before, and
 * otherwise sees to it.
 */
#ifndef BARSHIFT_PARTICIPANT_KERNEL_H
#define BARSHIFT_PARTICIPANT_KERNEL_H

#include "participant.h"

#define PARTICIPANT_KERNEL_NAME_SIZE 64

typedef struct ParticipantKernel {
    const char *root; /* what stands before "/sys"; "" on a live system */
    char driver[PARTICIPANT_KERNEL_NAME_SIZE];
    char override[PARTICIPANT_KERNEL_NAME_SIZE]; /* driver_override, as it was; empty: none */
} ParticipantKernel;

/**
 * participant_kernel_open() - see which driver is bound
 * @kernel: (out) set only on success
 *
 * Return: 0, or -ENOENT when none is.
 */
int participant_kernel_open(const char *root, const char *bdf, ParticipantKernel *kernel);

/** participant_kernel_ops - the context is a ParticipantKernel, which the caller keeps */
extern const ParticipantOps participant_kernel_ops;

#endif
