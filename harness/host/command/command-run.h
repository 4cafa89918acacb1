/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommand "run": its options, its output, its exit status. */
#ifndef BARSHIFT_HOST_COMMAND_RUN_H
#define BARSHIFT_HOST_COMMAND_RUN_H

#include <gio/gio.h>

/**
 * command_run() - run scenarios and report
 * @argv: the words behind "run", with the program's name first
 *
 * Returns: the exit status: 0 all passed, 1 some failed, else the code of the first RunnerError.
 */
int command_run(int argc, char **argv, GCancellable *cancellable);

#endif
