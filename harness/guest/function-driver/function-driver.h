/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function driver under a driver model: what it does in the callbacks, and what it can tell of
 * itself. All of it is used from one thread; the traffic has its own two.
 */
#ifndef BARSHIFT_FUNCTION_DRIVER_H
#define BARSHIFT_FUNCTION_DRIVER_H

#include <poll.h>
#include <stdio.h>

#include "behaviour.h"
#include "hardware.h"

#define FUNCTION_DRIVER_STREAMS_MAX 16
#define FUNCTION_DRIVER_FDS_MAX (BACK_END_VECTORS_MAX + 1)
#define FUNCTION_DRIVER_WHY_SIZE 320

/**
 * struct FunctionDriverSetup - how a driver is made
 * @situation: what it has as long as it lives; dma and interrupts are what it would like to have.
 *             What changes is the driver's, so it does not count here
 * @rate: requests a second
 */
typedef struct FunctionDriverSetup {
    const DriverModel *model;
    HardwareSetup hardware;
    Behaviours behaviours;
    Situation situation;
    unsigned rate;
} FunctionDriverSetup;

typedef struct FunctionDriver FunctionDriver;

/** function_driver_new() - one that was never started; Return: 0 or -errno */
int function_driver_new(const FunctionDriverSetup *setup, FunctionDriver **driver);

/** function_driver_free() - one that still has its function quiets it first and gives it back */
void function_driver_free(FunctionDriver *driver);

/**
 * function_driver_request() - carry out a request of the PnP manager
 * @bdf: where the function is, of START; else NULL
 * @why: (out) FUNCTION_DRIVER_WHY_SIZE bytes, the sentence when the result is negative
 *
 * Return: 0; -EBUSY: refused; -EPROTO: not allowed in this state; -EIO: failed.
 */
int function_driver_request(FunctionDriver *driver, PnpRequest request, const char *bdf,
                            char *why);

/** function_driver_delay_ms() - how long it waits before it carries a request out */
unsigned function_driver_delay_ms(const FunctionDriver *driver, PnpRequest request);

/** function_driver_close_handles() - as if the applications had ended */
void function_driver_close_handles(FunctionDriver *driver);

/** function_driver_trace() - all events since it was made; valid until the next request */
const Trace *function_driver_trace(const FunctionDriver *driver);

/** function_driver_identify(), function_driver_report() - lines as in driver-link.h, no events */
void function_driver_identify(FunctionDriver *driver, FILE *file);
void function_driver_report(FunctionDriver *driver, FILE *file);

/**
 * function_driver_fds() - what it waits for now
 * @fds: (out) FUNCTION_DRIVER_FDS_MAX elements
 *
 * Return: how many.
 */
unsigned function_driver_fds(FunctionDriver *driver, struct pollfd *fds);

/** function_driver_ready() - one of these is readable */
void function_driver_ready(FunctionDriver *driver, const struct pollfd *fd);

/**
 * function_driver_look() - is the function still there? To be called twice a second
 *
 * One that was removed under a driver that works is let go of, as at SURPRISE_REMOVAL.
 */
void function_driver_look(FunctionDriver *driver);

#endif
