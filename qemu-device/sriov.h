/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions: SR-IOV, PCIe r6.0, sec 9, and ARI, sec 7.8.8, which gives them their place.
 *
 * A virtual function is a BarshiftState of its own, of type "barshift-vf". Registers of its BARs
 * are in the physical function only (vf_bars.h).
 */
#ifndef BARSHIFT_SRIOV_H
#define BARSHIFT_SRIOV_H

#include "qapi/error.h"
#include "registers.h"
#include "vf_bars.h"

struct BarshiftState;

#define TYPE_BARSHIFT_VF "barshift-vf"

/**
 * Sriov - embed it, zeroed, in the device's state
 * @count: property "vfs"; 0 in a virtual function, too
 * @bars: their BARs
 * @ready: the capability was added
 * @functions: those that exist, in their order; QEMU 10 has them all, enabled or not
 * @physical: of a virtual function the one that it belongs to, otherwise NULL
 * @number: of a virtual function, from 1
 */
typedef struct Sriov {
    uint32_t count;
    VfBars bars;
    bool ready;
    struct BarshiftState *functions[BARSHIFT_VFS_MAX];
    struct BarshiftState *physical;
    unsigned number;
} Sriov;

/**
 * sriov_plan() - check the properties; a virtual function takes over those of the physical one
 *
 * Before anything else of the function is realized.
 *
 * Return: false with @errp set, property, value and rule in it, when no function can be so.
 */
bool sriov_plan(struct BarshiftState *s, Error **errp);

/**
 * sriov_realize() - add the capabilities; the function is complete but for this
 *
 * Return: false with @errp set when a virtual function cannot be had.
 */
bool sriov_realize(struct BarshiftState *s, Error **errp);

/** sriov_exit() - undo, before anything else; virtual functions are gone afterwards */
void sriov_exit(struct BarshiftState *s);

/** sriov_config_read() - what the PCI core does not know of @value, read at @address */
uint32_t sriov_config_read(const struct BarshiftState *s, uint32_t address, int len,
                           uint32_t value);

/**
 * sriov_config_write() - write the SR-IOV capability, and do what it means for virtual functions
 *
 * Return: false when @address is elsewhere, and was not written.
 */
bool sriov_config_write(struct BarshiftState *s, uint32_t address, uint32_t value, int len);

/** sriov_reset() - no virtual function is left, and registers are as after power-on */
void sriov_reset(struct BarshiftState *s);

/** sriov_function() - virtual function @index, from 0; NULL when it is not enabled */
struct BarshiftState *sriov_function(const struct BarshiftState *s, unsigned index);

/** sriov_register_type() - of virtual functions */
void sriov_register_type(void);

#endif
