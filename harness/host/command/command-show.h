/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommand "show": what a scenario is about, without running it. */
#ifndef BARSHIFT_HOST_COMMAND_SHOW_H
#define BARSHIFT_HOST_COMMAND_SHOW_H

/**
 * command_show() - explain scenarios in words
 * @argv: the words behind "show", with the program's name first
 *
 * Returns: the exit status: 0, or the code of the last RunnerError.
 */
int command_show(int argc, char **argv);

#endif
