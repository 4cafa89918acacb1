/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers in the BARs: header page, control registers, ledger (registers.h).
 *
 * Registers are looked up in cells of 64 bits; no register crosses a multiple of 8. So an access
 * of any size at any offset is one cell or two, and never reaches beyond what a cell can hold.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "bar_registers.h"

#define CELL 8 /* bytes */

/* Bus address of the BAR as it is mapped, whatever its register says */
static uint64_t bar_mapped_address(BarshiftBar *bar)
{
    const Faults *faults = &bar->device->faults;
    uint64_t address = 0;

    if (bar->nr == BARSHIFT_MEMORY_BAR && faults->has_stale_base) {
        return faults->stale_base;
    }
    for (const MemoryRegion *mr = &bar->region; mr; mr = mr->container) {
        address += mr->addr;
    }
    return address;
}

/* False when there is no register */
static bool header_cell(BarshiftBar *bar, hwaddr cell, uint64_t *value)
{
    switch (cell) {
    case BARSHIFT_HEADER_MAGIC:
        *value = BARSHIFT_MAGIC | (uint64_t)bar->device->tag << 32;
        return true;
    case BARSHIFT_HEADER_BAR:
        *value = bar->nr | (uint64_t)BARSHIFT_VERSION << 32;
        return true;
    case BARSHIFT_HEADER_SIZE:
        *value = memory_region_size(&bar->region);
        return true;
    case BARSHIFT_HEADER_ADDRESS:
        *value = bar_mapped_address(bar) + BARSHIFT_HEADER_ADDRESS;
        return true;
    case BARSHIFT_HEADER_SCRATCH:
        *value = bar->scratch;
        return true;
    default:
        return false;
    }
}

static uint64_t decoded_base(BarshiftState *s, unsigned nr)
{
    uint64_t base = pci_get_bar_addr(PCI_DEVICE(s), nr);

    if (nr == BARSHIFT_MEMORY_BAR && base != BARSHIFT_NOT_DECODED &&
        fault_on(&s->faults, FAULT_BASE_LIES)) {
        return base + PCI_DEVICE(s)->io_regions[nr].size;
    }
    return base;
}

/* Alternately base and size of BAR after BAR */
static uint64_t decoded_cell(BarshiftState *s, hwaddr offset)
{
    unsigned nr = offset / (BARSHIFT_DECODED_BASE(1) - BARSHIFT_DECODED_BASE(0));
    const PCIIORegion *region = &PCI_DEVICE(s)->io_regions[nr];

    if (offset == BARSHIFT_DECODED_SIZE(nr) - BARSHIFT_DECODED_BASE(0)) {
        return region->size;
    }
    return region->size == 0 ? BARSHIFT_NOT_DECODED : decoded_base(s, nr);
}

/* The scratch register in a cell of the control BAR, or NULL */
static uint64_t *control_scratch(BarshiftState *s, hwaddr cell)
{
    if (cell < BARSHIFT_CONTROL_SCRATCH(0) ||
        cell >= BARSHIFT_CONTROL_SCRATCH(BARSHIFT_SCRATCHES)) {
        return NULL;
    }
    return &s->scratch[(cell - BARSHIFT_CONTROL_SCRATCH(0)) / CELL];
}

static bool control_cell(BarshiftState *s, hwaddr cell, uint64_t *value)
{
    switch (cell) {
    case BARSHIFT_LEDGER_TOTAL:
        *value = s->ledger.total;
        return true;
    case BARSHIFT_LEDGER_DROPPED:
        *value = ledger_dropped(&s->ledger);
        return true;
    case BARSHIFT_LEDGER_DEPTH:
        *value = BARSHIFT_LEDGER_RECORDS;
        return true;
    case BARSHIFT_MOVES:
        *value = s->moves;
        return true;
    case BARSHIFT_DECODED_BASE(0) ... BARSHIFT_DECODED_BASE(BARSHIFT_BARS) - 1:
        *value = decoded_cell(s, cell - BARSHIFT_DECODED_BASE(0));
        return true;
    case BARSHIFT_LEDGER ... BARSHIFT_LEDGER + sizeof(s->ledger.records) - 1:
        *value = ledger_cell(&s->ledger, cell - BARSHIFT_LEDGER);
        return true;
    default:
        if (control_scratch(s, cell)) {
            *value = *control_scratch(s, cell);
            return true;
        }
        return header_cell(&s->control, cell, value);
    }
}

static bool bar_cell(BarshiftBar *bar, hwaddr cell, uint64_t *value)
{
    return bar->nr == BARSHIFT_CONTROL_BAR ? control_cell(bar->device, cell, value)
                                           : header_cell(bar, cell, value);
}

/* The register in a cell that may be written, or NULL */
static uint64_t *bar_writable_cell(BarshiftBar *bar, hwaddr cell)
{
    if (cell == BARSHIFT_HEADER_SCRATCH) {
        return &bar->scratch;
    }
    return bar->nr == BARSHIFT_CONTROL_BAR ? control_scratch(bar->device, cell) : NULL;
}

/* Access to registers */

static void bar_bad_access(BarshiftBar *bar, hwaddr offset, const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "%s: BAR %u: %s at 0x%" HWADDR_PRIx ", where no register is\n",
                  PCI_DEVICE(bar->device)->name, bar->nr, what, offset);
    ledger_write(&bar->device->ledger, BARSHIFT_EVENT_BAD_ACCESS, bar->nr, offset);
}

/* An access of any size at any offset touches one cell or two */
static uint64_t bar_read(void *opaque, hwaddr offset, unsigned size)
{
    BarshiftBar *bar = opaque;
    unsigned shift = offset % CELL * 8;
    uint64_t low = 0, high = 0;
    bool found;

    found = bar_cell(bar, offset - offset % CELL, &low);
    if (offset % CELL + size > CELL) {
        found = bar_cell(bar, offset - offset % CELL + CELL, &high) || found;
    }
    if (!found) {
        bar_bad_access(bar, offset, "read");
    }
    return shift == 0 ? low : low >> shift | high << (64 - shift);
}

static void write_cell(BarshiftBar *bar, hwaddr cell, uint64_t value, uint64_t mask)
{
    uint64_t *writable = bar_writable_cell(bar, cell);
    uint64_t ignored;

    if (writable) {
        *writable = (*writable & ~mask) | (value & mask);
    } else if (bar_cell(bar, cell, &ignored)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: BAR %u: write to read-only register at 0x%"
                      HWADDR_PRIx "\n", PCI_DEVICE(bar->device)->name, bar->nr, cell);
    } else {
        bar_bad_access(bar, cell, "write");
    }
}

static void bar_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
    BarshiftBar *bar = opaque;
    unsigned shift = offset % CELL * 8;
    uint64_t mask = MAKE_64BIT_MASK(0, size * 8);

    write_cell(bar, offset - offset % CELL, value << shift, mask << shift);
    if (offset % CELL + size > CELL) {
        write_cell(bar, offset - offset % CELL + CELL, value >> (64 - shift), mask >> (64 - shift));
    }
}

const MemoryRegionOps bar_registers_ops = {
    .read = bar_read,
    .write = bar_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
