/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of barshift-guest share: exit statuses, and how they complain. */
#ifndef BARSHIFT_COMMAND_H
#define BARSHIFT_COMMAND_H

#include "config.h"

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,
};

/** command_live - the machine that this program runs on */
extern const ConfigSource command_live;

/** command_usage() - tell what is wrong with the command line; Return: EXIT_USAGE */
int command_usage(const char *message);

/** command_environment() - tell what the machine lacks; Return: EXIT_ENVIRONMENT */
int command_environment(const char *message);

/* Commands with a file of their own; each parses its arguments and returns an exit status */
int command_move(int argc, char **argv);
int command_resume(int argc, char **argv);
int command_suspend(int argc, char **argv);
int command_swap(int argc, char **argv);
int command_drive(int argc, char **argv);
int command_drivers(int argc, char **argv);
int command_log(int argc, char **argv);
int command_resources(int argc, char **argv);
int command_plan(int argc, char **argv);
int command_rebalance(int argc, char **argv);
int command_size(int argc, char **argv);

#endif
