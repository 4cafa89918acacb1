/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line "barshift import". */
#ifndef BARSHIFT_IMPORT_COMMAND_H
#define BARSHIFT_IMPORT_COMMAND_H

/** import_command() - argv[0] is the program; Return: an exit status */
int import_command(int argc, char **argv);

#endif
