/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of participants stand on: a tree, and a process that plays the driver or the kernel. */
#ifndef BARSHIFT_BENCH_H
#define BARSHIFT_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fake-tree.h"
#include "participant.h"

#define SHORT_NS UINT64_C(50000000)
#define LONG_NS UINT64_C(20000000000)

/**
 * struct Bench - what a test has of its own
 * @player: the process, ended with the test; 0 when there is none
 * @why: for what a participant has to say
 */
typedef struct Bench {
    FakeTree tree;
    pid_t player;
    char why[PARTICIPANT_WHY_SIZE];
} Bench;

/** bench_setup(), bench_teardown() - of a test; @state: (out) its Bench */
int bench_setup(void **state);
int bench_teardown(void **state);

/**
 * player_begin() - begin the process that plays
 *
 * Return: true in the new process, which must not return into the test
 */
bool player_begin(Bench *bench);

/** player_end() - end it, if there is one */
void player_end(Bench *bench);

/** from_now() - Return: CLOCK_MONOTONIC in so many nanoseconds */
uint64_t from_now(uint64_t time_ns);

#endif
