/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "barshift compare": what is otherwise in one report than in another. */
#ifndef BARSHIFT_HOST_COMMAND_COMPARE_H
#define BARSHIFT_HOST_COMMAND_COMPARE_H

/**
 * command_compare() - do it
 * @argv: from the word "compare" on
 *
 * Returns: exit status; 1 when a verdict or an outcome has changed.
 */
int command_compare(int argc, char **argv);

#endif
