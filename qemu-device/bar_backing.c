/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is behind the header of a BAR, where that is not plain memory.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "bar_backing.h"
#include "bar_registers.h"
#include "barshift.h"
#include "pattern.h"

/* Pattern */

static uint64_t pattern_word(BarshiftBar *bar, hwaddr offset)
{
    return barshift_pattern(bar->device->tag, bar->nr, offset);
}

static uint64_t pattern_read(BarshiftBar *bar, hwaddr offset, unsigned size)
{
    unsigned shift = offset % 8;
    uint64_t low = pattern_word(bar, offset - shift);
    uint64_t high = shift + size > 8 ? pattern_word(bar, offset - shift + 8) : 0;

    return shift == 0 ? low : low >> (8 * shift) | high << (64 - 8 * shift);
}

/* Memory that is watched. An access may begin in it and end behind it. */

static unsigned ram_bytes(BarshiftBar *bar, hwaddr place, unsigned size)
{
    return MIN(size, memory_region_size(&bar->region) - place);
}

static uint64_t ram_read(BarshiftBar *bar, hwaddr place, unsigned size)
{
    uint64_t value = 0;

    memcpy(&value, (uint8_t *)memory_region_get_ram_ptr(bar->ram) + place,
           ram_bytes(bar, place, size));
    return le64_to_cpu(value);
}

static void ram_write(BarshiftBar *bar, hwaddr place, uint64_t value, unsigned size)
{
    uint64_t bytes = cpu_to_le64(value);

    memcpy((uint8_t *)memory_region_get_ram_ptr(bar->ram) + place, &bytes,
           ram_bytes(bar, place, size));
    memory_region_set_dirty(bar->ram, place, ram_bytes(bar, place, size));
}

/* Accesses */

static uint64_t backing_read(void *opaque, hwaddr offset, unsigned size)
{
    BarshiftBar *bar = opaque;
    hwaddr place = bar_faults_offset(bar, offset);

    quiesce_accessed(bar, offset, false);
    switch (bar->spec.backing) {
    case BARSHIFT_BACKING_RAM:
        return ram_read(bar, place, size);
    case BARSHIFT_BACKING_PATTERN:
        return pattern_read(bar, place, size);
    default:
        bar_misused(bar, offset, "no register to read");
        return 0;
    }
}

static void backing_write(void *opaque, hwaddr offset, uint64_t value, unsigned size)
{
    BarshiftBar *bar = opaque;
    hwaddr place = bar_faults_offset(bar, offset);

    quiesce_accessed(bar, offset, true);
    if (bar_has_ram(bar)) {
        ram_write(bar, place, value, size);
    } else {
        bar_misused(bar, offset, "no register to write");
    }
}

const MemoryRegionOps bar_backing_ops = {
    .read = backing_read,
    .write = backing_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
    .impl = { .min_access_size = 1, .max_access_size = 8, .unaligned = true },
};
