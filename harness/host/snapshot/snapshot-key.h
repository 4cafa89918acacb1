/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a snapshot is found: everything that the state of a booted machine depends on. */
#ifndef BARSHIFT_HOST_SNAPSHOT_KEY_H
#define BARSHIFT_HOST_SNAPSHOT_KEY_H

#include "machine.h"

#include <gio/gio.h>

/* Part of every key: another number for what is saved or written otherwise */
#define SNAPSHOT_FORMAT 2
#define SNAPSHOT_BASE_PREFIX "kernel-" /* no key of a machine begins so */

/**
 * snapshot_key() - the key of a scenario's machine
 * @parts: kernel and initrd are needed
 * @prepared: what is done in the guest after the boot, before it is saved
 * @cache: folder that is the cache
 *
 * It is made of QEMU's command line without what changes nothing, with the content of files in
 * place of their names, and of what QEMU loads by itself. So a scenario's steps have no part in it.
 *
 * Returns: (transfer full): in hexadecimal; NULL with RUNNER_ERROR_ENVIRONMENT or
 * RUNNER_ERROR_INTERRUPTED.
 */
char *snapshot_key(const Scenario *scenario, const MachineParts *parts, const char *prepared,
                   const char *cache, GCancellable *cancellable, GError **error);

/**
 * snapshot_base_key() - the key of what machines have in common that differ only in their devices
 *
 * It is made of the kernel, the initrd, the modules where they are needed, and the memory's size.
 * Arguments, result and errors as of snapshot_key(); in front of the digits is a prefix.
 */
char *snapshot_base_key(const Scenario *scenario, const MachineParts *parts, const char *cache,
                        GError **error);

#endif
