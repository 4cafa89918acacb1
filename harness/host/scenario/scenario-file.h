/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file form of a scenario: from keys to the model, and the rules that the model must obey. */
#ifndef BARSHIFT_HOST_SCENARIO_FILE_H
#define BARSHIFT_HOST_SCENARIO_FILE_H

#include "key-file.h"
#include "scenario.h"

/* Parts of a file that can be right or wrong each for itself */
typedef enum ScenarioParts {
    SCENARIO_HEAD = 1, /* [scenario] */
    SCENARIO_BODY = 2, /* all other groups */
} ScenarioParts;

/**
 * scenario_from_file() - a scenario out of a file that is read already
 * @variables: "size=1G" of each variable, with whose values the file was made
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE and a line for each mistake, as the two
 * below say.
 */
Scenario *scenario_from_file(const char *path, KeyFile *file, char *const *variables,
                             GError **error);

/**
 * scenario_file_read() - fill @scenario, whose arrays exist and are empty, from @file
 * @file: is told the names of what is wrong
 * @errors: (inout) (nullable content): RUNNER_ERROR_USAGE is added for each unknown group or key,
 * missing key, value of the wrong form, or name that nothing bears; one in each group at least, but
 * none for what only follows from another
 *
 * Returns: the parts without errors.
 */
ScenarioParts scenario_file_read(Scenario *scenario, KeyFile *file, GError **errors);

/**
 * scenario_file_check() - check what concerns several groups at once, and tie them together
 * @right: the parts that were read without errors
 * @errors: (inout) (nullable content): RUNNER_ERROR_USAGE is added when a port would hold two
 * functions, a step finds its function absent or present already, or the functions at boot do not
 * fit into the 64-bit window
 */
void scenario_file_check(Scenario *scenario, const KeyFile *file, ScenarioParts right,
                         GError **errors);

/** scenario_file_step_group() - (transfer full): name of the group of step @index */
char *scenario_file_step_group(const KeyFile *file, guint index);

#endif
