/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs of virtual functions, as their physical function has them: properties "vf-bar0" to
 * "vf-bar5", VF BARs in the SR-IOV capability, PCIe r6.0, sec 9.3.3.14, and the VF Resizable BAR
 * capability, sec 7.8.7.
 *
 * All virtual functions have the same. The n-th has its own behind those of the ones before.
 */
#ifndef BARSHIFT_VF_BARS_H
#define BARSHIFT_VF_BARS_H

#include "bar_spec.h"
#include "pcie_rebar.h"
#include "qapi/error.h"
#include "registers.h"

struct BarshiftState;

/**
 * VfBars - embed it, zeroed, in the device's state
 * @texts: properties, NULL when not given
 * @specs: BARs of each virtual function
 * @rebar: VF Resizable BAR capability; @rebar.count is 0 when no VF BAR is resizable
 */
typedef struct VfBars {
    char *texts[BARSHIFT_BARS];
    BarSpec specs[BARSHIFT_BARS];
    PCIEReBar rebar;
} VfBars;

/**
 * vf_bars_plan() - check the properties
 * @bars: its specs are set
 *
 * Return: false with @errp set, property, value and rule in it, when no BARs can be so.
 */
bool vf_bars_plan(VfBars *bars, Error **errp);

/**
 * vf_bars_check_absent() - there is to be no virtual function
 *
 * Return: false with @errp set when a BAR is given for it all the same.
 */
bool vf_bars_check_absent(const VfBars *bars, Error **errp);

/** vf_bars_announce() - tell the PCI core their types; before the SR-IOV capability is added */
void vf_bars_announce(struct BarshiftState *s);

/** vf_bars_realize() - add registers; after the SR-IOV capability was added */
void vf_bars_realize(struct BarshiftState *s);

/** vf_bars_size() - bytes that a BAR of each virtual function decodes */
uint64_t vf_bars_size(const struct BarshiftState *s, unsigned nr);

/** vf_bars_config_write() - act on a write to a Control register of VF Resizable BAR */
void vf_bars_config_write(struct BarshiftState *s, uint32_t address, uint32_t value, int len);

/** vf_bars_resize() - sizes as registers have them now; while no virtual function decodes */
void vf_bars_resize(struct BarshiftState *s);

/** vf_bars_reset() - registers as after power-on; while no virtual function is enabled */
void vf_bars_reset(struct BarshiftState *s);

#endif
