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
    GHashTable *driven;       /* set of Function: a driver of the guest has it */
    GPtrArray *pending;       /* (element-type Step): plugging that was begun, and goes on */
    const Step *meanwhile;    /* (nullable): to begin when the action of this step is sent */
    gboolean action_follows;  /* the next command for the guest is this action */
    guint64 config_space;     /* outside: where it is in memory; 0: it was not looked for yet */
    guint step_nr;            /* of the scenario's steps, from 1; 0: before them */
    gint64 start_us;
} Run;

/**
 * run_boot() - start the machine and wait until the guest listens, or begin with that from a
 * snapshot
 */
gboolean run_boot(Run *run, const RunFolder *folder, GCancellable *cancellable, GError **error);

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

/** run_query_drivers() - (transfer full): what the guest's function drivers say of themselves */
DriverReports *run_query_drivers(Run *run, GError **error);

/** run_explain_disk() - add to a deadline what the disk had to do with it, when there is one */
void run_explain_disk(Run *run, GError **error);

/** run_disk_was_read() - has more been read of the guest's own disk than a firmware reads? */
gboolean run_disk_was_read(Run *run);

/*
 * With a guest that nobody can ask, run-outside.c: in place of what the guest would be asked.
 */

/** run_is_outside() - is it so? */
gboolean run_is_outside(const Run *run);

/** run_outside_boot() - wait until the guest has come up, by what is seen of it */
gboolean run_outside_boot(Run *run, double timeout_seconds, GError **error);

/** run_outside_arrival() - wait until the guest is done with the functions of a new device */
gboolean run_outside_arrival(Run *run, const GPtrArray *device, GError **error);

/** run_outside_departure() - wait until the guest has let go of those of a device */
gboolean run_outside_departure(Run *run, const GPtrArray *device, GError **error);

/** run_outside_start() - note which of @functions (set of Function) have got addresses */
gboolean run_outside_start(Run *run, GHashTable *functions, GError **error);

/** run_outside_note_stopped() - note whom the guest has stopped since the baseline */
void run_outside_note_stopped(Run *run, const Observation *after);

/** run_read_config() - (transfer full): begin an observation with what QEMU reads and has said */
Observation *run_read_config(Run *run, JsonNode *pci, const char *memory_map, GError **error);

