/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hotplug slots and what lies in them, as sysfs, /proc and the port's Slot Control tell it.
 *
 * The kernel tells nobody when it is done with a slot. It follows from the order in which it does
 * things, the same in 6.1 and 6.12:
 *
 * - Adding: it finds all functions, which appear in sysfs, then assigns resources, and then gives
 *   each function its file in /proc/bus/pci (pci_bus_add_device()), be it pciehp, acpiphp, shpchp
 *   or a rescan. So when all have theirs, the last line about resources has been written.
 * - pciehp has the power indicator blink meanwhile (board_added(), pciehp_handle_button_press()).
 * - Removing: functions leave sysfs when they are gone (pci_destroy_dev()); pciehp then switches
 *   power and power indicator off, a second apart (remove_board()).
 */
#ifndef BARSHIFT_SLOT_H
#define BARSHIFT_SLOT_H

#include "tool.h"

/** slot_is_occupied() - is there a function right below a port? */
bool slot_is_occupied(const Tool *tool, const char *port);

/**
 * slot_is_settled() - is the kernel done with all that lies below a port?
 *
 * It is not while a function is being added, while a slot that pciehp serves has its power
 * indicator blink, or while such a slot further below holds a device that was not looked for yet.
 */
bool slot_is_settled(const Tool *tool, const char *port);

/** struct SlotControl - where a port has its Slot Control, PCIe r6.0 sec 7.5.3.10 */
typedef struct SlotControl {
    char port[BDF_SIZE];
    unsigned offset; /* in configuration space */
} SlotControl;

/** slot_control_find() - Return: 0, -ENOENT for a function without PCI Express capability */
int slot_control_find(const Tool *tool, const char *port, SlotControl *control);

/** slot_is_off() - are power and power indicator? */
bool slot_is_off(const Tool *tool, const SlotControl *control);

#endif
