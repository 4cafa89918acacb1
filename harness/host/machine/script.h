/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scripts of harness/setup that the runner calls. */
#ifndef BARSHIFT_HOST_SCRIPT_H
#define BARSHIFT_HOST_SCRIPT_H

#include <glib.h>

/**
 * script_output() - call one, and wait until it has ended
 * @command: ends with NULL; what it has to say goes to standard error
 *
 * Returns: (transfer full): what it printed, without the line's end; NULL with an error of GLib's
 * when it cannot be called or its exit status is not 0.
 */
char *script_output(const char *const *command, GError **error);

#endif
