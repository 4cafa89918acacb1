/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers as in PCI 3.0 sec 6.1 and 6.2.5, PCI-to-PCI Bridge 1.2 sec 3.2.5, PCIe r6.0 sec 7.8. */
#include <stdio.h>
#include <string.h>

#include "capabilities.h"
#include "config-registers.h"
#include "rebar-size.h"

#define REBAR_ID 0x15
/* Value of a field given by its mask */
#define FIELD_GET(mask, value) (((value) & (mask)) / ((mask) & -(mask)))

#define SERIAL_LOWER 4 /* the tag */
#define SERIAL_UPPER 8 /* BARSHIFT_MAGIC */
#define HEADER_TYPE_MASK 0x7f

static void bar_decode_memory(struct pci_dev *device, Bar *bar, uint32_t raw)
{
    bar->kind = BAR_MEM32;
    bar->prefetchable = (raw & PCI_BASE_ADDRESS_MEM_PREFETCH) != 0;
    bar->config_base = raw & ~UINT32_C(0xf);
    if ((raw & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64) {
        bar->kind = BAR_MEM64;
        bar->config_base |=
            (uint64_t)pci_read_long(device, PCI_BASE_ADDRESS_0 + 4 * (bar->nr + 1)) << 32;
    }
}

static void bars_init(Function *function)
{
    for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
        function->bars[nr].nr = nr;
        function->bars[nr].kernel = range_empty();
        function->bars[nr].msix_table = range_empty();
        function->bars[nr].msix_pba = range_empty();
    }
}

