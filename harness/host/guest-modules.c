/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest-modules.h"

#include "error.h"

char *guest_modules_find(const char *kernel, GError **error)
{
    const char *const command[] = { BARSHIFT_GUEST_MODULES, kernel, NULL };
    g_autoptr(GError) cause = NULL;
    g_autofree char *output = NULL;
    int status;

    if (g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                     &output, NULL, &status, &cause) &&
        g_spawn_check_wait_status(status, &cause)) {
        return g_strdup(g_strchomp(output));
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                "the scenario needs modules of kernel '%s', and '%s' has none: %s; give an archive "
                "of them with --modules FILE", kernel, BARSHIFT_GUEST_MODULES, cause->message);
    return NULL;
}
