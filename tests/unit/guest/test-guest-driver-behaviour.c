/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function driver does wrong when it is told to, with whoever notices it. Behaviours that
 * only the device can notice are in the system test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "fake-back-end.h"
#include "trial.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define WITH(name, function, value) { name, function, NULL, NULL, (void *)(uintptr_t)(value) }

/* Behaviours, and who notices them */

static void test_veto_is_seen_by_the_manager(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "veto", (Situation) { 0 });

    (void)state;
    trial_expect(driver, PNP_QUERY_STOP, -EBUSY);
    trial_expect(driver, PNP_QUERY_STOP, -EBUSY);
    trial_expect_line(driver, "state started\n");
    trial_wait_counter(driver, "completed", trial_counter(driver, "completed") + 8);
    trial_end(driver);
}

static void test_veto_once(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "veto-once", (Situation) { 0 });

    (void)state;
    trial_expect(driver, PNP_QUERY_STOP, -EBUSY);
    trial_expect(driver, PNP_QUERY_STOP, 0);
    trial_end(driver);
}

static void test_failed_start_is_seen_by_the_manager(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", *state, (Situation) { .dma = true });

    trial_stop(driver);
    trial_wait_counter(driver, "held", 8);
    trial_expect(driver, PNP_START, -EIO);
    trial_expect_line(driver, "state failed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    assert_false(fake_is_mapped());
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    trial_expect(driver, PNP_SURPRISE_REMOVAL, 0);
    assert_int_equal(trial_counter(driver, "lost"), 0);
    assert_true(trial_counter(driver, "failed") > 0);
    trial_expect(driver, PNP_REMOVE, 0);
    trial_expect_kept_contract(driver); /* failing is allowed */
    trial_end(driver);
}

static void test_kept_mapping_is_seen_in_proc(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "keep-mapping", (Situation) { 0 });

    (void)state;
    trial_stop(driver);
    assert_true(fake_is_mapped());
    fake_back_end.mapped = 0; /* they are not given back through the back end */
    trial_end(driver);
}

static void test_kept_dma_is_seen_by_the_traffic(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "keep-dma", (Situation) { .dma = true });

    (void)state;
    trial_stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    assert_non_null(fake_back_end.dma_memory); /* it must not be another's while it is written */
    *(volatile uint64_t *)fake_back_end.dma_memory = 1000;
    trial_expect(driver, PNP_START, 0);
    assert_true(trial_counter(driver, "errors") > 0);
    trial_end(driver);
}

static void test_dropped_request_is_seen_by_the_traffic(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "drop-request", (Situation) { 0 });

    (void)state;
    trial_stop(driver);
    trial_expect(driver, PNP_START, 0);
    assert_int_equal(trial_counter(driver, "lost"), 1);
    trial_end(driver);
}

static void test_restarted_stream_is_seen_by_the_contract(void **state)
{
    const Situation situation = { .streams = 2, .streams_running = 1, .packet_streams = true };
    FunctionDriver *driver = trial_started("portcls", "restart-stream", situation);

    (void)state;
    trial_expect_line(driver, "stream 0 run\nstream 1 pause\n");
    trial_stop(driver);
    trial_expect_line(driver, "stream 0 stop\nstream 1 stop\n");
    trial_expect(driver, PNP_START, 0);
    trial_expect_line(driver, "stream 0 run\n");
    trial_expect_line(driver, "breach start (request 4): expected every stream to stay in STOP");
    trial_expect(driver, PNP_QUERY_STOP, 0);
    trial_expect_line(driver,
                      "breach query-stop (request 5): expected every stream to stay in STOP");
    trial_end(driver);
}

static void test_stopped_stream_stays(void **state)
{
    const Situation situation = { .streams = 1, .streams_running = 1, .packet_streams = true };
    FunctionDriver *driver = trial_started("portcls", NULL, situation);

    (void)state;
    trial_stop(driver);
    trial_expect(driver, PNP_START, 0);
    trial_expect_line(driver, "stream 0 stop\n");
    trial_end(driver);
}

static unsigned times(FunctionDriver *driver, const char *callback)
{
    const Trace *trace = function_driver_trace(driver);
    unsigned count = 0;

    for (size_t i = 0; i < trace->count; i++) {
        count += strcmp(trace->events[i].callback, callback) == 0;
    }
    return count;
}

