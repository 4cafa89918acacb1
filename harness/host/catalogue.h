/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scenarios that can be run by name. */
#ifndef BARSHIFT_HOST_CATALOGUE_H
#define BARSHIFT_HOST_CATALOGUE_H

#include <glib.h>

#define CATALOGUE_DEFAULT "fragmented-hole"

/**
 * catalogue_names() - names of all scenarios, sorted
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when their folder is not there.
 */
char **catalogue_names(GError **error);

/**
 * catalogue_path() - file of a scenario given on the command line
 * @argument: a name such as "window-grows", or a path (with a slash or ending in .ini)
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when no scenario has that name.
 */
char *catalogue_path(const char *argument, GError **error);

#endif
