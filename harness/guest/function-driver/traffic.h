/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The traffic of a function driver: an application that issues requests all the time, and the
 * engine that takes them to the function; each a thread.
 *
 * A request is a write when it begins and a read-back when it is finished, through what is mapped
 * at that time; so one that was under way over a move shows that its word has moved along. What
 * the function answers wrong is counted as an error.
 *
 * The application slows down so that both threads together take at most 2 % of a processor.
 */
#ifndef BARSHIFT_TRAFFIC_H
#define BARSHIFT_TRAFFIC_H

#include <stdatomic.h>

#include "hardware.h"
#include "io-queue.h"

#define TRAFFIC_RATE_DEFAULT 200
#define TRAFFIC_RATE_MAX 1000
#define TRAFFIC_CPU_PERCENT 2

/** struct Traffic - the counters may be read by any thread */
typedef struct Traffic {
    IoQueue queue;
    Hardware *hardware;
    unsigned rate; /* requests a second */
    unsigned slot; /* the engine's */
    uint64_t finished;
    uint64_t dma_seen;
    int end_fd;
    pthread_t application;
    pthread_t engine;
    atomic_uint vectors; /* to raise in turn; 0: none */
    atomic_bool dma;     /* the stream runs */
    atomic_ulong errors;
    atomic_ulong interrupts_raised;
    atomic_ulong dma_steps;
} Traffic;

/** traffic_start() - the queue holds until it is released; Return: 0 or -errno */
int traffic_start(Traffic *traffic, Hardware *hardware, unsigned rate);

/** traffic_end() - end both threads; what is still there stays without an answer */
void traffic_end(Traffic *traffic);

/** traffic_dma() - let the stream run, or stop it; the engine is kept out meanwhile */
int traffic_dma(Traffic *traffic, bool on, char *why);

#endif
