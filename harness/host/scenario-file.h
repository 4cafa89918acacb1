/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file form of a scenario: from keys to the model, and the rules that the model must obey. */
#ifndef BARSHIFT_HOST_SCENARIO_FILE_H
#define BARSHIFT_HOST_SCENARIO_FILE_H

#include "key-file.h"
#include "scenario.h"

/**
 * scenario_from_file() - a scenario out of a file that is read already
 * @variables: "size=1G" of each variable, with whose values the file was made
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE as the two below say.
 */
Scenario *scenario_from_file(const char *path, const KeyFile *file, char *const *variables,
                             GError **error);

/**
 * scenario_file_read() - fill @scenario, whose arrays exist and are empty, from @file
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE for an unknown group or key, a missing key, a value of
 * the wrong form, or a name that nothing bears.
 */
gboolean scenario_file_read(Scenario *scenario, const KeyFile *file, GError **error);

/**
 * scenario_file_check() - check what concerns several groups at once, and tie them together
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE when a port would hold two functions, a step finds its
 * function absent or present already, or the functions at boot do not fit into the 64-bit window.
 */
gboolean scenario_file_check(Scenario *scenario, const KeyFile *file, GError **error);

/** scenario_file_step_group() - (transfer full): name of the group of step @index */
char *scenario_file_step_group(const KeyFile *file, guint index);

#endif
