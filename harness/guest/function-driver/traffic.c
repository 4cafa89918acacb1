/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "pattern.h"
#include "traffic.h"

#define BURST_MS 20 /* the application wakes up so often: guests have clocks of 4 ms */
#define PAUSE_MAX_MS 1000
#define HEADER_EVERY 64 /* requests from one look at the header to the next */
#define INTERRUPT_EVERY 16
#define DMA_EVERY 8
#define DMA_LATE_PERIODS 3 /* a stream that was stopped is watched for so long */

/* What both threads have used: what a request of the PnP manager costs is not theirs */
static uint64_t processor_ns(const Traffic *traffic)
{
    struct timespec own;
    struct timespec engine;
    clockid_t clock;

    if (pthread_getcpuclockid(traffic->engine, &clock) != 0 || clock_gettime(clock, &engine) < 0) {
        return 0;
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &own);
    return (uint64_t)(own.tv_sec + engine.tv_sec) * 1000000000 +
           (uint64_t)(own.tv_nsec + engine.tv_nsec);
}

static uint64_t pause_ms(uint64_t used_ns)
{
    uint64_t bound = used_ns * (100 - TRAFFIC_CPU_PERCENT) / TRAFFIC_CPU_PERCENT / 1000000;

    return bound < BURST_MS ? BURST_MS : bound > PAUSE_MAX_MS ? PAUSE_MAX_MS : bound;
}

static void *application_run(void *data)
{
    Traffic *traffic = data;
    struct pollfd end = { .fd = traffic->end_fd, .events = POLLIN };
    unsigned burst = (traffic->rate * BURST_MS + 999) / 1000;
    uint64_t used = processor_ns(traffic);
    uint64_t before = used;

    while (poll(&end, 1, (int)pause_ms(used - before)) == 0) {
        before = used;
        for (unsigned i = 0; i < burst; i++) {
            io_queue_submit(&traffic->queue);
        }
        used = processor_ns(traffic);
    }
    return NULL;
}

static void error_unless(Traffic *traffic, bool right)
{
    if (!right) {
        atomic_fetch_add(&traffic->errors, 1);
    }
}

/* What is at an offset, or should be */
static uint64_t expected(const Traffic *traffic, const IoRequest *request)
{
    const HardwareTarget *target = &traffic->hardware->target;

    return target->backing == BARSHIFT_BACKING_PATTERN
               ? barshift_pattern(traffic->hardware->function.tag, (unsigned)target->bar_nr,
                                  request->offset)
               : request->value;
}

static int request_begin(Traffic *traffic, IoRequest *request)
{
    const Hardware *hardware = traffic->hardware;
    const HardwareTarget *target = &hardware->target;

    if (target->count == 0) {
        return 0;
    }
    request->offset = target->offsets[traffic->slot++ % target->count];
    request->value = barshift_mix(((uint64_t)hardware->function.tag << 32) + request->number);
    return target->backing == BARSHIFT_BACKING_RAM
               ? hardware_write(hardware, target->bar_nr, request->offset, request->value)
               : 0;
}

static bool is_offset_of(const HardwareTarget *target, uint64_t offset)
{
    for (unsigned i = 0; i < target->count; i++) {
        if (target->offsets[i] == offset) {
            return true;
        }
    }
    return false;
}

static int request_finish(Traffic *traffic, IoRequest *request)
{
    const Hardware *hardware = traffic->hardware;
    const HardwareTarget *target = &hardware->target;
    uint64_t value;
    int result = 0;

    if (target->count == 0) {
        result = hardware_header_check(hardware);
        error_unless(traffic, result == 0);
        return result;
    }
    /* A BAR that has become smaller meanwhile has lost the word */
    if (!is_offset_of(target, request->offset)) {
        result = request_begin(traffic, request);
    }
    if (result == 0) {
        result = hardware_read(hardware, target->bar_nr, request->offset, &value);
    }
    error_unless(traffic, result == 0 && value == expected(traffic, request));
    return result;
}

