/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario file with the one that it includes, and what that one includes. */
#ifndef BARSHIFT_HOST_SCENARIO_INCLUDE_H
#define BARSHIFT_HOST_SCENARIO_INCLUDE_H

#include "key-file.h"

/**
 * scenario_include_load() - read a file, on top of what its keys "include" and "without" say
 *
 * The title is the file's own, or missing.
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE when a file cannot be read, includes
 * itself over others, or drops a group that is not there.
 */
KeyFile *scenario_include_load(const char *path, GError **error);

#endif
