/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two lists of capabilities, PCI 3.0 sec 6.7 and PCIe r6.0 sec 7.6.3.
 *
 * A function can make its lists endless. Each walk here visits an offset once, and tells what it
 * stumbled over; libpci's own walk is bounded, too, but keeps silent.
 */
#ifndef BARSHIFT_CAPABILITIES_H
#define BARSHIFT_CAPABILITIES_H

#include <pci/pci.h>

#define CAPABILITIES_COMPLAINT_SIZE 96

/**
 * capability_find(), capability_find_extended() - the first capability with an ID
 *
 * Return: its offset, 0 when there is none.
 */
int capability_find(struct pci_dev *device, unsigned id);
int capability_find_extended(struct pci_dev *device, unsigned id);

/**
 * capabilities_check() - walk both lists to their ends
 * @complaint: (out) CAPABILITIES_COMPLAINT_SIZE bytes: what is wrong with them, else empty
 */
void capabilities_check(struct pci_dev *device, char *complaint);

#endif
