/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommand "check": what is wrong in scenarios, without running them. */
#ifndef BARSHIFT_HOST_COMMAND_CHECK_H
#define BARSHIFT_HOST_COMMAND_CHECK_H

/**
 * command_check() - print a line for each mistake, or that there is none
 * @argv: the words behind "check", with the program's name first
 *
 * Returns: the exit status: 0, or the code of the last RunnerError.
 */
int command_check(int argc, char **argv);

#endif
