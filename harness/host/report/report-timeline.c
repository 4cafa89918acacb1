/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report-timeline.h"

#include "driver-states.h"
#include "text-wrap.h"
#include "timeline.h"

#include <string.h>

#define INDENT 12        /* of what belongs to a step */
#define LEDGER_COLUMN 67 /* where the device model's side begins */

static double milliseconds(gint64 time_ns)
{
    return (double)time_ns / 1e6;
}

/* "6 of 40 ms", the share and its parts */
static void append_share(GString *text, const Rebalance *account, const char *who,
                         RebalanceTime first, guint count, RebalanceTime second, guint more)
{
    GString *parts = g_string_new(NULL);
    gint64 sum = 0;

    for (guint i = 0; i < count + more; i++) {
        guint time = i < count ? first + i : second + i - count;

        sum += account->times_ns[time];
        g_string_append_printf(parts, "%s%s %.1f", i == 0 ? "" : ", ", rebalance_time_names[time],
                               milliseconds(account->times_ns[time]));
    }
    g_string_append_printf(text, "%s %.1f (%s)", who, milliseconds(sum), parts->str);
    g_string_free(parts, TRUE);
}

/* What is in none of the parts was spent on waiting: for handles, or between two attempts. */
static void append_times(GString *text, const Rebalance *account)
{
    g_autoptr(GString) line = g_string_new(NULL);
    gint64 rest = account->total_ns;

    for (guint i = 0; i < REBALANCE_TIMES; i++) {
        rest -= account->times_ns[i];
    }
    g_string_append_printf(line, "%.1f ms: ", milliseconds(account->total_ns));
    append_share(line, account, "kernel", REBALANCE_TIME_REMOVE, 2, 0, 0);
    g_string_append(line, "; ");
    append_share(line, account, "harness", REBALANCE_TIME_PLAN, 3, REBALANCE_TIME_START, 1);
    g_string_append_printf(line, "; waiting %.1f", milliseconds(MAX(rest, 0)));
    text_append_wrapped(text, INDENT, line->str);
}

static void append_figures(GString *text, const RebalanceRecord *record)
{
    const Rebalance *account = record->account;
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "%u function%s stopped", record->stops,
                           record->stops == 1 ? "" : "s");
    if (record->smallest_stops >= 0) {
        g_string_append_printf(line, ", the smallest scope stops %d", record->smallest_stops);
    }
    g_string_append_printf(line, "; %u scope%s tried, %s", account->attempts,
                           account->attempts == 1 ? "" : "s", account->policy);
    text_append_wrapped(text, INDENT, line->str);
    for (guint i = 0; i < account->differences->len; i++) {
        const RebalanceDifference *one =
            &g_array_index(account->differences, RebalanceDifference, i);
        g_autofree char *difference = g_strdup_printf(
            "otherwise than predicted: %s %s instead of %s", one->what,
            one->observed == NULL ? "nothing" : one->observed,
            one->predicted == NULL ? "nothing" : one->predicted);

        text_append_wrapped(text, INDENT, difference);
    }
}

/* "unmap bar2 0x180000000"; states by their names alone */
static char *record_text(const LedgerRecord *record)
{
    if (ledger_record_is(record, "driver-state")) {
        return g_strdup(driver_state_name(record->value));
    }
    return record->bar_nr < 0
               ? g_strdup_printf("%s %#" G_GINT64_MODIFIER "x", record->event, record->value)
               : g_strdup_printf("%s bar%d %#" G_GINT64_MODIFIER "x", record->event,
                                 record->bar_nr, record->value);
}

/* Is this where a BAR comes to lie at last, in the course of this entry? */
static gboolean is_last_map(const TimelineEntry *entry, guint index)
{
    const LedgerRecord *record = &g_array_index(entry->records, LedgerRecord, index);

    for (guint i = index + 1; i < entry->records->len; i++) {
        const LedgerRecord *later = &g_array_index(entry->records, LedgerRecord, i);

        if (later->bar_nr == record->bar_nr && ledger_record_is(later, "map")) {
            return FALSE;
        }
    }
    return TRUE;
}

/* What of a ledger is worth a glance: who was told what, and where it went. */
static gboolean is_news(const TimelineEntry *entry, guint index)
{
    static const char *const news[] = { "driver-state", "resize", "reset", "violation", NULL };
    const LedgerRecord *record = &g_array_index(entry->records, LedgerRecord, index);

    return g_strv_contains(news, record->event) ||
           (ledger_record_is(record, "map") && is_last_map(entry, index));
}

