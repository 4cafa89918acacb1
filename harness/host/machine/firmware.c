/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware.h"

#include "error.h"
#include "script.h"

char *firmware_find(GError **error)
{
    const char *const command[] = { BARSHIFT_FIRMWARE, NULL };
    g_autoptr(GError) cause = NULL;
    char *image = script_output(command, &cause);

    if (image == NULL) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                    "the scenario boots OVMF, and '%s' has none: %s; name an image with "
                    "BARSHIFT_FIRMWARE=FILE", BARSHIFT_FIRMWARE, cause->message);
    }
    return image;
}
