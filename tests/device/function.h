/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function under test: configuration space, placing its BARs, its registers.
 *
 * function_place() is for the default layout, with addresses that the test names; see placement.h
 * for any layout.
 */
#ifndef BARSHIFT_TEST_FUNCTION_H
#define BARSHIFT_TEST_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "qtest.h"
#include "registers.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

#define FUNCTION_TAG 7
#define FUNCTION_ID "fut" /* QEMU's name of the device: /machine/peripheral/fut */
#define FUNCTION_INTX_IRQ 23 /* where slot 3 of q35's root bus has pin A, at the "ioapic" */

#define CONTROL_BAR_SIZE 0x4000 /* of the default layout */

/* Where tests put BARs; all of it is free in a machine whose firmware has not run */
#define CONTROL_BASE UINT64_C(0xe0000000)
#define MEMORY_BASE UINT64_C(0x1000000000)
#define OTHER_BASE UINT64_C(0x2000000000)

/* Where ecam_enable() puts configuration space */
#define ECAM_BASE UINT64_C(0x40000000)
#define ECAM_END UINT64_C(0x50000000)

/* As an index of Function.bars */
#define FUNCTION_ROM BARSHIFT_BARS
#define FUNCTION_REGIONS (BARSHIFT_BARS + 1)

typedef enum BarKind {
    BAR_ABSENT, /* or the upper half of the one before */
    BAR_IO,
    BAR_MEM32,
    BAR_MEM64,
} BarKind;

/**
 * FunctionBar - a BAR, or the expansion ROM
 * @size: in bytes, when it was sized last
 * @base: where function_place_bars() has put it
 */
typedef struct FunctionBar {
    BarKind kind;
    bool prefetchable;
    uint64_t size;
    uint64_t base;
} FunctionBar;

/**
 * Function - a PCI function of a QEMU
 * @bdf: bus, device and function number
 * @bars: what function_size_bars() has found
 * @control_base: where control_read() finds the control registers: CONTROL_BASE, or where
 *   function_place_bars() has put them
 */
typedef struct Function {
    QTest *qtest;
    unsigned bdf;
    FunctionBar bars[FUNCTION_REGIONS];
    uint64_t control_base;
} Function;

/**
 * function_start() - start a QEMU with the function on the root bus
 * @properties: more of the -device argument, from a comma on; "" for none
 */
void function_start(Function *function, const char *properties);

/** function_start_incoming() - function_start() of a QEMU that waits for a saved state (state.h) */
void function_start_incoming(Function *function, const char *properties);

/** function_init() - a function of a QEMU that is there already */
void function_init(Function *function, QTest *qtest, unsigned bdf);

/** function_stop() - end its QEMU */
void function_stop(Function *function);

/**
 * ecam_enable() - make configuration space accessible, as firmware does
 *
 * Again after every reset of the machine.
 */
void ecam_enable(QTest *qtest);

/** config_read() - read configuration space; @size is 1, 2 or 4 bytes */
uint32_t config_read(const Function *function, unsigned offset, unsigned size);

void config_write(const Function *function, unsigned offset, unsigned size, uint32_t value);

/** config_queue_read() - config_read(), later; see qtest_queue_read() */
void config_queue_read(const Function *function, unsigned offset, unsigned size, uint64_t *value);

/** config_queue_write() - config_write(), later */
void config_queue_write(const Function *function, unsigned offset, unsigned size, uint32_t value);

/**
 * capability_find() - walk the list of extended capabilities
 *
 * Return: its offset, 0 when the function has none of that ID.
 */
unsigned capability_find(const Function *function, unsigned id);

/**
 * legacy_capability_find() - walk the list of capabilities in the first 256 bytes
 *
 * Return: its offset, 0 when the function has none of that ID.
 */
unsigned legacy_capability_find(const Function *function, unsigned id);

/** bar_read() - all bits of a BAR; 64 of them when @is_64bit */
uint64_t bar_read(const Function *function, unsigned bar_nr, bool is_64bit);

/** bar_write() - write the two halves of a 64-bit BAR, lower one first */
void bar_write(const Function *function, unsigned bar_nr, uint64_t value);

/** decode_set() - memory decode on or off */
void decode_set(const Function *function, bool on);

/** function_place() - decode off, control BAR to CONTROL_BASE, memory BAR to @base, decode on */
void function_place(const Function *function, uint64_t base);

/** control_read() - a register of 64 bits in the control BAR */
uint64_t control_read(const Function *function, unsigned offset);

/** control_write() - see control_read() */
void control_write(const Function *function, unsigned offset, uint64_t value);

/**
 * function_property() - a QOM property
 *
 * Return: its value, for the caller to free.
 */
JsonNode *function_property(const Function *function, const char *name);

/** function_fault() - switch faults: from now on exactly @names, joined by '+', are injected */
void function_fault(const Function *function, const char *names);

/**
 * function_fault_refusal() - function_fault() that shall fail
 *
 * Return: what the error said, for the caller to free.
 */
char *function_fault_refusal(const Function *function, const char *names);

/** assert_reached() - the header at @base is that of BAR @bar_nr of @function, mapped there */
void assert_reached(const Function *function, uint64_t base, unsigned bar_nr);

/** assert_silent() - nothing answers at @base */
void assert_silent(const Function *function, uint64_t base);

#endif
