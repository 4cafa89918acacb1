/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one scenario: boots the VM, plays the steps, asks the witnesses, has the verdict made. */
#ifndef BARSHIFT_HOST_ENGINE_H
#define BARSHIFT_HOST_ENGINE_H

#include "machine.h"
#include "verdict.h"

#include <gio/gio.h>

typedef struct StepRecord {
    const Scenario *scenario;
    double start_seconds; /* since QEMU was started */
    double seconds;
    char *text;                /* "hot-add incoming" */
    char *detail;              /* (nullable): what came of it, one line */
    GPtrArray *kernel;         /* (element-type utf8): kernel messages of this step */
    RebalanceRecord *rebalance; /* (nullable): when it was one */
    char *map_name;            /* (nullable): of the snapshot, when it was one */
    Observation *map;          /* (nullable): what the witnesses said then */
    gboolean judged;           /* an outcome was expected after this step */
    Outcome outcome, expected; /* when judged */
} StepRecord;

/* How a run's machine came to where the guest waits for the first command */
typedef enum Start {
    START_BOOTED,
    START_SAVED,    /* booted, saved, and begun with what was saved */
    START_RESTORED, /* begun with what an earlier run has saved */
} Start;

/* start by name, in the order of the enum, NULL-terminated */
extern const char *const start_names[];

typedef struct RunResult {
    const Scenario *scenario;
    char *name; /* of the result: that of the scenario, or more where it is played several times */
    char *qemu_version;
    char *kernel_release;
    char *accel;
    char *command; /* QEMU's command line, for a shell */
    char *folder;  /* (nullable): where the logs were kept */
    gboolean outside; /* the guest could not be asked */
    Start start;
    char *start_reason; /* (nullable): why it was booted; or a snapshot not used that was there */
    double seconds;
    GPtrArray *steps; /* (element-type StepRecord) */
    Observation *before;
    Observation *after;
    DriverReports *drivers; /* (nullable): what the guest's function drivers say in the end */
    Judgement *judgement;
} RunResult;

typedef struct RunOptions {
    const char *name; /* of the result */
    MachineParts parts;
    gboolean keep;          /* leave the folder with the logs */
    guint64 snapshot_limit_bytes; /* of all snapshots together; 0: make and use none */
    double timeout_seconds; /* deadline of the boot and of each step's wait */
    void (*on_step)(const StepRecord *step, gpointer data); /* called as each step ends */
    gpointer on_step_data;
} RunOptions;

/**
 * engine_run() - run a scenario to its verdict
 *
 * May be called in several threads at a time, each of which calls its own on_step().
 *
 * Returns: (transfer full): NULL with a RunnerError when there can be no verdict. QEMU has ended
 * and its sockets and files are gone in every case.
 */
RunResult *engine_run(const Scenario *scenario, const RunOptions *options,
                      GCancellable *cancellable, GError **error);

void run_result_free(RunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunResult, run_result_free)

#endif
