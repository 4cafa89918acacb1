/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the function drivers in the guest say of themselves, the output of "barshift-guest drivers
 * --json": state, counters of their traffic, and every callback since they began.
 */
#ifndef BARSHIFT_HOST_DRIVER_REPORTS_H
#define BARSHIFT_HOST_DRIVER_REPORTS_H

#include "observation.h"

/* All text below belongs to the JSON. */

typedef struct DriverEvent {
    gint64 time_ns;      /* of the guest's monotonic clock */
    const char *request; /* in whose course */
    const char *driver;  /* level of the stack */
    const char *callback;
    const char *status; /* "ok", "refused", "failed" */
    const char *detail; /* (nullable) */
} DriverEvent;

typedef struct DriverReport {
    guint32 tag; /* 0: none of barshift's, or its BARs are not the driver's to read */
    const Function *function; /* (nullable): see driver_reports_name() */
    const char *path;         /* device and function numbers from the root, "01.0/00.0" */
    const char *bdf;
    const char *model;
    const char *back_end;
    const char *state;
    gint64 lost;        /* requests that were taken, and never came to an end */
    gint64 errors;      /* wrong answers of the function */
    gint64 since_start; /* requests that were completed since the last START */
    gint64 interrupts_raised;
    gint64 interrupts_arrived;
    char **breaches; /* of the driver model's contract, sentences */
    GArray *events;  /* (element-type DriverEvent) */
} DriverReport;

typedef struct DriverReports {
    JsonNode *json;
    GPtrArray *drivers; /* (element-type DriverReport) */
} DriverReports;

/**
 * driver_reports_parse() - read what barshift-guest drivers printed
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when the text has another form.
 */
DriverReports *driver_reports_parse(const char *text, GError **error);

void driver_reports_free(DriverReports *reports);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DriverReports, driver_reports_free)

/**
 * driver_reports_name() - find out which function of the scenario each driver has
 * @pci: (transfer none): QMP query-pci; a driver keeps its path, wherever its function is now
 */
void driver_reports_name(DriverReports *reports, const Scenario *scenario, JsonNode *pci);

/** driver_reports_find() - (nullable): of a function, by name or tag; @reports: (nullable) */
const DriverReport *driver_reports_find(const DriverReports *reports, const Function *function);

/** driver_reports_find_path() - (nullable): of whoever is on a path; @reports: (nullable) */
const DriverReport *driver_reports_find_path(const DriverReports *reports, const char *path);

#endif
