/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function driver over a function made of memory: its traffic, what it leaves behind, and each
 * behaviour with whoever notices it. Those that only the device can notice are in the system test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fake-back-end.h"
#include "function-driver.h"
#include "stop-note.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define RATE 1000

/* A driver that never had a start */
static FunctionDriver *driver_make(const char *model, const char *behaviour, Situation situation)
{
    FunctionDriverSetup setup = {
        .model = driver_model_find(model),
        .hardware = { .ops = &fake_back_end_ops, .find = fake_find },
        .situation = situation,
        .rate = RATE,
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

static void driver_end(FunctionDriver *driver)
{
    function_driver_free(driver);
    assert_int_equal(fake_back_end.acquired, 0);
    assert_int_equal(fake_back_end.mapped, 0);
    assert_int_equal(fake_back_end.vectors, 0);
    assert_null(fake_back_end.dma_memory);
    assert_false(fake_is_mapped());
    fake_back_end_free();
}

static void expect(FunctionDriver *driver, PnpRequest kind, int result)
{
    char why[FUNCTION_DRIVER_WHY_SIZE] = "";
    int observed = function_driver_request(driver, kind, kind == PNP_START ? FAKE_BDF : NULL, why);

    if (observed != result) {
        print_message("# %s: %s\n", pnp_request_name(kind), why);
    }
    assert_int_equal(observed, result);
}

/* Valid until the next one */
static const char *report(FunctionDriver *driver)
{
    static char text[64 * 1024];
    FILE *file = fmemopen(text, sizeof(text), "w");

    function_driver_report(driver, file);
    fclose(file);
    return text;
}

static uint64_t counter(FunctionDriver *driver, const char *name)
{
    char word[64];
    const char *at;

    snprintf(word, sizeof(word), "counter %s ", name);
    at = strstr(report(driver), word);
    assert_non_null(at);
    return strtoull(at + strlen(word), NULL, 10);
}

static void expect_line(FunctionDriver *driver, const char *line)
{
    if (!strstr(report(driver), line)) {
        fail_msg("expected '%s' in '%s'", line, report(driver));
    }
}

static void expect_kept_contract(FunctionDriver *driver)
{
    const char *breach = strstr(report(driver), "breach ");

    if (breach) {
        fail_msg("%s", breach);
    }
}

/* Until a counter has grown so far; the test program's timeout is the deadline */
static void wait_counter(FunctionDriver *driver, const char *name, uint64_t value)
{
    while (counter(driver, name) < value) {
        sched_yield();
    }
}

static void stop(FunctionDriver *driver)
{
    expect(driver, PNP_QUERY_STOP, 0);
    expect(driver, PNP_STOP, 0);
}

static FunctionDriver *driver_started(const char *model, const char *behaviour,
                                      Situation situation)
{
    FunctionDriver *driver = driver_make(model, behaviour, situation);

    expect(driver, PNP_START, 0);
    wait_counter(driver, "completed", 8);
    return driver;
}

/* Traffic */

static void test_traffic_survives_a_stop(void **state)
{
    FunctionDriver *driver = driver_started(*state, NULL, (Situation) { .dma = true });
    uint64_t completed;
    uint64_t issued;
    int control_bar;

    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    assert_false(fake_is_mapped());
    assert_true(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    assert_int_equal(control_bar, 0);
    completed = counter(driver, "completed");
    issued = counter(driver, "issued");
    wait_counter(driver, "issued", issued + 8);
    assert_int_equal(counter(driver, "completed"), completed);

    expect(driver, PNP_START, 0);
    assert_false(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    wait_counter(driver, "since_start", 8);
    assert_in_range(counter(driver, "since_start"), 8, counter(driver, "completed") - completed);
    assert_int_equal(counter(driver, "errors"), 0);
    assert_int_equal(counter(driver, "lost"), 0);
    if (strcmp(*state, "portcls") != 0) { /* which cancels what is under way */
        assert_int_equal(counter(driver, "failed"), 0);
    }
    expect_kept_contract(driver);
    driver_end(driver);
}

static void test_word_that_did_not_move_along(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { 0 });

    (void)state;
    stop(driver);
    assert_true(counter(driver, "held") > 0);
    memset(fake_back_end.bars[2] + BARSHIFT_HEADER_PAGE_SIZE, 0, 0x10000 - 0x1000);
    expect(driver, PNP_START, 0);
    wait_counter(driver, "errors", 1);
    driver_end(driver);
}

static void test_stranger_in_the_header(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *(volatile uint32_t *)(fake_back_end.bars[2] + BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    wait_counter(driver, "errors", 1);
    driver_end(driver);
}

static void test_not_its_own_function(void **state)
{
    FunctionDriver *driver = driver_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *fake_register(BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_UNDECLARED);
    driver_end(driver);
}

static void test_not_its_own_memory(void **state)
{
    FunctionDriver *driver = driver_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *(volatile uint32_t *)(fake_back_end.bars[2] + BARSHIFT_HEADER_BAR) = 3;
    expect(driver, PNP_START, -EIO);
    driver_end(driver);
}

/* As where a driver of the kernel has the function */
static int exchange(BackEnd *back_end, uint64_t number, char *why)
{
    (void)back_end;
    (void)why;
    return number == 3 ? -EIO : 0;
}

static void test_without_registers(void **state)
{
    const BackEndOps ops = { .name = "kernel-like", .acquire = fake_back_end_ops.acquire,
                             .exchange = exchange, .release = fake_back_end_ops.release };
    FunctionDriver *driver;

    (void)state;
    fake_back_end_make();
    assert_int_equal(function_driver_new(
                         &(FunctionDriverSetup) {
                             .model = driver_model_find("storport"),
                             .hardware = { .ops = &ops, .find = fake_find,
                                           .root = fake_back_end.root },
                             .situation = { .dma = true, .interrupts = 1 },
                             .rate = RATE,
                         },
                         &driver),
                     0);
    expect(driver, PNP_START, 0);
    wait_counter(driver, "completed", 8);
    assert_int_equal(counter(driver, "failed"), 1);
    expect(driver, PNP_QUERY_STOP, 0);
    expect(driver, PNP_CANCEL_STOP, 0);
    stop(driver);
    assert_int_equal(fake_back_end.acquired, 0);
    expect(driver, PNP_START, 0);
    wait_counter(driver, "since_start", 8);
    expect_kept_contract(driver);
    driver_end(driver);
}

static void test_dma_is_told_to_the_function(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    *(volatile uint64_t *)fake_back_end.dma_memory = 5;
    wait_counter(driver, "dma_steps", 5);
    stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    assert_null(fake_back_end.dma_memory);
    driver_end(driver);
}

static void test_dma_that_goes_back(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *(volatile uint64_t *)fake_back_end.dma_memory = 5;
    wait_counter(driver, "dma_steps", 5);
    *(volatile uint64_t *)fake_back_end.dma_memory = 4;
    wait_counter(driver, "errors", 1);
    driver_end(driver);
}

static void test_dma_that_does_not_arrive(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *fake_register(BARSHIFT_DMA_STEPS) = 3;
    wait_counter(driver, "errors", 1);
    driver_end(driver);
}

static void test_dma_that_the_bus_refuses(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *fake_register(BARSHIFT_DMA_FAILED) = 1;
    wait_counter(driver, "errors", 1);
    driver_end(driver);
}

static void test_without_dma(void **state)
{
    FunctionDriver *driver = driver_make("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    fake_back_end.no_dma = true;
    expect(driver, PNP_START, 0);
    wait_counter(driver, "completed", 8);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    stop(driver);
    driver_end(driver);
}

static void test_interrupts_are_counted(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .interrupts = 2 });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];

    (void)state;
    assert_int_equal(fake_back_end.vectors, 2);
    wait_counter(driver, "interrupts_raised", 2);
    assert_int_equal(function_driver_fds(driver, fds), 2);
    eventfd_write(fds[0].fd, 1);
    function_driver_ready(driver, &fds[0]);
    assert_int_equal(counter(driver, "interrupts_arrived"), 1);
    eventfd_write(fds[1].fd, 1); /* one that is on its way when interrupts are switched off */
    stop(driver);
    assert_int_equal(counter(driver, "interrupts_arrived"), 2);
    driver_end(driver);
}

/* A pin is silent until its cause has gone and it was acknowledged */
static void test_interrupts_are_acknowledged(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .interrupts = 2 });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];

    (void)state;
    wait_counter(driver, "interrupts_raised", 2);
    assert_int_equal(function_driver_fds(driver, fds), 2);
    eventfd_write(fds[1].fd, 1);
    function_driver_ready(driver, &fds[1]);
    assert_int_equal(fake_back_end.acknowledged, 1);
    function_driver_ready(driver, &fds[1]); /* nothing has arrived */
    assert_int_equal(fake_back_end.acknowledged, 1);
    eventfd_write(fds[0].fd, 1);
    stop(driver);
    assert_int_equal(fake_back_end.acknowledged, 2);
    assert_int_equal(fake_back_end.cause_left, 0);
    assert_int_equal(counter(driver, "errors"), 0);
    driver_end(driver);
}

