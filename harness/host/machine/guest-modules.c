/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest-modules.h"

#include "error.h"
#include "script.h"

char *guest_modules_find(const char *kernel, GError **error)
{
    const char *const command[] = { BARSHIFT_GUEST_MODULES, kernel, NULL };
    g_autoptr(GError) cause = NULL;
    char *archive = script_output(command, &cause);

    if (archive != NULL) {
        return archive;
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                "the scenario needs modules of kernel '%s', and '%s' has none: %s; give an archive "
                "of them with --modules FILE", kernel, BARSHIFT_GUEST_MODULES, cause->message);
    return NULL;
}
