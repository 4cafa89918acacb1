/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a running QEMU and a snapshot. */
#ifndef BARSHIFT_HOST_SAVED_VM_H
#define BARSHIFT_HOST_SAVED_VM_H

#include "snapshot.h"
#include "vm.h"

/**
 * saved_vm_save() - stop a VM and save its state
 * @vm: launched with the snapshot's memory; to be freed afterwards, for it does not run any more
 * @refusal: (out) (transfer full) (nullable): when QEMU cannot save what is in this machine, its
 * reason; then no error is set, and the VM runs on
 *
 * Returns: FALSE on refusal, and with a RunnerError.
 */
gboolean saved_vm_save(Vm *vm, Snapshot *snapshot, char **refusal, GError **error);

/**
 * saved_vm_load() - let a VM go on from a state
 * @vm: launched to go on, and greeted
 *
 * Returns: FALSE with RUNNER_ERROR_DEADLINE, too, when the state does not suit the machine.
 */
gboolean saved_vm_load(Vm *vm, GError **error);

#endif
