/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver-state.h"
#include "pnp-state.h"

#define DRAIN_MS 5000

static Situation situation_now(FunctionDriver *driver, PnpRequest request)
{
    const BackEndOps *ops = driver->setup.hardware.ops;
    Situation now = driver->setup.situation;

    now.requests = io_queue_begun(&driver->traffic.queue, &now.held_requests);
    now.dma = now.dma && ops->dma_map && !driver->no_dma;
    now.interrupts = ops->vectors && !driver->no_interrupts ? now.interrupts : 0;
    now.streams_running = driver_streams_running(driver);
    now.handles = driver->handles;
    now.first_start = request == PNP_START && driver->state == PNP_ADDED;
    now.start_to_start = request == PNP_START && driver->state == PNP_STARTED;
    now.pulled = request == PNP_SURPRISE_REMOVAL && driver->state == PNP_STOPPED;
    return now;
}

static void streams_remember(FunctionDriver *driver)
{
    memcpy(driver->streams_before, driver->streams, sizeof(driver->streams));
}

static int model_request(FunctionDriver *driver, PnpRequest request)
{
    const DriverHooks hooks = driver_work_hooks(driver);
    Situation now;
    int result;

    driver->request = request;
    driver->failure[0] = '\0';
    /* The engine is kept out: a request under way stays so until a step says otherwise */
    io_queue_freeze(&driver->traffic.queue);
    now = situation_now(driver, request);
    result = model_run(driver->setup.model, request, &now, &hooks);
    if (result == 0 && request == PNP_START && !driver->setup.model->streams_return &&
        driver->setup.behaviours.on[BEHAVE_RESTART_STREAM] && driver->state != PNP_ADDED) {
        driver_streams_restart(driver);
    }
    io_queue_thaw(&driver->traffic.queue);
    return result;
}

/* As a driver that the kernel has killed: no word to anybody */
static void die(FunctionDriver *driver)
{
    char ignored[HARDWARE_WHY_SIZE];

    /* vfio sees to this by itself; else the stream would write into memory that is others' then */
    hardware_dma_unprepare(&driver->hardware, ignored);
    raise(SIGKILL);
}

int function_driver_request(FunctionDriver *driver, PnpRequest request, const char *bdf, char *why)
{
    PnpStatus status;
    int result;

    if (request == PNP_SURPRISE_REMOVAL && driver->went_by_itself) {
        driver->went_by_itself = false;
        return 0;
    }
    if (!pnp_request_allowed(driver->state, request)) {
        snprintf(why, FUNCTION_DRIVER_WHY_SIZE, "%s: not allowed when %s",
                 pnp_request_name(request), pnp_state_name(driver->state));
        return -EPROTO;
    }
    if (driver->setup.behaviours.on[BEHAVE_DIE] && driver->setup.behaviours.die == request) {
        die(driver);
    }
    if (bdf) {
        snprintf(driver->bdf, sizeof(driver->bdf), "%s", bdf);
    }
    if (request == PNP_QUERY_STOP) {
        streams_remember(driver);
    }
    result = model_request(driver, request);
    status = result == 0 ? PNP_STATUS_OK
             : result == -EBUSY ? PNP_STATUS_REFUSED : PNP_STATUS_FAILED;
    if (pnp_state_next(driver->state, request, status, &driver->state, why) < 0) {
        return -EIO;
    }
    if (result < 0) {
        snprintf(why, FUNCTION_DRIVER_WHY_SIZE, "%s",
                 driver->failure[0] != '\0' ? driver->failure : "the framework has refused");
    }
    return result;
}

unsigned function_driver_delay_ms(const FunctionDriver *driver, PnpRequest request)
{
    return driver->setup.behaviours.on[BEHAVE_SLOW] ? driver->setup.behaviours.slow_ms[request]
                                                    : 0;
}

void function_driver_close_handles(FunctionDriver *driver)
{
    driver->handles = 0;
}

const Trace *function_driver_trace(const FunctionDriver *driver)
{
    return &driver->trace;
}

int function_driver_new(const FunctionDriverSetup *setup, FunctionDriver **driver)
{
    FunctionDriver *made = calloc(1, sizeof(*made));
    int result = made ? hardware_init(&made->hardware, &setup->hardware) : -ENOMEM;

    if (result == 0) {
        made->setup = *setup;
        made->state = PNP_ADDED;
        made->handles = setup->situation.handles;
        for (unsigned i = 0; i < setup->situation.streams; i++) {
            made->streams[i] = i < setup->situation.streams_running ? STREAM_RUN : STREAM_PAUSE;
        }
        result = traffic_start(&made->traffic, &made->hardware, setup->rate);
        if (result < 0) {
            hardware_deinit(&made->hardware);
        }
    }
    if (result < 0) {
        free(made);
        return result;
    }
    *driver = made;
    return 0;
}

void function_driver_free(FunctionDriver *driver)
{
    char ignored[HARDWARE_WHY_SIZE];

    io_queue_freeze(&driver->traffic.queue);
    io_queue_stop(&driver->traffic.queue, IO_HELD);
    io_queue_drain(&driver->traffic.queue, DRAIN_MS);
    traffic_end(&driver->traffic);
    driver->setup.behaviours = (Behaviours) { 0 };
    driver_unprepare(driver, ignored);
    hardware_deinit(&driver->hardware);
    trace_free(&driver->trace);
    free(driver);
}

static int request_fd(const FunctionDriver *driver)
{
    const BackEndOps *ops = driver->hardware.setup.ops;
    BackEnd *back_end = driver->hardware.back_end;

    return back_end && ops->request_fd ? ops->request_fd(back_end) : -1;
}

unsigned function_driver_fds(FunctionDriver *driver, struct pollfd *fds)
{
    const Hardware *hardware = &driver->hardware;
    unsigned count = 0;

    for (; count < hardware->vector_count; count++) {
        fds[count] = (struct pollfd) { .fd = hardware->vector_fds[count], .events = POLLIN };
    }
    if (request_fd(driver) >= 0) {
        fds[count++] = (struct pollfd) { .fd = request_fd(driver), .events = POLLIN };
    }
    return count;
}

/* Without the PnP manager, which may send its own SURPRISE_REMOVAL later */
static void go(FunctionDriver *driver)
{
    char ignored[FUNCTION_DRIVER_WHY_SIZE];

    driver->went_by_itself =
        function_driver_request(driver, PNP_SURPRISE_REMOVAL, NULL, ignored) == 0;
}

void function_driver_ready(FunctionDriver *driver, const struct pollfd *fd)
{
    uint64_t count;

    for (unsigned i = 0; i < driver->hardware.vector_count; i++) {
        if (driver->hardware.vector_fds[i] == fd->fd) {
            driver_interrupt_take(driver, i);
        }
    }
    /* The kernel waits until the function is let go, and nobody has asked for a stop */
    if (fd->fd == request_fd(driver) && read(fd->fd, &count, sizeof(count)) > 0) {
        go(driver);
    }
}

void function_driver_look(FunctionDriver *driver)
{
    if (!hardware_is_lost(&driver->hardware)) {
        return;
    }
    io_queue_freeze(&driver->traffic.queue);
    atomic_store(&driver->traffic.vectors, 0);
    atomic_store(&driver->traffic.dma, false);
    hardware_lose(&driver->hardware);
    go(driver);
}
