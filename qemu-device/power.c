/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power states and resets.
 *
 * Whether a BAR is mapped in D3hot is up to the version of QEMU. Its region is switched off there
 * in any case, so that nothing answers; sight_base() says the same.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "barshift.h"
#include "power.h"
#include "qemu-compat.h"

#define POWER_OFFSET 0x40
#define POWER_VERSION 3

/* Values of PowerState, PCIe r6.0, sec 7.5.2.2 */
#define D0 0
#define D3HOT 3

static uint8_t *power_control(const BarshiftState *s)
{
    return PCI_DEVICE(s)->config + s->power.offset + PCI_PM_CTRL;
}

static unsigned power_field(const BarshiftState *s)
{
    return pci_get_word(power_control(s)) & PCI_PM_CTRL_STATE_MASK;
}

static void set_power_field(BarshiftState *s, unsigned state)
{
    uint16_t control = pci_get_word(power_control(s)) & ~PCI_PM_CTRL_STATE_MASK;

    pci_set_word(power_control(s), control | state);
}

bool power_realize(BarshiftState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (s->power.flr) {
        pcie_cap_flr_init(dev);
    }
    if (s->sriov.physical) {
        return true;
    }
    if (pci_pm_init(dev, POWER_OFFSET, errp) < 0) {
        return false;
    }
    s->power.offset = POWER_OFFSET;
    pci_set_word(dev->config + POWER_OFFSET + PCI_PM_PMC, POWER_VERSION);
    pci_set_word(power_control(s), s->power.no_soft_reset ? PCI_PM_CTRL_NO_SOFT_RESET : 0);
    pci_set_word(dev->wmask + POWER_OFFSET + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
    pcie_cap_deverr_init(dev);
    return true;
}

bool power_is_d0(const BarshiftState *s)
{
    const BarshiftState *owner = s->sriov.physical ? s->sriov.physical : s;

    return !owner->power.d3hot;
}

/* BARs, and the way to the bus, as the state has it */
static void show(BarshiftState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint16_t command = pci_get_word(dev->config + PCI_COMMAND);

    memory_region_transaction_begin();
    for (unsigned nr = 0; nr < PCI_NUM_REGIONS; nr++) {
        if (nr < BARSHIFT_BARS && bar_present(&s->bars[nr])) {
            bar_show(&s->bars[nr]);
        } else if (dev->io_regions[nr].size) {
            memory_region_set_enabled(dev->io_regions[nr].memory, power_is_d0(s));
        }
    }
    memory_region_set_enabled(&dev->bus_master_enable_region,
                              power_is_d0(s) && (command & PCI_COMMAND_MASTER));
    memory_region_transaction_commit();
}

static void follow(BarshiftState *s)
{
    if (!power_is_d0(s)) {
        dma_stop(s);
    }
    show(s);
}

static void enter(BarshiftState *s, unsigned state)
{
    ledger_write(&s->ledger, BARSHIFT_EVENT_POWER_STATE, BARSHIFT_NO_BAR, state);
    s->power.d3hot = state == D3HOT;
    follow(s);
    for (unsigned i = 0; i < s->sriov.count; i++) {
        if (s->sriov.functions[i]) {
            follow(s->sriov.functions[i]);
            sight_look(s->sriov.functions[i]);
        }
    }
}

/* In D3hot until it is reset, so that nobody sees the BARs in between */
static void enter_d0_through_reset(BarshiftState *s)
{
    ledger_write(&s->ledger, BARSHIFT_EVENT_POWER_STATE, BARSHIFT_NO_BAR, D0);
    s->power.reset = BARSHIFT_RESET_POWER;
    pci_device_reset(PCI_DEVICE(s));
    s->power.reset = BARSHIFT_RESET_CONVENTIONAL;
}

static void state_written(BarshiftState *s)
{
    unsigned state = power_field(s);
    unsigned before = s->power.d3hot ? D3HOT : D0;

    if (state == before) {
        return;
    }
    /* A state that is not supported is discarded, PCIe r6.0, sec 7.5.2.2 */
    if (state != D0 && state != D3HOT) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: there is no state D%u\n", PCI_DEVICE(s)->name, state);
        set_power_field(s, before);
    } else if (state == D0 && !s->power.no_soft_reset) {
        enter_d0_through_reset(s);
    } else {
        enter(s, state);
    }
}

void power_config_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (s->power.offset && range_covers_byte(address, len, s->power.offset + PCI_PM_CTRL)) {
        state_written(s);
    }
    /* The PCI core lets a function that gets Bus Master Enable onto the bus in any state */
    if (!power_is_d0(s)) {
        show(s);
    }
    if (s->power.flr) {
        pcie_cap_flr_write_config(dev, address, value, len);
    }
}

enum barshift_reset power_reset_kind(const BarshiftState *s)
{
    const PCIDevice *dev = PCI_DEVICE(s);
    const uint8_t *express = dev->config + dev->exp.exp_cap;

    if (s->power.reset != BARSHIFT_RESET_CONVENTIONAL) {
        return s->power.reset;
    }
    /* The PCI core clears the bit after the reset */
    return pci_get_word(express + PCI_EXP_DEVCTL) & PCI_EXP_DEVCTL_BCR_FLR
               ? BARSHIFT_RESET_FUNCTION
               : BARSHIFT_RESET_CONVENTIONAL;
}

static bool secondary_bus_reset(PCIDevice *dev)
{
    for (PCIBus *bus = pci_get_bus(dev); !pci_bus_is_root(bus); bus = pci_get_bus(dev)) {
        dev = pci_bridge_get_device(bus);
        if (pci_get_word(dev->config + PCI_BRIDGE_CONTROL) & PCI_BRIDGE_CTL_BUS_RESET) {
            return true;
        }
    }
    return false;
}

bool power_reset_is_cold(const BarshiftState *s)
{
    return power_reset_kind(s) == BARSHIFT_RESET_CONVENTIONAL &&
           !secondary_bus_reset(PCI_DEVICE(s));
}

/* What the PCI core does not know to reset; the bit that asked for an FLR stays */
static void reset_express(PCIDevice *dev)
{
    uint8_t *express = dev->config + dev->exp.exp_cap;

    pcie_cap_deverr_reset(dev);
    pci_set_word(express + PCI_EXP_DEVSTA, 0);
    pci_set_word(express + PCI_EXP_DEVCTL2, 0);
}

void power_reset(BarshiftState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (s->power.d3hot && s->power.reset != BARSHIFT_RESET_POWER) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_POWER_STATE, BARSHIFT_NO_BAR, D0);
    }
    s->power.d3hot = false;
    if (s->power.offset) {
        set_power_field(s, D0);
    }
    reset_express(dev);
    show(s);
}

/* Migration */

static int power_post_load(void *opaque, int version_id)
{
    BarshiftState *s = opaque;
    unsigned state = power_field(s);

    if (state != D0 && state != D3HOT) {
        error_report("barshift: the function of the saved state is in D%u, which it has not got",
                     state);
        return -EINVAL;
    }
    s->power.d3hot = state == D3HOT;
    show(s);
    return 0;
}

const VMStateDescription vmstate_power = {
    .name = "barshift-power",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = power_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_END_OF_LIST()
    }
};
