/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function below a root port.
 */

#include <linux/pci_regs.h>

#include "below.h"
#include "state.h"

#define PORT_BDF (4 << 3)
#define PORT_DEVICE "pcie-root-port,id=" BELOW_PORT_ID ",addr=4.0,slot=1,chassis=1"

/* QEMU's docs/specs/acpi_pci_hotplug: slots that were plugged, eject, bus select */
#define ACPI_UP 0x0cc0
#define ACPI_EJECT (ACPI_UP + 0x8)
#define ACPI_SELECT (ACPI_UP + 0x10)

static const char *const nothing[] = { NULL };
static const char *const incoming[] = { STATE_INCOMING, NULL };

void below_enable(const Below *below)
{
    ecam_enable(below->port.qtest);
    config_write(&below->port, PCI_PRIMARY_BUS, 4, BELOW_BUS << 16 | BELOW_BUS << 8);
}

/* With @more arguments, NULL at the end */
static void start(Below *below, bool acpi, const char *const *devices, const char *const *more)
{
    const char *hotplug = acpi ? "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=on"
                               : "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off";
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    QTest *qtest;

    g_ptr_array_add(arguments, (char *)"-global");
    g_ptr_array_add(arguments, (char *)hotplug);
    g_ptr_array_add(arguments, (char *)"-device");
    g_ptr_array_add(arguments, (char *)PORT_DEVICE);
    for (; *devices; devices++) {
        g_ptr_array_add(arguments, (char *)"-device");
        g_ptr_array_add(arguments, (char *)*devices);
    }
    for (; *more; more++) {
        g_ptr_array_add(arguments, (char *)*more);
    }
    g_ptr_array_add(arguments, NULL);

    qtest = qtest_start((const char *const *)arguments->pdata);
    function_init(&below->port, qtest, PORT_BDF);
    function_init(&below->function, qtest, BELOW_BUS << 8);
    below_enable(below);
}

static void start_function(Below *below, bool acpi, const char *properties,
                           const char *const *more)
{
    g_autofree char *device =
        g_strdup_printf("barshift,id=" FUNCTION_ID ",bus=" BELOW_PORT_ID ",tag=%d%s",
                        FUNCTION_TAG, properties);
    const char *const devices[] = { device, NULL };

    start(below, acpi, devices, more);
}

void below_start(Below *below, const char *properties)
{
    start_function(below, false, properties, nothing);
}

void below_start_acpi(Below *below, const char *properties)
{
    start_function(below, true, properties, nothing);
}

void below_start_incoming(Below *below, const char *properties)
{
    start_function(below, false, properties, incoming);
}

void below_start_devices(Below *below, const char *const *devices)
{
    start(below, false, devices, nothing);
}

void below_start_devices_incoming(Below *below, const char *const *devices)
{
    start(below, false, devices, incoming);
}

void below_stop(Below *below)
{
    qtest_stop(below->port.qtest);
}

void below_windows_set(const Below *below, uint64_t base, uint64_t size)
{
    const Function *port = &below->port;
    uint64_t last = base + size - 1;

    config_write(port, PCI_MEMORY_BASE, 2, (uint32_t)(CONTROL_BASE >> 16));
    config_write(port, PCI_MEMORY_LIMIT, 2, (uint32_t)(CONTROL_BASE >> 16));
    config_write(port, PCI_PREF_MEMORY_BASE, 2, (uint32_t)(base >> 16) & 0xfff0);
    config_write(port, PCI_PREF_MEMORY_LIMIT, 2, (uint32_t)(last >> 16) & 0xfff0);
    config_write(port, PCI_PREF_BASE_UPPER32, 4, (uint32_t)(base >> 32));
    config_write(port, PCI_PREF_LIMIT_UPPER32, 4, (uint32_t)(last >> 32));
    config_write(port, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

void below_eject(const Below *below)
{
    qtest_out(below->port.qtest, ACPI_SELECT, 4, 0);
    qtest_out(below->port.qtest, ACPI_EJECT, 4, 1);
}

uint32_t below_plugged(const Below *below)
{
    qtest_out(below->port.qtest, ACPI_SELECT, 4, 0);
    return qtest_in(below->port.qtest, ACPI_UP, 4);
}

void below_slot_control(const Below *below, uint32_t value)
{
    unsigned express = legacy_capability_find(&below->port, PCI_CAP_ID_EXP);

    config_write(&below->port, express + PCI_EXP_SLTCTL, 2, value);
}
