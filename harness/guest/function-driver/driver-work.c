/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function driver does in the steps of its model. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "driver-state.h"

#define DRAIN_MS 5000
#define INTERRUPT_MS 200 /* for the last one to arrive */
#define STREAM_LATE_MS 50 /* a few steps of a stream that should not run */

/* Interrupts */

void driver_interrupt_take(FunctionDriver *driver, unsigned vector)
{
    char ignored[HARDWARE_WHY_SIZE];
    uint64_t count;

    if (read(driver->hardware.vector_fds[vector], &count, sizeof(count)) !=
        (ssize_t)sizeof(count)) {
        return;
    }
    driver->interrupts_arrived += count;
    if (hardware_interrupt_served(&driver->hardware, vector, ignored) < 0) {
        atomic_fetch_add(&driver->traffic.errors, 1); /* no other will come */
    }
}

/* Those that were raised may still be on their way */
static int interrupts_off(FunctionDriver *driver, char *why)
{
    struct pollfd fds[BACK_END_VECTORS_MAX];
    unsigned count = driver->hardware.vector_count;

    atomic_store(&driver->traffic.vectors, 0);
    for (unsigned i = 0; i < count; i++) {
        fds[i] = (struct pollfd) { .fd = driver->hardware.vector_fds[i], .events = POLLIN };
    }
    while (count > 0 && driver->interrupts_arrived < driver->traffic.interrupts_raised &&
           poll(fds, count, INTERRUPT_MS) > 0) {
        for (unsigned i = 0; i < count; i++) {
            driver_interrupt_take(driver, i);
        }
    }
    return hardware_interrupts(&driver->hardware, 0, why);
}

/* A driver that gets no interrupts polls: that is no failure */
static int interrupts_on(FunctionDriver *driver, char *why)
{
    unsigned count = driver->setup.situation.interrupts;

    if (hardware_interrupts(&driver->hardware, count, why) < 0) {
        driver->no_interrupts = true;
        return 0;
    }
    atomic_store(&driver->traffic.vectors, count);
    return 0;
}

/* DMA and streams: the device has one stream, which runs for all that run in the driver */

static bool stream_runs(const FunctionDriver *driver)
{
    bool runs = driver->setup.situation.streams == 0;

    for (unsigned i = 0; i < driver->setup.situation.streams; i++) {
        runs = runs || driver->streams[i] == STREAM_RUN;
    }
    return runs;
}

static int dma_apply(FunctionDriver *driver, char *why)
{
    bool runs = driver->hardware.dma_runs;
    bool wanted = driver->dma_wanted && !driver->no_dma && stream_runs(driver);
    int result;

    if (runs == wanted || (runs && driver->setup.behaviours.on[BEHAVE_KEEP_DMA])) {
        return 0;
    }
    if (runs) {
        return traffic_dma(&driver->traffic, false, why);
    }
    result = hardware_dma_prepare(&driver->hardware, why);
    if (result < 0) {
        driver->no_dma = true;
        return 0;
    }
    return traffic_dma(&driver->traffic, true, why);
}

static int dma_want(FunctionDriver *driver, bool wanted, char *why)
{
    driver->dma_wanted = wanted;
    return dma_apply(driver, why);
}

static int stream_set(FunctionDriver *driver, const ModelStep *step, unsigned index, char *why)
{
    bool each = (step->when & STEP_EACH_STREAM) != 0;

    for (unsigned i = 0; i < driver->setup.situation.streams; i++) {
        if (each && i != index) {
            continue;
        }
        if (step->work == WORK_RESUME_STREAM) {
            driver->streams[i] = driver->streams_before[i];
        } else if (step->work == WORK_PAUSE_STREAM && driver->streams[i] == STREAM_RUN) {
            driver->streams[i] = STREAM_PAUSE;
        } else if (step->work == WORK_STOP_STREAM) {
            driver->streams[i] = STREAM_STOP;
        }
    }
    return dma_apply(driver, why);
}

unsigned driver_streams_running(const FunctionDriver *driver)
{
    unsigned count = 0;

    for (unsigned i = 0; i < driver->setup.situation.streams; i++) {
        count += driver->streams[i] == STREAM_RUN;
    }
    return count;
}

/* Hardware */

static bool is_restart(const FunctionDriver *driver)
{
    return driver->request == PNP_START && driver->state != PNP_ADDED;
}

