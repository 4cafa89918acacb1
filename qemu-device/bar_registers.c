/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header and control registers.
 *
 * Registers are found by the 32 bits that they occupy, in an index that is made once: an access
 * to a register costs the same however many there are.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "bar_registers.h"
#include "barshift.h"

#define SLOT 4 /* bytes */
#define SLOTS (BARSHIFT_HEADER_PAGE_SIZE / SLOT)

/**
 * Place - where a register is
 * @reg: NULL where none is
 * @index: in its array
 * @offset: of this element
 */
typedef struct Place {
    const BarRegister *reg;
    uint16_t index;
    uint16_t offset;
} Place;

static Place places[SLOTS];

static void __attribute__((constructor)) places_init(void)
{
    for (size_t i = 0; i < control_register_count; i++) {
        const BarRegister *reg = &control_registers[i];
        unsigned stride = reg->stride ? reg->stride : reg->size;

        for (unsigned index = 0; index < MAX(reg->count, 1); index++) {
            unsigned offset = reg->offset + index * stride;

            for (unsigned slot = offset / SLOT; slot < (offset + reg->size) / SLOT; slot++) {
                places[slot] = (Place) { .reg = reg, .index = index, .offset = offset };
            }
        }
    }
}

/* In other BARs than the control BAR there is nothing but the header */
static const Place *find_place(const BarshiftBar *bar, hwaddr offset)
{
    /* An access may begin on the page and end behind it */
    const Place *place = offset / SLOT < SLOTS ? &places[offset / SLOT] : NULL;

    if (!place || !place->reg || (!bar->spec.control && offset >= BARSHIFT_HEADER_IO_SIZE)) {
        return NULL;
    }
    return place;
}

void bar_misused(BarshiftBar *bar, uint64_t offset, const char *what)
{
    qemu_log_mask(LOG_GUEST_ERROR, "%s: BAR %u: %s at 0x%" PRIx64 "\n",
                  PCI_DEVICE(bar->device)->name, bar->nr, what, offset);
    ledger_write(&bar->device->ledger, BARSHIFT_EVENT_BAD_ACCESS, bar->nr, offset);
}

static uint64_t value_of(BarshiftBar *bar, const Place *place)
{
    return place->reg->read ? place->reg->read(bar, place->index) : 0;
}

/* Accesses */

/* An access of up to 8 bytes at any offset: piece by piece, each piece one register or none */
static uint64_t read_pieces(BarshiftBar *bar, hwaddr offset, unsigned size)
{
    uint64_t value = 0;
    bool found = false;

    for (unsigned at = 0, length; at < size; at += length) {
        const Place *place = find_place(bar, offset + at);
        unsigned shift = place ? offset + at - place->offset : (offset + at) % SLOT;

        length = MIN(size - at, (place ? place->reg->size : SLOT) - shift);
        if (place) {
            value |= extract64(value_of(bar, place), 8 * shift, 8 * length) << (8 * at);
            found = true;
        }
    }
    if (!found) {
        bar_misused(bar, offset, "no register to read");
    }
    return value;
}

static MemTxResult header_read(void *opaque, hwaddr offset, uint64_t *value, unsigned size,
                               MemTxAttrs attrs)
{
    BarshiftBar *bar = opaque;
    const Place *place = find_place(bar, offset);

    if (dma_busy(&bar->device->dma)) {
        return MEMTX_ACCESS_ERROR;
    }
    quiesce_accessed(bar, offset, false);
    /* A whole register is what nearly every access is for */
    if (place && place->offset == offset && place->reg->size == size) {
        *value = value_of(bar, place);
    } else {
        *value = read_pieces(bar, offset, size);
    }
    return MEMTX_OK;
}

static void write_register(BarshiftBar *bar, const Place *place, unsigned shift, unsigned length,
                           uint64_t value)
{
    const BarRegister *reg = place->reg;
    uint64_t rest = reg->access == REGISTER_READ_WRITE ? value_of(bar, place) : 0;

    if (reg->access == REGISTER_READ_ONLY) {
        bar_misused(bar, place->offset, "write to read-only register");
        return;
    }
    reg->write(bar, place->index, deposit64(rest, 8 * shift, 8 * length, value));
}

static MemTxResult header_write(void *opaque, hwaddr offset, uint64_t value, unsigned size,
                                MemTxAttrs attrs)
{
    BarshiftBar *bar = opaque;

    if (dma_busy(&bar->device->dma)) {
        return MEMTX_ACCESS_ERROR;
    }
    /* The one write that a stopped driver may make: it declares another state */
    if (!bar->spec.control || offset != BARSHIFT_DRIVER_STATE) {
        quiesce_accessed(bar, offset, true);
    }
    for (unsigned at = 0, length; at < size; at += length) {
        const Place *place = find_place(bar, offset + at);
        unsigned shift = place ? offset + at - place->offset : (offset + at) % SLOT;

        length = MIN(size - at, (place ? place->reg->size : SLOT) - shift);
        if (place) {
            write_register(bar, place, shift, length, extract64(value, 8 * at, 8 * length));
        } else {
            bar_misused(bar, offset + at, "no register to write");
        }
    }
    return MEMTX_OK;
}

const MemoryRegionOps bar_header_ops = {
    .read_with_attrs = header_read,
    .write_with_attrs = header_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
