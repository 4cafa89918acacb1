/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "contract-walk.h"

#define NO_INDEX (-1)

/** struct Reader - how far the events of a walk were read */
typedef struct Reader {
    const ContractWalk *walk;
    ContractReport *report;
    unsigned requests;           /* under way when they were counted last */
    const ContractEntry *before; /* of the last event that is known; NULL: none */
    const ContractEntry *end;    /* which has ended the request; NULL: none has */
    size_t end_index;            /* its event */
    TraceStatus end_status;
} Reader;

static bool applies(const ContractWalk *walk, const ContractEntry *entry)
{
    const Situation *now = &walk->now;
    const struct {
        ContractRule rule;
        bool holds;
    } conditions[] = {
        { IF_DMA, now->dma },
        { IF_FIRST, now->first_start },
        { IF_RESTART, !now->first_start },
        { IF_STARTED, now->start_to_start },
        { IF_POST_DISPLAY, now->post_display },
        { IF_CHILDREN, now->child_list },
        { IF_PULLED, now->pulled },
    };
    bool simulated = entry->request == PNP_STOP && walk->request == PNP_START &&
                     now->start_to_start && walk->orders->simulates_stop;

    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        if ((entry->rules & conditions[i].rule) != 0 && !conditions[i].holds) {
            return false;
        }
    }
    return (entry->request == walk->request || simulated) &&
           (now->options & entry->with) == entry->with && (now->options & entry->without) == 0;
}

static bool names(const ContractEntry *entry, const TraceEvent *event)
{
    return strcmp(entry->driver, event->driver) == 0 &&
           strcmp(entry->callback, event->callback) == 0;
}

/* What may come now under this name; NULL: nothing */
static const ContractEntry *entry_find(const Reader *reader, const TraceEvent *event)
{
    for (const ContractOrders *orders = reader->walk->orders; orders; orders = orders->base) {
        for (unsigned i = 0; i < orders->count; i++) {
            const ContractEntry *entry = &orders->entries[i];
            bool after = (entry->rules & AFTER_FAILURE) != 0;

            /* A callback can fail for one of several and not be called for the others */
            if (names(entry, event) && applies(reader->walk, entry) &&
                after == (reader->end != NULL)) {
                return entry;
            }
        }
    }
    return NULL;
}

static int event_index(const TraceEvent *event)
{
    int index;

    return sscanf(event->detail, "#%d", &index) == 1 ? index : NO_INDEX;
}

static void index_check(const Reader *reader, const ContractEntry *entry, size_t at)
{
    const TraceEvent *event = &reader->walk->events[at];
    int index = event_index(event);

    if ((index == NO_INDEX) != (entry->count == ONCE)) {
        contract_report(reader->report, "%s of %s: expected %s, seen \"%s\"", event->callback,
                        event->driver, entry->count == ONCE ? "no number" : "a number",
                        event->detail);
        return;
    }
    for (size_t i = 0; i < at && index != NO_INDEX; i++) {
        const TraceEvent *other = &reader->walk->events[i];
        int earlier = event_index(other);

        if (names(entry, other) &&
            (earlier == index || (earlier > index && (entry->rules & IN_ORDER) != 0))) {
            contract_report(reader->report, "%s of %s: expected each once%s, seen #%d after #%d "
                            "[%s]", event->callback, event->driver,
                            (entry->rules & IN_ORDER) != 0 ? " and in order" : "", index, earlier,
                            entry->source);
        }
    }
}

static void status_check(Reader *reader, const ContractEntry *entry, size_t at)
{
    const TraceEvent *event = &reader->walk->events[at];
    bool possible = (entry->rules & (MAY_END | TOLERATED)) != 0 &&
                    (event->status != TRACE_REFUSED || event->request == PNP_QUERY_STOP);

    if (event->status == TRACE_OK) {
        return;
    }
    if (!possible) {
        contract_report(reader->report, "%s of %s: expected ok, since it cannot end so, seen %s "
                        "[%s]", event->callback, event->driver,
                        trace_status_name(event->status), entry->source);
    } else if ((entry->rules & MAY_END) != 0) {
        reader->end = entry;
        reader->end_index = at;
        reader->end_status = event->status;
    }
}

