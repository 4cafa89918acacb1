/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running QEMU with its QMP connection and its guest link.
 *
 * Both channels are inherited socket pairs: no socket has a name in the file system, so none can
 * be left behind. QEMU is killed when the runner's thread that started it ends, however it ends.
 */
#ifndef BARSHIFT_HOST_VM_H
#define BARSHIFT_HOST_VM_H

#include "guest.h"
#include "machine.h"
#include "qmp.h"
#include "run-folder.h"

typedef struct Vm Vm;

/* Guest memory that is a file: one that can be saved, or one that goes on from what was saved. */
typedef struct VmMemory {
    int ram_fd;       /* as large as guest memory */
    gboolean goes_on; /* QEMU waits for a state; what the guest writes does not go into the file */
    int state_fd;     /* then: QEMU has it as descriptor VM_FD_STATE, at its start */
} VmMemory;

#define VM_FD_STATE 5

/**
 * vm_launch() - start QEMU for a scenario, and do not wait
 * @parts: console, qmp, link and what has to do with memory are set here
 * @memory: (nullable): NULL: memory that nobody else can see
 * @folder: holds the console and QEMU's own output; outlives the VM
 *
 * Nothing can be asked of it before vm_greet().
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when QEMU cannot be started.
 */
Vm *vm_launch(const Scenario *scenario, const MachineParts *parts, const VmMemory *memory,
              const RunFolder *folder, GCancellable *cancellable, GError **error);

/**
 * vm_greet() - wait for QEMU's QMP
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT when QEMU ends at once (its output is in the
 * message), RUNNER_ERROR_DEADLINE or RUNNER_ERROR_INTERRUPTED.
 */
gboolean vm_greet(Vm *vm, GError **error);

/**
 * vm_start() - vm_launch() without a @memory, and vm_greet()
 */
Vm *vm_start(const Scenario *scenario, const MachineParts *parts, const RunFolder *folder,
             GCancellable *cancellable, GError **error);

/** vm_free() - end QEMU, whatever state it is in, and reap it */
void vm_free(Vm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vm, vm_free)

Qmp *vm_qmp(Vm *vm);
Guest *vm_guest(Vm *vm);

/** vm_read_console() - (transfer full): what was written to the console in a run's folder */
char *vm_read_console(const RunFolder *folder, gsize *length, GError **error);

/** vm_write_console() - let a console begin with @text; for a VM that goes on */
gboolean vm_write_console(const RunFolder *folder, const char *text, gsize length, GError **error);

/**
 * vm_explain() - add to an error what QEMU and the guest said last
 *
 * For errors that mean "no answer": tells a panic from a QEMU that ended and from silence.
 */
void vm_explain(Vm *vm, GError **error);

#endif
