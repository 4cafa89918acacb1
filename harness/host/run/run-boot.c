/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine, up to where the guest waits for the first command.
 *
 * Where that can be saved it is, and the run begins with what was saved, even when it was saved a
 * moment ago: so all runs of a machine begin alike.
 */
#include "error.h"
#include "run.h"
#include "saved-vm.h"
#include "snapshot-key.h"
#include "snapshot-store.h"

#include <string.h>

#define OVMF_BOOT_FACTOR 5
#define DISK_BOOT_FACTOR 5

/* vfio, which the kernel has as modules that nothing else loads */
#define LOAD_MODULES "load-modules vfio-pci vfio_iommu_type1"

const char *const start_names[] = { "booted", "saved", "restored", NULL };

typedef struct Boot {
    Run *run;
    const RunFolder *folder;
    GCancellable *cancellable;
    char *store;   /* folder of the snapshots */
    char *key;
    char *base_key;  /* of what it has in common with other machines */
    char *discarded; /* (nullable): why a snapshot was thrown away */
} Boot;

static void note_start(Run *run, Start start, const char *reason)
{
    run->result->start = start;
    g_free(run->result->start_reason);
    run->result->start_reason = g_strdup(reason);
}

static gboolean load_modules(Run *run, GError **error)
{
    g_autoptr(GuestReply) reply = NULL;

    if (!run->scenario->machine.iommu) {
        return TRUE;
    }
    reply = run_guest_ok(run, error, LOAD_MODULES);
    return reply != NULL;
}

/* OVMF takes about ten times as long as SeaBIOS and the kernel together; so do whole systems. */
static double boot_seconds(const Run *run)
{
    return run->options->timeout_seconds *
           (run->scenario->machine.firmware == FIRMWARE_OVMF ? OVMF_BOOT_FACTOR : 1) *
           (run->options->parts.disk != NULL ? DISK_BOOT_FACTOR : 1);
}

static gboolean await_guest(Run *run, GError **error)
{
    if (run_is_outside(run)) {
        return run_outside_boot(run, boot_seconds(run), error);
    }
    if (!guest_wait_hello(vm_guest(run->vm), deadline_in(boot_seconds(run)), error)) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    return TRUE;
}

/* @memory: (nullable) */
static gboolean boot_cold(Boot *boot, const VmMemory *memory, GError **error)
{
    Run *run = boot->run;

    run->vm = vm_launch(run->scenario, &run->options->parts, memory, boot->folder,
                        boot->cancellable, error);
    if (run->vm == NULL || !vm_greet(run->vm, error)) {
        if (g_error_matches(*error, RUNNER_ERROR, RUNNER_ERROR_USAGE)) {
            g_prefix_error(error, "%s: ", run->scenario->path);
        }
        return FALSE;
    }
    if (!await_guest(run, error)) {
        run_explain_disk(run, error);
        return FALSE;
    }
    return run_is_outside(run) || load_modules(run, error);
}

static void keep(Boot *boot, const Snapshot *snapshot)
{
    g_autoptr(GError) cause = NULL;

    if (!snapshot_store_keep(boot->store, boot->key, boot->base_key, snapshot,
                             boot->run->options->snapshot_limit_bytes, &cause)) {
        run_detail(boot->run, "the snapshot is for this run alone: %s", cause->message);
    }
}

/* @fresh: its memory is what QEMU has left there a moment ago, and nobody else has it yet */
static gboolean launch_saved(Boot *boot, const Snapshot *snapshot, gboolean fresh, GError **error)
{
    Run *run = boot->run;
    const VmMemory memory = {
        .ram_fd = snapshot->ram_fd, .goes_on = TRUE, .state_fd = snapshot->state_fd,
    };

    if (!vm_write_console(boot->folder, snapshot->console, snapshot->console_length, error)) {
        return FALSE;
    }
    run->vm = vm_launch(run->scenario, &run->options->parts, &memory, boot->folder,
                        boot->cancellable, error);
    if (run->vm == NULL) {
        return FALSE;
    }
    if (fresh) { /* while QEMU starts */
        keep(boot, snapshot);
    } else if (!snapshot_unpack(snapshot, error)) {
        return FALSE;
    }
    if (!vm_greet(run->vm, error) || !saved_vm_load(run->vm, error)) {
        vm_explain(run->vm, error);
        return FALSE;
    }
    return TRUE;
}

