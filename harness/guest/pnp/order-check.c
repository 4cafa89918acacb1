/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "cleanup.h"
#include "request-log.h"

/** struct Seen - what the log has told of a participant up to some record */
typedef struct Seen {
    bool pending; /* it agreed */
    bool refused; /* and has not got CANCEL_STOP yet */
    bool asked_requirements;
    bool asked_filter;
    bool stopped;
    bool doomed; /* its restart failed, or its STOP */
    bool surprised;
    bool removed;
    bool started_badly; /* a newcomer */
} Seen;

typedef struct Reading {
    const Participant *participants;
    size_t count;
    Seen *seen;
    bool stopping; /* a STOP has been sent */
    int doomed;    /* whose surprise removal is due, -1: nobody's */
    Breaches *breaches;
} Reading;

static void complain(Reading *reading, size_t index, const RequestRecord *record, const char *what)
{
    breaches_add(reading->breaches, "order: %s at %s: %s", pnp_request_name(record->request),
                 reading->participants[index].path, what);
}

/* The first participant below one, itself left out, that is in a condition; -1: none */
static int below_find(const Reading *reading, size_t above,
                      bool (*condition)(const Reading *, size_t))
{
    for (size_t i = 0; i < reading->count; i++) {
        if (i != above && participant_is_below(reading->participants, (int)i, (int)above) &&
            condition(reading, i)) {
            return (int)i;
        }
    }
    return -1;
}

static int above_find(const Reading *reading, size_t below,
                      bool (*condition)(const Reading *, size_t))
{
    int index = reading->participants[below].parent;

    while (index >= 0 && !condition(reading, (size_t)index)) {
        index = reading->participants[index].parent;
    }
    return index;
}

static bool is_pending(const Reading *reading, size_t index)
{
    return reading->seen[index].pending;
}

static bool is_stopped(const Reading *reading, size_t index)
{
    return reading->seen[index].stopped;
}

/* A newcomer has nothing to agree to */
static bool is_unasked(const Reading *reading, size_t index)
{
    return !reading->seen[index].pending && !reading->participants[index].newcomer;
}

static bool is_surprised(const Reading *reading, size_t index)
{
    return reading->seen[index].surprised;
}

static void read_query(Reading *reading, const RequestRecord *record)
{
    Seen *seen = &reading->seen[record->participant];

    if (reading->stopping) {
        complain(reading, record->participant, record, "others have been stopped already");
    }
    if (seen->pending || seen->stopped) {
        complain(reading, record->participant, record, "it has agreed already");
    }
    if (below_find(reading, record->participant, is_unasked) >= 0) {
        complain(reading, record->participant, record, "somebody below it has not agreed");
    }
    seen->pending = record->status == PNP_STATUS_OK;
    seen->refused = !seen->pending;
    seen->asked_requirements = false;
    seen->asked_filter = false;
}

static void read_cancel(Reading *reading, const RequestRecord *record)
{
    Seen *seen = &reading->seen[record->participant];

    if (seen->stopped) {
        complain(reading, record->participant, record, "it is stopped");
    }
    /* Without resources it gets this in place of STOP, and so before those above */
    if (reading->participants[record->participant].has_resources &&
        above_find(reading, record->participant, is_pending) >= 0) {
        complain(reading, record->participant, record, "somebody above it is still stop-pending");
    }
    seen->pending = false;
    seen->refused = false;
}

static void read_requirements(Reading *reading, const RequestRecord *record)
{
    Seen *seen = &reading->seen[record->participant];

    if (record->request == PNP_QUERY_REQUIREMENTS) {
        seen->asked_requirements = true;
        return;
    }
    if (!seen->asked_requirements) {
        complain(reading, record->participant, record, "nobody asked for its requirements before");
    }
    seen->asked_filter = true;
}

static void read_stop(Reading *reading, const RequestRecord *record)
{
    const Participant *participant = &reading->participants[record->participant];
    Seen *seen = &reading->seen[record->participant];

    reading->stopping = true;
    if (!seen->pending) {
        complain(reading, record->participant, record, "it has not agreed");
    }
    if (!participant->has_resources) {
        complain(reading, record->participant, record, "it has no resources to give up");
    }
    if (!seen->asked_filter) {
        complain(reading, record->participant, record, "its requirements were not asked for");
    }
    if (below_find(reading, record->participant, is_pending) >= 0) {
        complain(reading, record->participant, record, "somebody below it is not stopped");
    }
    seen->pending = false;
    seen->stopped = record->status == PNP_STATUS_OK;
    seen->doomed = !seen->stopped;
}

