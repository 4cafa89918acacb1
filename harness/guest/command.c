/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "command.h"

const ConfigSource command_live = { .root = "" };

int command_usage(const char *message)
{
    fprintf(stderr, "barshift-guest: %s\nTry 'barshift-guest --help'.\n", message);
    return EXIT_USAGE;
}

int command_environment(const char *message)
{
    fprintf(stderr, "barshift-guest: %s\n", message);
    return EXIT_ENVIRONMENT;
}
