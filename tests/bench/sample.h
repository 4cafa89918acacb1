/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program that measures tells the program bench, which makes tables of it.
 */
#ifndef BARSHIFT_BENCH_SAMPLE_H
#define BARSHIFT_BENCH_SAMPLE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** sample_print() - tell one figure of one round; rows of a group are compared with its first */
static inline void sample_print(const char *group, const char *unit, const char *row,
                                double figure)
{
    printf("%s\t%s\t%s\t%.9g\n", group, unit, row, figure);
}

/** samples_are_few() - was the program told to show only that it works? */
static inline bool samples_are_few(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[argc - 1], "--quick") == 0;
}

#endif
