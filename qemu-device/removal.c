/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Surprise removal.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie_port.h"
#include "barshift.h"
#include "removal.h"

#define PROPERTY "removed"

/* The port */

static PCIDevice *port_above(BarshiftState *s)
{
    PCIDevice *port = pci_bridge_get_device(pci_get_bus(PCI_DEVICE(s)));

    return port && object_dynamic_cast(OBJECT(port), TYPE_PCIE_SLOT) ? port : NULL;
}

/*
 * As the PCI core does it for its own events, PCIe r6.0, sec 6.7.3.4. One that waits to be cleared
 * has interrupted already.
 *
 * Where a slot has an attention button, Linux does not enable Presence Detect Changed but Data Link
 * Layer State Changed, which QEMU's ports have not got. It would never be told; so the one stands
 * for the other, and Hot-Plug Interrupt Enable alone is asked for.
 */
static void interrupt(PCIDevice *port)
{
    const uint8_t *express = port->config + port->exp.exp_cap;
    uint16_t control = pci_get_word(express + PCI_EXP_SLTCTL);
    uint16_t flags = pci_get_word(express + PCI_EXP_FLAGS);
    unsigned vector = (flags & PCI_EXP_FLAGS_IRQ) >> ctz32(PCI_EXP_FLAGS_IRQ);

    if (port->exp.hpev_notified || !(control & PCI_EXP_SLTCTL_HPIE)) {
        return;
    }
    port->exp.hpev_notified = control & PCI_EXP_SLTCTL_PDCE;
    if (msix_enabled(port)) {
        msix_notify(port, vector);
    } else if (msi_enabled(port)) {
        msi_notify(port, vector);
    } else if (pci_get_byte(port->config + PCI_INTERRUPT_PIN)) {
        pci_irq_assert(port);
    }
}

static void tell_of_empty_slot(PCIDevice *port)
{
    uint8_t *express = port->config + port->exp.exp_cap;

    pci_word_test_and_clear_mask(express + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
    pci_word_test_and_clear_mask(express + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
    pci_word_test_and_set_mask(express + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
    interrupt(port);
}

/* What is in the slot */

static void find_foreign(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    PCIDevice **foreign = opaque;

    if (!object_dynamic_cast(OBJECT(dev), TYPE_BARSHIFT)) {
        *foreign = dev;
    }
}

static void vanish(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    BarshiftState *s = BARSHIFT(dev);

    ledger_write(&s->ledger, BARSHIFT_EVENT_REMOVED, BARSHIFT_NO_BAR, 0);
    pci_device_reset(dev);
    s->removed = true;
}

/* QOM */

static bool can_be_removed(BarshiftState *s, Error **errp)
{
    PCIDevice *foreign = NULL;

    if (!DEVICE(s)->realized || s->sriov.physical || !port_above(s)) {
        error_setg(errp, "property '" PROPERTY "': is for a physical function in a slot");
        return false;
    }
    pci_for_each_device_under_bus(pci_get_bus(PCI_DEVICE(s)), find_foreign, &foreign);
    if (foreign) {
        error_setg(errp, "property '" PROPERTY "': there is a %s in the slot, too, which cannot "
                   "be removed so", object_get_typename(OBJECT(foreign)));
        return false;
    }
    return true;
}

static void set_removed(Object *obj, bool removed, Error **errp)
{
    BarshiftState *s = BARSHIFT(obj);

    if (removed == s->removed) {
        return;
    }
    if (!removed) {
        error_setg(errp, "property '" PROPERTY "': what was removed does not come back; plug in "
                   "another one");
    } else if (can_be_removed(s, errp)) {
        pci_for_each_device_under_bus(pci_get_bus(PCI_DEVICE(s)), vanish, NULL);
        tell_of_empty_slot(port_above(s));
    }
}

static bool get_removed(Object *obj, Error **errp)
{
    return BARSHIFT(obj)->removed;
}

void removal_class_init(ObjectClass *klass)
{
    object_class_property_add_bool(klass, PROPERTY, get_removed, set_removed);
    object_class_property_set_description(klass, PROPERTY, "was pulled out of its slot");
}
