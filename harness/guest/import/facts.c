/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers as in PCI 3.0 sec 6.1, PCIe r6.0 sec 7.5.3.2 and 9.3.3. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "config-registers.h"
#include "facts.h"

/* Lists of capabilities begin behind what every capture has; what is not there reads all ones */
static bool is_cut_off(struct pci_dev *device)
{
    return (pci_read_word(device, PCI_STATUS) & PCI_STATUS_CAP_LIST) != 0 &&
           pci_read_byte(device, pci_read_byte(device, PCI_CAPABILITY_LIST) & ~3) == 0xff;
}

static int port_type_read(struct pci_dev *device)
{
    int cap = capability_find(device, PCI_CAP_ID_EXP);

    if (cap == 0) {
        return is_cut_off(device) ? PORT_TYPE_UNREAD : PORT_TYPE_NONE;
    }
    return (pci_read_word(device, cap + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_TYPE) >> 4;
}

static void vf_bars_read(struct pci_dev *device, int cap, Facts *facts)
{
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        uint32_t raw = pci_read_long(device, cap + PCI_IOV_BAR_BASE + 4 * nr);
        Bar *bar = &facts->vf_bars[nr];

        bar->nr = nr;
        if (raw == 0 || raw == UINT32_MAX) {
            continue;
        }
        bar->prefetchable = (raw & PCI_BASE_ADDRESS_MEM_PREFETCH) != 0;
        bar->kind = (raw & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64
                        ? BAR_MEM64
                        : BAR_MEM32;
        nr += bar->kind == BAR_MEM64;
    }
}

static void virtual_functions_read(struct pci_dev *device, Facts *facts)
{
    int cap = capability_find_extended(device, PCI_EXT_CAP_ID_SRIOV);

    if (cap == 0) {
        return;
    }
    facts->vfs = pci_read_word(device, cap + PCI_IOV_TOTALVF);
    if ((pci_read_word(device, cap + PCI_IOV_CTRL) & PCI_IOV_CTRL_VFE) != 0) {
        facts->vfs_now = pci_read_word(device, cap + PCI_IOV_NUMVF);
    }
    vf_bars_read(device, cap, facts);
}

static int facts_visit(struct pci_dev *device, void *data)
{
    Captured *captured = data;
    char bdf[BDF_SIZE];
    Function *function;
    Facts *facts;

    device_name(device, bdf);
    function = topology_find(&captured->topology, bdf);
    if (!function) {
        return -ENODEV;
    }
    facts = &captured->facts[function - captured->topology.functions];
    facts->port_type = port_type_read(device);
    facts->revision = pci_read_byte(device, PCI_REVISION_ID);
    facts->class_id = pci_read_long(device, PCI_CLASS_REVISION) >> 8;
    if (!function->is_bridge) {
        facts->subsystem_vendor = pci_read_word(device, PCI_SUBSYSTEM_VENDOR_ID);
        facts->subsystem = pci_read_word(device, PCI_SUBSYSTEM_ID);
    }
    virtual_functions_read(device, facts);
    return 0;
}

int facts_read(Captured *captured, const ConfigSource *source, char *why)
{
    int result;

    captured->facts = calloc(captured->topology.function_count + 1, sizeof(*captured->facts));
    result = captured->facts ? config_scan(source, facts_visit, captured, why) : -ENOMEM;
    if (result < 0 && result != -EIO) {
        snprintf(why, CONFIG_WHY_SIZE, "configuration space: %s", strerror(-result));
    }
    return result;
}
