/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts: MSI-X, MSI and INTx, whichever of them the properties give the function and the
 * operating system enables.
 *
 * A vector is raised by the doorbell and by the DMA engine. What is raised is counted before
 * anything can go wrong with it, so that the counters, compared with what arrived, tell of
 * interrupts that were lost.
 */
#ifndef BARSHIFT_INTERRUPTS_H
#define BARSHIFT_INTERRUPTS_H

#include "migration/vmstate.h"
#include "qapi/error.h"
#include "bar_spec.h"
#include "registers.h"

struct BarshiftState;

#define INTERRUPTS_BAR_DEFAULT UINT32_MAX
#define INTERRUPTS_OFFSET_DEFAULT UINT64_MAX

/**
 * Interrupts - embed it, zeroed, in the device's state
 * @msix_vectors: property "msix", 0 for no MSI-X
 * @msix_bar: property "msix-bar", or INTERRUPTS_BAR_DEFAULT
 * @msix_offset: property "msix-offset", or INTERRUPTS_OFFSET_DEFAULT
 * @msi_vectors: property "msi", 0 for no MSI
 * @intx: property "intx"
 * @table_bar: BAR that has table and pending bits
 * @table_offset: in this BAR, in bytes
 * @pending_offset: in this BAR, in bytes
 * @intx_status: vectors raised as INTx, a bit each
 * @unsent: times a vector was raised that nothing could be sent for
 * @raised: times each vector was raised
 * @lost: FAULT_INTERRUPT_LOST has struck
 */
typedef struct Interrupts {
    uint32_t msix_vectors;
    uint32_t msix_bar;
    uint64_t msix_offset;
    uint32_t msi_vectors;
    bool intx;
    unsigned table_bar;
    uint32_t table_offset;
    uint32_t pending_offset;
    uint32_t intx_status;
    uint64_t unsent;
    uint64_t raised[BARSHIFT_VECTORS_MAX];
    bool lost;
} Interrupts;

/**
 * interrupts_plan() - check the properties and find a place for the MSI-X table
 * @specs: BARSHIFT_BARS BARs of the function; a BAR for the table may be added
 *
 * Return: false with @errp set, property, value and rule in it, when no function can be so.
 */
bool interrupts_plan(struct BarshiftState *s, BarSpec *specs, Error **errp);

/** interrupts_end() - where table and pending bits end in a BAR; 0 when they are not in it */
uint64_t interrupts_end(const Interrupts *interrupts, unsigned bar_nr);

/**
 * interrupts_realize() - add the capabilities; after the BARs were realized
 *
 * Return: false with @errp set when the machine has no MSI.
 */
bool interrupts_realize(struct BarshiftState *s, Error **errp);

/** interrupts_exit() - undo; before the BARs are unrealized */
void interrupts_exit(struct BarshiftState *s);

/** interrupts_reset() - nothing is raised, nor was ever */
void interrupts_reset(struct BarshiftState *s);

/** interrupts_config_write() - configuration space was written, the power state too */
void interrupts_config_write(struct BarshiftState *s);

/** interrupts_mode() - what the operating system has enabled; INTx when it is only masked, too */
enum barshift_interrupt_mode interrupts_mode(struct BarshiftState *s);

/** interrupts_vectors() - number of vectors that can be raised in the present mode */
unsigned interrupts_vectors(struct BarshiftState *s);

/**
 * interrupts_raise() - raise a vector
 * @vector: any number; one that the mode does not have is a guest error, and is recorded
 */
void interrupts_raise(struct BarshiftState *s, uint32_t vector);

/** interrupts_acknowledge() - take INTx vectors back, a bit of @vectors each */
void interrupts_acknowledge(struct BarshiftState *s, uint32_t vectors);

/** vmstate_interrupts - what the PCI core does not save; VMSTATE_MSIX() is to be there, too */
extern const VMStateDescription vmstate_interrupts;

#endif
