/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An observation of a guest that nobody can ask: what QEMU knows of it. */
#ifndef BARSHIFT_HOST_OBSERVATION_OUTSIDE_H
#define BARSHIFT_HOST_OBSERVATION_OUTSIDE_H

#include "observation.h"

/**
 * ConfigReader - the header of a function in configuration space
 * @words: (out): CONFIG_SPACE_WORDS of them
 *
 * Returns: FALSE when nobody answers there.
 */
typedef gboolean ConfigReader(guint bus, guint slot, guint function, guint32 *words, gpointer data);

/**
 * observation_new_outside() - start with configuration space and QEMU's PCI tree
 * @pci: (transfer none): QMP query-pci
 *
 * Kernel, CPU and the functions' own registers are silent, and each BAR counts as being where
 * configuration space has it. There are no host windows, which only the guest is told.
 *
 * Returns: (transfer full)
 */
Observation *observation_new_outside(const Scenario *scenario, JsonNode *pci, ConfigReader *reader,
                                     gpointer data);

#endif
