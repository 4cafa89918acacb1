/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "capabilities.h"

#define FIRST 0x40 /* lowest offset of a capability */
#define EXTENDED_FIRST 0x100
#define NEXT_MASK (~3u)  /* the two lowest bits of a pointer are reserved */
#define NO_ID 0xff       /* what cannot be read */

typedef struct Entry {
    unsigned id;
    unsigned next; /* 0: the list ends here */
} Entry;

/* All ones is what cannot be read, and 0 an empty list: both end it */
static Entry extended_entry(struct pci_dev *device, unsigned at)
{
    uint32_t header = pci_read_long(device, (int)at);

    if (header == 0 || header == UINT32_MAX) {
        return (Entry) { 0 };
    }
    return (Entry) { .id = header & 0xffff, .next = header >> 20 & NEXT_MASK };
}

static Entry entry(struct pci_dev *device, unsigned at)
{
    uint16_t header = pci_read_word(device, (int)at + PCI_CAP_LIST_ID);
    Entry found = { .id = header & 0xff, .next = header >> 8 & NEXT_MASK };

    return found.id == NO_ID ? (Entry) { 0 } : found;
}

static bool was_there(const Capabilities *capabilities, size_t first, unsigned at)
{
    for (size_t i = first; i < capabilities->count; i++) {
        if (capabilities->entries[i].offset == at) {
            return true;
        }
    }
    return false;
}

static void walk(struct pci_dev *device, unsigned at, bool extended, Capabilities *capabilities)
{
    const char *list = extended ? "extended capabilities" : "capabilities";
    unsigned lowest = extended ? EXTENDED_FIRST : FIRST;
    unsigned from = extended ? 0 : PCI_CAPABILITY_LIST;
    size_t first = capabilities->count;

    while (at != 0) {
        Entry here;

        if (at < lowest || was_there(capabilities, first, at)) {
            if (capabilities->complaint[0] == '\0') {
                snprintf(capabilities->complaint, CAPABILITIES_COMPLAINT_SIZE,
                         "list of %s: 0x%x points %s 0x%x", list, from,
                         at < lowest ? "out of the list to" : "back to", at);
            }
            return;
        }
        here = extended ? extended_entry(device, at) : entry(device, at);
        capabilities->entries[capabilities->count++] =
            (Capability) { (uint16_t)here.id, (uint16_t)at, extended };
        from = at;
        at = here.next;
    }
}

void capabilities_read(struct pci_dev *device, Capabilities *capabilities)
{
    capabilities->count = 0;
    capabilities->complaint[0] = '\0';
    if ((pci_read_word(device, PCI_STATUS) & PCI_STATUS_CAP_LIST) != 0) {
        walk(device, pci_read_byte(device, PCI_CAPABILITY_LIST) & NEXT_MASK, false, capabilities);
    }
    /* Only a PCI Express function has this list; elsewhere the offsets may mean anything */
    if (capabilities_find(capabilities, PCI_CAP_ID_EXP) != 0) {
        walk(device, EXTENDED_FIRST, true, capabilities);
    }
}

static int find(const Capabilities *capabilities, bool extended, unsigned id)
{
    for (size_t i = 0; i < capabilities->count; i++) {
        const Capability *capability = &capabilities->entries[i];

        if (capability->extended == extended && capability->id == id) {
            return capability->offset;
        }
    }
    return 0;
}

int capabilities_find(const Capabilities *capabilities, unsigned id)
{
    return find(capabilities, false, id);
}

int capabilities_find_extended(const Capabilities *capabilities, unsigned id)
{
    return find(capabilities, true, id);
}

int capability_find(struct pci_dev *device, unsigned id)
{
    Capabilities capabilities;

    capabilities_read(device, &capabilities);
    return capabilities_find(&capabilities, id);
}

int capability_find_extended(struct pci_dev *device, unsigned id)
{
    Capabilities capabilities;

    capabilities_read(device, &capabilities);
    return capabilities_find_extended(&capabilities, id);
}