static gboolean restore(Boot *boot, const Snapshot *snapshot, gboolean fresh, GError **error)
{
    gboolean done = launch_saved(boot, snapshot, fresh, error);

    if (!done) {
        g_clear_pointer(&boot->run->vm, vm_free);
    }
    return done;
}

static gboolean interrupted(const GError *error)
{
    return g_error_matches(error, RUNNER_ERROR, RUNNER_ERROR_INTERRUPTED);
}

static void note_refusal(Run *run, const char *refusal)
{
    g_autofree char *reason = g_strconcat("this machine cannot be saved: ", refusal, NULL);

    note_start(run, START_BOOTED, reason);
}

static gboolean boot_refused(Boot *boot, const char *refusal)
{
    g_autoptr(Snapshot) none = snapshot_new_refused(refusal);

    note_refusal(boot->run, refusal);
    (void)snapshot_store_keep(boot->store, boot->key, boot->base_key, none,
                              boot->run->options->snapshot_limit_bytes, NULL);
    return TRUE;
}

/* What QEMU has saved and does not load; with more time it may, and the next run tries again. */
static gboolean boot_after(Boot *boot, const GError *cause, GError **error)
{
    snapshot_store_discard(boot->store, boot->key);
    if (!boot_cold(boot, NULL, error)) {
        return FALSE;
    }
    if (!g_error_matches(cause, RUNNER_ERROR, RUNNER_ERROR_DEADLINE)) {
        return boot_refused(boot, cause->message);
    }
    note_refusal(boot->run, cause->message);
    return TRUE;
}

static gboolean take_boot_texts(Boot *boot, Snapshot *snapshot, GError **error)
{
    const GPtrArray *kernel = boot->run->step->kernel;

    g_clear_pointer(&snapshot->console, g_free);
    snapshot->console = vm_read_console(boot->folder, &snapshot->console_length, error);
    for (guint i = 0; i < kernel->len; i++) {
        g_ptr_array_add(snapshot->kernel, g_strdup(g_ptr_array_index(kernel, i)));
    }
    return snapshot->console != NULL;
}

