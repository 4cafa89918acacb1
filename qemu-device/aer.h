/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Error reporting: Advanced Error Reporting extended capability, PCIe r6.0, sec 6.2 and 7.8.4, and
 * errors that a driver or the host injects.
 */
#ifndef BARSHIFT_AER_H
#define BARSHIFT_AER_H

#include "hw/pci/pcie_regs.h"
#include "qapi/error.h"

struct BarshiftBar;
struct BarshiftState;

/**
 * Aer - embed it, zeroed, in the device's state
 * @enabled: property
 * @defaults: the capability as after power-on
 */
typedef struct Aer {
    bool enabled;
    uint8_t defaults[PCI_ERR_SIZEOF];
} Aer;

/**
 * aer_realize() - add the capability, if the property says so
 *
 * Return: false with @errp set when QEMU refuses it.
 */
bool aer_realize(struct BarshiftState *s, Error **errp);

/** aer_exit() - undo; also after an aer_realize() that never was */
void aer_exit(struct BarshiftState *s);

/** aer_config_write() - configuration space was written */
void aer_config_write(struct BarshiftState *s, uint32_t address, uint32_t value, int len);

/** aer_cold_reset() - all registers as after power-on; other resets leave them alone */
void aer_cold_reset(struct BarshiftState *s);

/**
 * aer_inject() - register AER_INJECT was written
 * @bar: where it was
 * @error: what was written; anything but one known error is a guest error
 *
 * The error is in the status registers afterwards, and on its way to the root port.
 */
void aer_inject(struct BarshiftBar *bar, uint32_t error);

#endif
