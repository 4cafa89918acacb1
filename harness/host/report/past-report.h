/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report that was written before, of version 1 or 2, as far as it can be compared. */
#ifndef BARSHIFT_HOST_PAST_REPORT_H
#define BARSHIFT_HOST_PAST_REPORT_H

#include <json-glib/json-glib.h>

typedef struct PastResult {
    char *name; /* in its own report; of version 1: that of the scenario */
    char *scenario;
    char *kernel; /* which one: as it was given, or in version 1 its release; "": not known */
    char *qemu;   /* likewise */
    gint64 repetition;
    char *verdict;
    char *outcome;         /* (nullable): an error has none */
    double seconds;        /* below 0: not known */
    GHashTable *fates;     /* function to fate */
    GHashTable *checks;    /* name to "ok", "failed" and so on */
    GHashTable *addresses; /* "fut bar2" to "0x100000000, 2 GiB" or "unassigned": in the end */
} PastResult;

typedef struct PastReport {
    char *path;
    GPtrArray *results;    /* (element-type PastResult), in their order */
    gboolean many_kernels; /* so a result is told by its kernel, too */
    gboolean many_qemus;
} PastReport;

/**
 * past_report_load() - read a report
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_USAGE, naming the file and what is wrong in it.
 */
PastReport *past_report_load(const char *path, GError **error);

/** past_report_parse() - the same of a text; @path: for messages */
PastReport *past_report_parse(const char *path, const char *text, GError **error);

void past_report_free(PastReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PastReport, past_report_free)

#endif
