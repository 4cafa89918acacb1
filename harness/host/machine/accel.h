/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which accelerator really runs this guest.
 *
 * /dev/kvm can exist, open, create a VM and run a few instructions, and yet no Linux guest gets
 * anywhere (nested virtualisation of some clouds). So the guest itself is booted under KVM up to
 * its agent's first line, under a deadline. The answer holds until the host boots again and is
 * kept in the cache.
 */
#ifndef BARSHIFT_HOST_ACCEL_H
#define BARSHIFT_HOST_ACCEL_H

#include "machine.h"

#include <gio/gio.h>

/**
 * accel_probe() - "kvm" when a guest boots under it, else "tcg"
 * @parts: what the guest is made of
 *
 * Returns: (transfer none): NULL with RUNNER_ERROR_INTERRUPTED only.
 */
const char *accel_probe(const MachineParts *parts, GCancellable *cancellable, GError **error);

#endif
