/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Header and control registers (registers.h).
 *
 * Accesses of 1, 2, 4 and 8 bytes at any offset. Where no register is, reads give 0 and writes do
 * nothing, nor do writes to read-only registers; all of these leave a record in the ledger. A step
 * of the function's own DMA engine is refused the header and the control registers.
 */
#ifndef BARSHIFT_BAR_REGISTERS_H
#define BARSHIFT_BAR_REGISTERS_H

#include "qemu-compat.h"

struct BarshiftBar;

/** bar_header_ops - header; in the control BAR also control registers. Opaque: the BarshiftBar. */
extern const MemoryRegionOps bar_header_ops;

/** bar_misused() - a guest error at @offset: tell QEMU's log @what, and record a bad access */
void bar_misused(struct BarshiftBar *bar, uint64_t offset, const char *what);

/** RegisterAccess - what a write does to bytes of a register that it does not cover */
typedef enum RegisterAccess {
    REGISTER_READ_ONLY,
    REGISTER_READ_WRITE, /* they keep their value */
    REGISTER_ACTION,     /* they are taken for 0: command, or write 1 to clear */
} RegisterAccess;

/**
 * BarRegister - a register, or an array of them
 * @offset: of the first one
 * @size: 4 or 8 bytes; @offset is a multiple of it, and the array has no gaps unless @stride
 * @access: see RegisterAccess
 * @count: elements of the array, 0 for one register that is no array
 * @stride: bytes from element to element, 0 for @size
 * @read: value; NULL for one that reads as 0
 * @write: NULL for a read-only register
 */
typedef struct BarRegister {
    uint16_t offset;
    uint8_t size;
    uint8_t access;
    uint16_t count;
    uint16_t stride;
    uint64_t (*read)(struct BarshiftBar *bar, unsigned index);
    void (*write)(struct BarshiftBar *bar, unsigned index, uint64_t value);
} BarRegister;

/** control_registers - every register of the header page, @control_register_count of them */
extern const BarRegister control_registers[];
extern const size_t control_register_count;

#endif
