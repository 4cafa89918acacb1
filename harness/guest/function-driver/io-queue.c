/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "io-queue.h"

#define NS_PER_SECOND 1000000000L

void io_queue_init(IoQueue *queue)
{
    pthread_condattr_t attributes;

    *queue = (IoQueue) { .state = IO_HELD };
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void io_queue_deinit(IoQueue *queue)
{
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
}

static IoRequest *request_at(IoQueue *queue, unsigned n)
{
    return &queue->requests[(queue->first + n) % IO_QUEUE_ROOM];
}

static void take_off(IoQueue *queue)
{
    queue->first = (queue->first + 1) % IO_QUEUE_ROOM;
    queue->count--;
}

static unsigned begun_count(IoQueue *queue)
{
    unsigned count = 0;

    while (count < queue->count && request_at(queue, count)->begun) {
        count++;
    }
    return count;
}

static bool takes(IoState state)
{
    return state == IO_OPEN || state == IO_HELD;
}

int io_queue_submit(IoQueue *queue)
{
    int result = 0;

    pthread_mutex_lock(&queue->lock);
    if (!takes(queue->state)) {
        queue->counters.issued++;
        queue->counters.rejected++;
        queue->next_number++;
        result = -ECANCELED;
    } else if (queue->count == IO_QUEUE_ROOM) {
        result = -EAGAIN;
    } else {
        *request_at(queue, queue->count++) = (IoRequest) { .number = queue->next_number++ };
        queue->counters.issued++;
        pthread_cond_broadcast(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return result;
}

/* What the engine may do now; NULL: nothing */
static IoRequest *operation_find(IoQueue *queue, IoOperation *operation)
{
    unsigned begun = begun_count(queue);
    bool goes = queue->state == IO_OPEN && !queue->frozen;
    IoRequest *oldest = queue->count > 0 ? request_at(queue, 0) : NULL;

    if (goes && begun < queue->count && begun < IO_QUEUE_DEPTH) {
        *operation = IO_BEGIN;
        return request_at(queue, begun);
    }
    *operation = IO_FINISH;
    if (oldest && oldest->begun && !oldest->suspended &&
        (queue->draining || (goes && begun < queue->count))) {
        return oldest;
    }
    return NULL;
}

IoOperation io_queue_next(IoQueue *queue, IoRequest **request)
{
    IoOperation operation = IO_END;

    pthread_mutex_lock(&queue->lock);
    while (queue->state != IO_CLOSED) {
        *request = operation_find(queue, &operation);
        if (*request) {
            queue->busy = true;
            queue->operation = operation;
            break;
        }
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    if (queue->state == IO_CLOSED) {
        operation = IO_END;
    }
    pthread_mutex_unlock(&queue->lock);
    return operation;
}

/* A request under way is the oldest when it is finished, and may be any when it begins in vain */
static void request_end(IoQueue *queue, IoRequest *request, int result)
{
    while (request != request_at(queue, 0)) {
        unsigned at = (unsigned)(request - queue->requests);
        IoRequest *before = &queue->requests[(at + IO_QUEUE_ROOM - 1) % IO_QUEUE_ROOM];

        *request = *before;
        request = before;
    }
    take_off(queue);
    if (result == 0) {
        queue->counters.completed++;
    } else {
        queue->counters.failed++;
    }
}

void io_queue_done(IoQueue *queue, int result)
{
    pthread_mutex_lock(&queue->lock);
    if (queue->operation == IO_FINISH) {
        request_end(queue, request_at(queue, 0), result);
    } else if (result < 0) {
        request_end(queue, request_at(queue, begun_count(queue)), result);
    } else {
        request_at(queue, begun_count(queue))->begun = true;
    }
    queue->busy = false;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

/* With the lock held: afterwards the engine has nothing, until the lock is given back */
static void engine_wait(IoQueue *queue)
{
    while (queue->busy) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
}

void io_queue_freeze(IoQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->frozen = true;
    engine_wait(queue);
    pthread_mutex_unlock(&queue->lock);
}

void io_queue_thaw(IoQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->frozen = false;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void io_queue_stop(IoQueue *queue, IoState state)
{
    pthread_mutex_lock(&queue->lock);
    queue->state = state;
    engine_wait(queue);
    pthread_mutex_unlock(&queue->lock);
}

bool io_queue_suspend(IoQueue *queue)
{
    bool found = false;

    pthread_mutex_lock(&queue->lock);
    engine_wait(queue);
    for (unsigned i = 0; i < begun_count(queue) && !found; i++) {
        IoRequest *request = request_at(queue, i);

        found = !request->suspended;
        request->suspended = true;
    }
    pthread_mutex_unlock(&queue->lock);
    return found;
}

unsigned io_queue_begun(IoQueue *queue, unsigned *suspended)
{
    unsigned begun;
    unsigned kept = 0;

    pthread_mutex_lock(&queue->lock);
    begun = begun_count(queue);
    for (unsigned i = 0; i < begun; i++) {
        kept += request_at(queue, i)->suspended;
    }
    pthread_mutex_unlock(&queue->lock);
    if (suspended) {
        *suspended = kept;
    }
    return begun - kept;
}

static bool to_drain(IoQueue *queue)
{
    return queue->busy || (begun_count(queue) > 0 && !request_at(queue, 0)->suspended);
}

int io_queue_drain(IoQueue *queue, unsigned timeout_ms)
{
    struct timespec deadline;
    int result = 0;

    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout_ms / 1000;
    deadline.tv_nsec += (long)(timeout_ms % 1000) * (NS_PER_SECOND / 1000);
    if (deadline.tv_nsec >= NS_PER_SECOND) {
        deadline.tv_sec++;
        deadline.tv_nsec -= NS_PER_SECOND;
    }
    pthread_mutex_lock(&queue->lock);
    queue->draining = true;
    pthread_cond_broadcast(&queue->changed);
    while (to_drain(queue) && result == 0) {
        result = -pthread_cond_timedwait(&queue->changed, &queue->lock, &deadline);
    }
    queue->draining = false;
    pthread_mutex_unlock(&queue->lock);
    return result;
}

void io_queue_release(IoQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    for (unsigned i = 0; i < queue->count; i++) {
        request_at(queue, i)->suspended = false;
    }
    queue->state = IO_OPEN;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void io_queue_fail(IoQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->state = IO_REJECTING;
    engine_wait(queue);
    queue->counters.failed += queue->count;
    queue->count = 0;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

bool io_queue_drop(IoQueue *queue)
{
    bool found;

    pthread_mutex_lock(&queue->lock);
    engine_wait(queue);
    found = queue->count > 0;
    if (found) {
        take_off(queue);
    }
    pthread_mutex_unlock(&queue->lock);
    return found;
}

void io_queue_close(IoQueue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->state = IO_CLOSED;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

static void held_count(IoQueue *queue, IoCounters *counters)
{
    bool open = queue->state == IO_OPEN;

    for (unsigned i = 0; i < queue->count; i++) {
        const IoRequest *request = request_at(queue, i);

        if (request->suspended || (!open && !request->begun)) {
            counters->held++;
        } else {
            counters->under_way++;
        }
    }
}

void io_queue_counters(IoQueue *queue, IoCounters *counters)
{
    pthread_mutex_lock(&queue->lock);
    *counters = queue->counters;
    held_count(queue, counters);
    counters->lost = counters->issued - counters->completed - counters->rejected -
                     counters->failed - counters->held - counters->under_way;
    pthread_mutex_unlock(&queue->lock);
}
