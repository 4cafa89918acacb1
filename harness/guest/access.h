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
 * struct AccessWord - one little-endian access
 * @offset: in the BAR, or an address in memory; a multiple of @width_bytes
 * @value: what is to be written, or (out) what was read, set only on success
 * @result: (out) 0 or -errno
 */
typedef struct AccessWord {
    uint64_t offset;
    unsigned width_bytes;
    uint64_t value;
    int result;
} AccessWord;

/**
 * struct AccessBackEnd - how BARs of one kind are reached
 * @read, @write: make accesses, one after the other and each by itself
 *
 * All ones is an answer, not an error: nobody may be there.
 */
typedef struct AccessBackEnd {
    void (*read)(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count);
    void (*write)(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count);
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
    void (*read_physical)(void *context, AccessWord *words, size_t count);
    void (*write_physical)(void *context, AccessWord *words, size_t count);
    void *context;
} Access;

/**
 * access_read_words(), access_write_words() - access a BAR of a function several times in a row
 * @words: 4 or 8 bytes wide; through an I/O BAR 8 bytes are two accesses, the lower half first
 *
 * To reach a BAR costs far more than the access itself, so ask for all words at once.
 *
 * The kernel leads to where it has the BAR; one that was moved by hand is accessed where
 * configuration space has it.
 *
 * Return: 0 or the first result that is none; -ESHUTDOWN for a stopped function, which is left
 * alone.
 */
int access_read_words(const Access *access, const Function *function, int bar_nr,
                      AccessWord *words, size_t count);
int access_write_words(const Access *access, const Function *function, int bar_nr,
                       AccessWord *words, size_t count);

/** access_read(), access_write() - the same for a single word */
int access_read(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                unsigned width_bytes, uint64_t *value);
int access_write(const Access *access, const Function *function, int bar_nr, uint64_t offset,
                 unsigned width_bytes, uint64_t value);

/** access_read_physical() - read at memory addresses; Return: 0 or the first result that is none */
int access_read_physical(const Access *access, AccessWord *words, size_t count);

#endif
