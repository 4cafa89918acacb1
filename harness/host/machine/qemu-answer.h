/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU tells of itself without a machine. */
#ifndef BARSHIFT_HOST_QEMU_ANSWER_H
#define BARSHIFT_HOST_QEMU_ANSWER_H

#include <gio/gio.h>

/**
 * qemu_answer() - what QEMU says to "help" in place of an option's value
 * @qemu: program
 * @preload: (nullable): shared object to be loaded into it
 * @option: such as "-device"
 *
 * Returns: (transfer full): a line end, and what the program has said until it ended or has taken
 * too long; any program will do. NULL with RUNNER_ERROR_ENVIRONMENT when it cannot be started, or
 * RUNNER_ERROR_INTERRUPTED.
 */
char *qemu_answer(const char *qemu, const char *preload, const char *option,
                  GCancellable *cancellable, GError **error);

#endif
