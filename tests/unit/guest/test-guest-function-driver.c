/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function driver over a function made of memory: its traffic, what it leaves behind, and what it
 * answers to the PnP manager.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fake-back-end.h"
#include "stop-note.h"
#include "trial.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define WITH(name, function, value) { name, function, NULL, NULL, (void *)(uintptr_t)(value) }

/* Traffic */

static void test_traffic_survives_a_stop(void **state)
{
    FunctionDriver *driver = trial_started(*state, NULL, (Situation) { .dma = true });
    uint64_t since_start;
    uint64_t completed;
    uint64_t issued;
    int control_bar;

    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    trial_stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STOPPED);
    assert_false(fake_is_mapped());
    assert_true(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    assert_int_equal(control_bar, 0);
    completed = trial_counter(driver, "completed");
    issued = trial_counter(driver, "issued");
    trial_wait_counter(driver, "issued", issued + 8);
    assert_int_equal(trial_counter(driver, "completed"), completed);

    trial_expect(driver, PNP_START, 0);
    assert_false(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    trial_wait_counter(driver, "since_start", 8);
    since_start = trial_counter(driver, "since_start"); /* first: both go on */
    assert_in_range(since_start, 8, trial_counter(driver, "completed") - completed);
    assert_int_equal(trial_counter(driver, "errors"), 0);
    assert_int_equal(trial_counter(driver, "lost"), 0);
    if (strcmp(*state, "portcls") != 0) { /* which cancels what is under way */
        assert_int_equal(trial_counter(driver, "failed"), 0);
    }
    trial_expect_kept_contract(driver);
    trial_end(driver);
}

static void test_word_that_did_not_move_along(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { 0 });

    (void)state;
    trial_stop(driver);
    assert_true(trial_counter(driver, "held") > 0);
    memset(fake_back_end.bars[2] + BARSHIFT_HEADER_PAGE_SIZE, 0, 0x10000 - 0x1000);
    trial_expect(driver, PNP_START, 0);
    trial_wait_counter(driver, "errors", 1);
    trial_end(driver);
}

static void test_stranger_in_the_header(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *(volatile uint32_t *)(fake_back_end.bars[2] + BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    trial_wait_counter(driver, "errors", 1);
    trial_end(driver);
}

static void test_not_its_own_function(void **state)
{
    FunctionDriver *driver = trial_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *fake_register(BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    trial_expect(driver, PNP_START, -EIO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_UNDECLARED);
    trial_end(driver);
}

static void test_not_its_own_memory(void **state)
{
    FunctionDriver *driver = trial_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    *(volatile uint32_t *)(fake_back_end.bars[2] + BARSHIFT_HEADER_BAR) = 3;
    trial_expect(driver, PNP_START, -EIO);
    trial_end(driver);
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
                             .rate = TRIAL_RATE,
                         },
                         &driver),
                     0);
    trial_expect(driver, PNP_START, 0);
    trial_wait_counter(driver, "completed", 8);
    assert_int_equal(trial_counter(driver, "failed"), 1);
    trial_expect(driver, PNP_QUERY_STOP, 0);
    trial_expect(driver, PNP_CANCEL_STOP, 0);
    trial_stop(driver);
    assert_int_equal(fake_back_end.acquired, 0);
    trial_expect(driver, PNP_START, 0);
    trial_wait_counter(driver, "since_start", 8);
    trial_expect_kept_contract(driver);
    trial_end(driver);
}

static void test_dma_is_told_to_the_function(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    *(volatile uint64_t *)fake_back_end.dma_memory = 5;
    trial_wait_counter(driver, "dma_steps", 5);
    trial_stop(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    assert_null(fake_back_end.dma_memory);
    trial_end(driver);
}

static void test_dma_that_goes_back(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *(volatile uint64_t *)fake_back_end.dma_memory = 5;
    trial_wait_counter(driver, "dma_steps", 5);
    *(volatile uint64_t *)fake_back_end.dma_memory = 4;
    trial_wait_counter(driver, "errors", 1);
    trial_end(driver);
}

static void test_dma_that_does_not_arrive(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *fake_register(BARSHIFT_DMA_STEPS) = 3;
    trial_wait_counter(driver, "errors", 1);
    trial_end(driver);
}

static void test_dma_that_the_bus_refuses(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    *fake_register(BARSHIFT_DMA_FAILED) = 1;
    trial_wait_counter(driver, "errors", 1);
    trial_end(driver);
}

static void test_without_dma(void **state)
{
    FunctionDriver *driver = trial_make("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    fake_back_end.no_dma = true;
    trial_expect(driver, PNP_START, 0);
    trial_wait_counter(driver, "completed", 8);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    trial_stop(driver);
    trial_end(driver);
}

static void test_interrupts_are_counted(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .interrupts = 2 });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];

    (void)state;
    assert_int_equal(fake_back_end.vectors, 2);
    trial_wait_counter(driver, "interrupts_raised", 2);
    assert_int_equal(function_driver_fds(driver, fds), 2);
    eventfd_write(fds[0].fd, 1);
    function_driver_ready(driver, &fds[0]);
    assert_int_equal(trial_counter(driver, "interrupts_arrived"), 1);
    eventfd_write(fds[1].fd, 1); /* one that is on its way when interrupts are switched off */
    trial_stop(driver);
    assert_int_equal(trial_counter(driver, "interrupts_arrived"), 2);
    trial_end(driver);
}

