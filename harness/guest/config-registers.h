/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoding of configuration registers into functions, BARs and bridge windows; no kernel view. */
#ifndef BARSHIFT_CONFIG_REGISTERS_H
#define BARSHIFT_CONFIG_REGISTERS_H

#include <pci/pci.h>

#include "topology.h"

/**
 * device_name() - the name of a function, as Linux spells it
 * @bdf: (out) BDF_SIZE bytes
 */
void device_name(struct pci_dev *device, char *bdf);

/** base_is_memory() - is there a memory BAR with this number, by its flag bits? */
bool base_is_memory(struct pci_dev *device, int bar_nr);

/** base_read() - the address in a memory BAR, both halves of a 64-bit one */
uint64_t base_read(struct pci_dev *device, int bar_nr);

/** base_write() - write the address of a memory BAR; the bits that tell the kind are read-only */
void base_write(struct pci_dev *device, int bar_nr, uint64_t base);

/** function_decode() - identity, Command, tag, BARs and what capabilities say of them */
void function_decode(struct pci_dev *device, const Capabilities *capabilities, Function *function);

/** rebar_control_find() - offset of the Resizable BAR control register of a BAR; 0: it has none */
int rebar_control_find(struct pci_dev *device, int bar_nr);

/** bridge_decode() - bus numbers and windows of a function with a type 1 header */
void bridge_decode(struct pci_dev *device, const Capabilities *capabilities, Bridge *bridge);

#endif
