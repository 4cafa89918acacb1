/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario under way: what engine, steps and witnesses share. Not for anybody else. */
#ifndef BARSHIFT_HOST_RUN_H
#define BARSHIFT_HOST_RUN_H

#include "engine.h"
#include "vm.h"

typedef struct Run {
    const Scenario *scenario;
    const RunOptions *options;
    Vm *vm;
    Story story;
    RunResult *result;
    StepRecord *step;         /* the one under way */
    const Function *newcomer; /* (nullable): hot-added last */
    gint64 start_us;
} Run;

/**
 * run_guest() - run a command in the guest, collecting the kernel's messages for the step
 *
 * Returns: (transfer full): whatever the command's status was; NULL when there was no answer.
 */
GuestReply *run_guest(Run *run, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** run_guest_ok() - run_guest(), and a status other than 0 is an error with its output */
GuestReply *run_guest_ok(Run *run, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** run_query_pci() - (transfer full): QEMU's PCI tree */
JsonNode *run_query_pci(Run *run, GError **error);

/** run_query_ledger() - (transfer full): the property "ledger" of a function's device model */
JsonNode *run_query_ledger(Run *run, const Function *function, GError **error);

/** run_detail() - say what came of the step under way; the last call counts */
void run_detail(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** run_observe() - (transfer full): ask every witness */
Observation *run_observe(Run *run, GError **error);

/** run_record_baseline() - keep what is now as the state to compare with; once */
gboolean run_record_baseline(Run *run, GError **error);

/** run_judge() - observe, let the guest check itself, decide */
gboolean run_judge(Run *run, Outcome expected, gboolean final, GError **error);

/**
 * run_start_functions() - start every function in @functions (set of Function) that can be
 *
 * Those that have not worked before are filled with content, and count as served from now on.
 */
gboolean run_start_functions(Run *run, GHashTable *functions, GError **error);

/** run_step() - play one step of the scenario */
gboolean run_step(Run *run, const Step *step, GError **error);

#endif
