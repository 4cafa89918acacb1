/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command "size": another size of a Resizable BAR, behind the kernel's back. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "rebar-write.h"

/* Return: 0, -EINVAL for what is no whole number up to @max */
static int number_parse(const char *text, unsigned long long max, unsigned long long *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return *text < '0' || *text > '9' || *end != '\0' || errno != 0 || *value > max ? -EINVAL : 0;
}

int command_size(int argc, char **argv)
{
    static const struct option options[] = { { "decoding", no_argument, NULL, 'd' }, { 0 } };
    char bdf[BDF_SIZE];
    char why[CONFIG_WHY_SIZE];
    unsigned long long bar_nr;
    unsigned long long size_bytes;
    bool decoding = false;
    int option;
    int result;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'd') {
            return command_usage("size knows --decoding only");
        }
        decoding = true;
    }
    if (argc - optind != 3 || bdf_normalise(argv[optind], bdf) < 0 ||
        number_parse(argv[optind + 1], BARSHIFT_BARS - 1, &bar_nr) < 0 ||
        number_parse(argv[optind + 2], UINT64_MAX, &size_bytes) < 0) {
        return command_usage("size needs a function, the number of a BAR, and bytes");
    }
    result = rebar_write(&command_live, bdf, (int)bar_nr, size_bytes, 0, decoding, why);
    if (result < 0) {
        fprintf(stderr, "barshift-guest: %s\n", why);
        return result == -EIO ? EXIT_ENVIRONMENT : EXIT_FAILED;
    }
    printf("%s BAR %llu has %llu bytes\n", bdf, bar_nr, size_bytes);
    return EXIT_OK;
}
