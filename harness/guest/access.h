/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses by the CPU: through the mapping of a BAR, or to an address whoever answers there.
 *
 * One table of operations, so that tests put memory of their own behind it.
 */
#ifndef BARSHIFT_ACCESS_H
#define BARSHIFT_ACCESS_H

#include <stdint.h>

#include "topology.h"

/**
 * struct Access - how BARs are reached
 * @read, @write: access @width_bytes (4 or 8, little-endian, one access) at @offset of a BAR
 * @read_physical: read at a bus address, which need not belong to any BAR now
 *
 * @offset and the address are multiples of the width. Each returns 0 or -errno. All ones is an
 * answer, not an error: nobody may be there.
 */
typedef struct Access {
    int (*read)(void *context, const char *bdf, int bar_nr, uint64_t offset, unsigned width_bytes,
                uint64_t *value);
    int (*write)(void *context, const char *bdf, int bar_nr, uint64_t offset, unsigned width_bytes,
                 uint64_t value);
    int (*read_physical)(void *context, uint64_t address, unsigned width_bytes, uint64_t *value);
    void *context;
} Access;

static inline int access_read(const Access *access, const Function *function, int bar_nr,
                              uint64_t offset, unsigned width_bytes, uint64_t *value)
{
    return access->read(access->context, function->bdf, bar_nr, offset, width_bytes, value);
}

static inline int access_write(const Access *access, const Function *function, int bar_nr,
                               uint64_t offset, unsigned width_bytes, uint64_t value)
{
    return access->write(access->context, function->bdf, bar_nr, offset, width_bytes, value);
}

static inline int access_read_physical(const Access *access, uint64_t address,
                                       unsigned width_bytes, uint64_t *value)
{
    return access->read_physical(access->context, address, width_bytes, value);
}

#endif
