/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function driver from inside: its life and requests, its work, and its report share this. */
#ifndef BARSHIFT_DRIVER_STATE_H
#define BARSHIFT_DRIVER_STATE_H

#include "function-driver.h"
#include "traffic.h"

typedef enum StreamState {
    STREAM_STOP,
    STREAM_PAUSE,
    STREAM_RUN,
} StreamState;

struct FunctionDriver {
    FunctionDriverSetup setup;
    Hardware hardware;
    Traffic traffic;
    Trace trace;
    PnpState state;
    PnpRequest request; /* the one that is carried out */
    unsigned handles;
    StreamState streams[FUNCTION_DRIVER_STREAMS_MAX];
    StreamState streams_before[FUNCTION_DRIVER_STREAMS_MAX];
    bool dma_wanted; /* between START_DMA and STOP_DMA */
    bool no_dma;     /* it was tried */
    bool no_interrupts;
    bool went_by_itself; /* the kernel has asked for the function, or taken it: nobody has told */
    uint64_t interrupts_arrived;
    uint64_t completed_before; /* the last START */
    char bdf[BDF_SIZE];
    char failure[FUNCTION_DRIVER_WHY_SIZE]; /* of the request, as far as a step has told one */
};

/** driver_work_hooks() - the hooks that do the work of the steps */
DriverHooks driver_work_hooks(FunctionDriver *driver);

/** driver_interrupt_take() - count what the eventfd of a vector tells, and let the next one come */
void driver_interrupt_take(FunctionDriver *driver, unsigned vector);

/** driver_streams_running() - how many streams are in RUN */
unsigned driver_streams_running(const FunctionDriver *driver);

/** driver_streams_restart() - as a driver that does what it must not */
void driver_streams_restart(FunctionDriver *driver);

/** driver_unprepare() - everything off and given back, as far as anything is on */
int driver_unprepare(FunctionDriver *driver, char *why);

#endif
