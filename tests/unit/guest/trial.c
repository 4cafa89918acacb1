/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function driver on trial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-back-end.h"
#include "trial.h"

FunctionDriver *trial_make(const char *model, const char *behaviour, Situation situation)
{
    FunctionDriverSetup setup = {
        .model = driver_model_find(model),
        .hardware = { .ops = &fake_back_end_ops, .find = fake_find },
        .situation = situation,
        .rate = TRIAL_RATE,
    };
    char why[BEHAVIOUR_WHY_SIZE];
    FunctionDriver *driver;

    fake_back_end_make();
    setup.hardware.root = fake_back_end.root;
    if (behaviour) {
        assert_int_equal(behaviour_add(&setup.behaviours, setup.model, behaviour, why), 0);
    }
    assert_int_equal(function_driver_new(&setup, &driver), 0);
    return driver;
}

void trial_end(FunctionDriver *driver)
{
    function_driver_free(driver);
    assert_int_equal(fake_back_end.acquired, 0);
    assert_int_equal(fake_back_end.mapped, 0);
    assert_int_equal(fake_back_end.vectors, 0);
    assert_null(fake_back_end.dma_memory);
    assert_false(fake_is_mapped());
    fake_back_end_free();
}

void trial_expect(FunctionDriver *driver, PnpRequest kind, int result)
{
    char why[FUNCTION_DRIVER_WHY_SIZE] = "";
    int observed = function_driver_request(driver, kind, kind == PNP_START ? FAKE_BDF : NULL, why);

    if (observed != result) {
        print_message("# %s: %s\n", pnp_request_name(kind), why);
    }
    assert_int_equal(observed, result);
}

const char *trial_report(FunctionDriver *driver)
{
    static char text[64 * 1024];
    FILE *file = fmemopen(text, sizeof(text), "w");

    function_driver_report(driver, file);
    fclose(file);
    return text;
}

uint64_t trial_counter(FunctionDriver *driver, const char *name)
{
    char word[64];
    const char *at;

    snprintf(word, sizeof(word), "counter %s ", name);
    at = strstr(trial_report(driver), word);
    assert_non_null(at);
    return strtoull(at + strlen(word), NULL, 10);
}

void trial_expect_line(FunctionDriver *driver, const char *line)
{
    if (!strstr(trial_report(driver), line)) {
        fail_msg("expected '%s' in '%s'", line, trial_report(driver));
    }
}

void trial_expect_kept_contract(FunctionDriver *driver)
{
    const char *breach = strstr(trial_report(driver), "breach ");

    if (breach) {
        fail_msg("%s", breach);
    }
}

void trial_wait_counter(FunctionDriver *driver, const char *name, uint64_t value)
{
    while (trial_counter(driver, name) < value) {
        sched_yield();
    }
}

void trial_stop(FunctionDriver *driver)
{
    trial_expect(driver, PNP_QUERY_STOP, 0);
    trial_expect(driver, PNP_STOP, 0);
}

FunctionDriver *trial_started(const char *model, const char *behaviour, Situation situation)
{
    FunctionDriver *driver = trial_make(model, behaviour, situation);

    trial_expect(driver, PNP_START, 0);
    trial_wait_counter(driver, "completed", 8);
    return driver;
}
