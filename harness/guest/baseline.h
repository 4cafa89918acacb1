/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Baseline: what the barshift functions had at one moment, to be compared with later.
 *
 * A text file, one item a line:
 *
 *     barshift-baseline 2
 *     function BDF tag N memory 0|1 io 0|1           what is decoded
 *     control NR ledger TOTAL violations TOTAL scratch 0xVALUE ...
 *                                                    where the control registers could be read
 *     bar NR KIND BACKING 0xBASE 0xSIZE 0xHEADER-SCRATCH
 *     bar NR KIND unknown 0xBASE 0xSIZE              where there was no header
 *     bar NR KIND unassigned
 *     filled 0xOFFSET ...                            offsets of that bar that carry the content
 *     end
 */
#ifndef BARSHIFT_BASELINE_H
#define BARSHIFT_BASELINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "access.h"
#include "content.h"

#define BASELINE_FUNCTIONS_MAX 256
#define BASELINE_WHY_SIZE 200

typedef struct BaselineBar {
    BarKind kind;      /* BAR_NONE: there was no such BAR */
    Range range;       /* empty: it had no address */
    bool header_known; /* the two below were read */
    enum barshift_backing backing;
    uint64_t header_scratch;
    uint64_t offsets[CONTENT_OFFSETS_MAX]; /* where RAM carried the content */
    size_t offset_count;
} BaselineBar;

typedef struct BaselineFunction {
    char bdf[BDF_SIZE];
    uint32_t tag;
    bool memory_decode;
    bool io_decode;
    int control_bar; /* -1: the three below could not be read */
    uint64_t ledger_total;
    uint64_t violations;
    uint64_t scratch[BARSHIFT_SCRATCHES];
    BaselineBar bars[BARSHIFT_BARS];
} BaselineFunction;

typedef struct Baseline {
    BaselineFunction *functions;
    size_t function_count;
} Baseline;

/**
 * baseline_take() - note what the functions have now
 * @topology: with its witnesses read
 * @baseline: (out) freed by the caller with baseline_free(), whatever the result
 *
 * Content counts as filled where it is found: at the offsets that carry the right word now.
 *
 * Return: 0, -ENOMEM (also for too many functions), or the -errno of an access.
 */
int baseline_take(Baseline *baseline, const Topology *topology, const Access *access);

/** baseline_write() - write the file; Return: 0 or -errno */
int baseline_write(const Baseline *baseline, FILE *file);

/**
 * baseline_read() - read the file
 * @baseline: (out) freed by the caller with baseline_free(), whatever the result
 * @why: (out) BASELINE_WHY_SIZE bytes, line and cause, when the result is negative
 *
 * Return: 0; -EINVAL for a line that is wrong or a file that ends early; -ENOMEM,
 * also for too many functions.
 */
int baseline_read(Baseline *baseline, FILE *file, char *why);

/**
 * baseline_append() - add a function without any BAR
 *
 * Return: the new element, valid until the next call; NULL without memory or above
 * BASELINE_FUNCTIONS_MAX.
 */
BaselineFunction *baseline_append(Baseline *baseline);

void baseline_free(Baseline *baseline);

/** baseline_find_tag() - the function with a tag, NULL when it was not there then */
const BaselineFunction *baseline_find_tag(const Baseline *baseline, uint32_t tag);

/** baseline_bar_answered() - was there a BAR with a header to answer, an address, and decode on? */
bool baseline_bar_answered(const BaselineFunction *function, int bar_nr);

#endif
