/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU loads into every machine without being told: SeaBIOS and option ROMs. */
#ifndef BARSHIFT_HOST_QEMU_FIRMWARE_H
#define BARSHIFT_HOST_QEMU_FIRMWARE_H

#include <gio/gio.h>

/** qemu_program() - (transfer full): QEMU's file; NULL with RUNNER_ERROR_ENVIRONMENT */
char *qemu_program(const char *qemu, GError **error);

/**
 * qemu_firmware_files() - those files, as far as this QEMU has them
 * @program: as qemu_program() has found it
 * @digest: of @program
 * @cache: folder that remembers where a QEMU looks
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT or RUNNER_ERROR_INTERRUPTED.
 */
char **qemu_firmware_files(const char *program, const char *digest, const char *cache,
                           GCancellable *cancellable, GError **error);

#endif
