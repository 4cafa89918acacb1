/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

typedef struct Span {
    gint64 start_us; /* 0: has not begun */
    gboolean ended;
} Span;

struct Progress {
    const char *const *names;
    Span *spans;
    guint count, width;
    guint ended;
    gint64 ended_us; /* the durations of those, together */
};

Progress *progress_new(const char *const *names, guint count, guint width)
{
    Progress *progress = g_new0(Progress, 1);

    progress->names = names;
    progress->spans = g_new0(Span, count);
    progress->count = count;
    progress->width = width;
    return progress;
}

void progress_free(Progress *progress)
{
    if (progress != NULL) {
        g_free(progress->spans);
        g_free(progress);
    }
}

void progress_began(Progress *progress, guint nr, gint64 now_us)
{
    progress->spans[nr].start_us = now_us;
}

void progress_ended(Progress *progress, guint nr, gint64 now_us)
{
    progress->spans[nr].ended = TRUE;
    progress->ended++;
    progress->ended_us += now_us - progress->spans[nr].start_us;
}

/* When one has ended. What runs last may have no company, so the longest rest is the least. */
static gint64 left_us(const Progress *progress, gint64 now_us)
{
    gint64 mean_us = progress->ended_us / progress->ended;
    gint64 sum_us = 0, longest_us = 0;

    for (guint i = 0; i < progress->count; i++) {
        const Span *span = &progress->spans[i];
        gint64 passed_us = span->start_us == 0 ? 0 : now_us - span->start_us;
        gint64 rest_us = span->ended ? 0 : MAX(0, mean_us - passed_us);

        sum_us += rest_us;
        longest_us = MAX(longest_us, rest_us);
    }
    return MAX(longest_us, sum_us / progress->width);
}

static gint64 whole_seconds(gint64 us)
{
    return (us + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;
}

char *progress_line(const Progress *progress, gint64 now_us, guint columns)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const char *gap = "; running: ";

    g_string_printf(line, "%u of %u done", progress->ended, progress->count);
    for (guint i = 0; i < progress->count; i++) {
        const Span *span = &progress->spans[i];

        if (span->start_us != 0 && !span->ended) {
            g_string_append_printf(line, "%s%s %" G_GINT64_FORMAT " s", gap, progress->names[i],
                                   whole_seconds(now_us - span->start_us));
            gap = ", ";
        }
    }
    if (progress->ended > 0 && progress->ended < progress->count) {
        g_string_append_printf(line, "; about %" G_GINT64_FORMAT " s left",
                               whole_seconds(left_us(progress, now_us)));
    }
    return g_utf8_substring(line->str, 0,
                            MIN(g_utf8_strlen(line->str, -1), MAX((glong)columns - 1, 0)));
}
