/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resizable BAR extended capability, PCIe r6.0, sec 7.8.6, and VF Resizable BAR, sec 7.8.7.
 *
 * Knows nothing of the device that has it. A device with resizable BARs
 *
 *   - registers its BARs at their default sizes, then calls pcie_rebar_init();
 *   - calls pcie_rebar_config_write() from its config_write, after pci_default_write_config();
 *   - calls pcie_rebar_reset() from its reset;
 *   - has VMSTATE_PCIE_REBAR() in its VMStateDescription, in front of VMSTATE_PCI_DEVICE().
 *
 * The memory region registered for a resizable BAR is resized with the BAR. It is therefore a
 * container or another region whose size may be changed with memory_region_set_size(); what lies
 * in it stays where it is, and the container's size clips it.
 *
 * A physical function whose virtual functions have resizable BARs calls pcie_rebar_init_vf()
 * instead, and the same two functions. The sizes of VF BARs are its own business, and it asks
 * pcie_rebar_size() for them: after each PCIE_REBAR_RESIZED, and after a reset.
 */
#ifndef HW_PCI_PCIE_REBAR_H
#define HW_PCI_PCIE_REBAR_H

#include "migration/vmstate.h"
#include "qemu-compat.h"

#define PCIE_REBAR_MAX_BARS PCI_ROM_SLOT

#ifndef PCI_EXT_CAP_ID_VF_REBAR
#define PCI_EXT_CAP_ID_VF_REBAR 0x24
#endif

/**
 * PCIEReBarEntry - one resizable BAR
 * @bar_nr: which BAR; the lower half of a 64-bit BAR
 * @sizes: supported sizes, bit n for 2^n MiB
 * @default_log2_mib: BAR Size after reset; its bit is set in @sizes
 */
typedef struct PCIEReBarEntry {
    uint8_t bar_nr;
    uint64_t sizes;
    unsigned default_log2_mib;
} PCIEReBarEntry;

/**
 * PCIEReBar - the capability of one function; embed it in the device's state
 * @dev: the function; NULL before pcie_rebar_init()
 * @offset: of the capability in configuration space
 * @of_vfs: the BARs are those of virtual functions
 * @count: number of @entries in use
 * @entries: in the order of the registers, which need not be the order of the BARs
 */
typedef struct PCIEReBar {
    PCIDevice *dev;
    uint16_t offset;
    bool of_vfs;
    unsigned count;
    PCIEReBarEntry entries[PCIE_REBAR_MAX_BARS];
} PCIEReBar;

/** PCIEReBarOutcome - what a configuration write meant for the capability */
typedef enum PCIEReBarOutcome {
    PCIE_REBAR_UNTOUCHED,      /* no BAR Size field was written */
    PCIE_REBAR_UNCHANGED,      /* the BAR has the size asked for already */
    PCIE_REBAR_RESIZED,
    PCIE_REBAR_REFUSED_SIZE,   /* a size that is not supported: nothing was changed */
    PCIE_REBAR_REFUSED_DECODE, /* memory decode is on, or VFs are: nothing was changed */
} PCIEReBarOutcome;

/**
 * PCIEReBarRequest - the BAR Size field that was written
 * @bar_nr: BAR that the register belongs to
 * @size_log2_mib: value written
 */
typedef struct PCIEReBarRequest {
    uint8_t bar_nr;
    unsigned size_log2_mib;
} PCIEReBarRequest;

/**
 * pcie_rebar_init() - add the capability
 * @dev: PCI Express device; its resizable BARs are registered at their default sizes
 * @rebar: filled in here
 * @offset: free place in extended configuration space, pcie_rebar_sizeof(@count) bytes
 * @entries: copied
 * @count: 1 to PCIE_REBAR_MAX_BARS
 *
 * An entry that contradicts the registered BAR is a bug of the caller and asserts.
 */
void pcie_rebar_init(PCIDevice *dev, PCIEReBar *rebar, uint16_t offset,
                     const PCIEReBarEntry *entries, unsigned count);

/**
 * pcie_rebar_init_vf() - add the capability for BARs of virtual functions
 * @pf: physical function, pcie_sriov_pf_init() was called
 *
 * All else as for pcie_rebar_init().
 */
void pcie_rebar_init_vf(PCIDevice *pf, PCIEReBar *rebar, uint16_t offset,
                        const PCIEReBarEntry *entries, unsigned count);

/** pcie_rebar_size() - present size of a BAR in bytes, 0 when it is not resizable */
uint64_t pcie_rebar_size(PCIDevice *dev, const PCIEReBar *rebar, uint8_t bar_nr);

/** pcie_rebar_sizeof() - bytes of configuration space for @count resizable BARs */
uint16_t pcie_rebar_sizeof(unsigned count);

/**
 * pcie_rebar_config_write() - act on a write to a Control register
 * @addr: as config_write has it, also for writes elsewhere
 * @val: as config_write has it
 * @len: as config_write has it, 1 to 4
 * @request: (out) set unless the outcome is PCIE_REBAR_UNTOUCHED
 *
 * Return: what became of it. A refused write has been logged as a guest error.
 */
PCIEReBarOutcome pcie_rebar_config_write(PCIDevice *dev, PCIEReBar *rebar, uint32_t addr,
                                         uint32_t val, int len, PCIEReBarRequest *request);

/**
 * pcie_rebar_resize() - give a BAR another size, as the device's own doing
 * @bar_nr: a BAR of the capability
 * @size_log2_mib: a supported size
 *
 * Whether memory decode is on does not matter here. A BAR that is mapped is mapped anew, where its
 * register is now: a larger size takes address bits.
 */
void pcie_rebar_resize(PCIDevice *dev, PCIEReBar *rebar, uint8_t bar_nr, unsigned size_log2_mib);

/**
 * pcie_rebar_set_default() - give a BAR another size after reset
 * @bar_nr: a BAR of the capability
 * @size_log2_mib: a supported size
 *
 * Its present size stays.
 */
void pcie_rebar_set_default(PCIEReBar *rebar, uint8_t bar_nr, unsigned size_log2_mib);

/**
 * pcie_rebar_set_bar_size() - give a BAR that is not resizable another size
 * @size_bytes: a power of two that a BAR of its kind can have
 *
 * What the capability does for its own BARs: size of the regions and writable bits change together.
 * The BAR is not mapped.
 */
void pcie_rebar_set_bar_size(PCIDevice *dev, uint8_t bar_nr, uint64_t size_bytes);

/**
 * pcie_rebar_reset() - give every BAR its default size and no address
 *
 * Turns memory decode off first, so it is safe while the BARs are still mapped; virtual functions
 * are disabled before. A capability of no BAR, never initialised, is allowed.
 */
void pcie_rebar_reset(PCIDevice *dev, PCIEReBar *rebar);

/**
 * vmstate_pcie_rebar - sizes of the BARs
 *
 * They are restored before the BARs, PCIe r6.0, sec 7.8.6.3: by the time that the PCI core loads
 * configuration space, compares it with the writable bits and maps the BARs, each has the size that
 * goes with its address. The core then finds BAR Size to be the same there, or refuses the state.
 *
 * A size that the destination does not support is refused.
 */
extern const VMStateDescription vmstate_pcie_rebar;

/** VMSTATE_PCIE_REBAR() - field of a VMStateDescription, in front of VMSTATE_PCI_DEVICE() */
#define VMSTATE_PCIE_REBAR(_field, _state) \
    VMSTATE_STRUCT(_field, _state, 1, vmstate_pcie_rebar, PCIEReBar)

#endif