static void test_kernel_asks_to_let_go(void **state)
{
    FunctionDriver *driver = driver_started(*state, NULL, (Situation) { .dma = true });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];
    int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

    fake_back_end.request_fd = fd;
    assert_int_equal(function_driver_fds(driver, fds), 1);
    function_driver_ready(driver, &fds[0]);
    expect_line(driver, "state surprise-removed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    close(fd);
    driver_end(driver);
}

/* Somebody else may have the addresses of one that was removed under its driver */
static void test_lost_function_is_not_touched(void **state)
{
    const Situation situation = { .dma = true, .interrupts = 1 };
    FunctionDriver *driver = driver_started(*state, NULL, situation);
    int control_bar;

    function_driver_look(driver);
    expect_line(driver, "state started\n");
    *fake_register(BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    fake_back_end.lost = true;
    function_driver_look(driver);
    expect_line(driver, "state surprise-removed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    assert_false(fake_is_mapped());
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    assert_false(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    assert_int_equal(counter(driver, "lost"), 0);

    /* The manager finds out later than the driver */
    expect(driver, PNP_SURPRISE_REMOVAL, 0);
    expect(driver, PNP_SURPRISE_REMOVAL, -EPROTO);
    expect(driver, PNP_REMOVE, 0);
    expect_kept_contract(driver);
    driver_end(driver);
}

/* Out of the kernel's lists and not out of its slot, it would write into memory that is others' */
static void test_lost_function_stops_its_stream(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    fake_back_end.lost = true;
    function_driver_look(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_null(fake_back_end.dma_memory);
    driver_end(driver);
}

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
                             .rate = RATE,
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
    expect(driver, PNP_START, 0);
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
    stop(driver);
    assert_int_equal(*scratch, 0x51); /* for a driver that comes after this one */
    expect(driver, PNP_START, 0);
    assert_int_equal(*scratch, 0x51);
    driver_end(driver);
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
    stop(driver);
    function_driver_free(driver);

    driver = resetting_driver_new(&ops);
    expect(driver, PNP_START, 0);
    assert_int_equal(*scratch, 0x52);
    driver_end(driver);
}

static void test_stopped_is_told_again(void **state)
{
    FunctionDriver *driver;
    BackEndOps ops;
    int control_bar;

    (void)state;
    driver = resetting_driver_started(&ops);
    stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    acquire_fails = true;
    expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    assert_true(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    driver_end(driver);
}

/* Acquired, and lost before it was told that it is started: the note stays true */
static void test_stopped_is_told_again_behind_acquire(void **state)
{
    FunctionDriver *driver;
    BackEndOps ops;

    (void)state;
    driver = resetting_driver_started(&ops);
    stop(driver);
    fake_back_end.not_found = 2; /* the look behind acquire */
    expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    driver_end(driver);
}

/* Requests of the PnP manager */

static void test_only_what_is_allowed(void **state)
{
    FunctionDriver *driver = driver_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    expect(driver, PNP_STOP, -EPROTO);
    expect(driver, PNP_START, 0);
    expect(driver, PNP_STOP, -EPROTO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    driver_end(driver);
}

static void test_cancel_without_query(void **state)
{
    FunctionDriver *driver = driver_started(*state, NULL, (Situation) { .dma = true });

    expect(driver, PNP_CANCEL_STOP, 0);
    expect_line(driver, "state started\n");
    wait_counter(driver, "completed", counter(driver, "completed") + 8);
    assert_int_equal(counter(driver, "errors"), 0);
    driver_end(driver);
}

static void test_cancel_after_query(void **state)
{
    FunctionDriver *driver = driver_started(*state, NULL, (Situation) { .dma = true });

    expect(driver, PNP_QUERY_STOP, 0);
    expect(driver, PNP_CANCEL_STOP, 0);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    wait_counter(driver, "completed", counter(driver, "completed") + 8);
    assert_int_equal(counter(driver, "errors"), 0);
    assert_int_equal(counter(driver, "lost"), 0);
    expect_kept_contract(driver);
    driver_end(driver);
}

static void test_handles(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", NULL, (Situation) { .handles = 2 });

    (void)state;
    expect_line(driver, "handles 2\n");
    function_driver_close_handles(driver);
    expect_line(driver, "handles 0\n");
    driver_end(driver);
}

/* Behaviours, and who notices them */

static void test_veto_is_seen_by_the_manager(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "veto", (Situation) { 0 });

    (void)state;
    expect(driver, PNP_QUERY_STOP, -EBUSY);
    expect(driver, PNP_QUERY_STOP, -EBUSY);
    expect_line(driver, "state started\n");
    wait_counter(driver, "completed", counter(driver, "completed") + 8);
    driver_end(driver);
}

static void test_veto_once(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "veto-once", (Situation) { 0 });

    (void)state;
    expect(driver, PNP_QUERY_STOP, -EBUSY);
    expect(driver, PNP_QUERY_STOP, 0);
    driver_end(driver);
}

static void test_failed_start_is_seen_by_the_manager(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", *state, (Situation) { .dma = true });

    stop(driver);
    wait_counter(driver, "held", 8);
    expect(driver, PNP_START, -EIO);
    expect_line(driver, "state failed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    assert_false(fake_is_mapped());
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    expect(driver, PNP_SURPRISE_REMOVAL, 0);
    assert_int_equal(counter(driver, "lost"), 0);
    assert_true(counter(driver, "failed") > 0);
    expect(driver, PNP_REMOVE, 0);
    expect_kept_contract(driver); /* failing is allowed */
    driver_end(driver);
}

static void test_kept_mapping_is_seen_in_proc(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "keep-mapping", (Situation) { 0 });

    (void)state;
    stop(driver);
    assert_true(fake_is_mapped());
    fake_back_end.mapped = 0; /* they are not given back through the back end */
    driver_end(driver);
}

static void test_kept_dma_is_seen_by_the_traffic(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "keep-dma", (Situation) { .dma = true });

    (void)state;
    stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    assert_non_null(fake_back_end.dma_memory); /* it must not be another's while it is written */
    *(volatile uint64_t *)fake_back_end.dma_memory = 1000;
    expect(driver, PNP_START, 0);
    assert_true(counter(driver, "errors") > 0);
    driver_end(driver);
}

static void test_dropped_request_is_seen_by_the_traffic(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "drop-request", (Situation) { 0 });

    (void)state;
    stop(driver);
    expect(driver, PNP_START, 0);
    assert_int_equal(counter(driver, "lost"), 1);
    driver_end(driver);
}

static void test_restarted_stream_is_seen_by_the_contract(void **state)
{
    const Situation situation = { .streams = 2, .streams_running = 1, .packet_streams = true };
    FunctionDriver *driver = driver_started("portcls", "restart-stream", situation);

    (void)state;
    expect_line(driver, "stream 0 run\nstream 1 pause\n");
    stop(driver);
    expect_line(driver, "stream 0 stop\nstream 1 stop\n");
    expect(driver, PNP_START, 0);
    expect_line(driver, "stream 0 run\n");
    expect_line(driver, "breach start (request 4): expected every stream to stay in STOP");
    expect(driver, PNP_QUERY_STOP, 0);
    expect_line(driver, "breach query-stop (request 5): expected every stream to stay in STOP");
    driver_end(driver);
}

static void test_stopped_stream_stays(void **state)
{
    const Situation situation = { .streams = 1, .streams_running = 1, .packet_streams = true };
    FunctionDriver *driver = driver_started("portcls", NULL, situation);

    (void)state;
    stop(driver);
    expect(driver, PNP_START, 0);
    expect_line(driver, "stream 0 stop\n");
    driver_end(driver);
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
        driver_started("kmdf", "skip=EvtDeviceReleaseHardware", (Situation) { 0 });

    (void)state;
    stop(driver);
    assert_int_equal(times(driver, "EvtDeviceReleaseHardware"), 0);
    assert_int_equal(times(driver, "EvtDeviceD0Exit"), 1);
    assert_true(fake_is_mapped()); /* its work is left out, too */
    expect(driver, PNP_START, 0);
    expect_line(driver, "breach ");
    driver_end(driver);
}

static void test_repeated_callback_is_seen_by_the_contract(void **state)
{
    FunctionDriver *driver = driver_started("kmdf", "repeat=EvtDeviceD0Exit", (Situation) { 0 });

    (void)state;
    stop(driver);
    assert_int_equal(times(driver, "EvtDeviceD0Exit"), 2);
    expect(driver, PNP_START, 0);
    expect_line(driver, "breach ");
    driver_end(driver);
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
    FunctionDriver *driver = driver_make("kmdf", "slow=query-stop:3000", (Situation) { 0 });

    (void)state;
    assert_int_equal(function_driver_delay_ms(driver, PNP_QUERY_STOP), 3000);
    assert_int_equal(function_driver_delay_ms(driver, PNP_STOP), 0);
    driver_end(driver);
}

#define WITH(name, function, value) { name, function, NULL, NULL, (void *)(uintptr_t)(value) }

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH("/driver/traffic/survives-a-stop/wdm", test_traffic_survives_a_stop, "wdm"),
        WITH("/driver/traffic/survives-a-stop/kmdf", test_traffic_survives_a_stop, "kmdf"),
        WITH("/driver/traffic/survives-a-stop/ndis", test_traffic_survives_a_stop, "ndis"),
        WITH("/driver/traffic/survives-a-stop/storport", test_traffic_survives_a_stop, "storport"),
        WITH("/driver/traffic/survives-a-stop/wddm", test_traffic_survives_a_stop, "wddm"),
        WITH("/driver/traffic/survives-a-stop/portcls", test_traffic_survives_a_stop, "portcls"),
        WITH("/driver/traffic/survives-a-stop/acx", test_traffic_survives_a_stop, "acx"),
        CASE("/driver/traffic/notices-a-word-that-did-not-move-along",
             test_word_that_did_not_move_along),
        CASE("/driver/traffic/notices-a-stranger-in-the-header", test_stranger_in_the_header),
        CASE("/driver/traffic/notices-dma-that-goes-back", test_dma_that_goes_back),
        CASE("/driver/traffic/notices-dma-that-does-not-arrive", test_dma_that_does_not_arrive),
        CASE("/driver/traffic/notices-dma-that-the-bus-refuses", test_dma_that_the_bus_refuses),
        CASE("/driver/start/refuses-a-function-not-its-own", test_not_its_own_function),
        CASE("/driver/start/refuses-memory-not-its-own", test_not_its_own_memory),
        CASE("/driver/does-without-registers", test_without_registers),
        CASE("/driver/dma/is-told-to-the-function", test_dma_is_told_to_the_function),
        CASE("/driver/dma/does-without", test_without_dma),
        CASE("/driver/interrupts/are-counted", test_interrupts_are_counted),
        CASE("/driver/interrupts/are-acknowledged", test_interrupts_are_acknowledged),
        WITH("/driver/lets-go-when-the-kernel-asks/wdm", test_kernel_asks_to_let_go, "wdm"),
        WITH("/driver/lets-go-when-the-kernel-asks/kmdf", test_kernel_asks_to_let_go, "kmdf"),
        WITH("/driver/lets-go-when-the-kernel-asks/ndis", test_kernel_asks_to_let_go, "ndis"),
        WITH("/driver/lets-go-when-the-kernel-asks/storport", test_kernel_asks_to_let_go,
             "storport"),
        WITH("/driver/lets-go-when-the-kernel-asks/wddm", test_kernel_asks_to_let_go, "wddm"),
        WITH("/driver/lets-go-when-the-kernel-asks/portcls", test_kernel_asks_to_let_go, "portcls"),
        WITH("/driver/lets-go-when-the-kernel-asks/acx", test_kernel_asks_to_let_go, "acx"),
        WITH("/driver/lost/is-not-touched/wdm", test_lost_function_is_not_touched, "wdm"),
        WITH("/driver/lost/is-not-touched/kmdf", test_lost_function_is_not_touched, "kmdf"),
        WITH("/driver/lost/is-not-touched/ndis", test_lost_function_is_not_touched, "ndis"),
        WITH("/driver/lost/is-not-touched/storport", test_lost_function_is_not_touched, "storport"),
        WITH("/driver/lost/is-not-touched/wddm", test_lost_function_is_not_touched, "wddm"),
        WITH("/driver/lost/is-not-touched/portcls", test_lost_function_is_not_touched, "portcls"),
        WITH("/driver/lost/is-not-touched/acx", test_lost_function_is_not_touched, "acx"),
        CASE("/driver/lost/stops-its-stream", test_lost_function_stops_its_stream),
        CASE("/driver/reset/scratch-registers-survive", test_scratch_registers_survive_resets),
        CASE("/driver/reset/scratch-registers-survive-a-new-driver",
             test_scratch_registers_survive_a_new_driver),
        CASE("/driver/reset/stopped-is-told-again", test_stopped_is_told_again),
        CASE("/driver/reset/stopped-is-told-again-behind-acquire",
             test_stopped_is_told_again_behind_acquire),
        CASE("/driver/requests/only-what-is-allowed", test_only_what_is_allowed),
        WITH("/driver/cancel-stop/without-query/wdm", test_cancel_without_query, "wdm"),
        WITH("/driver/cancel-stop/without-query/portcls", test_cancel_without_query, "portcls"),
        WITH("/driver/cancel-stop/after-query/wdm", test_cancel_after_query, "wdm"),
        WITH("/driver/cancel-stop/after-query/kmdf", test_cancel_after_query, "kmdf"),
        WITH("/driver/cancel-stop/after-query/portcls", test_cancel_after_query, "portcls"),
        CASE("/driver/handles/are-closed", test_handles),
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
