/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "capabilities.h"

#define CONFIG_SIZE 0x1000
#define FIRST 0x40 /* lowest offset of a capability */
#define EXTENDED_FIRST 0x100
#define NEXT_MASK (~3u)  /* the two lowest bits of a pointer are reserved */
#define NO_ID UINT32_MAX /* no capability has it: the walk goes to the end */

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
    Entry found = {
        .id = pci_read_byte(device, (int)at + PCI_CAP_LIST_ID),
        .next = pci_read_byte(device, (int)at + PCI_CAP_LIST_NEXT) & NEXT_MASK,
    };

    return found.id == 0xff ? (Entry) { 0 } : found;
}

/* Return: offset of the capability with @id, 0 at the end of the list or where it goes wrong */
static unsigned walk(struct pci_dev *device, unsigned at, bool extended, unsigned id,
                     char *complaint)
{
    const char *list = extended ? "extended capabilities" : "capabilities";
    unsigned lowest = extended ? EXTENDED_FIRST : FIRST;
    bool seen[CONFIG_SIZE / 4] = { false };
    unsigned from = extended ? 0 : PCI_CAPABILITY_LIST;

    while (at != 0) {
        Entry here;

        if (at < lowest || seen[at / 4]) {
            snprintf(complaint, CAPABILITIES_COMPLAINT_SIZE,
                     "list of %s: 0x%x points %s 0x%x", list, from,
                     at < lowest ? "out of the list to" : "back to", at);
            return 0;
        }
        seen[at / 4] = true;
        here = extended ? extended_entry(device, at) : entry(device, at);
        if (here.id == id) {
            return at;
        }
        from = at;
        at = here.next;
    }
    return 0;
}

static unsigned walk_list(struct pci_dev *device, unsigned id, char *complaint)
{
    if ((pci_read_word(device, PCI_STATUS) & PCI_STATUS_CAP_LIST) == 0) {
        return 0;
    }
    return walk(device, pci_read_byte(device, PCI_CAPABILITY_LIST) & NEXT_MASK, false, id,
                complaint);
}

/* Only a PCI Express function has this list; elsewhere the offsets may mean anything */
static unsigned walk_extended(struct pci_dev *device, unsigned id, char *complaint)
{
    char ignored[CAPABILITIES_COMPLAINT_SIZE];

    if (walk_list(device, PCI_CAP_ID_EXP, ignored) == 0) {
        return 0;
    }
    return walk(device, EXTENDED_FIRST, true, id, complaint);
}

int capability_find(struct pci_dev *device, unsigned id)
{
    char ignored[CAPABILITIES_COMPLAINT_SIZE];

    return (int)walk_list(device, id, ignored);
}

int capability_find_extended(struct pci_dev *device, unsigned id)
{
    char ignored[CAPABILITIES_COMPLAINT_SIZE];

    return (int)walk_extended(device, id, ignored);
}

void capabilities_check(struct pci_dev *device, char *complaint)
{
    complaint[0] = '\0';
    walk_list(device, NO_ID, complaint);
    if (complaint[0] == '\0') {
        walk_extended(device, NO_ID, complaint);
    }
}
