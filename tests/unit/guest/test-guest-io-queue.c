/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "io-queue.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define MANY 20000u

/** struct Engine - begins and finishes; looks whether the order is kept */
typedef struct Engine {
    IoQueue queue;
    pthread_t thread;
    atomic_uint begun;
    atomic_uint finished;
    atomic_uint disorder;
    atomic_bool forbidden; /* no operation may be taken */
    uint64_t last;         /* finished; numbers begin at 0, so one more */
} Engine;

static void *engine_run(void *data)
{
    Engine *engine = data;
    IoRequest *request;
    IoOperation operation;

    while ((operation = io_queue_next(&engine->queue, &request)) != IO_END) {
        if (operation == IO_BEGIN) {
            atomic_fetch_add(&engine->begun, 1);
        } else {
            engine->disorder += request->number < engine->last;
            engine->last = request->number + 1;
            atomic_fetch_add(&engine->finished, 1);
        }
        engine->disorder += atomic_load(&engine->forbidden);
        io_queue_done(&engine->queue, 0);
    }
    return NULL;
}

static void engine_make(Engine *engine)
{
    *engine = (Engine) { .last = 0 };
    io_queue_init(&engine->queue);
    assert_int_equal(pthread_create(&engine->thread, NULL, engine_run, engine), 0);
}

static void engine_end(Engine *engine)
{
    io_queue_close(&engine->queue);
    pthread_join(engine->thread, NULL);
    io_queue_deinit(&engine->queue);
}

static void submit(Engine *engine, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(io_queue_submit(&engine->queue), 0);
    }
}

static IoCounters counters(Engine *engine)
{
    IoCounters now;

    io_queue_counters(&engine->queue, &now);
    return now;
}

/* Until the engine has nothing more to do; the test program's timeout is the deadline */
static void settle(Engine *engine, unsigned begun)
{
    while (atomic_load(&engine->begun) < begun) {
        sched_yield();
    }
    io_queue_freeze(&engine->queue);
    io_queue_thaw(&engine->queue);
}

static void test_holds_at_first(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    submit(&engine, 10);
    assert_int_equal(counters(&engine).held, 10);
    assert_int_equal(engine.begun, 0);
    io_queue_release(&engine.queue);
    settle(&engine, 10);
    assert_int_equal(counters(&engine).completed, 10 - IO_QUEUE_DEPTH);
    assert_int_equal(counters(&engine).under_way, IO_QUEUE_DEPTH);
    engine_end(&engine);
}

static void test_room_is_bounded(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    submit(&engine, IO_QUEUE_ROOM);
    assert_int_equal(io_queue_submit(&engine.queue), -EAGAIN);
    assert_int_equal(counters(&engine).issued, IO_QUEUE_ROOM);
    engine_end(&engine);
}

static void test_drain_finishes_what_is_under_way(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    io_queue_release(&engine.queue);
    submit(&engine, 3);
    settle(&engine, 3);
    io_queue_stop(&engine.queue, IO_HELD);
    submit(&engine, 5);
    assert_int_equal(io_queue_drain(&engine.queue, 5000), 0);
    assert_int_equal(counters(&engine).completed, 3);
    assert_int_equal(counters(&engine).held, 5);
    assert_int_equal(engine.begun, 3);
    engine_end(&engine);
}

static void test_suspended_are_kept_and_go_on(void **state)
{
    Engine engine;
    unsigned kept;

    (void)state;
    engine_make(&engine);
    io_queue_release(&engine.queue);
    submit(&engine, 2);
    settle(&engine, 2);
    io_queue_stop(&engine.queue, IO_HELD);
    assert_true(io_queue_suspend(&engine.queue));
    assert_true(io_queue_suspend(&engine.queue));
    assert_false(io_queue_suspend(&engine.queue));
    assert_int_equal(io_queue_begun(&engine.queue, &kept), 0);
    assert_int_equal(kept, 2);
    assert_int_equal(io_queue_drain(&engine.queue, 5000), 0); /* they are not waited for */
    assert_int_equal(counters(&engine).held, 2);
    io_queue_release(&engine.queue);
    assert_int_equal(io_queue_drain(&engine.queue, 5000), 0);
    assert_int_equal(counters(&engine).completed, 2);
    engine_end(&engine);
}

/* As a driver does that leaves out to hold */
static void test_suspended_stay_while_others_come(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    io_queue_release(&engine.queue);
    submit(&engine, 2);
    settle(&engine, 2);
    assert_true(io_queue_suspend(&engine.queue));
    submit(&engine, IO_QUEUE_DEPTH);
    settle(&engine, IO_QUEUE_DEPTH);
    assert_int_equal(engine.finished, 0);
    engine_end(&engine);
}

/** struct Freezer - somebody who freezes a queue, and tells when that is done */
typedef struct Freezer {
    IoQueue queue;
    atomic_bool frozen;
} Freezer;

static void *freezer_run(void *data)
{
    Freezer *freezer = data;

    io_queue_freeze(&freezer->queue);
    atomic_store(&freezer->frozen, true);
    return NULL;
}

/* Too early is seen nearly always, and what is right never fails */
static void test_freeze_waits_for_the_engine(void **state)
{
    Freezer freezer = { .frozen = false };
    IoRequest *request;
    pthread_t thread;

    (void)state;
    io_queue_init(&freezer.queue);
    io_queue_submit(&freezer.queue);
    io_queue_release(&freezer.queue);
    assert_int_equal(io_queue_next(&freezer.queue, &request), IO_BEGIN);
    assert_int_equal(pthread_create(&thread, NULL, freezer_run, &freezer), 0);
    usleep(50000);
    assert_false(freezer.frozen);
    io_queue_done(&freezer.queue, 0);
    pthread_join(thread, NULL);
    io_queue_deinit(&freezer.queue);
}

