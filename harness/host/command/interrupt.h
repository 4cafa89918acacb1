/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns SIGINT, SIGTERM and SIGHUP into a GCancellable, so that every wait ends in order. */
#ifndef BARSHIFT_HOST_INTERRUPT_H
#define BARSHIFT_HOST_INTERRUPT_H

#include <gio/gio.h>

/**
 * interrupt_setup() - block the three signals and let a thread wait for them
 *
 * To be called once, before any other thread exists. Children inherit the blocked signals and
 * must call interrupt_unblock() between fork and exec.
 *
 * Returns: (transfer none): cancelled when a signal has come; lives as long as the program.
 */
GCancellable *interrupt_setup(void);

/** interrupt_unblock() - undo the blocking in a child; safe between fork and exec */
void interrupt_unblock(void);

#endif
