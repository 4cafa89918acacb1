/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the device gets into a QEMU that the user names. */
#ifndef BARSHIFT_HOST_QEMU_CHOICE_H
#define BARSHIFT_HOST_QEMU_CHOICE_H

#include <gio/gio.h>

/**
 * qemu_choice_check() - has it the device built in, or does it take the preloaded one?
 * @built_in: (out): it needs no preload
 *
 * A program that does not tell what devices it has is left to fail when it is to run a VM.
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when it cannot be started or the device was not
 * built for it, or RUNNER_ERROR_INTERRUPTED.
 */
gboolean qemu_choice_check(const char *qemu, const char *device, gboolean *built_in,
                           GCancellable *cancellable, GError **error);

#endif
