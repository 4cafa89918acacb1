/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timeline.h"

#include "driver-states.h"

static void entry_free(gpointer data)
{
    TimelineEntry *entry = data;

    g_ptr_array_unref(entry->events);
    g_array_unref(entry->records);
    g_free(entry);
}

static TimelineEntry *entry_new(const RebalanceRecord *record, const Scenario *scenario,
                                const RebalanceRequest *request)
{
    const RebalanceFunction *told = rebalance_function_at(record->account, request->path);
    TimelineEntry *entry = g_new0(TimelineEntry, 1);

    entry->request = request;
    entry->function =
        told == NULL ? NULL : rebalance_record_function(record, scenario, told);
    entry->events = g_ptr_array_new();
    entry->records = g_array_new(FALSE, FALSE, sizeof(LedgerRecord));
    return entry;
}

/* The time of the next request to the same function: what comes later is no longer this one's. */
static gint64 end_ns(const RebalanceRecord *record, guint index)
{
    const GArray *requests = record->account->requests;
    const char *path = g_array_index(requests, RebalanceRequest, index).path;

    for (guint i = index + 1; i < requests->len; i++) {
        const RebalanceRequest *request = &g_array_index(requests, RebalanceRequest, i);

        if (g_str_equal(request->path, path)) {
            return request->time_ns;
        }
    }
    return G_MAXINT64;
}

static void add_events(TimelineEntry *entry, const RebalanceRecord *record, guint index)
{
    const DriverReport *report = driver_reports_find_path(record->drivers, entry->request->path);
    gint64 end = end_ns(record, index);

    if (report == NULL) {
        return;
    }
    entry->model = report->model;
    for (guint i = 0; i < report->events->len; i++) {
        DriverEvent *event = &g_array_index(report->events, DriverEvent, i);

        if (event->time_ns >= entry->request->time_ns && event->time_ns < end &&
            g_str_equal(event->request, entry->request->request)) {
            g_ptr_array_add(entry->events, event);
        }
    }
}

/*
 * Number of the @records, from @from on, up to the one that this request makes a driver declare;
 * one that failed to start has been torn down again.
 */
static guint records_of_request(const GArray *records, guint from, const RebalanceRequest *request)
{
    gboolean ok = g_str_equal(request->status, "ok");
    guint state;

    if (!driver_state_after(request->request, &state) ||
        (!ok && !g_str_equal(request->request, "start"))) {
        return 0;
    }
    state = ok ? state : BARSHIFT_DRIVER_STOPPED;
    for (guint i = from; i < records->len; i++) {
        const LedgerRecord *record = &g_array_index(records, LedgerRecord, i);

        if (ledger_record_is(record, "driver-state") && record->value == state) {
            return i + 1 - from;
        }
    }
    return 0;
}

/* Deals the records of one function out to its requests; the last one gets what is left. */
static void deal_records(const Timeline *timeline, const RebalanceRecord *record,
                         const Function *function)
{
    g_autoptr(GArray) records =
        ledger_records_between(record->before, record->after, function);
    TimelineEntry *last = NULL;
    guint from = 0;

    for (guint i = 0; i < timeline->entries->len; i++) {
        TimelineEntry *entry = g_ptr_array_index(timeline->entries, i);
        guint count;

        if (entry->function != function) {
            continue;
        }
        count = records_of_request(records, from, entry->request);
        g_array_append_vals(entry->records, &g_array_index(records, LedgerRecord, from), count);
        from += count;
        last = entry;
    }
    if (last != NULL) {
        g_array_append_vals(last->records, &g_array_index(records, LedgerRecord, from),
                            records->len - from);
    }
}

/* No record is older than its request: the smallest distance between the clocks that says so. */
static void align(Timeline *timeline)
{
    gint64 distance = G_MAXINT64;

    for (guint i = 0; i < timeline->entries->len; i++) {
        const TimelineEntry *entry = g_ptr_array_index(timeline->entries, i);

        for (guint r = 0; r < entry->records->len; r++) {
            const LedgerRecord *record = &g_array_index(entry->records, LedgerRecord, r);

            if (ledger_record_is(record, "driver-state")) {
                distance = MIN(distance, record->time_ns - entry->request->time_ns);
            }
        }
    }
    timeline->ledger_ns = distance == G_MAXINT64 ? 0 : timeline->begin_ns + distance;
}

Timeline *timeline_new(const RebalanceRecord *record, const Scenario *scenario)
{
    Timeline *timeline = g_new0(Timeline, 1);
    const GArray *requests = record->account->requests;

    timeline->entries = g_ptr_array_new_with_free_func(entry_free);
    for (guint i = 0; i < requests->len; i++) {
        const RebalanceRequest *request = &g_array_index(requests, RebalanceRequest, i);
        TimelineEntry *entry = entry_new(record, scenario, request);

        timeline->begin_ns = i == 0 ? request->time_ns : timeline->begin_ns;
        entry->time_ns = request->time_ns - timeline->begin_ns;
        add_events(entry, record, i);
        g_ptr_array_add(timeline->entries, entry);
    }
    for (guint i = 0; record->after != NULL && i < scenario->functions->len; i++) {
        deal_records(timeline, record, g_ptr_array_index(scenario->functions, i));
    }
    align(timeline);
    return timeline;
}

void timeline_free(Timeline *timeline)
{
    g_ptr_array_unref(timeline->entries);
    g_free(timeline);
}