static int quiet(FunctionDriver *driver, char *why)
{
    int result = hardware_quiet(&driver->hardware, why);

    if (driver->setup.behaviours.on[BEHAVE_KEEP_DMA] && driver->hardware.dma_runs) {
        poll(NULL, 0, STREAM_LATE_MS);
    }
    return result;
}

static int release(FunctionDriver *driver, char *why)
{
    const Behaviours *behaviours = &driver->setup.behaviours;
    bool touch = behaviours->on[BEHAVE_TOUCH_STOPPED] && driver->request == PNP_STOP;
    unsigned keep = (behaviours->on[BEHAVE_KEEP_DMA] ? HARDWARE_KEEP_DMA : 0) |
                    (behaviours->on[BEHAVE_KEEP_MAPPING] || touch ? HARDWARE_KEEP_MAPPING : 0);
    int result = hardware_release(&driver->hardware, keep, why);

    if (touch) {
        hardware_touch_kept(&driver->hardware);
    }
    return result;
}

static int prepare(FunctionDriver *driver, char *why)
{
    int result = hardware_prepare(&driver->hardware, driver->bdf, why);

    if (result == 0 && is_restart(driver) &&
        behaviour_take(&driver->setup.behaviours, BEHAVE_FAIL_PREPARE)) {
        snprintf(why, HARDWARE_WHY_SIZE, "told to fail");
        result = -EIO;
    }
    return result;
}

/* Whatever a start has got to, nothing is left on */
int driver_unprepare(FunctionDriver *driver, char *why)
{
    char ignored[HARDWARE_WHY_SIZE];

    dma_want(driver, false, ignored);
    interrupts_off(driver, ignored);
    hardware_quiet(&driver->hardware, ignored);
    return hardware_release(&driver->hardware, 0, why);
}

/* Requests */

static int io_release(FunctionDriver *driver)
{
    bool *drop = &driver->setup.behaviours.on[BEHAVE_DROP_REQUEST];
    IoCounters counters;

    if (*drop && io_queue_drop(&driver->traffic.queue)) {
        *drop = false;
    }
    if (driver->request == PNP_START) {
        io_queue_counters(&driver->traffic.queue, &counters);
        driver->completed_before = counters.completed;
    }
    io_queue_release(&driver->traffic.queue);
    return 0;
}

static int io_drain(FunctionDriver *driver, char *why)
{
    int result = io_queue_drain(&driver->traffic.queue, DRAIN_MS);

    if (result < 0) {
        snprintf(why, HARDWARE_WHY_SIZE, "requests under way do not end");
    }
    return result;
}

static int decide(FunctionDriver *driver, char *why)
{
    Behaviours *behaviours = &driver->setup.behaviours;

    if (behaviour_take(behaviours, BEHAVE_VETO) || behaviour_take(behaviours, BEHAVE_VETO_ONCE)) {
        snprintf(why, HARDWARE_WHY_SIZE, "told to refuse");
        return -EBUSY;
    }
    return 0;
}

static int work_on_io(FunctionDriver *driver, DriverWork work, char *why)
{
    IoQueue *queue = &driver->traffic.queue;

    switch (work) {
    case WORK_HOLD_IO:
        io_queue_stop(queue, IO_HELD);
        return 0;
    case WORK_REJECT_IO:
        io_queue_stop(queue, IO_REJECTING);
        return 0;
    case WORK_SUSPEND_IO:
        io_queue_suspend(queue);
        return 0;
    case WORK_DRAIN_IO:
        return io_drain(driver, why);
    case WORK_RELEASE_IO:
        return io_release(driver);
    default: /* WORK_FAIL_IO */
        io_queue_fail(queue);
        return 0;
    }
}

static int work_on_hardware(FunctionDriver *driver, DriverWork work, char *why)
{
    switch (work) {
    case WORK_DECLARE_PENDING:
        return hardware_declare(&driver->hardware, BARSHIFT_DRIVER_STOP_PENDING, why);
    case WORK_DECLARE_STARTED:
        return hardware_declare(&driver->hardware, BARSHIFT_DRIVER_STARTED, why);
    case WORK_STOP_DMA:
        return dma_want(driver, false, why);
    case WORK_START_DMA:
        return dma_want(driver, true, why);
    case WORK_DISABLE_INTERRUPTS:
        return interrupts_off(driver, why);
    case WORK_ENABLE_INTERRUPTS:
        return interrupts_on(driver, why);
    case WORK_QUIET:
        return quiet(driver, why);
    case WORK_RELEASE_HARDWARE:
        return release(driver, why);
    case WORK_PREPARE_HARDWARE:
        return prepare(driver, why);
    default: /* WORK_UNPREPARE_HARDWARE */
        return driver_unprepare(driver, why);
    }
}