static void read_start(Reading *reading, const RequestRecord *record)
{
    const Participant *participant = &reading->participants[record->participant];
    Seen *seen = &reading->seen[record->participant];

    if (!seen->stopped && (seen->pending || seen->surprised || seen->removed ||
                           !(participant->newcomer || participant->requirements_changed))) {
        complain(reading, record->participant, record, "it is not stopped");
    }
    if (above_find(reading, record->participant, is_stopped) >= 0) {
        complain(reading, record->participant, record, "somebody above it is stopped");
    }
    if (record->status != PNP_STATUS_OK && participant->newcomer) {
        seen->started_badly = true;
    } else if (record->status != PNP_STATUS_OK) {
        seen->doomed = true;
        reading->doomed = (int)record->participant;
    } else {
        seen->stopped = false;
    }
}

static void read_surprise_removal(Reading *reading, const RequestRecord *record)
{
    Seen *seen = &reading->seen[record->participant];

    if (seen->surprised || seen->removed) {
        complain(reading, record->participant, record, "it has got that already");
    }
    if (below_find(reading, record->participant, is_stopped) >= 0) {
        complain(reading, record->participant, record, "somebody below it is still stopped");
    }
    seen->surprised = true;
    seen->stopped = false;
    seen->pending = false;
    seen->doomed = false;
}

static void read_remove(Reading *reading, const RequestRecord *record)
{
    Seen *seen = &reading->seen[record->participant];

    if (!seen->surprised && !seen->started_badly) {
        complain(reading, record->participant, record, "it was not surprise-removed");
    }
    if (below_find(reading, record->participant, is_surprised) >= 0) {
        complain(reading, record->participant, record, "somebody below it is not removed");
    }
    seen->surprised = false;
    seen->removed = true;
}

static void (*const readers[PNP_REQUESTS])(Reading *, const RequestRecord *) = {
    [PNP_QUERY_STOP] = read_query,
    [PNP_CANCEL_STOP] = read_cancel,
    [PNP_QUERY_REQUIREMENTS] = read_requirements,
    [PNP_FILTER_REQUIREMENTS] = read_requirements,
    [PNP_STOP] = read_stop,
    [PNP_START] = read_start,
    [PNP_SURPRISE_REMOVAL] = read_surprise_removal,
    [PNP_REMOVE] = read_remove,
};

/* After a restart that failed nothing comes but the surprise removals below, and then its own */
static void read_at_once(Reading *reading, const RequestRecord *record)
{
    if (reading->doomed < 0) {
        return;
    }
    if (record->request != PNP_SURPRISE_REMOVAL ||
        !participant_is_below(reading->participants, (int)record->participant, reading->doomed)) {
        complain(reading, (size_t)reading->doomed, record,
                 "its start failed, and the surprise removal did not follow at once");
        reading->doomed = -1;
    } else if ((int)record->participant == reading->doomed) {
        reading->doomed = -1;
    }
}

static void read_end(Reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        const Seen *seen = &reading->seen[i];
        const char *what = seen->pending   ? "it is left stop-pending"
                           : seen->refused ? "it refused and got no cancel-stop"
                           : seen->doomed  ? "it failed and got no surprise-removal"
                           : seen->stopped ? "it is left stopped"
                                           : NULL;

        if (what) {
            breaches_add(reading->breaches, "order: at the end of %s: %s",
                         reading->participants[i].path, what);
        }
    }
}

int order_check(const Participant *participants, size_t count, const RequestLog *log,
                Breaches *breaches)
{
    CLEANUP(memory_free) Seen *seen = calloc(count + 1, sizeof(*seen));
    Reading reading = { .participants = participants, .count = count, .seen = seen, .doomed = -1,
                        .breaches = breaches };

    if (!seen) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < log->count; i++) {
        read_at_once(&reading, &log->records[i]);
        readers[log->records[i].request](&reading, &log->records[i]);
    }
    read_end(&reading);
    return 0;
}
