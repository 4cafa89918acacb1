/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command-check.h"

#include "error.h"
#include "scenario.h"

#include <stdio.h>

static int fail(const GError *error)
{
    runner_error_print(error);
    return error->code;
}

static void print_well(GPtrArray *scenarios)
{
    const Scenario *first = g_ptr_array_index(scenarios, 0);

    if (scenarios->len == 1) {
        printf("%s: no errors\n", first->path);
    } else {
        printf("%s: no errors in %u variants\n", first->path, scenarios->len);
    }
}

int command_check(int argc, char **argv)
{
    int status = 0;

    if (argc < 2) {
        fputs("barshift: check: expected SCENARIO...\n", stderr);
        return RUNNER_ERROR_USAGE;
    }
    for (int i = 1; i < argc; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) scenarios = scenario_find_all(argv[i], &error);

        if (scenarios == NULL) {
            status = fail(error);
        } else {
            print_well(scenarios);
        }
    }
    return status;
}
