/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function below a root port: windows, and the slot.
 *
 * Hotplug is as the PCIe specification has it, unless ACPI is asked for.
 */
#ifndef BARSHIFT_TEST_BELOW_H
#define BARSHIFT_TEST_BELOW_H

#include "function.h"

#define BELOW_PORT_ID "rp"
#define BELOW_BUS 1

/**
 * Below - a root port, and the function in its slot
 * @function: device 0, function 0 of the bus below @port
 */
typedef struct Below {
    Function port;
    Function function;
} Below;

/**
 * below_start() - start a QEMU with both
 * @properties: of the function, from a comma on; "" for none
 */
void below_start(Below *below, const char *properties);

/** below_start_acpi() - below_start(), with ACPI hotplug, as is QEMU's default */
void below_start_acpi(Below *below, const char *properties);

/** below_start_incoming() - below_start() of a QEMU that waits for a saved state (state.h) */
void below_start_incoming(Below *below, const char *properties);

/**
 * below_start_devices() - start a QEMU with the port, and devices below it
 * @devices: "-device" arguments, NULL at the end
 */
void below_start_devices(Below *below, const char *const *devices);

/** below_start_devices_incoming() - below_start_devices() of a QEMU that waits for a saved state */
void below_start_devices_incoming(Below *below, const char *const *devices);

/** below_enable() - as firmware does: configuration space, bus numbers; after each machine reset */
void below_enable(const Below *below);

/** below_stop() - end its QEMU */
void below_stop(Below *below);

/**
 * below_windows_set() - forward to the slot
 *
 * The non-prefetchable window is 1 MiB at CONTROL_BASE, the prefetchable one @size bytes at @base.
 */
void below_windows_set(const Below *below, uint64_t base, uint64_t size);

/** below_eject() - ACPI hotplug: take out what is in the slot */
void below_eject(const Below *below);

/** below_plugged() - ACPI hotplug: slots that QEMU says something was plugged into, a bit each */
uint32_t below_plugged(const Below *below);

/** below_slot_control() - write Slot Control of the port */
void below_slot_control(const Below *below, uint32_t value);

#endif