static gboolean boot_to_save(Boot *boot, GError **error)
{
    Run *run = boot->run;
    g_autoptr(Snapshot) snapshot = snapshot_new(run->scenario->machine.memory_bytes, error);
    const VmMemory memory = { .ram_fd = snapshot == NULL ? -1 : snapshot->ram_fd };
    g_autofree char *refusal = NULL;
    g_autoptr(GError) cause = NULL;

    if (snapshot == NULL || !boot_cold(boot, &memory, error)) {
        return FALSE;
    }
    if (!saved_vm_save(run->vm, snapshot, &refusal, error)) {
        return refusal != NULL && boot_refused(boot, refusal);
    }
    if (!take_boot_texts(boot, snapshot, error)) {
        return FALSE;
    }
    g_clear_pointer(&run->vm, vm_free);
    note_start(run, START_SAVED, boot->discarded);
    if (restore(boot, snapshot, TRUE, &cause)) {
        return TRUE;
    }
    if (interrupted(cause)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    return boot_after(boot, cause, error);
}

static void add_kernel_lines(Run *run, const Snapshot *snapshot)
{
    for (guint i = 0; i < snapshot->kernel->len; i++) {
        g_ptr_array_add(run->step->kernel, g_strdup(g_ptr_array_index(snapshot->kernel, i)));
    }
}

/* Why it is thrown away, on one line */
static void discard(Boot *boot, const GError *cause)
{
    g_auto(GStrv) lines = g_strsplit(cause->message, "\n    ", -1);

    boot->discarded = g_strjoinv(" ", lines);
    snapshot_store_discard(boot->store, boot->key);
}

static gboolean boot_with_key(Boot *boot, GError **error)
{
    Run *run = boot->run;
    g_autoptr(GError) cause = NULL;
    g_autoptr(Snapshot) found = snapshot_store_find(
        boot->store, boot->key, run->scenario->machine.memory_bytes, &cause);

    if (found != NULL && found->refusal != NULL) {
        note_refusal(run, found->refusal);
        return boot_cold(boot, NULL, error);
    }
    if (found != NULL && restore(boot, found, FALSE, &cause)) {
        note_start(run, START_RESTORED, NULL);
        add_kernel_lines(run, found);
        return TRUE;
    }
    if (interrupted(cause)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (cause != NULL) {
        discard(boot, cause);
    }
    return boot_to_save(boot, error);
}

/* QEMU has devices that come back without their BARs, such as pci-testdev, and does not refuse */
static gboolean has_foreign(const Scenario *scenario)
{
    for (guint i = 0; i < scenario->functions->len; i++) {
        const Function *function = g_ptr_array_index(scenario->functions, i);

        if (function->device == DEVICE_FOREIGN && function->at_boot) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Why there can be no snapshot, as far as that is known beforehand */
static const char *objection(const Run *run)
{
    const RunOptions *options = run->options;

    return options->parts.disk != NULL                ? "the guest has a disk of its own"
           : !g_str_equal(options->parts.accel, "tcg") ? "snapshots are made under TCG only"
           : options->snapshot_limit_bytes == 0       ? "no snapshots are wanted"
           : has_foreign(run->scenario)               ? "QEMU may not save all of a foreign device"
                                                      : NULL;
}

/* FALSE with an error that tells why not */
static gboolean find_place(Boot *boot, GError **error)
{
    const Run *run = boot->run;
    g_autofree char *cache = NULL;

    if (objection(run) != NULL) {
        g_set_error_literal(error, RUNNER_ERROR, RUNNER_ERROR_ENVIRONMENT, objection(run));
        return FALSE;
    }
    boot->store = snapshot_store_folder();
    cache = g_path_get_dirname(boot->store);
    if (!snapshot_store_prepare(boot->store, error)) {
        return FALSE;
    }
    boot->key = snapshot_key(run->scenario, &run->options->parts,
                             run->scenario->machine.iommu ? LOAD_MODULES : "", cache,
                             boot->cancellable, error);
    boot->base_key = boot->key == NULL ? NULL
                                       : snapshot_base_key(run->scenario, &run->options->parts,
                                                           cache, error);
    return boot->base_key != NULL;
}

static void tell_start(Run *run)
{
    const RunResult *result = run->result;
    const char *reason = result->start_reason;

    switch (result->start) {
    case START_RESTORED:
        run_detail(run, "from a snapshot");
        break;
    case START_SAVED:
        if (reason != NULL) {
            run_detail(run, "a snapshot was thrown away: %s", reason);
        } else if (run->step->detail == NULL) {
            run_detail(run, "saved as a snapshot");
        }
        break;
    case START_BOOTED:
        if (run->options->snapshot_limit_bytes != 0 && run->step->detail == NULL) {
            run_detail(run, "no snapshot: %s", reason);
        }
        break;
    }
}

gboolean run_boot(Run *run, const RunFolder *folder, GCancellable *cancellable, GError **error)
{
    Boot boot = { .run = run, .folder = folder, .cancellable = cancellable };
    g_autoptr(GError) cause = NULL;
    gboolean done = find_place(&boot, &cause);

    if (done) {
        done = boot_with_key(&boot, error);
    } else if (interrupted(cause)) {
        g_propagate_error(error, g_steal_pointer(&cause));
    } else {
        note_start(run, START_BOOTED, cause->message);
        done = boot_cold(&boot, NULL, error);
    }
    if (done) {
        run->result->qemu_version = g_strdup(qmp_version(vm_qmp(run->vm)));
        tell_start(run);
    }
    g_free(boot.store);
    g_free(boot.key);
    g_free(boot.base_key);
    g_free(boot.discarded);
    return done;
}
