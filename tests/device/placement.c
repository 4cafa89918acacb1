/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places for the BARs of any layout.
 */

#include <linux/pci_regs.h>

#include "placement.h"

static unsigned region_offset(unsigned nr)
{
    return nr == FUNCTION_ROM ? PCI_ROM_ADDRESS : PCI_BASE_ADDRESS_0 + 4 * nr;
}

static BarKind kind_of(unsigned nr, uint32_t low)
{
    if (nr == FUNCTION_ROM) {
        return BAR_MEM32;
    }
    if (low & PCI_BASE_ADDRESS_SPACE_IO) {
        return BAR_IO;
    }
    return low & PCI_BASE_ADDRESS_MEM_TYPE_64 ? BAR_MEM64 : BAR_MEM32;
}

static uint64_t address_mask(unsigned nr, BarKind kind)
{
    if (nr == FUNCTION_ROM) {
        return PCI_ROM_ADDRESS_MASK;
    }
    return kind == BAR_IO ? PCI_BASE_ADDRESS_IO_MASK : PCI_BASE_ADDRESS_MEM_MASK;
}

/* The bits of one register that can be written; it is as before afterwards */
static uint32_t writable_bits(const Function *function, unsigned offset)
{
    uint32_t before = config_read(function, offset, 4);
    uint32_t ones;

    config_write(function, offset, 4, 0xffffffffu);
    ones = config_read(function, offset, 4);
    config_write(function, offset, 4, before);
    return ones;
}

static void size_region(const Function *function, unsigned nr, FunctionBar *bar)
{
    unsigned offset = region_offset(nr);
    uint32_t low = writable_bits(function, offset);
    BarKind kind = kind_of(nr, low);
    uint64_t bits = low & address_mask(nr, kind);

    /* 32 bits are extended so that the lowest one is the size for all kinds */
    bits |= (uint64_t)(kind == BAR_MEM64 ? writable_bits(function, offset + 4) : UINT32_MAX) << 32;
    *bar = (FunctionBar) { .kind = BAR_ABSENT };
    if (low != 0) {
        bar->kind = kind;
        bar->prefetchable = kind != BAR_IO && nr != FUNCTION_ROM &&
                            (low & PCI_BASE_ADDRESS_MEM_PREFETCH);
        bar->size = bits & -bits;
    }
}

void function_size_bars(Function *function)
{
    uint32_t command = config_read(function, PCI_COMMAND, 2);

    config_write(function, PCI_COMMAND, 2,
                 command & ~(uint32_t)(PCI_COMMAND_MEMORY | PCI_COMMAND_IO));
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        size_region(function, nr, &function->bars[nr]);
        if (function->bars[nr].kind == BAR_MEM64) {
            function->bars[++nr] = (FunctionBar) { .kind = BAR_ABSENT };
        }
    }
}

/* The largest first, so that each is aligned where the one before ends */
static void choose_addresses(Function *function)
{
    uint64_t next[] = {
        [BAR_IO] = PORTS_BASE, [BAR_MEM32] = MEMORY_32_BASE, [BAR_MEM64] = MEMORY_64_BASE,
    };
    static const uint64_t end[] = {
        [BAR_IO] = PORTS_END, [BAR_MEM32] = MEMORY_32_END, [BAR_MEM64] = MEMORY_64_END,
    };

    for (unsigned log2 = 64; log2-- > 0;) {
        for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
            FunctionBar *bar = &function->bars[nr];

            if (bar->kind == BAR_ABSENT || bar->size != UINT64_C(1) << log2) {
                continue;
            }
            bar->base = (next[bar->kind] + bar->size - 1) & -bar->size;
            next[bar->kind] = bar->base + bar->size;
            g_assert_cmphex(next[bar->kind], <=, end[bar->kind]);
        }
    }
}

static bool has_header(const FunctionBar *bar)
{
    return bar->kind == BAR_IO ? bar->size >= BARSHIFT_HEADER_IO_SIZE : bar->kind != BAR_ABSENT;
}

/* 64 bits in two halves, for an I/O port has no more than 32 */
static uint64_t header_read(const Function *function, const FunctionBar *bar, unsigned offset)
{
    QTest *qtest = function->qtest;
    uint64_t low, high;

    if (bar->kind == BAR_IO) {
        qtest_queue_in(qtest, (uint16_t)(bar->base + offset), 4, &low);
        qtest_queue_in(qtest, (uint16_t)(bar->base + offset + 4), 4, &high);
    } else {
        qtest_queue_read(qtest, bar->base + offset, 4, &low);
        qtest_queue_read(qtest, bar->base + offset + 4, 4, &high);
    }
    qtest_flush(qtest);
    return low | high << 32;
}

static void find_control(Function *function)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const FunctionBar *bar = &function->bars[nr];

        if (has_header(bar) && header_read(function, bar, BARSHIFT_HEADER_CONTENTS) &
                                   BARSHIFT_CONTENTS_CONTROL) {
            function->control_base = bar->base;
        }
    }
}

void function_place_bars(Function *function)
{
    function_size_bars(function);
    choose_addresses(function);
    for (unsigned nr = 0; nr < FUNCTION_REGIONS; nr++) {
        const FunctionBar *bar = &function->bars[nr];

        if (bar->kind != BAR_ABSENT) {
            config_write(function, region_offset(nr), 4, (uint32_t)bar->base);
        }
        if (bar->kind == BAR_MEM64) {
            config_write(function, region_offset(nr) + 4, 4, (uint32_t)(bar->base >> 32));
        }
    }
    config_write(function, PCI_COMMAND, 2,
                 config_read(function, PCI_COMMAND, 2) | PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
    find_control(function);
}

void port_open_windows(const Function *port)
{
    config_write(port, PCI_IO_BASE, 1, (uint32_t)(PORTS_BASE >> 8));
    config_write(port, PCI_IO_LIMIT, 1, (uint32_t)((PORTS_END - 1) >> 8 & 0xf0));
    config_write(port, PCI_MEMORY_BASE, 2, (uint32_t)(MEMORY_32_BASE >> 16));
    config_write(port, PCI_MEMORY_LIMIT, 2, (uint32_t)((MEMORY_32_END - 1) >> 16 & 0xfff0));
    config_write(port, PCI_PREF_MEMORY_BASE, 2, (uint32_t)(MEMORY_64_BASE >> 16 & 0xfff0));
    config_write(port, PCI_PREF_MEMORY_LIMIT, 2, (uint32_t)((MEMORY_64_END - 1) >> 16 & 0xfff0));
    config_write(port, PCI_PREF_BASE_UPPER32, 4, (uint32_t)(MEMORY_64_BASE >> 32));
    config_write(port, PCI_PREF_LIMIT_UPPER32, 4, (uint32_t)((MEMORY_64_END - 1) >> 32));
    config_write(port, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

void assert_bars_reached(const Function *function)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        const FunctionBar *bar = &function->bars[nr];

        if (!has_header(bar)) {
            continue;
        }
        g_assert_cmphex(header_read(function, bar, BARSHIFT_HEADER_MAGIC), ==,
                        BARSHIFT_MAGIC | (uint64_t)FUNCTION_TAG << 32);
        g_assert_cmphex(header_read(function, bar, BARSHIFT_HEADER_BAR), ==,
                        nr | (uint64_t)BARSHIFT_VERSION << 32);
        g_assert_cmphex(header_read(function, bar, BARSHIFT_HEADER_SIZE), ==, bar->size);
        g_assert_cmphex(header_read(function, bar, BARSHIFT_HEADER_ADDRESS), ==,
                        bar->base + BARSHIFT_HEADER_ADDRESS);
    }
}