static void test_rejects_at_once(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    io_queue_stop(&engine.queue, IO_REJECTING);
    assert_int_equal(io_queue_submit(&engine.queue), -ECANCELED);
    assert_int_equal(counters(&engine).rejected, 1);
    assert_int_equal(counters(&engine).lost, 0);
    engine_end(&engine);
}

static void test_fail_answers_all(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    submit(&engine, 4);
    io_queue_fail(&engine.queue);
    assert_int_equal(io_queue_submit(&engine.queue), -ECANCELED);
    assert_int_equal(counters(&engine).failed, 4);
    assert_int_equal(counters(&engine).rejected, 1);
    assert_int_equal(counters(&engine).lost, 0);
    engine_end(&engine);
}

static void test_dropped_is_lost(void **state)
{
    Engine engine;

    (void)state;
    engine_make(&engine);
    submit(&engine, 4);
    assert_true(io_queue_drop(&engine.queue));
    assert_int_equal(counters(&engine).lost, 1);
    engine_end(&engine);
}

static void test_drain_has_a_deadline(void **state)
{
    IoQueue queue; /* with nobody to finish what is under way */
    IoRequest *request;

    (void)state;
    io_queue_init(&queue);
    io_queue_submit(&queue);
    io_queue_release(&queue);
    assert_int_equal(io_queue_next(&queue, &request), IO_BEGIN);
    io_queue_done(&queue, 0);
    assert_int_equal(io_queue_drain(&queue, 10), -ETIMEDOUT);
    io_queue_deinit(&queue);
}

static void test_failed_begin_ends_that_one(void **state)
{
    IoQueue queue;
    IoRequest *request;
    IoCounters now;

    (void)state;
    io_queue_init(&queue);
    io_queue_release(&queue);
    io_queue_submit(&queue);
    io_queue_next(&queue, &request);
    io_queue_done(&queue, 0);
    io_queue_submit(&queue);
    io_queue_submit(&queue);
    io_queue_next(&queue, &request);
    assert_int_equal(request->number, 1);
    io_queue_done(&queue, -EIO);
    io_queue_counters(&queue, &now);
    assert_int_equal(now.failed, 1);
    assert_int_equal(now.lost, 0);
    assert_int_equal(io_queue_next(&queue, &request), IO_BEGIN);
    assert_int_equal(request->number, 2);
    io_queue_done(&queue, 0);
    io_queue_deinit(&queue);
}

static void *application_run(void *data)
{
    Engine *engine = data;

    for (unsigned issued = 0; issued < MANY;) {
        if (io_queue_submit(&engine->queue) == -EAGAIN) {
            sched_yield();
        } else {
            issued++;
        }
    }
    return NULL;
}

/* One stop and start, with whatever a model may do in it */
static void stop_and_start(Engine *engine, unsigned chance)
{
    io_queue_freeze(&engine->queue);
    atomic_store(&engine->forbidden, true);
    io_queue_stop(&engine->queue, chance % 4 == 0 ? IO_REJECTING : IO_HELD);
    while (chance % 3 == 0 && io_queue_suspend(&engine->queue)) {
    }
    if (chance % 5 == 0) {
        atomic_store(&engine->forbidden, false);
        assert_int_equal(io_queue_drain(&engine->queue, 5000), 0);
        atomic_store(&engine->forbidden, true);
    }
    io_queue_thaw(&engine->queue);
    for (unsigned i = 0; i < chance % 64; i++) {
        sched_yield();
    }
    atomic_store(&engine->forbidden, false);
    io_queue_release(&engine->queue);
}

static void test_nothing_is_lost_between_threads(void **state)
{
    Engine engine;
    pthread_t application;
    IoCounters now;
    unsigned seed = 1;

    (void)state;
    engine_make(&engine);
    assert_int_equal(pthread_create(&application, NULL, application_run, &engine), 0);
    do {
        stop_and_start(&engine, (unsigned)rand_r(&seed));
        now = counters(&engine);
        assert_int_equal(now.lost, 0);
    } while (now.issued < MANY);
    pthread_join(application, NULL);
    while (counters(&engine).under_way > 0) {
        assert_int_equal(io_queue_drain(&engine.queue, 5000), 0);
    }
    now = counters(&engine);
    assert_int_equal(now.completed + now.rejected, MANY);
    assert_int_equal(engine.finished, now.completed);
    assert_int_equal(engine.disorder, 0);
    engine_end(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/io-queue/holds-until-it-is-released", test_holds_at_first),
        CASE("/io-queue/room-is-bounded", test_room_is_bounded),
        CASE("/io-queue/drain-finishes-what-is-under-way", test_drain_finishes_what_is_under_way),
        CASE("/io-queue/suspended-are-kept-and-go-on", test_suspended_are_kept_and_go_on),
        CASE("/io-queue/suspended-stay-while-others-come", test_suspended_stay_while_others_come),
        CASE("/io-queue/freeze-waits-for-the-engine", test_freeze_waits_for_the_engine),
        CASE("/io-queue/rejects-at-once", test_rejects_at_once),
        CASE("/io-queue/fail-answers-all", test_fail_answers_all),
        CASE("/io-queue/a-dropped-one-is-lost", test_dropped_is_lost),
        CASE("/io-queue/drain-has-a-deadline", test_drain_has_a_deadline),
        CASE("/io-queue/a-failed-begin-ends-that-one", test_failed_begin_ends_that_one),
        CASE("/io-queue/nothing-is-lost-between-threads", test_nothing_is_lost_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
