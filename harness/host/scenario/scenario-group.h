/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One group of a scenario file each: from its keys to the model. Not for anybody else. */
#ifndef BARSHIFT_HOST_SCENARIO_GROUP_H
#define BARSHIFT_HOST_SCENARIO_GROUP_H

#include "key-file.h"
#include "scenario.h"

#define SCENARIO_BAR_SIZE_MIN (1024 * 1024ull) /* smallest size a Resizable BAR can have */

/**
 * scenario_read_port(), scenario_read_function(), scenario_read_step() - add what a group says
 * @name: what stands behind the first word of the group's name
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE, as scenario_file_read() says; what was begun is part of
 * the scenario, which frees it.
 */
gboolean scenario_read_port(Scenario *scenario, const KeyFile *file, const char *group,
                            const char *name, GError **error);
gboolean scenario_read_function(Scenario *scenario, const KeyFile *file, const char *group,
                                const char *name, GError **error);
gboolean scenario_read_step(Scenario *scenario, const KeyFile *file, const char *group,
                            GError **error);

/** scenario_read_host_bridge() - a group [host-bridge NAME], as scenario_read_port() */
gboolean scenario_read_host_bridge(Scenario *scenario, const KeyFile *file, const char *group,
                                   const char *name, GError **error);

/**
 * scenario_places() - give root ports their device numbers, and see that all numbers fit
 *
 * Once, when all groups have been read.
 */
gboolean scenario_places(Scenario *scenario, const KeyFile *file, GError **error);

/** scenario_read_machine() - the group [machine], with the same Returns */
gboolean scenario_read_machine(Scenario *scenario, const KeyFile *file, const char *group,
                               GError **error);

/** scenario_read_driver() - what a group says of a function's driver; nothing without one */
gboolean scenario_read_driver(const KeyFile *file, const char *group, Function *function,
                              GError **error);

/** scenario_is_action() - is this the key of a step's action? */
gboolean scenario_is_action(const char *key);

/** scenario_check_name() - is @name a name, and free? Ports and functions share them. */
gboolean scenario_check_name(const Scenario *scenario, const KeyFile *file, const char *group,
                             const char *name, GError **error);

/** scenario_read_outcome() - a key that names an outcome; left alone when it is not there */
gboolean scenario_read_outcome(const KeyFile *file, const char *group, const char *key,
                               Outcome *outcome, GError **error);

#endif