/* Steps may only go up, and each that the function has done has arrived */
static void dma_look(Traffic *traffic)
{
    bool agrees = false;
    int result = hardware_dma_agrees(traffic->hardware, &agrees);
    uint64_t count = hardware_dma_count(traffic->hardware);

    error_unless(traffic, result == 0 && agrees && count >= traffic->dma_seen);
    if (count > traffic->dma_seen) {
        atomic_fetch_add(&traffic->dma_steps, count - traffic->dma_seen);
    }
    traffic->dma_seen = count;
}

static void interrupt_raise(Traffic *traffic)
{
    unsigned vectors = atomic_load(&traffic->vectors);
    unsigned long raised = atomic_load(&traffic->interrupts_raised);

    if (vectors > 0) {
        atomic_store(&traffic->interrupts_raised, raised + 1);
        hardware_ring(traffic->hardware, (unsigned)(raised % vectors));
    }
}

static int operation_run(Traffic *traffic, IoOperation operation, IoRequest *request)
{
    const BackEndOps *ops = traffic->hardware->setup.ops;
    char why[HARDWARE_WHY_SIZE];
    int result;

    if (ops->exchange) {
        return operation == IO_FINISH ? 0
               : traffic->hardware->back_end
                   ? ops->exchange(traffic->hardware->back_end, request->number, why)
                   : -ENXIO;
    }
    if (operation == IO_BEGIN) {
        return request_begin(traffic, request);
    }
    result = request_finish(traffic, request);
    traffic->finished++;
    if (result == 0 && traffic->finished % HEADER_EVERY == 0) {
        error_unless(traffic, hardware_header_check(traffic->hardware) == 0);
    }
    if (result == 0 && traffic->finished % INTERRUPT_EVERY == 0) {
        interrupt_raise(traffic);
    }
    if (traffic->finished % DMA_EVERY == 0 && atomic_load(&traffic->dma)) {
        dma_look(traffic);
    }
    return result;
}

static void *engine_run(void *data)
{
    Traffic *traffic = data;
    IoRequest *request;
    IoOperation operation;

    while ((operation = io_queue_next(&traffic->queue, &request)) != IO_END) {
        io_queue_done(&traffic->queue, operation_run(traffic, operation, request));
    }
    return NULL;
}

int traffic_start(Traffic *traffic, Hardware *hardware, unsigned rate)
{
    int result;

    *traffic = (Traffic) { .hardware = hardware, .rate = rate };
    io_queue_init(&traffic->queue);
    traffic->end_fd = eventfd(0, EFD_CLOEXEC);
    if (traffic->end_fd < 0) {
        return -errno;
    }
    result = pthread_create(&traffic->engine, NULL, engine_run, traffic);
    if (result != 0) {
        close(traffic->end_fd);
        return -result;
    }
    result = pthread_create(&traffic->application, NULL, application_run, traffic);
    if (result != 0) {
        io_queue_close(&traffic->queue);
        pthread_join(traffic->engine, NULL);
        close(traffic->end_fd);
        return -result;
    }
    return 0;
}

void traffic_end(Traffic *traffic)
{
    eventfd_write(traffic->end_fd, 1);
    pthread_join(traffic->application, NULL);
    io_queue_close(&traffic->queue);
    pthread_join(traffic->engine, NULL);
    io_queue_deinit(&traffic->queue);
    close(traffic->end_fd);
}

/* Whoever frees the page has to know that nothing is written into it any more. */
static void dma_stand_still(Traffic *traffic)
{
    uint64_t count = hardware_dma_count(traffic->hardware);

    poll(NULL, 0, DMA_LATE_PERIODS * HARDWARE_STREAM_PERIOD_MS);
    error_unless(traffic, hardware_dma_count(traffic->hardware) == count);
}

/* Between two runs the page must stay as it was: what changes it then runs on though stopped */
int traffic_dma(Traffic *traffic, bool on, char *why)
{
    int result;

    atomic_store(&traffic->dma, false);
    if (!on) {
        result = hardware_dma_stop(traffic->hardware, why);
        dma_look(traffic);
        dma_stand_still(traffic);
        return result;
    }
    error_unless(traffic, hardware_dma_count(traffic->hardware) == traffic->dma_seen);
    result = hardware_dma_run(traffic->hardware, &traffic->dma_seen, why);
    atomic_store(&traffic->dma, result == 0);
    return result;
}