static char *records_text(const TimelineEntry *entry)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < entry->records->len; i++) {
        g_autofree char *one = record_text(&g_array_index(entry->records, LedgerRecord, i));

        if (is_news(entry, i)) {
            g_string_append_printf(text, "%s%s", text->len == 0 ? "" : ", ", one);
        }
    }
    return g_string_free(text, FALSE);
}

static const char *entry_name(const TimelineEntry *entry)
{
    return entry->function != NULL ? entry->function->name : entry->request->bdf;
}

/* Words too long for their column, such as a name, push what is behind them into a new line. */
static void append_row(GString *text, const char *time, const char *name, const char *request,
                       const char *status, const char *driver, const char *ledger)
{
    g_autoptr(GString) row = g_string_new(NULL);
    gsize width;

    g_string_printf(row, "%11s  %-12s %-19s %-8s %-11s ", time, name, request, status, driver);
    width = row->len;
    if (width > LEDGER_COLUMN && ledger[0] != '\0') {
        g_strchomp(row->str);
        g_string_set_size(row, strlen(row->str));
        g_string_append_printf(row, "\n%*s", LEDGER_COLUMN, "");
        width = LEDGER_COLUMN;
    }
    text_append_words(row, (guint)width, LEDGER_COLUMN, ledger);
    g_string_append_printf(text, "%s\n", g_strchomp(row->str));
}

static void append_reason(GString *text, const TimelineEntry *entry)
{
    if (entry->request->reason != NULL) {
        text_append_wrapped(text, INDENT + 8, entry->request->reason);
    }
}

/* Everything that a request has brought, in the order of the aligned clocks. */
static void append_events(GString *text, const Timeline *timeline, const TimelineEntry *entry)
{
    guint r = 0;

    for (guint i = 0; i <= entry->events->len; i++) {
        const DriverEvent *event =
            i == entry->events->len ? NULL : g_ptr_array_index(entry->events, i);

        for (; r < entry->records->len; r++) {
            const LedgerRecord *record = &g_array_index(entry->records, LedgerRecord, r);
            gint64 time_ns = record->time_ns - timeline->ledger_ns;
            g_autofree char *time =
                g_strdup_printf("%*s%.3f", INDENT + 8, "", milliseconds(time_ns));
            g_autofree char *what = record_text(record);

            if (event != NULL && time_ns > event->time_ns - timeline->begin_ns) {
                break;
            }
            g_string_append_printf(text, "%-*s%s\n", LEDGER_COLUMN, time, what);
        }
        if (event != NULL) {
            g_autofree char *line = g_strdup_printf(
                "%.3f %s %s: %s%s%s", milliseconds(event->time_ns - timeline->begin_ns),
                event->driver, event->callback, event->status, event->detail == NULL ? "" : ", ",
                event->detail == NULL ? "" : event->detail);

            text_append_wrapped(text, INDENT + 8, line);
        }
    }
}

static void append_entry(GString *text, const Timeline *timeline, const TimelineEntry *entry,
                         gboolean all)
{
    g_autofree char *time = g_strdup_printf("%.1f", milliseconds(entry->time_ns));
    g_autofree char *callbacks =
        entry->model == NULL ? g_strdup("")
                             : g_strdup_printf("%s, %u", entry->model, entry->events->len);
    g_autofree char *records = all ? g_strdup("") : records_text(entry);

    append_row(text, time, entry_name(entry), entry->request->request, entry->request->status,
               callbacks, records);
    append_reason(text, entry);
    if (all) {
        append_events(text, timeline, entry);
    }
}

/* Bridges that agree, and questions that everybody answers alike, are for those who ask. */
static gboolean is_shown(const TimelineEntry *entry)
{
    static const char *const dull[] = { "query-requirements", "filter-requirements", NULL };

    return !g_str_equal(entry->request->status, "ok") ||
           (entry->function != NULL && !g_strv_contains(dull, entry->request->request));
}

void report_timeline_append(GString *text, const RebalanceRecord *record, const Scenario *scenario,
                            gboolean all)
{
    g_autoptr(Timeline) timeline = timeline_new(record, scenario);

    append_figures(text, record);
    append_times(text, record->account);
    if (timeline->entries->len != 0) {
        append_row(text, "ms", "", "request", "status", "callbacks", "ledger");
    }
    for (guint i = 0; i < timeline->entries->len; i++) {
        const TimelineEntry *entry = g_ptr_array_index(timeline->entries, i);

        if (all || is_shown(entry)) {
            append_entry(text, timeline, entry, all);
        }
    }
}
