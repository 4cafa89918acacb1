/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "$name" and "${name}" in a text stand for values; "$$" is a dollar. */
#ifndef BARSHIFT_HOST_VARIABLES_H
#define BARSHIFT_HOST_VARIABLES_H

#include <glib.h>

/** variable_name_is_valid() - a letter, then letters, digits and _? */
gboolean variable_name_is_valid(const char *name);

/**
 * variables_in() - the variables that a text names
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when a dollar stands before no name.
 */
char **variables_in(const char *text, GError **error);

/**
 * variables_replace() - a text with values in place of variables
 * @text: for which variables_in() has an answer
 * @values: "name=value" of each variable that it names
 *
 * Returns: (transfer full)
 */
char *variables_replace(const char *text, char *const *values);

#endif
