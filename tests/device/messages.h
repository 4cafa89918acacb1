/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts of the function as its driver sees them. Messages (MSI and MSI-X) are writes of the
 * function: they are pointed at memory, and read there.
 */
#ifndef BARSHIFT_TEST_MESSAGES_H
#define BARSHIFT_TEST_MESSAGES_H

#include "function.h"

/* In the machine's memory: a page that the tests use for nothing else */
#define MESSAGES_BASE UINT64_C(0x200000)
#define MESSAGES_SIZE 0x1000

/* What arrives: no vector, and no entry of a table, has 0 */
#define MSI_DATA 0xb500u /* its lowest bits are the vector */
#define MSIX_DATA(vector) (0xcafe0000u + (vector))

/**
 * Msix - MSI-X capability and table
 * @capability: offset in configuration space
 * @vectors: length of the table
 * @bar_nr: BAR that has table and pending bits
 * @table_offset: in this BAR
 * @pending_offset: in this BAR
 */
typedef struct Msix {
    const Function *function;
    unsigned capability;
    unsigned vectors;
    unsigned bar_nr;
    uint32_t table_offset;
    uint32_t pending_offset;
} Msix;

/** interrupts_start() - function_start(), all BARs placed, decode and Bus Master on */
void interrupts_start(Function *function, const char *properties);

/** intx_start() - the same, and the interrupt controller is watched */
void intx_start(Function *function, const char *properties);

/**
 * assert_intx() - what the function and the interrupt controller tell of the pin
 * @status: vectors that are raised
 * @pending: Interrupt Status
 */
void assert_intx(const Function *function, uint32_t status, bool pending, bool asserted);

/** interrupt_raise() - ring the doorbell */
void interrupt_raise(const Function *function, uint32_t vector);

/** control_read_32() - a register of 32 bits in the control BAR */
uint32_t control_read_32(const Function *function, unsigned offset);

void control_write_32(const Function *function, unsigned offset, uint32_t value);

/** command_set() - set or clear bits of the Command register */
void command_set(const Function *function, uint32_t bits, bool on);

/** assert_interrupt_mode() - what the registers tell of the mode */
void assert_interrupt_mode(const Function *function, enum barshift_interrupt_mode mode,
                           unsigned vectors);

/** assert_counters() - times @vector was raised; times nothing could be sent for any */
void assert_counters(const Function *function, unsigned vector, uint64_t raised, uint64_t unsent);

/** messages_clear() - forget all that has arrived */
void messages_clear(const Function *function);

/** messages_count() - number of addresses at which something has arrived */
unsigned messages_count(const Function *function);

/**
 * msi_enable() - point messages at memory and enable MSI
 * @vectors: how many the operating system gives the function
 */
void msi_enable(const Function *function, unsigned vectors);

/** msi_disable() - switch back */
void msi_disable(const Function *function);

/** msi_message() - what arrived last, 0 for nothing */
uint32_t msi_message(const Function *function);

/** msix_find() - read the capability, which must be there, its table and bits in one BAR */
void msix_find(Msix *msix, const Function *function);

/** msix_aim() - set a vector's message, unmasked */
void msix_aim(const Msix *msix, unsigned vector, uint64_t address, uint32_t data);

/** msix_program() - point each vector's message at memory, unmasked */
void msix_program(const Msix *msix);

/** msix_flags() - set Message Control, of PCI_MSIX_FLAGS_ENABLE and PCI_MSIX_FLAGS_MASKALL */
void msix_flags(const Msix *msix, uint16_t flags);

/** msix_enable() - msix_program(), then enable */
void msix_enable(const Msix *msix);

/** msix_mask() - mask or unmask a vector */
void msix_mask(const Msix *msix, unsigned vector, bool masked);

/** msix_pending() - the first 64 pending bits */
uint64_t msix_pending(const Msix *msix);

/** msix_message() - what arrived last where messages of @vector go, 0 for nothing */
uint32_t msix_message(const Function *function, unsigned vector);

#endif
