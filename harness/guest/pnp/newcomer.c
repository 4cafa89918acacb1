/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config-registers.h"
#include "newcomer.h"

bool newcomer_is_same_slot(const char *a, const char *b)
{
    size_t length = (size_t)(strrchr(a, '.') - a);

    return strncmp(a, b, length + 1) == 0;
}

/* Return: the bits that take a value; the register is as before */
static uint32_t register_probe(struct pci_dev *device, int offset, uint32_t ones)
{
    uint32_t before = pci_read_long(device, offset);
    uint32_t after;

    pci_write_long(device, offset, ones);
    after = pci_read_long(device, offset);
    pci_write_long(device, offset, before);
    return after;
}

/* The lowest address bit that takes a value tells the size, which is a power of two */
static uint64_t size_of(uint64_t bits)
{
    return bits & -bits;
}

static void bar_probe(struct pci_dev *device, Bar *bar)
{
    int offset = PCI_BASE_ADDRESS_0 + 4 * bar->nr;
    uint32_t bits = register_probe(device, offset, UINT32_MAX);

    if (bits == 0 || bits == UINT32_MAX) {
        return;
    }
    if ((bits & PCI_BASE_ADDRESS_SPACE_IO) != 0) {
        bar->kind = BAR_IO;
        bar->kernel_size_bytes = size_of(bits & ~UINT32_C(0x3));
        return;
    }
    bar->kind = BAR_MEM32;
    bar->prefetchable = (bits & PCI_BASE_ADDRESS_MEM_PREFETCH) != 0;
    bar->kernel_size_bytes = size_of(bits & ~UINT32_C(0xf));
    if ((bits & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64) {
        uint64_t upper = register_probe(device, offset + 4, UINT32_MAX);

        bar->kind = BAR_MEM64;
        bar->kernel_size_bytes = size_of(upper << 32 | (bits & ~UINT32_C(0xf)));
    }
}

static int probe_visit(struct pci_dev *device, void *data)
{
    Function *function = data;

    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        Bar *bar = &function->bars[nr];

        if (bar_size_bytes(bar) == 0) {
            bar_probe(device, bar);
        }
        nr += bar->kind == BAR_MEM64;
    }
    return 0;
}

int newcomer_probe(const ConfigSource *source, Topology *topology, const char *bdf, char *why)
{
    if (!topology_find(topology, bdf)) {
        snprintf(why, CONFIG_WHY_SIZE, "%s: no such function", bdf);
        return -ENODEV;
    }
    for (size_t i = 0; i < topology->function_count; i++) {
        Function *function = &topology->functions[i];
        int result;

        if (function->is_bridge || function->memory_decode || function->io_decode ||
            !newcomer_is_same_slot(function->bdf, bdf)) {
            continue;
        }
        result = config_visit(source, function->bdf, probe_visit, function, why);
        if (result == -EIO) {
            return result;
        }
    }
    return 0;
}