static void test_skipped_callback_is_seen_by_the_contract(void **state)
{
    FunctionDriver *driver =
        trial_started("kmdf", "skip=EvtDeviceReleaseHardware", (Situation) { 0 });

    (void)state;
    trial_stop(driver);
    assert_int_equal(times(driver, "EvtDeviceReleaseHardware"), 0);
    assert_int_equal(times(driver, "EvtDeviceD0Exit"), 1);
    assert_true(fake_is_mapped()); /* its work is left out, too */
    trial_expect(driver, PNP_START, 0);
    trial_expect_line(driver, "breach ");
    trial_end(driver);
}

static void test_repeated_callback_is_seen_by_the_contract(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", "repeat=EvtDeviceD0Exit", (Situation) { 0 });

    (void)state;
    trial_stop(driver);
    assert_int_equal(times(driver, "EvtDeviceD0Exit"), 2);
    trial_expect(driver, PNP_START, 0);
    trial_expect_line(driver, "breach ");
    trial_end(driver);
}

/** struct Word - what cannot be asked for */
typedef struct Word {
    const char *model;
    const char *text;
} Word;

static const Word wrong_words[] = {
    { "kmdf", "nonsense" },     { "kmdf", "veto=1" },         { "kmdf", "slow" },
    { "kmdf", "slow=x" },       { "kmdf", "slow=5:stop" },    { "kmdf", "slow=nothing:5" },
    { "kmdf", "slow=600001" },  { "kmdf", "skip=Nothing" },   { "kmdf", "die=nothing" },
    { "kmdf", "vet" },          { "kmdf", "" },               { "wddm", "veto" },
    { "kmdf", "slow=stop:5x" },
};

static void test_wrong_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wrong_words) / sizeof(wrong_words[0]); i++) {
        Behaviours behaviours = { 0 };
        char why[BEHAVIOUR_WHY_SIZE] = "";

        if (behaviour_add(&behaviours, driver_model_find(wrong_words[i].model),
                          wrong_words[i].text, why) != -EINVAL) {
            fail_msg("%s was taken", wrong_words[i].text);
        }
        assert_string_not_equal(why, "");
    }
}

static void test_slow(void **state)
{
    FunctionDriver *driver = trial_make("kmdf", "slow=query-stop:3000", (Situation) { 0 });

    (void)state;
    assert_int_equal(function_driver_delay_ms(driver, PNP_QUERY_STOP), 3000);
    assert_int_equal(function_driver_delay_ms(driver, PNP_STOP), 0);
    trial_end(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/driver/veto/seen-by-the-manager", test_veto_is_seen_by_the_manager),
        CASE("/driver/veto-once/second-query-succeeds", test_veto_once),
        WITH("/driver/fail-start/seen-by-the-manager", test_failed_start_is_seen_by_the_manager,
             "fail-start"),
        WITH("/driver/fail-start-once/seen-by-the-manager",
             test_failed_start_is_seen_by_the_manager, "fail-start-once"),
        WITH("/driver/fail-prepare/seen-by-the-manager", test_failed_start_is_seen_by_the_manager,
             "fail-prepare"),
        CASE("/driver/keep-mapping/seen-in-proc", test_kept_mapping_is_seen_in_proc),
        CASE("/driver/keep-dma/seen-by-the-traffic", test_kept_dma_is_seen_by_the_traffic),
        CASE("/driver/drop-request/seen-by-the-traffic",
             test_dropped_request_is_seen_by_the_traffic),
        CASE("/driver/restart-stream/seen-by-the-contract",
             test_restarted_stream_is_seen_by_the_contract),
        CASE("/driver/streams/stopped-ones-stay-so", test_stopped_stream_stays),
        CASE("/driver/skip/seen-by-the-contract", test_skipped_callback_is_seen_by_the_contract),
        CASE("/driver/repeat/seen-by-the-contract", test_repeated_callback_is_seen_by_the_contract),
        CASE("/driver/behaviours/wrong-words-are-refused", test_wrong_words),
        CASE("/driver/slow/per-request", test_slow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
