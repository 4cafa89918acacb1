/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variants of a scenario: a group [matrix] has variables and their values, and "$size" in any other
 * value of the file stands for one of them. Each combination is a scenario of its own.
 */
#ifndef BARSHIFT_HOST_SCENARIO_MATRIX_H
#define BARSHIFT_HOST_SCENARIO_MATRIX_H

#include "key-file.h"

typedef struct ScenarioMatrix ScenarioMatrix;

/**
 * scenario_matrix_new() - read the group [matrix], if there is one
 * @file: borrowed as long as the matrix
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when the group is wrong, a variable is
 * used nowhere, a value names one that there is not, or there are too many combinations; with a
 * line for each of these.
 */
ScenarioMatrix *scenario_matrix_new(const KeyFile *file, GError **error);

void scenario_matrix_free(ScenarioMatrix *matrix);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScenarioMatrix, scenario_matrix_free)

/** scenario_matrix_count() - of combinations; 1 without a [matrix] */
guint scenario_matrix_count(const ScenarioMatrix *matrix);

/** scenario_matrix_variables() - (transfer full): "size=1G" of each variable of a combination */
char **scenario_matrix_variables(const ScenarioMatrix *matrix, guint combination);

/** scenario_matrix_file() - (transfer full): the file with the values of a combination */
KeyFile *scenario_matrix_file(const ScenarioMatrix *matrix, guint combination);

/**
 * scenario_matrix_check_filter() - is @filter, such as "size=1G,reserve=0", about this matrix?
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE when it names what is not there.
 */
gboolean scenario_matrix_check_filter(const ScenarioMatrix *matrix, const char *filter,
                                      GError **error);

/** scenario_matrix_matches() - has a combination all the values that a checked filter names? */
gboolean scenario_matrix_matches(const ScenarioMatrix *matrix, guint combination,
                                 const char *filter);

#endif
