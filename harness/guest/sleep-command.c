/* SPDX-License-Identifier: GPL-2.0-or-later */
/* barshift-guest suspend and resume. */
#include <errno.h>
#include <stdio.h>

#include "bdf.h"
#include "command.h"
#include "sleep.h"

/* @result: negative */
static int failed(int result, const char *why)
{
    fprintf(stderr, "barshift-guest: %s\n", why);
    return result == -EIO || result == -EALREADY || result == -ENOENT ? EXIT_FAILED
                                                                      : EXIT_ENVIRONMENT;
}

int command_suspend(int argc, char **argv)
{
    char why[CONFIG_WHY_SIZE];
    char bdf[BDF_SIZE];
    int result;

    if (argc != 2 || bdf_normalise(argv[1], bdf) < 0) {
        return command_usage("suspend needs one function");
    }
    result = sleep_suspend(&command_live, bdf, why);
    if (result < 0) {
        return failed(result, why);
    }
    printf("suspended %s\n", bdf);
    return EXIT_OK;
}

int command_resume(int argc, char **argv)
{
    char why[CONFIG_WHY_SIZE];
    char bdf[BDF_SIZE];
    bool was_reset;
    int result;

    if (argc != 2 || bdf_normalise(argv[1], bdf) < 0) {
        return command_usage("resume needs one function");
    }
    result = sleep_resume(&command_live, bdf, &was_reset, why);
    if (result < 0) {
        return failed(result, why);
    }
    printf("resumed %s%s\n", bdf, was_reset ? ", which was reset" : "");
    return EXIT_OK;
}
