/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OVMF, for the scenarios that boot it; SeaBIOS comes with QEMU. */
#ifndef BARSHIFT_HOST_FIRMWARE_H
#define BARSHIFT_HOST_FIRMWARE_H

#include <glib.h>

/**
 * firmware_find() - have harness/setup/firmware fetch OVMF
 *
 * It is fetched once; what the script has to say goes to standard error.
 *
 * Returns: (transfer full): path of the image; NULL with RUNNER_ERROR_ENVIRONMENT.
 */
char *firmware_find(GError **error);

#endif