/* A pin is silent until its cause has gone and it was acknowledged */
static void test_interrupts_are_acknowledged(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .interrupts = 2 });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];

    (void)state;
    trial_wait_counter(driver, "interrupts_raised", 2);
    assert_int_equal(function_driver_fds(driver, fds), 2);
    eventfd_write(fds[1].fd, 1);
    function_driver_ready(driver, &fds[1]);
    assert_int_equal(fake_back_end.acknowledged, 1);
    function_driver_ready(driver, &fds[1]); /* nothing has arrived */
    assert_int_equal(fake_back_end.acknowledged, 1);
    eventfd_write(fds[0].fd, 1);
    trial_stop(driver);
    assert_int_equal(fake_back_end.acknowledged, 2);
    assert_int_equal(fake_back_end.cause_left, 0);
    assert_int_equal(trial_counter(driver, "errors"), 0);
    trial_end(driver);
}

static void test_kernel_asks_to_let_go(void **state)
{
    FunctionDriver *driver = trial_started(*state, NULL, (Situation) { .dma = true });
    struct pollfd fds[FUNCTION_DRIVER_FDS_MAX];
    int fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);

    fake_back_end.request_fd = fd;
    assert_int_equal(function_driver_fds(driver, fds), 1);
    function_driver_ready(driver, &fds[0]);
    trial_expect_line(driver, "state surprise-removed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    close(fd);
    trial_end(driver);
}

/* Somebody else may have the addresses of one that was removed under its driver */
static void test_lost_function_is_not_touched(void **state)
{
    const Situation situation = { .dma = true, .interrupts = 1 };
    FunctionDriver *driver = trial_started(*state, NULL, situation);
    int control_bar;

    function_driver_look(driver);
    trial_expect_line(driver, "state started\n");
    *fake_register(BARSHIFT_HEADER_TAG) = FAKE_TAG + 1;
    fake_back_end.lost = true;
    function_driver_look(driver);
    trial_expect_line(driver, "state surprise-removed\n");
    assert_int_equal(fake_back_end.acquired, 0);
    assert_false(fake_is_mapped());
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    assert_false(stop_note_read(fake_back_end.root, FAKE_TAG, &control_bar));
    assert_int_equal(trial_counter(driver, "lost"), 0);

    /* The manager finds out later than the driver */
    trial_expect(driver, PNP_SURPRISE_REMOVAL, 0);
    trial_expect(driver, PNP_SURPRISE_REMOVAL, -EPROTO);
    trial_expect(driver, PNP_REMOVE, 0);
    trial_expect_kept_contract(driver);
    trial_end(driver);
}

/* Out of the kernel's lists and not out of its slot, it would write into memory that is others' */
static void test_lost_function_stops_its_stream(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .dma = true });

    (void)state;
    fake_back_end.lost = true;
    function_driver_look(driver);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STOP);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_null(fake_back_end.dma_memory);
    trial_end(driver);
}

/* Requests of the PnP manager */

static void test_only_what_is_allowed(void **state)
{
    FunctionDriver *driver = trial_make("kmdf", NULL, (Situation) { 0 });

    (void)state;
    trial_expect(driver, PNP_STOP, -EPROTO);
    trial_expect(driver, PNP_START, 0);
    trial_expect(driver, PNP_STOP, -EPROTO);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    trial_end(driver);
}

static void test_cancel_without_query(void **state)
{
    FunctionDriver *driver = trial_started(*state, NULL, (Situation) { .dma = true });

    trial_expect(driver, PNP_CANCEL_STOP, 0);
    trial_expect_line(driver, "state started\n");
    trial_wait_counter(driver, "completed", trial_counter(driver, "completed") + 8);
    assert_int_equal(trial_counter(driver, "errors"), 0);
    trial_end(driver);
}

static void test_cancel_after_query(void **state)
{
    FunctionDriver *driver = trial_started(*state, NULL, (Situation) { .dma = true });

    trial_expect(driver, PNP_QUERY_STOP, 0);
    trial_expect(driver, PNP_CANCEL_STOP, 0);
    assert_int_equal(*fake_register(BARSHIFT_DRIVER_STATE), BARSHIFT_DRIVER_STARTED);
    assert_int_equal(*fake_register(BARSHIFT_DMA_COMMAND), BARSHIFT_DMA_STREAM);
    trial_wait_counter(driver, "completed", trial_counter(driver, "completed") + 8);
    assert_int_equal(trial_counter(driver, "errors"), 0);
    assert_int_equal(trial_counter(driver, "lost"), 0);
    trial_expect_kept_contract(driver);
    trial_end(driver);
}

static void test_handles(void **state)
{
    FunctionDriver *driver = trial_started("kmdf", NULL, (Situation) { .handles = 2 });

    (void)state;
    trial_expect_line(driver, "handles 2\n");
    function_driver_close_handles(driver);
    trial_expect_line(driver, "handles 0\n");
    trial_end(driver);
}

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
        CASE("/driver/requests/only-what-is-allowed", test_only_what_is_allowed),
        WITH("/driver/cancel-stop/without-query/wdm", test_cancel_without_query, "wdm"),
        WITH("/driver/cancel-stop/without-query/portcls", test_cancel_without_query, "portcls"),
        WITH("/driver/cancel-stop/after-query/wdm", test_cancel_after_query, "wdm"),
        WITH("/driver/cancel-stop/after-query/kmdf", test_cancel_after_query, "kmdf"),
        WITH("/driver/cancel-stop/after-query/portcls", test_cancel_after_query, "portcls"),
        CASE("/driver/handles/are-closed", test_handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
