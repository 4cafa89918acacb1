/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "slot.h"
#include "sysfs.h"

#define CAPABILITIES_MAX 48 /* as many as configuration space has room for */
#define NEXT_MASK 0xfcu
#define POWER_INDICATOR_OFF PCI_EXP_SLTCTL_PWRI
#define POWER_INDICATOR_BLINKS 0x0200u
#define STATUS_SHIFT 16 /* Slot Status stands behind Slot Control */
#define DRIVER_SIZE 32

typedef bool FunctionVisit(const Tool *tool, const char *bdf);

/* Each function right below a port, as long as @visit says true. Return: what it said last */
static bool below_all(const Tool *tool, const char *port, FunctionVisit *visit)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    struct dirent *entry;
    Bdf bdf;

    tool_path(tool, path, "devices/%s", port);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        if (bdf_parse(entry->d_name, &bdf) == 0 && !visit(tool, entry->d_name)) {
            return false;
        }
    }
    return true;
}

static bool is_nobody(const Tool *tool, const char *bdf)
{
    (void)tool;
    (void)bdf;
    return false;
}

bool slot_is_occupied(const Tool *tool, const char *port)
{
    return !below_all(tool, port, is_nobody);
}

int slot_control_find(const Tool *tool, const char *port, SlotControl *control)
{
    uint8_t entry[2] = { 0 };
    int result = tool_config(tool, port, PCI_CAPABILITY_LIST, entry, 1);
    unsigned at = entry[0];

    for (int i = 0; result == 0 && (at & NEXT_MASK) != 0 && i < CAPABILITIES_MAX; i++) {
        at &= NEXT_MASK;
        result = tool_config(tool, port, at, entry, sizeof(entry));
        if (result == 0 && entry[0] == PCI_CAP_ID_EXP) {
            snprintf(control->port, sizeof(control->port), "%s", port);
            control->offset = at + PCI_EXP_SLTCTL;
            return 0;
        }
        at = entry[1];
    }
    return -ENOENT;
}

/* Slot Control and Slot Status; 0 when they cannot be read */
static uint32_t slot_read(const Tool *tool, const SlotControl *control)
{
    uint8_t bytes[4];

    if (tool_config(tool, control->port, control->offset, bytes, sizeof(bytes)) < 0) {
        return 0;
    }
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

bool slot_is_off(const Tool *tool, const SlotControl *control)
{
    uint32_t slot = slot_read(tool, control);

    return (slot & PCI_EXP_SLTCTL_PWRC) != 0 &&
           (slot & PCI_EXP_SLTCTL_PWRI) == POWER_INDICATOR_OFF;
}

/* The services of a port stand below it, "0000:00:02.0:pcie204" */
static bool is_served_by_pciehp(const Tool *tool, const char *port)
{
    CLEANUP(directory_close) DIR *directory = NULL;
    char path[PATH_MAX];
    char driver[DRIVER_SIZE];
    struct dirent *entry;

    tool_path(tool, path, "devices/%s", port);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        snprintf(path, sizeof(path), "%s/%s", port, entry->d_name);
        if (strstr(entry->d_name, ":pcie") != NULL &&
            sysfs_link_read(tool->root, path, "driver", driver, sizeof(driver)) == 0 &&
            strcmp(driver, "pciehp") == 0) {
            return true;
        }
    }
    return false;
}

static bool blinks(uint32_t slot)
{
    return (slot & PCI_EXP_SLTCTL_PWRI) == POWER_INDICATOR_BLINKS;
}

/* Added by pci_bus_add_device(), which comes after the assignment of resources */
static bool is_added(const Tool *tool, const char *bdf)
{
    char path[PATH_MAX];
    char domain[BDF_SIZE] = "";
    Bdf parsed;

    if (bdf_parse(bdf, &parsed) < 0) {
        return false;
    }
    if (parsed.domain != 0) {
        snprintf(domain, sizeof(domain), "%04x:", parsed.domain);
    }
    snprintf(path, sizeof(path), "%s/proc/bus/pci/%s%02x/%02x.%x", tool->root, domain, parsed.bus,
             parsed.device, parsed.function);
    return access(path, F_OK) == 0;
}

/* @function: found by the kernel, below a port */
static bool is_settled(const Tool *tool, const char *function)
{
    SlotControl control;
    uint32_t slot;

    if (!is_added(tool, function) || !below_all(tool, function, is_settled)) {
        return false;
    }
    if (!is_served_by_pciehp(tool, function) || slot_control_find(tool, function, &control) < 0) {
        return true;
    }
    slot = slot_read(tool, &control);
    return !blinks(slot) && ((slot >> STATUS_SHIFT & PCI_EXP_SLTSTA_PRES) != 0) ==
                                slot_is_occupied(tool, function);
}

bool slot_is_settled(const Tool *tool, const char *port)
{
    SlotControl control;

    if (!below_all(tool, port, is_settled)) {
        return false;
    }
    return !is_served_by_pciehp(tool, port) || slot_control_find(tool, port, &control) < 0 ||
           !blinks(slot_read(tool, &control));
}