/** run_detail() - say what came of the step under way; the last call counts */
void run_detail(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** run_observe() - (transfer full): ask every witness */
Observation *run_observe(Run *run, GError **error);

/** run_is_judged() - what only prepares the ground is judged when there is nothing else */
gboolean run_is_judged(const Run *run, const Step *step);

/** run_record_baseline() - keep what is now as the state to compare with; once */
gboolean run_record_baseline(Run *run, GError **error);

/**
 * run_judge() - observe, let the guest check itself, decide
 * @step: index of the step that has been played; -1: the final judgement
 */
gboolean run_judge(Run *run, Outcome expected, int step, GError **error);

/**
 * run_start_functions() - start every function in @functions (set of Function) that can be
 *
 * Who sleeps is left alone, and so is who is forgotten, until the kernel has found it. Those that
 * have not worked before are filled with content, and count as served from now on.
 */
gboolean run_start_functions(Run *run, GHashTable *functions, GError **error);

/** run_stop_functions() - stop those of @functions that the guest has, and end their drivers */
gboolean run_stop_functions(Run *run, GHashTable *functions, GError **error);

/** run_drive_functions() - give a driver to those of @functions that work and are to have one */
gboolean run_drive_functions(Run *run, GHashTable *functions, GError **error);

/** run_end_drivers() - end the drivers of those of @functions that have one */
gboolean run_end_drivers(Run *run, GHashTable *functions, GError **error);

/** run_find_bdf() - (transfer full): where the guest has the device with a QEMU id */
char *run_find_bdf(Run *run, const char *id, GError **error);

/**
 * run_function_addresses() - where the guest has those of @functions that are of a kind
 *
 * Returns: (transfer full): each after a space, as far as QEMU's PCI tree has them.
 */
GString *run_function_addresses(Run *run, GHashTable *functions, DeviceKind device,
                                GError **error);

/** run_note_started() - note which of @functions have a line "started BDF" in @text */
gboolean run_note_started(Run *run, GHashTable *functions, const char *text, GError **error);

/** run_add_foreign() - device_add for a DEVICE_FOREIGN */
gboolean run_add_foreign(Run *run, const Function *function, GError **error);

/** run_enable_foreign() - have the kernel enable each DEVICE_FOREIGN of @functions that it can */
gboolean run_enable_foreign(Run *run, GHashTable *functions, GError **error);

/** run_check_reply() - FALSE when a command's status is neither "done" (0) nor "refused" (1) */
gboolean run_check_reply(const GuestReply *reply, const char *what, GError **error);

/** run_resized_bar() - number of the BAR that a step resizes; -1: it is none that can be */
int run_resized_bar(Run *run, const Step *step, GError **error);

/** run_unmet() - the step under way did not do what the scenario says; the verdict will tell */
void run_unmet(Run *run, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** run_device_functions() - (transfer full): those of a device, function 0 last */
GPtrArray *run_device_functions(const Run *run, Function *first);

/** run_detach() - wait until QEMU has let go of the functions of a device, and note it */
gboolean run_detach(Run *run, const GPtrArray *device, GError **error);

/** run_can_begin() - can steps of this kind be begun, and other ones stand before their end? */
gboolean run_can_begin(const StepType *type);

/** run_begin() - begin plugging; run_end_pending() waits for it */
gboolean run_begin(Run *run, const Step *step, GError **error);

/** run_begin_meanwhile() - begin what the step under way has "meanwhile", unless it was */
gboolean run_begin_meanwhile(Run *run, GError **error);

/** run_end_pending_before() - wait for what was begun at the ports that a step is about */
gboolean run_end_pending_before(Run *run, const Step *step, GError **error);

/** run_end_pending() - wait for what was begun at a port, or below it; NULL: at any */
gboolean run_end_pending(Run *run, const Port *port, GError **error);

/** run_seek_forgotten() - the kernel was told to look below a port; NULL: on all buses */
void run_seek_forgotten(Run *run, const Port *port);

/** run_find_forgotten() - start again whom the kernel has found again */
gboolean run_find_forgotten(Run *run, GError **error);

/** run_step_pnp() - a rebalance by the guest's PnP manager */
gboolean run_step_pnp(Run *run, const Step *step, GError **error);

/* A kind of step each, in alphabetical order; step-type.h has the rest of them. */
gboolean run_begin_hot_add(Run *run, const Step *step, GError **error);
gboolean run_begin_unplug(Run *run, const Step *step, GError **error);
gboolean run_end_hot_add(Run *run, const Step *step, GError **error);
gboolean run_end_unplug(Run *run, const Step *step, GError **error);
gboolean run_step_bind(Run *run, const Step *step, GError **error);
gboolean run_step_check(Run *run, const Step *step, GError **error);
gboolean run_step_hot_add(Run *run, const Step *step, GError **error);
gboolean run_step_move(Run *run, const Step *step, GError **error);
gboolean run_step_power_off(Run *run, const Step *step, GError **error);
gboolean run_step_next_size(Run *run, const Step *step, GError **error);
gboolean run_step_press(Run *run, const Step *step, GError **error);
gboolean run_step_rebalance(Run *run, const Step *step, GError **error);
gboolean run_step_remove(Run *run, const Step *step, GError **error);
gboolean run_step_rescan(Run *run, const Step *step, GError **error);
gboolean run_step_reset(Run *run, const Step *step, GError **error);
gboolean run_step_resize(Run *run, const Step *step, GError **error);
gboolean run_step_snapshot(Run *run, const Step *step, GError **error);
gboolean run_step_suspend(Run *run, const Step *step, GError **error);
gboolean run_step_swap(Run *run, const Step *step, GError **error);
gboolean run_step_resume(Run *run, const Step *step, GError **error);
gboolean run_step_run(Run *run, const Step *step, GError **error);
gboolean run_step_unbind(Run *run, const Step *step, GError **error);
gboolean run_step_unplug(Run *run, const Step *step, GError **error);
gboolean run_step_wait_for(Run *run, const Step *step, GError **error);

/** run_step() - play one step of the scenario */
gboolean run_step(Run *run, const Step *step, GError **error);

#endif
