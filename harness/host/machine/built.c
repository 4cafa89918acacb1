/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "built.h"

#include "error.h"

#include <errno.h>
#include <unistd.h>

gboolean built_check(const char *path, GError **error)
{
    if (access(path, R_OK) == 0) {
        return TRUE;
    }
    g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT,
                "'%s': %s; build it with ./barshift setup", path, g_strerror(errno));
    return FALSE;
}
