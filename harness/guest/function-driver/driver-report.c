/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function driver tells of itself, see driver-link.h. */
#include <inttypes.h>
#include <unistd.h>

#include "contract.h"
#include "driver-state.h"

static const char *const stream_names[] = {
    [STREAM_STOP] = "stop",
    [STREAM_PAUSE] = "pause",
    [STREAM_RUN] = "run",
};

void function_driver_identify(FunctionDriver *driver, FILE *file)
{
    const Function *function = &driver->hardware.function;

    fprintf(file, "pid %d\nbdf %s\n", (int)getpid(), driver->bdf);
    if (function->tagged) {
        fprintf(file, "tag %" PRIu32 "\n", function->tag);
    }
    fprintf(file, "model %s\nback-end %s\n", driver->setup.model->name,
            driver->setup.hardware.ops->name);
}

static void counter(FILE *file, const char *name, uint64_t value)
{
    fprintf(file, "counter %s %" PRIu64 "\n", name, value);
}

static void counters_report(FunctionDriver *driver, FILE *file)
{
    Traffic *traffic = &driver->traffic;
    IoCounters counters;

    io_queue_counters(&traffic->queue, &counters);
    counter(file, "issued", counters.issued);
    counter(file, "completed", counters.completed);
    counter(file, "held", counters.held);
    counter(file, "under_way", counters.under_way);
    counter(file, "rejected", counters.rejected);
    counter(file, "failed", counters.failed);
    counter(file, "lost", counters.lost);
    counter(file, "errors", traffic->errors);
    counter(file, "since_start", counters.completed - driver->completed_before);
    counter(file, "interrupts_raised", traffic->interrupts_raised);
    counter(file, "interrupts_arrived", driver->interrupts_arrived);
    counter(file, "dma_steps", traffic->dma_steps);
}

static void breach_report(void *context, const char *sentence)
{
    fprintf(context, "breach %s\n", sentence);
}

void function_driver_report(FunctionDriver *driver, FILE *file)
{
    Situation now = driver->setup.situation;

    now.streams_running = driver_streams_running(driver);
    function_driver_identify(driver, file);
    fprintf(file, "state %s\nhandles %u\n", pnp_state_name(driver->state), driver->handles);
    counters_report(driver, file);
    for (unsigned i = 0; i < driver->setup.situation.streams; i++) {
        fprintf(file, "stream %u %s\n", i, stream_names[driver->streams[i]]);
    }
    contract_check(driver->setup.model, &driver->trace, &now, breach_report, file);
}
