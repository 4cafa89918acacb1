/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two lists of capabilities, PCI 3.0 sec 6.7 and PCIe r6.0 sec 7.6.3.
 *
 * A function can make its lists endless. The walk here visits an offset once, and tells what it
 * stumbled over; libpci's own walk is bounded, too, but keeps silent.
 */
#ifndef BARSHIFT_CAPABILITIES_H
#define BARSHIFT_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pci/pci.h>

#define CAPABILITIES_COMPLAINT_SIZE 96
#define CAPABILITIES_MAX 1024 /* one at each fourth byte of configuration space */

/** struct Capability - one entry of a list */
typedef struct Capability {
    uint16_t id;
    uint16_t offset;
    bool extended; /* of the list of extended capabilities */
} Capability;

/** struct Capabilities - both lists, as they were when they were read */
typedef struct Capabilities {
    Capability entries[CAPABILITIES_MAX];
    size_t count;
    char complaint[CAPABILITIES_COMPLAINT_SIZE]; /* what is wrong with the lists, else empty */
} Capabilities;

/**
 * capabilities_read() - walk both lists to their ends, reading each entry once
 * @capabilities: (out) as far as they go
 */
void capabilities_read(struct pci_dev *device, Capabilities *capabilities);

/**
 * capabilities_find(), capabilities_find_extended() - the first capability with an ID
 *
 * Return: its offset, 0 when there is none.
 */
int capabilities_find(const Capabilities *capabilities, unsigned id);
int capabilities_find_extended(const Capabilities *capabilities, unsigned id);

/** capability_find(), capability_find_extended() - the same for who asks for a single one */
int capability_find(struct pci_dev *device, unsigned id);
int capability_find_extended(struct pci_dev *device, unsigned id);

#endif
