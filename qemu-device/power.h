/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states and resets: PCI Power Management capability, PCIe r6.0, sec 5.3.1 and 7.5.2, and
 * Function Level Reset, sec 6.6.2.
 *
 * The states are D0 and D3hot. In D3hot the function answers in configuration space only, and is
 * no master on the bus. A virtual function is in the state of its physical one, sec 9.6.1.
 */
#ifndef BARSHIFT_POWER_H
#define BARSHIFT_POWER_H

#include "migration/vmstate.h"
#include "qapi/error.h"
#include "registers.h"

struct BarshiftState;

/**
 * Power - embed it, zeroed, in the device's state
 * @offset: of the capability, 0 when there is none
 * @d3hot: the function is in D3hot
 * @reset: what the reset that is under way is, if it is the function's own doing
 * @flr: property
 * @no_soft_reset: property
 */
typedef struct Power {
    uint8_t offset;
    bool d3hot;
    enum barshift_reset reset;
    bool flr;
    bool no_soft_reset;
} Power;

/**
 * power_realize() - add the capability; after the PCI Express capability was added
 *
 * Return: false with @errp set when there is no room for it.
 */
bool power_realize(struct BarshiftState *s, Error **errp);

/** power_config_write() - configuration space was written; may reset the function */
void power_config_write(struct BarshiftState *s, uint32_t address, uint32_t value, int len);

/** power_reset_kind() - which reset is under way? Only from the function's reset. */
enum barshift_reset power_reset_kind(const struct BarshiftState *s);

/**
 * power_reset_is_cold() - does the reset that is under way reach registers that are sticky?
 *
 * All conventional ones do but that of the bus, PCIe r6.0, sec 6.6.1 and 7.4.
 */
bool power_reset_is_cold(const struct BarshiftState *s);

/** power_reset() - back to D0; from the function's reset, when decode is off */
void power_reset(struct BarshiftState *s);

/** power_is_d0() - may the function decode its BARs and do DMA? */
bool power_is_d0(const struct BarshiftState *s);

/**
 * vmstate_power - what configuration space says, of the whole BarshiftState
 *
 * Behind configuration space and the BARs.
 */
extern const VMStateDescription vmstate_power;

#endif
