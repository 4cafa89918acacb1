/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommand "list": the scenarios of the catalogue, or their tags. */
#ifndef BARSHIFT_HOST_COMMAND_LIST_H
#define BARSHIFT_HOST_COMMAND_LIST_H

/**
 * command_list() - print a line for each scenario, or for each tag
 * @argv: the words behind "list", with the program's name first
 *
 * Returns: the exit status: 0, or the code of the last RunnerError.
 */
int command_list(int argc, char **argv);

#endif
