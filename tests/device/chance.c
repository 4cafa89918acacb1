/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions of a random walk.
 */

#include <linux/pci_regs.h>

#include "chance.h"

bool chance_one_in(Walk *walk, unsigned n)
{
    return g_rand_int_range(walk->random, 0, (gint32)n) == 0;
}

unsigned chance_below(Walk *walk, unsigned n)
{
    return (unsigned)g_rand_int_range(walk->random, 0, (gint32)n);
}

uint64_t chance_bits(Walk *walk)
{
    return (uint64_t)g_rand_int(walk->random) << 32 | g_rand_int(walk->random);
}

static uint64_t config_page(const Walk *walk)
{
    return ECAM_BASE + ((uint64_t)walk->function.bdf << 12);
}

unsigned chance_region(Walk *walk)
{
    unsigned nr;

    do {
        nr = chance_below(walk, FUNCTION_REGIONS);
    } while (walk->shape.bars[nr].kind == BAR_ABSENT);
    return nr;
}

/* Few pages of a large BAR, for each one that is touched costs memory */
uint64_t chance_offset(Walk *walk, unsigned nr)
{
    static const uint64_t registers[] = {
        BARSHIFT_HEADER_SCRATCH, BARSHIFT_LEDGER_SELECT, BARSHIFT_LEDGER_RECORD,
        BARSHIFT_CONTROL_SCRATCH(0), BARSHIFT_DRIVER_STATE, BARSHIFT_DOORBELL,
        BARSHIFT_INTX_STATUS, BARSHIFT_DMA_SOURCE, BARSHIFT_DMA_DESTINATION, BARSHIFT_DMA_LENGTH,
        BARSHIFT_DMA_PERIOD, BARSHIFT_DMA_VECTOR, BARSHIFT_DMA_COMMAND, BARSHIFT_AER_INJECT,
    };
    uint64_t size = walk->shape.bars[nr].size;

    switch (chance_below(walk, 8)) {
    case 0:
        return registers[chance_below(walk, G_N_ELEMENTS(registers))];
    case 1:
        return chance_below(walk, BARSHIFT_HEADER_IO_SIZE);
    case 2:
        return size / 8 * chance_below(walk, 8) + chance_below(walk, BARSHIFT_HEADER_PAGE_SIZE);
    case 3:
        return size - chance_below(walk, 16);
    default:
        return chance_below(walk, BARSHIFT_HEADER_PAGE_SIZE);
    }
}

uint64_t chance_address(Walk *walk)
{
    unsigned nr;

    switch (chance_below(walk, 8)) {
    case 0:
        return chance_bits(walk);
    case 1:
        return config_page(walk) + chance_below(walk, PCI_CFG_SPACE_EXP_SIZE);
    case 2:
    case 3:
    case 4:
        nr = chance_region(walk);
        return walk->believed[nr] + chance_offset(walk, nr);
    default:
        return CHANCE_RAM_BASE + chance_below(walk, 0x10000);
    }
}

uint64_t chance_value(Walk *walk)
{
    switch (chance_below(walk, 6)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return UINT64_C(1) << chance_below(walk, 64);
    case 3:
        return chance_below(walk, 16);
    case 4:
        return chance_address(walk);
    default:
        return chance_bits(walk);
    }
}

static uint64_t area_base(BarKind kind)
{
    static const uint64_t bases[] = {
        [BAR_IO] = PORTS_BASE, [BAR_MEM32] = MEMORY_32_BASE, [BAR_MEM64] = MEMORY_64_BASE,
    };

    return bases[kind];
}

uint64_t chance_place(Walk *walk, unsigned nr)
{
    const FunctionBar *bar = &walk->shape.bars[nr];

    switch (chance_below(walk, 10)) {
    case 0:
        return chance_bits(walk);
    case 1:
        return walk->shape.bars[chance_region(walk)].base;
    case 2:
        return chance_value(walk);
    case 3:
    case 4:
    case 5:
        return area_base(bar->kind) + bar->size * chance_below(walk, 16);
    default:
        return bar->base;
    }
}
