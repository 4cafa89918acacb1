/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened in a device stack, in its order: one event a callback.
 *
 * As text an event is a line of words, so that it goes over a socket and into a log:
 *
 *     TIME_NS REQUEST DRIVER CALLBACK STATUS [DETAIL...]
 *     1234567000 stop pnp sent ok dma interrupts=1 requests=2
 *     1234567890 stop function EvtIoStop ok #0 WdfRequestStopActionSuspend
 *     1234567950 stop pnp completed ok
 *     1234560000 query-stop function EvtDeviceQueryStop refused an application streams
 *
 * The events of a request stand between one that says that it was sent, with the situation of the
 * function driver as its detail, and one that says how it was completed. So a trace tells by itself
 * what has to be in it.
 */
#ifndef BARSHIFT_TRACE_H
#define BARSHIFT_TRACE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pnp-request.h"

#define TRACE_WORD_SIZE 64
#define TRACE_DETAIL_SIZE 256
#define TRACE_LINE_SIZE 512

/* The driver and the callbacks of the events around a request */
#define TRACE_PNP "pnp"
#define TRACE_SENT "sent"
#define TRACE_COMPLETED "completed"

typedef enum TraceStatus {
    TRACE_OK,
    TRACE_REFUSED, /* a veto */
    TRACE_FAILED,
    TRACE_STATUSES
} TraceStatus;

typedef struct TraceEvent {
    uint64_t time_ns;               /* CLOCK_MONOTONIC of the guest */
    PnpRequest request;             /* in whose course */
    char driver[TRACE_WORD_SIZE];   /* level of the stack: "filter", "function", "bus", "ndis" */
    char callback[TRACE_WORD_SIZE]; /* or the IRP_MN_ code, where the contract is the IRP's; in
                                       lower case: what the framework does by itself */
    TraceStatus status;
    char detail[TRACE_DETAIL_SIZE]; /* may be empty; begins with "#N" where there are several */
} TraceEvent;

typedef struct Trace {
    TraceEvent *events;
    size_t count;
    size_t room;
} Trace;

/** trace_add() - append a copy; Return: 0 or -ENOMEM */
int trace_add(Trace *trace, const TraceEvent *event);

/** trace_line() - an event as a line without its end; @line: (out) TRACE_LINE_SIZE bytes */
void trace_line(const TraceEvent *event, char *line);

/** trace_line_parse() - Return: 0, or -EINVAL for what is no event; @event is then undefined */
int trace_line_parse(const char *line, TraceEvent *event);

/** trace_status_name() - as in a line: "ok", "refused", "failed" */
const char *trace_status_name(TraceStatus status);

void trace_free(Trace *trace);

#endif
