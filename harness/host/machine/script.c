/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

char *script_output(const char *const *command, GError **error)
{
    g_autofree char *output = NULL;
    int status;

    if (!g_spawn_sync(NULL, (char **)command, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                      &output, NULL, &status, error) ||
        !g_spawn_check_wait_status(status, error)) {
        return NULL;
    }
    g_strchomp(output);
    return g_steal_pointer(&output);
}