static void event_read(Reader *reader, size_t at)
{
    const TraceEvent *event = &reader->walk->events[at];
    const ContractEntry *entry = entry_find(reader, event);
    const char *counted = strstr(event->detail, "requests=");

    if (counted) {
        sscanf(counted, "requests=%u", &reader->requests);
    }
    if (!entry) {
        contract_report(reader->report, "%s of %s: expected it not to be called%s, seen %s",
                        event->callback, event->driver,
                        reader->end ? " any more, since the request was over" : " here",
                        trace_status_name(event->status));
        return;
    }
    if (reader->before && entry->place < reader->before->place) {
        contract_report(reader->report, "%s of %s: expected before %s, seen after it [%s]",
                        event->callback, event->driver, reader->before->callback,
                        entry->source);
    }
    if (entry->word && !strstr(event->detail, entry->word)) {
        contract_report(reader->report, "%s of %s: expected %s, seen \"%s\" [%s]",
                        event->callback, event->driver, entry->word, event->detail,
                        entry->source);
    }
    index_check(reader, entry, at);
    status_check(reader, entry, at);
    reader->before = entry;
}

/* How often it was called; what is called after a failure, too, is another entry */
static unsigned entry_seen(const Reader *reader, const ContractEntry *entry, bool well)
{
    bool after = (entry->rules & AFTER_FAILURE) != 0;
    unsigned seen = 0;

    for (size_t i = 0; i < reader->walk->count; i++) {
        const TraceEvent *event = &reader->walk->events[i];

        seen += names(entry, event) && after == (reader->end && i > reader->end_index) &&
                (!well || event->status == TRACE_OK);
    }
    return seen;
}

/* Held requests, and those that this very request has suspended */
static unsigned held_count(const Reader *reader)
{
    return reader->walk->now.held_requests +
           (reader->walk->now.start_to_start ? reader->requests : 0);
}

static unsigned entry_wanted(const Reader *reader, const ContractEntry *entry)
{
    const Situation *now = &reader->walk->now;

    switch (entry->count) {
    case ONCE:
        return (entry->rules & OR_ABOVE) == 0 || entry_seen(reader, entry - 1, true) == 0;
    case EACH_INTERRUPT:
        return now->interrupts;
    case EACH_REQUEST:
        return reader->requests;
    case EACH_HELD:
        return held_count(reader);
    case EACH_STREAM:
        return now->streams;
    case EACH_SUBDEVICE:
        return now->subdevices;
    }
    return 0;
}

/* After a failure only what stands before it had to be called, and what is for that case */
static void entry_check(const Reader *reader, const ContractEntry *entry)
{
    bool after = (entry->rules & AFTER_FAILURE) != 0;
    unsigned wanted = entry_wanted(reader, entry);
    unsigned seen = entry_seen(reader, entry, false);
    bool partly = !after && reader->end && entry->place == reader->end->place;

    if (!applies(reader->walk, entry) || after != (after && reader->end) ||
        (!after && reader->end && entry->place > reader->end->place)) {
        return;
    }
    if (seen > wanted || (seen < wanted && !partly)) {
        contract_report(reader->report, "%s of %s: expected %u, seen %u [%s]",
                        entry->callback, entry->driver, wanted, seen, entry->source);
    }
}

static void completed_check(const Reader *reader)
{
    TraceStatus wanted = reader->end ? reader->end_status : TRACE_OK;

    if (reader->walk->completed != wanted) {
        contract_report(reader->report, "expected to be completed as %s, seen %s",
                        trace_status_name(wanted), trace_status_name(reader->walk->completed));
    }
}

void contract_walk_check(const ContractWalk *walk, ContractReport *report)
{
    Reader reader = { .walk = walk, .report = report, .requests = walk->now.requests };

    for (size_t at = 0; at < walk->count; at++) {
        event_read(&reader, at);
    }
    for (const ContractOrders *orders = walk->orders; orders; orders = orders->base) {
        for (unsigned i = 0; i < orders->count; i++) {
            entry_check(&reader, &orders->entries[i]);
        }
    }
    completed_check(&reader);
}
