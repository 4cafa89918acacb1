/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding of configuration registers into functions, BARs and bridge windows; no kernel view. */
#ifndef BARSHIFT_CONFIG_REGISTERS_H
#define BARSHIFT_CONFIG_REGISTERS_H

#include <pci/pci.h>

#include "topology.h"

/** function_decode() - identity, Command, tag, BARs and what capabilities say of them */
void function_decode(struct pci_dev *device, Function *function);

/** bridge_decode() - bus numbers and windows of a function with a type 1 header */
void bridge_decode(struct pci_dev *device, Bridge *bridge);

#endif
