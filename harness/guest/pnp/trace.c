/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

static const char *const status_names[TRACE_STATUSES] = { "ok", "refused", "failed" };

const char *trace_status_name(TraceStatus status)
{
    return status_names[status];
}

int trace_add(Trace *trace, const TraceEvent *event)
{
    if (trace->count == trace->room) {
        size_t room = trace->room == 0 ? 64 : trace->room * 2;
        TraceEvent *events = realloc(trace->events, room * sizeof(*events));

        if (!events) {
            return -ENOMEM;
        }
        trace->events = events;
        trace->room = room;
    }
    trace->events[trace->count++] = *event;
    return 0;
}

void trace_line(const TraceEvent *event, char *line)
{
    snprintf(line, TRACE_LINE_SIZE, "%" PRIu64 " %s %s %s %s%s%s", event->time_ns,
             pnp_request_name(event->request), event->driver, event->callback,
             trace_status_name(event->status), event->detail[0] == '\0' ? "" : " ",
             event->detail);
    for (char *at = line; *at != '\0'; at++) {
        if (*at == '\n') {
            *at = ' ';
        }
    }
}

/* The next word; Return: what is behind it and one space, NULL when there is none or no room */
static const char *word_take(const char *at, char *word)
{
    size_t length = strcspn(at, " ");

    if (length == 0 || length >= TRACE_WORD_SIZE) {
        return NULL;
    }
    memcpy(word, at, length);
    word[length] = '\0';
    return at + length + (at[length] == ' ');
}

static int status_parse(const char *word)
{
    for (int status = 0; status < TRACE_STATUSES; status++) {
        if (strcmp(word, status_names[status]) == 0) {
            return status;
        }
    }
    return -EINVAL;
}

static int time_parse(const char *word, uint64_t *time_ns)
{
    if (word[strspn(word, "0123456789")] != '\0') {
        return -EINVAL;
    }
    errno = 0;
    *time_ns = strtoull(word, NULL, 10);
    return -errno;
}

int trace_line_parse(const char *line, TraceEvent *event)
{
    char words[3][TRACE_WORD_SIZE]; /* time, request, status */
    const char *at = word_take(line, words[0]);
    int request;
    int status;

    at = at ? word_take(at, words[1]) : NULL;
    at = at ? word_take(at, event->driver) : NULL;
    at = at ? word_take(at, event->callback) : NULL;
    at = at ? word_take(at, words[2]) : NULL;
    if (!at || strlen(at) >= TRACE_DETAIL_SIZE || time_parse(words[0], &event->time_ns) < 0) {
        return -EINVAL;
    }
    request = pnp_request_parse(words[1]);
    status = status_parse(words[2]);
    if (request < 0 || status < 0) {
        return -EINVAL;
    }
    event->request = (PnpRequest)request;
    event->status = (TraceStatus)status;
    strcpy(event->detail, at);
    return 0;
}

void trace_free(Trace *trace)
{
    free(trace->events);
    memset(trace, 0, sizeof(*trace));
}
