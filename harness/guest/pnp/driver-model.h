/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of a driver framework as data: which callbacks each PnP request brings, in which
 * order, and what a function driver has to do in them.
 *
 * A model is a table of steps. model_run() walks through those of one request and calls the
 * function driver for the work, so that the same driver runs under every framework. What the
 * tables say, and where it is documented: docs/driver-models.md. What they are held against
 * afterwards is contract.h, which knows rules and not these tables.
 */
#ifndef BARSHIFT_DRIVER_MODEL_H
#define BARSHIFT_DRIVER_MODEL_H

#include <stdbool.h>

#include "trace.h"

/** What a function driver does in a step; each is one hook of DriverHooks.work */
typedef enum DriverWork {
    WORK_NONE,               /* the framework does it, or there is nothing to do */
    WORK_DECIDE,             /* may it stop? -EBUSY refuses */
    WORK_DECLARE_PENDING,    /* tell the function: stop-pending */
    WORK_DECLARE_STARTED,    /* tell the function: started, when a stop is cancelled */
    WORK_HOLD_CREATES,       /* new handles wait */
    WORK_RELEASE_CREATES,
    WORK_HOLD_IO,            /* requests that arrive from now on wait in order */
    WORK_REJECT_IO,          /* they are completed with an error at once */
    WORK_SUSPEND_IO,         /* a request under way is acknowledged and waits (each) */
    WORK_DRAIN_IO,           /* requests under way come to their end */
    WORK_RELEASE_IO,         /* held requests go on in order, new ones are taken */
    WORK_FAIL_IO,            /* held requests and those under way are completed with an error */
    WORK_STOP_STREAM,        /* to STOP (each); it does not come back by itself */
    WORK_PAUSE_STREAM,       /* remembers its state (each) */
    WORK_RESUME_STREAM,      /* back to the state before (each) */
    WORK_STOP_DMA,
    WORK_START_DMA,
    WORK_DISABLE_INTERRUPTS,
    WORK_ENABLE_INTERRUPTS,
    WORK_SAVE_STATE,         /* what the function may lose without power */
    WORK_RESTORE_STATE,
    WORK_QUIET,              /* the last access: tell the function that it is stopped */
    WORK_RELEASE_HARDWARE,   /* unmap, give back */
    WORK_PREPARE_HARDWARE,   /* take, map, tell the function that it is started; may fail */
    WORK_UNPREPARE_HARDWARE, /* what a failed PREPARE_HARDWARE has left */
    WORK_DISABLE_INTERFACES, /* applications no longer find the device */
    WORK_CLOSE_HANDLES,      /* none is left */
    WORK_KINDS
} DriverWork;

/** When a step takes place, and how often; several bits: all must hold */
typedef enum StepWhen {
    STEP_ALWAYS = 0,
    STEP_DMA = 1 << 0,           /* the driver uses DMA */
    STEP_INTERRUPTS = 1 << 1,    /* once for each interrupt */
    STEP_EACH_REQUEST = 1 << 2,  /* once for each request under way */
    STEP_EACH_STREAM = 1 << 3,   /* once for each stream that is open */
    STEP_EACH_SUBDEVICE = 1 << 4,
    STEP_AFTER_FAILURE = 1 << 5, /* only when an earlier step of this request failed */
    STEP_HELD_REQUESTS = 1 << 6, /* once for each request that WORK_SUSPEND_IO has kept */
} StepWhen;

typedef struct ModelStep {
    const char *driver;   /* level of the stack */
    const char *callback;
    DriverWork work;
    unsigned when;        /* of enum StepWhen */
    bool may_fail;        /* a failure ends the request: a veto, or a start that failed */
    const char *source;   /* where the contract says so, as docs/driver-models.md names it */
} ModelStep;

#define MODEL_STEPS_MAX 40

typedef struct DriverModel {
    const char *name;     /* "kmdf" */
    const char *title;    /* one line for people */
    bool may_refuse;      /* can the driver itself refuse QUERY_STOP? */
    bool rejects_io;      /* I/O while stopped is rejected, not held */
    bool streams_return;  /* streams go back to their state after START */
    const ModelStep *steps[PNP_REQUESTS];
    unsigned step_counts[PNP_REQUESTS];
} DriverModel;

/** struct Situation - what a function driver has at the moment when a request arrives */
typedef struct Situation {
    bool dma;
    unsigned interrupts;
    unsigned requests;      /* under way */
    unsigned held_requests; /* kept by WORK_SUSPEND_IO */
    unsigned streams;       /* open */
    unsigned streams_running;
    unsigned subdevices;
    unsigned handles;
    bool paging_path;       /* a page, hibernation or dump file is on it */
    bool no_stop;           /* SetStaticStopRemove(FALSE), or a resource that cannot be released */
    bool packet_streams;    /* portcls: the streams implement the packet interfaces */
    bool position_register; /* portcls: a register is mapped into the client */
} Situation;

/**
 * struct DriverHooks - the function driver behind a model
 * @work: does the work of a step; @index counts those of EACH_. Returns 0 or -errno; -EBUSY with
 *        @detail set is a refusal. @detail: (out) TRACE_DETAIL_SIZE bytes, empty before the call
 * @note: takes each event, when its work is done
 */
typedef struct DriverHooks {
    int (*work)(void *context, const ModelStep *step, unsigned index, char *detail);
    void (*note)(void *context, const TraceEvent *event);
    void *context;
} DriverHooks;

/** driver_models - all of them; the first is the default */
extern const DriverModel *const driver_models[];
extern const unsigned driver_model_count;

/** driver_model_find() - NULL when no model has the name */
const DriverModel *driver_model_find(const char *name);

/**
 * model_run() - take a function driver through one request
 *
 * A step that may fail ends the request; the steps with STEP_AFTER_FAILURE behind it are then
 * taken still. A failure elsewhere is noted, and the request goes on.
 *
 * Return: 0; -EBUSY when it was refused; -EIO when it failed.
 */
int model_run(const DriverModel *model, PnpRequest request, const Situation *situation,
              const DriverHooks *hooks);

/** driver_work_name() - for tests and logs */
const char *driver_work_name(DriverWork work);

#endif
