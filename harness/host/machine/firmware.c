/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware.h"

#include "error.h"

char *firmware_find(GError **error)
{
    const char *const command[] = { BARSHIFT_FIRMWARE, NULL };
    g_autoptr(GError) cause = NULL;
    g_autofree char *output = NULL;
    int status;

    if (g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                     &output, NULL, &status, &cause) &&
        g_spawn_check_wait_status(status, &cause)) {
        return g_strdup(g_strchomp(output));
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                "the scenario boots OVMF, and '%s' has none: %s; name an image with "
                "BARSHIFT_FIRMWARE=FILE", BARSHIFT_FIRMWARE, cause->message);
    return NULL;
}
