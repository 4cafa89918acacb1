/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses by the CPU: through a BAR, or to an address whoever answers there.
 *
 * Tables of operations, so that tests put memory of their own behind them.
 */
#ifndef BARSHIFT_ACCESS_H
#define BARSHIFT_ACCESS_H

#include <stdint.h>

#include "topology.h"

/**
 * struct AccessBackEnd - how BARs of one kind are reached
 * @read, @write: one little-endian access of @width_bytes at @offset, a multiple of it
 *
 * Each returns 0 or -errno. All ones is an answer, not an error: nobody may be there.
 */
typedef struct AccessBackEnd {
    int (*read)(void *context, const char *bdf, int bar_nr, uint64_t offset, unsigned width_bytes,
                uint64_t *value);
    int (*write)(void *context, const char *bdf, int bar_nr, uint64_t offset, unsigned width_bytes,
                 uint64_t value);
} AccessBackEnd;

/**
 * struct Access - everything that accesses need
 * @memory: memory BARs, 4 and 8 bytes wide
 * @io: I/O BARs, 1, 2 and 4 bytes wide
 * @read_physical, @write_physical: at a memory address, which need not belong to any BAR now
 */
typedef struct Access {
    AccessBackEnd memory;
    AccessBackEnd io;
    int (*read_physical)(void *context, uint64_t address, unsigned width_bytes, uint64_t *value);
    int (*write_physical)(void *context, uint64_t address, unsigned width_bytes, uint64_t value);
    void *context;
} Access;

/**
 * access_read(), access_write() - access a BAR of a function
 * @width_bytes: 4 or 8; through an I/O BAR 8 bytes are two accesses, the lower half first
 *
 * The kernel leads to where it has the BAR; one that was moved by hand is accessed where
 * configuration space has it.
 *
 * Return: 0; -ESHUTDOWN for a stopped function, which is left alone; or the -errno of the back end.
 */
int access_read(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                unsigned width_bytes, uint64_t *value);
int access_write(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                 unsigned width_bytes, uint64_t value);

/** access_read_physical() - Return: 0 or -errno */
int access_read_physical(const Access *access, uint64_t address, unsigned width_bytes,
                         uint64_t *value);

#endif
