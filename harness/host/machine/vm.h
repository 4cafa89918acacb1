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

/**
 * vm_start() - start QEMU for a scenario and greet its QMP
 * @parts: console, qmp and link are set here
 * @folder: holds the console and QEMU's own output; outlives the VM
 *
 * Returns: (transfer full): NULL with RUNNER_ERROR_ENVIRONMENT when QEMU cannot be started or
 * ends at once (its output is in the message), RUNNER_ERROR_DEADLINE or
 * RUNNER_ERROR_INTERRUPTED.
 */
Vm *vm_start(const Scenario *scenario, const MachineParts *parts, const RunFolder *folder,
             GCancellable *cancellable, GError **error);

/** vm_free() - end QEMU, whatever state it is in, and reap it */
void vm_free(Vm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vm, vm_free)

Qmp *vm_qmp(Vm *vm);
Guest *vm_guest(Vm *vm);

/**
 * vm_explain() - add to an error what QEMU and the guest said last
 *
 * For errors that mean "no answer": tells a panic from a QEMU that ended and from silence.
 */
void vm_explain(Vm *vm, GError **error);

#endif
