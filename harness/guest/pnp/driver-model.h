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

#include "situation.h"
#include "trace.h"

/**
 * What a function driver does in a step; each is one hook of DriverHooks.work
 *
 * Each may come when there is nothing to do: CANCEL_STOP without a query before it, a request that
 * came to its end just now, hardware that was given back.
 */
typedef enum DriverWork {
    WORK_NONE,               /* the framework does it, or there is nothing to do */
    WORK_DECIDE,             /* may it stop? -EBUSY refuses */
    WORK_DECLARE_PENDING,    /* tell the function: stop-pending; nothing starts DMA any more */
    WORK_DECLARE_STARTED,    /* tell the function: started, when a stop is cancelled */
    WORK_HOLD_CREATES,       /* new handles wait */
    WORK_RELEASE_CREATES,
    WORK_HOLD_IO,            /* requests that arrive from now on wait in order */
    WORK_REJECT_IO,          /* they are completed with an error at once */
    WORK_SUSPEND_IO,         /* a request under way is acknowledged and waits (each) */
    WORK_DRAIN_IO,           /* requests under way come to their end */
    WORK_RELEASE_IO,         /* held requests go on in order, new ones are taken */
    WORK_FAIL_IO,            /* held requests, those under way and all that come: an error */
    WORK_STOP_STREAM,        /* to STOP (each); it does not come back by itself */
    WORK_PAUSE_STREAM,       /* remembers its state (each) */
    WORK_RESUME_STREAM,      /* back to the state before (each) */
    WORK_STOP_DMA,
    WORK_START_DMA,
    WORK_DISABLE_INTERRUPTS, /* all, or the one of the index in a step with STEP_INTERRUPTS */
    WORK_ENABLE_INTERRUPTS,  /* the same */
    WORK_SAVE_STATE,         /* what the function may lose without power */
    WORK_RESTORE_STATE,
    WORK_QUIET,              /* the last access: tell the function that it is stopped */
    WORK_RELEASE_HARDWARE,   /* unmap, give back */
    WORK_PREPARE_HARDWARE,   /* take, map, tell the function that it is started; may fail */
    WORK_UNPREPARE_HARDWARE, /* what a START has left, all or nothing: off, give back */
    WORK_DISABLE_INTERFACES, /* applications no longer find it, until PREPARE_HARDWARE */
    WORK_CLOSE_HANDLES,      /* none is left */
    WORK_REJECT_CREATES,     /* new handles are refused at once, until RELEASE_CREATES */
    WORK_KINDS
} DriverWork;

/** When a step takes place, and how often; several bits: all must hold */
typedef enum StepWhen {
    STEP_ALWAYS = 0,
    STEP_DMA = 1 << 0,            /* the driver uses DMA */
    STEP_INTERRUPTS = 1 << 1,     /* once for each interrupt */
    STEP_EACH_REQUEST = 1 << 2,   /* once for each request under way */
    STEP_EACH_STREAM = 1 << 3,    /* once for each stream that is open */
    STEP_EACH_SUBDEVICE = 1 << 4,
    STEP_AFTER_FAILURE = 1 << 5,  /* only when an earlier step has ended this request */
    STEP_HELD_REQUESTS = 1 << 6,  /* once for each request that WORK_SUSPEND_IO has kept */
    STEP_FIRST_START = 1 << 7,
    STEP_RESTART = 1 << 8,        /* any other START */
    STEP_START_TO_START = 1 << 9, /* a START without a STOP before it */
    STEP_POST_DISPLAY = 1 << 10,
    STEP_CHILD_LIST = 1 << 11,
    STEP_PULLED = 1 << 12,        /* SURPRISE_REMOVAL while stopped */
    STEP_UNLESS_DONE = 1 << 13,   /* only when the callback before was not called or failed */
} StepWhen;

/** What makes a framework refuse QUERY_STOP by itself */
typedef enum StepVeto {
    VETO_NONE,
    VETO_PAGING_PATH,
    VETO_NO_STOP,
    VETO_RUNNING_STREAM, /* acx */
    VETO_AUDIO,          /* portcls: its Rebalance Requirements */
    VETO_ALWAYS,
} StepVeto;

/**
 * struct ModelStep - one line of a model
 *
 * Lines of one callback that has several things to do follow each other, all but the last with
 * @part set: they make one event. A line with a bit that repeats it stands alone.
 */
typedef struct ModelStep {
    const char *driver;   /* level of the stack */
    const char *callback;
    DriverWork work;
    unsigned when;        /* of enum StepWhen */
    bool may_fail;        /* a failure ends the request: a veto, or a start that failed */
    const char *source;   /* where the contract says so, as docs/driver-models.md names it */
    const char *detail;   /* of its event; NULL: none */
    StepVeto veto;
    bool part;
    unsigned with;        /* of enum ModelOption: only when all of them are set */
    unsigned without;     /* only when none of them is */
} ModelStep;

/** STEP(), PART() - a line; what is not its default follows, as ".may_fail = true" */
#define STEP(driver_, callback_, work_, source_, ...) \
    { .driver = driver_, .callback = callback_, .work = work_, .source = source_, __VA_ARGS__ }
#define PART(driver_, callback_, work_, source_, ...) \
    STEP(driver_, callback_, work_, source_, .part = true, __VA_ARGS__)

/** STEPS() - the lines of a request in a DriverModel */
#define STEPS(request, array) \
    .steps[request] = array, .step_counts[request] = sizeof(array) / sizeof((array)[0])

typedef struct DriverModel {
    const char *name;     /* "kmdf" */
    const char *title;    /* one line for people */
    bool may_refuse;      /* does somebody with a free choice answer QUERY_STOP? */
    bool rejects_io;      /* I/O while stopped is rejected, not held, if no option says otherwise */
    bool streams_return;  /* streams go back to their state after START */
    unsigned options;     /* those that it knows, of enum ModelOption */
    const ModelStep *steps[PNP_REQUESTS];
    unsigned step_counts[PNP_REQUESTS];
} DriverModel;

/**
 * struct DriverHooks - the function driver behind a model
 * @work: does the work of a step, also WORK_NONE; @index counts those of EACH_. Returns 0 or
 *        -errno; -EBUSY with @detail set is a refusal. @detail: (out) TRACE_DETAIL_SIZE bytes,
 *        empty before the call
 * @note: takes each event, when its work is done
 * @under_way: how many requests are under way now that no more come, asked after WORK_HOLD_IO and
 *             WORK_REJECT_IO; NULL: as many as the situation says
 */
typedef struct DriverHooks {
    int (*work)(void *context, const ModelStep *step, unsigned index, char *detail);
    void (*note)(void *context, const TraceEvent *event);
    unsigned (*under_way)(void *context);
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
 * taken still. A failure elsewhere is noted, and the request goes on and succeeds.
 *
 * Return: 0; -EBUSY when it was refused; -EIO when it failed, QUERY_STOP too where a driver has
 * answered with another error than -EBUSY.
 */
int model_run(const DriverModel *model, PnpRequest request, const Situation *situation,
              const DriverHooks *hooks);

/** driver_work_name() - for tests and logs */
const char *driver_work_name(DriverWork work);

#endif
