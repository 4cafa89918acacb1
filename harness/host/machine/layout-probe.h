/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the device itself what it makes of a layout, in a machine whose CPU never runs. */
#ifndef BARSHIFT_HOST_LAYOUT_PROBE_H
#define BARSHIFT_HOST_LAYOUT_PROBE_H

#include "machine.h"

#include <gio/gio.h>

/**
 * layout_probe() - plug in a function with a layout and read its BARs
 * @parts: QEMU and device; nothing else counts
 *
 * Returns: (transfer full): the device's property "ledger". NULL with RUNNER_ERROR_USAGE and file,
 * line and key when the device refuses the layout, else as vm_start() and qmp_execute(). QEMU has
 * ended in every case.
 */
JsonNode *layout_probe(Layout *layout, const MachineParts *parts, GCancellable *cancellable,
                       GError **error);

#endif
