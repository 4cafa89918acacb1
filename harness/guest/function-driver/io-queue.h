/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of a function driver: requests of an application on their way to the function.
 *
 * Three threads meet here: the application submits, the engine takes each request to the function,
 * and the PnP side holds, drains and releases. The engine gets an operation only from
 * io_queue_next(), which gives none while the queue is frozen or stopped: so nothing reaches the
 * function then, by construction.
 *
 * Requests are numbered, and end in the order of their numbers: the oldest are under way, those
 * behind them wait. One under way has been begun, and is finished when a newer one takes its
 * place, so that a few always are.
 */
#ifndef BARSHIFT_IO_QUEUE_H
#define BARSHIFT_IO_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define IO_QUEUE_ROOM 64 /* requests of which the application has no answer; it waits then */
#define IO_QUEUE_DEPTH 4 /* requests under way, unless they are drained */

typedef struct IoRequest {
    uint64_t number;
    uint64_t offset; /* in the BAR; the engine's */
    uint64_t value;
    bool begun;      /* the function has seen it */
    bool suspended;
} IoRequest;

typedef enum IoState {
    IO_OPEN,
    IO_HELD,      /* what arrives waits, nothing is begun or finished */
    IO_REJECTING, /* what arrives is answered with an error; nothing is begun or finished */
    IO_CLOSED,    /* the engine ends */
} IoState;

typedef enum IoOperation {
    IO_BEGIN,
    IO_FINISH,
    IO_END,
} IoOperation;

/** struct IoCounters - issued is the sum of all others but rejected ones among them, and lost */
typedef struct IoCounters {
    uint64_t issued;
    uint64_t completed; /* with success */
    uint64_t rejected;  /* at once */
    uint64_t failed;
    uint64_t held;      /* now: not begun while the queue is not open, or suspended */
    uint64_t under_way; /* now: the others without an answer */
    uint64_t lost;      /* issued, and nowhere any more */
} IoCounters;

typedef struct IoQueue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    IoRequest requests[IO_QUEUE_ROOM];
    unsigned first;
    unsigned count;
    IoState state;
    bool frozen;
    bool draining;
    bool busy; /* the engine has an operation */
    IoOperation operation;
    uint64_t next_number;
    IoCounters counters; /* the first four */
} IoQueue;

/** io_queue_init() - a queue that holds: nothing is there to reach yet */
void io_queue_init(IoQueue *queue);

/** io_queue_deinit() - the threads have ended */
void io_queue_deinit(IoQueue *queue);

/**
 * io_queue_submit() - the application issues a request
 *
 * Return: 0; -EAGAIN when it has to wait for answers first, and nothing is issued; -ECANCELED when
 * it was rejected.
 */
int io_queue_submit(IoQueue *queue);

/**
 * io_queue_next() - wait for what the engine is to do
 * @request: (out) the engine's until io_queue_done()
 *
 * Return: IO_BEGIN, IO_FINISH; IO_END when the queue is closed.
 */
IoOperation io_queue_next(IoQueue *queue, IoRequest **request);

/** io_queue_done() - the operation has ended; @result: 0, or -errno, which ends the request */
void io_queue_done(IoQueue *queue, int result);

/** io_queue_freeze() - wait for the engine, which then gets nothing but what is drained */
void io_queue_freeze(IoQueue *queue);
void io_queue_thaw(IoQueue *queue);

/** io_queue_stop() - to IO_HELD or IO_REJECTING */
void io_queue_stop(IoQueue *queue, IoState state);

/** io_queue_suspend() - the oldest request under way is kept; Return: was there one? */
bool io_queue_suspend(IoQueue *queue);

/** io_queue_begun() - requests under way; @suspended: (out) those that are kept, too; or NULL */
unsigned io_queue_begun(IoQueue *queue, unsigned *suspended);

/** io_queue_drain() - finish what is under way and not suspended; Return: 0 or -ETIMEDOUT */
int io_queue_drain(IoQueue *queue, unsigned timeout_ms);

/** io_queue_release() - all that is held goes on in order, and what arrives is taken */
void io_queue_release(IoQueue *queue);

/** io_queue_fail() - all that is there ends with an error, and what arrives is rejected */
void io_queue_fail(IoQueue *queue);

/** io_queue_drop() - forget one that is held, as a broken driver would; Return: was there one? */
bool io_queue_drop(IoQueue *queue);

/** io_queue_close() - the engine gets IO_END, and what arrives is rejected */
void io_queue_close(IoQueue *queue);

/** io_queue_counters() - of one moment */
void io_queue_counters(IoQueue *queue, IoCounters *counters);

#endif
