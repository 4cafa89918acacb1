/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function driver over a back end that resets the function: what outlives that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "fake-back-end.h"
#include "stop-note.h"
#include "trial.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

/* A back end that resets, as vfio does, and whose acquire can fail behind its reset */

static bool acquire_fails;

static void reset(void)
{
    *fake_register(BARSHIFT_DRIVER_STATE) = BARSHIFT_DRIVER_UNDECLARED;
    *(volatile uint64_t *)fake_register(BARSHIFT_CONTROL_SCRATCH(1)) = 0;
}

static int resetting_acquire(const char *bdf, BackEnd **back_end, char *why)
{
    reset();
    if (acquire_fails) {
        snprintf(why, BACK_END_WHY_SIZE, "cannot be enabled");
        return -EIO;
    }
    return fake_back_end_ops.acquire(bdf, back_end, why);
}

static int resetting_release(BackEnd *back_end, char *why)
{
    reset();
    return fake_back_end_ops.release(back_end, why);
}

static FunctionDriver *resetting_driver_new(const BackEndOps *ops)
{
    FunctionDriver *driver;

    assert_int_equal(function_driver_new(
                         &(FunctionDriverSetup) {
                             .model = driver_model_find("kmdf"),
                             .hardware = { .ops = ops, .find = fake_find,
                                           .root = fake_back_end.root },
                             .rate = TRIAL_RATE,
                         },
                         &driver),
                     0);
    return driver;
}

static FunctionDriver *resetting_driver_started(BackEndOps *ops)
{
    FunctionDriver *driver;

    *ops = fake_back_end_ops;
    ops->resets = true;
    ops->acquire = resetting_acquire;
    ops->release = resetting_release;
    acquire_fails = false;
    fake_back_end_make();
    fake_back_end_show();
    driver = resetting_driver_new(ops);
    trial_expect(driver, PNP_START, 0);
    return driver;
}

/* What was written while the driver works is not what it has found when it came */
static void test_scratch_registers_survive_resets(void **state)
{
    volatile uint64_t *scratch;
    FunctionDriver *driver;
    BackEndOps ops;

    (void)state;
    driver = resetting_driver_started(&ops);
    scratch = (volatile uint64_t *)fake_register(BARSHIFT_CONTROL_SCRATCH(1));
    *scratch = 0x51;
    trial_stop(driver);
    assert_int_equal(*scratch, 0x51); /* for a driver that comes after this one */
    trial_expect(driver, PNP_START, 0);
    assert_int_equal(*scratch, 0x51);
    trial_end(driver);
}

static void test_scratch_registers_survive_a_new_driver(void **state)
{
    volatile uint64_t *scratch;
    FunctionDriver *driver;
    BackEndOps ops;

    (void)state;
    driver = resetting_driver_started(&ops);
    scratch = (volatile uint64_t *)fake_register(BARSHIFT_CONTROL_SCRATCH(1));
    *scratch = 0x52;
    trial_stop(driver);
    function_driver_free(driver);

    driver = resetting_driver_new(&ops);
    trial_expect(driver, PNP_START, 0);
    assert_int_equal(*scratch, 0x52);
    trial_end(driver);
}

static void test_stopped_is_told_again(void **state)
{
    FunctionDriver *driver;
    BackEndOps ops;
    int control_bar;

    (void)state;
    driver = resetting_driver_started(&ops);
    trial_stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    acquire_fails = true;
    trial_expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    assert_true(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    trial_end(driver);
}

/* Acquired, and lost before it was told that it is started: the note stays true */
static void test_stopped_is_told_again_behind_acquire(void **state)
{
    FunctionDriver *driver;
    BackEndOps ops;

    (void)state;
    driver = resetting_driver_started(&ops);
    trial_stop(driver);
    fake_back_end.not_found = 2; /* the look behind acquire */
    trial_expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    trial_end(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/driver/reset/scratch-registers-survive", test_scratch_registers_survive_resets),
        CASE("/driver/reset/scratch-registers-survive-a-new-driver",
             test_scratch_registers_survive_a_new_driver),
        CASE("/driver/reset/stopped-is-told-again", test_stopped_is_told_again),
        CASE("/driver/reset/stopped-is-told-again-behind-acquire",
             test_stopped_is_told_again_behind_acquire),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
