/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has a name: the scenarios that can be run, and the layouts that a function can have. Files
 * may lie in folders, which are no part of the name.
 */
#ifndef BARSHIFT_HOST_CATALOGUE_H
#define BARSHIFT_HOST_CATALOGUE_H

#include <glib.h>

#define CATALOGUE_DEFAULT "fragmented-hole"

typedef enum Catalogue { CATALOGUE_SCENARIOS, CATALOGUE_LAYOUTS, CATALOGUES } Catalogue;

/**
 * catalogue_names() - names of all scenarios or layouts, sorted
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when their folder is not there, or
 * two of them have the same name.
 */
char **catalogue_names(Catalogue catalogue, GError **error);

/** catalogue_is_path() - is @argument a file (with a slash or ending in .ini), or a name? */
gboolean catalogue_is_path(const char *argument);

/**
 * catalogue_path() - file of a scenario or layout given on the command line
 * @argument: a name such as "window-grows", or a path
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when nothing has that name.
 */
char *catalogue_path(Catalogue catalogue, const char *argument, GError **error);

/**
 * catalogue_folders() - the folders between the catalogue and a file in it, the outermost first
 *
 * Returns: (transfer full): empty for a file that is elsewhere, or directly in the catalogue.
 */
char **catalogue_folders(Catalogue catalogue, const char *path);

/** catalogue_name() - (transfer full): name of what is in a file: without folder and .ini */
char *catalogue_name(const char *path);

#endif