static int work_do(FunctionDriver *driver, const ModelStep *step, unsigned index, char *why)
{
    switch (step->work) {
    case WORK_DECIDE:
        return decide(driver, why);
    case WORK_HOLD_IO:
    case WORK_REJECT_IO:
    case WORK_SUSPEND_IO:
    case WORK_DRAIN_IO:
    case WORK_RELEASE_IO:
    case WORK_FAIL_IO:
        return work_on_io(driver, step->work, why);
    case WORK_STOP_STREAM:
    case WORK_PAUSE_STREAM:
    case WORK_RESUME_STREAM:
        return stream_set(driver, step, index, why);
    case WORK_DECLARE_PENDING:
    case WORK_DECLARE_STARTED:
    case WORK_STOP_DMA:
    case WORK_START_DMA:
    case WORK_DISABLE_INTERRUPTS:
    case WORK_ENABLE_INTERRUPTS:
    case WORK_QUIET:
    case WORK_RELEASE_HARDWARE:
    case WORK_PREPARE_HARDWARE:
    case WORK_UNPREPARE_HARDWARE:
        return work_on_hardware(driver, step->work, why);
    case WORK_CLOSE_HANDLES:
        driver->handles = 0;
        return 0;
    default: /* what the hardware could lose is written anew by prepare; nobody opens a handle */
        return 0;
    }
}

/* The last step of START that is allowed to fail */
static bool fails_here(const FunctionDriver *driver, const ModelStep *step)
{
    const DriverModel *model = driver->setup.model;
    const ModelStep *last = NULL;

    for (unsigned i = 0; i < model->step_counts[PNP_START]; i++) {
        const ModelStep *other = &model->steps[PNP_START][i];

        last = other->may_fail && (other->when & STEP_AFTER_FAILURE) == 0 ? other : last;
    }
    return step == last;
}

static int hook_work(void *context, const ModelStep *step, unsigned index, char *detail)
{
    FunctionDriver *driver = context;
    Behaviours *behaviours = &driver->setup.behaviours;
    char why[HARDWARE_WHY_SIZE] = "";
    int result;

    if (behaviours->on[BEHAVE_SKIP] && strcmp(step->callback, behaviours->skip) == 0) {
        return 0;
    }
    if (is_restart(driver) && fails_here(driver, step) &&
        (behaviour_take(behaviours, BEHAVE_FAIL_START) ||
         behaviour_take(behaviours, BEHAVE_FAIL_START_ONCE))) {
        snprintf(why, sizeof(why), "told to fail");
        result = -EIO;
    } else {
        result = work_do(driver, step, index, why);
    }
    if (result == 0 && behaviours->on[BEHAVE_REPEAT] &&
        strcmp(step->callback, behaviours->repeat) == 0) {
        result = work_do(driver, step, index, why);
    }
    snprintf(detail, TRACE_DETAIL_SIZE, "%.*s", TRACE_DETAIL_SIZE - 1, why);
    if (result < 0 && driver->failure[0] == '\0') {
        snprintf(driver->failure, sizeof(driver->failure), "%s", why);
    }
    return result;
}

static void hook_note(void *context, const TraceEvent *event)
{
    FunctionDriver *driver = context;
    const Behaviours *behaviours = &driver->setup.behaviours;

    if (behaviours->on[BEHAVE_SKIP] && strcmp(event->callback, behaviours->skip) == 0) {
        return;
    }
    trace_add(&driver->trace, event);
    if (behaviours->on[BEHAVE_REPEAT] && strcmp(event->callback, behaviours->repeat) == 0) {
        trace_add(&driver->trace, event);
    }
}

static unsigned hook_under_way(void *context)
{
    FunctionDriver *driver = context;

    return io_queue_begun(&driver->traffic.queue, NULL);
}

void driver_streams_restart(FunctionDriver *driver)
{
    char ignored[HARDWARE_WHY_SIZE];

    memcpy(driver->streams, driver->streams_before, sizeof(driver->streams));
    dma_apply(driver, ignored);
}

DriverHooks driver_work_hooks(FunctionDriver *driver)
{
    return (DriverHooks) {
        .work = hook_work,
        .note = hook_note,
        .under_way = hook_under_way,
        .context = driver,
    };
}