static bool base_is_64(struct pci_dev *device, int bar_nr)
{
    uint32_t raw = pci_read_long(device, PCI_BASE_ADDRESS_0 + 4 * bar_nr);

    return (raw & PCI_BASE_ADDRESS_SPACE_IO) == 0 &&
           (raw & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
}

bool base_is_memory(struct pci_dev *device, int bar_nr)
{
    int nr = 0;

    while (nr < bar_nr) { /* an upper half is no BAR */
        nr += base_is_64(device, nr) ? 2 : 1;
    }
    return nr == bar_nr && (pci_read_long(device, PCI_BASE_ADDRESS_0 + 4 * nr) &
                            PCI_BASE_ADDRESS_SPACE_IO) == 0;
}

uint64_t base_read(struct pci_dev *device, int bar_nr)
{
    int offset = PCI_BASE_ADDRESS_0 + 4 * bar_nr;
    uint64_t base = pci_read_long(device, offset) & (uint32_t)PCI_BASE_ADDRESS_MEM_MASK;

    if (base_is_64(device, bar_nr)) {
        base |= (uint64_t)pci_read_long(device, offset + 4) << 32;
    }
    return base;
}

void base_write(struct pci_dev *device, int bar_nr, uint64_t base)
{
    int offset = PCI_BASE_ADDRESS_0 + 4 * bar_nr;
    bool wide = base_is_64(device, bar_nr);

    pci_write_long(device, offset,
                   (uint32_t)base | (pci_read_long(device, offset) &
                                     ~(uint32_t)PCI_BASE_ADDRESS_MEM_MASK));
    if (wide) {
        pci_write_long(device, offset + 4, (uint32_t)(base >> 32));
    }
}

/* A register of 0 is an absent BAR or a 32-bit one without an address: the kernel's view decides */
static void bars_decode(struct pci_dev *device, Function *function)
{
    int count = function->is_bridge ? 2 : BARSHIFT_BARS;

    for (int nr = 0; nr < count; nr++) {
        Bar *bar = &function->bars[nr];
        uint32_t raw = pci_read_long(device, PCI_BASE_ADDRESS_0 + 4 * nr);

        if (raw == 0 || raw == UINT32_MAX) {
            continue;
        }
        if ((raw & PCI_BASE_ADDRESS_SPACE_IO) != 0) {
            bar->kind = BAR_IO;
            bar->config_base = raw & ~UINT32_C(0x3);
        } else {
            bar_decode_memory(device, bar, raw);
            nr += bar->kind == BAR_MEM64;
        }
    }
}

static void rom_decode(struct pci_dev *device, Function *function)
{
    Bar *rom = &function->bars[TOPOLOGY_ROM];
    uint32_t raw =
        pci_read_long(device, function->is_bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS);

    if (raw != 0 && raw != UINT32_MAX) {
        rom->kind = BAR_ROM;
        rom->config_base = raw & (uint32_t)PCI_ROM_ADDRESS_MASK;
        rom->rom_enabled = (raw & PCI_ROM_ADDRESS_ENABLE) != 0;
    }
}

static void rebar_entry_decode(Bar *bar, uint32_t offered, uint32_t control)
{
    bar->resizable = true;
    bar->rebar_sizes =
        offered >> REBAR_CAPABILITY_SIZES_SHIFT |
        (uint64_t)(control >> REBAR_CONTROL_SIZES_SHIFT) << REBAR_CONTROL_SIZES_FIRST;
    bar->rebar_field = FIELD_GET(REBAR_CONTROL_SIZE, control);
    if (rebar_size_decode(bar->rebar_field, &bar->rebar_size_bytes) < 0) {
        bar->rebar_size_bytes = 0;
    }
}

/* Entries come in any order of BARs */
static void rebar_decode(struct pci_dev *device, const Capabilities *capabilities,
                         Function *function)
{
    int cap = capabilities_find_extended(capabilities, REBAR_ID);
    uint32_t first = cap == 0 ? 0 : pci_read_long(device, cap + REBAR_CONTROL(0));
    int count = FIELD_GET(REBAR_CONTROL_COUNT, first);

    for (int entry = 0; entry < count && entry < BARSHIFT_BARS; entry++) {
        uint32_t offered = pci_read_long(device, cap + REBAR_CAPABILITY(entry));
        uint32_t control = entry == 0 ? first
                                      : pci_read_long(device, cap + REBAR_CONTROL(entry));
        unsigned nr = FIELD_GET(REBAR_CONTROL_BAR_INDEX, control);

        if (nr < BARSHIFT_BARS) {
            rebar_entry_decode(&function->bars[nr], offered, control);
        }
    }
}

int rebar_control_find(struct pci_dev *device, int bar_nr)
{
    int cap = capability_find_extended(device, REBAR_ID);
    unsigned count =
        cap == 0 ? 0
                 : FIELD_GET(REBAR_CONTROL_COUNT, pci_read_long(device, cap + REBAR_CONTROL(0)));

    for (int entry = 0; entry < (int)count && entry < BARSHIFT_BARS; entry++) {
        uint32_t control = pci_read_long(device, cap + REBAR_CONTROL(entry));

        if (FIELD_GET(REBAR_CONTROL_BAR_INDEX, control) == (unsigned)bar_nr) {
            return cap + REBAR_CONTROL(entry);
        }
    }
    return 0;
}

/* BAR number in the three lowest bits, offset in the others; NULL for a number that is none */
static Bar *msix_bar(Function *function, uint32_t where)
{
    unsigned nr = where & PCI_MSIX_BIR;

    return nr < BARSHIFT_BARS ? &function->bars[nr] : NULL;
}

/* PCIe r6.0 sec 7.7.2: 16 bytes for each vector in the table, a bit in the PBA's 64-bit words */
static void msix_decode(struct pci_dev *device, const Capabilities *capabilities,
                        Function *function)
{
    int cap = capabilities_find(capabilities, PCI_CAP_ID_MSIX);
    uint64_t vectors;
    uint32_t table;
    uint32_t pba;

    if (cap == 0) {
        return;
    }
    /* Message Control is where MSI has it */
    vectors = (pci_read_word(device, cap + PCI_MSI_FLAGS) & PCI_MSIX_TABSIZE) + UINT64_C(1);
    table = pci_read_long(device, cap + PCI_MSIX_TABLE);
    pba = pci_read_long(device, cap + PCI_MSIX_PBA);
    if (msix_bar(function, table)) {
        msix_bar(function, table)->msix_table =
            range_sized(table & ~(uint32_t)PCI_MSIX_BIR, 16 * vectors);
    }
    if (msix_bar(function, pba)) {
        msix_bar(function, pba)->msix_pba =
            range_sized(pba & ~(uint32_t)PCI_MSIX_BIR, 8 * ((vectors + 63) / 64));
    }
}

/* Vendor and device ID can be any, so that drivers of other functions bind */
static void tag_decode(struct pci_dev *device, const Capabilities *capabilities,
                       Function *function)
{
    int cap = capabilities_find_extended(capabilities, PCI_EXT_CAP_ID_DSN);

    function->is_barshift =
        function->vendor == BARSHIFT_VENDOR_ID && function->device == BARSHIFT_DEVICE_ID;
    if (cap != 0 && pci_read_long(device, cap + SERIAL_UPPER) == BARSHIFT_MAGIC) {
        function->is_barshift = true;
        function->tagged = true;
        function->tag = pci_read_long(device, cap + SERIAL_LOWER);
    }
}

void device_name(struct pci_dev *device, char *bdf)
{
    snprintf(bdf, BDF_SIZE, "%04x:%02x:%02x.%x", (unsigned)device->domain, device->bus, device->dev,
             device->func & 7u);
}

void function_decode(struct pci_dev *device, const Capabilities *capabilities, Function *function)
{
    uint16_t command = pci_read_word(device, PCI_COMMAND);

    memset(function, 0, sizeof(*function));
    device_name(device, function->bdf);
    function->domain = device->domain;
    function->bus = device->bus;
    function->parent = -1;
    function->control_bar = -1;
    function->is_bridge = (pci_read_byte(device, PCI_HEADER_TYPE) & HEADER_TYPE_MASK) ==
                          PCI_HEADER_TYPE_BRIDGE;
    function->vendor = pci_read_word(device, PCI_VENDOR_ID);
    function->device = pci_read_word(device, PCI_DEVICE_ID);
    function->class_code = pci_read_word(device, PCI_CLASS_DEVICE);
    function->memory_decode = (command & PCI_COMMAND_MEMORY) != 0;
    function->io_decode = (command & PCI_COMMAND_IO) != 0;

    strcpy(function->complaint, capabilities->complaint);
    tag_decode(device, capabilities, function);
    bars_init(function);
    bars_decode(device, function);
    rom_decode(device, function);
    rebar_decode(device, capabilities, function);
    msix_decode(device, capabilities, function);
}

static Range window_range(uint64_t base, uint64_t limit)
{
    return base > limit ? range_empty() : (Range) { base, limit };
}

static Range io_window_decode(struct pci_dev *device)
{
    uint8_t base = pci_read_byte(device, PCI_IO_BASE);
    uint8_t limit = pci_read_byte(device, PCI_IO_LIMIT);
    uint64_t base_upper = 0;
    uint64_t limit_upper = 0;

    if ((base & PCI_IO_RANGE_TYPE_MASK) == PCI_IO_RANGE_TYPE_32) {
        base_upper = (uint64_t)pci_read_word(device, PCI_IO_BASE_UPPER16) << 16;
        limit_upper = (uint64_t)pci_read_word(device, PCI_IO_LIMIT_UPPER16) << 16;
    }
    return window_range(base_upper | (base & 0xf0u) << 8,
                        limit_upper | (limit & 0xf0u) << 8 | 0xfff);
}

static Range memory_window_decode(struct pci_dev *device)
{
    uint64_t base = pci_read_word(device, PCI_MEMORY_BASE) & 0xfff0u;
    uint64_t limit = pci_read_word(device, PCI_MEMORY_LIMIT) & 0xfff0u;

    return window_range(base << 16, limit << 16 | 0xfffff);
}

static Range prefetchable_window_decode(struct pci_dev *device)
{
    uint16_t base = pci_read_word(device, PCI_PREF_MEMORY_BASE);
    uint64_t limit = pci_read_word(device, PCI_PREF_MEMORY_LIMIT) & 0xfff0u;
    uint64_t base_upper = 0;
    uint64_t limit_upper = 0;

    if ((base & PCI_PREF_RANGE_TYPE_MASK) == PCI_PREF_RANGE_TYPE_64) {
        base_upper = (uint64_t)pci_read_long(device, PCI_PREF_BASE_UPPER32) << 32;
        limit_upper = (uint64_t)pci_read_long(device, PCI_PREF_LIMIT_UPPER32) << 32;
    }
    return window_range(base_upper | (uint64_t)(base & 0xfff0u) << 16,
                        limit_upper | limit << 16 | 0xfffff);
}

/* PCIe r6.0 sec 7.5.3.9 */
static bool hotplug_decode(struct pci_dev *device, const Capabilities *capabilities)
{
    int cap = capabilities_find(capabilities, PCI_CAP_ID_EXP);

    return cap != 0 && (pci_read_word(device, cap + PCI_EXP_FLAGS) & PCI_EXP_FLAGS_SLOT) != 0 &&
           (pci_read_long(device, cap + PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_HPC) != 0;
}

void bridge_decode(struct pci_dev *device, const Capabilities *capabilities, Bridge *bridge)
{
    memset(bridge, 0, sizeof(*bridge));
    device_name(device, bridge->bdf);
    bridge->domain = device->domain;
    bridge->bus = device->bus;
    bridge->parent = -1;
    bridge->secondary = pci_read_byte(device, PCI_SECONDARY_BUS);
    bridge->subordinate = pci_read_byte(device, PCI_SUBORDINATE_BUS);
    bridge->hotplug = hotplug_decode(device, capabilities);
    bridge->windows[WINDOW_IO].config = io_window_decode(device);
    bridge->windows[WINDOW_MEM].config = memory_window_decode(device);
    bridge->windows[WINDOW_PREF].config = prefetchable_window_decode(device);
    for (int kind = 0; kind < WINDOW_KINDS; kind++) {
        bridge->windows[kind].kernel = range_empty();
    }
}
