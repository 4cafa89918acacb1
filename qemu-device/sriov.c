/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions.
 *
 * The PCI core lets a virtual function decode when its own Command register says so, which it
 * must not: the bit is read-only 0 there, and VF Memory Space Enable of the physical function
 * counts (PCIe r6.0, sec 9.3.4.1.3). So the bit follows that one where no guest can see it.
 * Nor does the core look at VF BARs again that were written; it does after each write here.
 *
 * QEMU makes virtual functions when they are enabled and destroys them when they are disabled,
 * from 10.0 on all at once with the physical function.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "barshift.h"
#include "qemu-compat.h"
#include "sriov.h"

#define ARI_OFFSET 0x1a0
#define ARI_NEXT_FUNCTION (ARI_OFFSET + PCI_ARI_CAP + 1)
#define SRIOV_OFFSET 0x1c0

/*
 * Routing IDs: behind those that are functions without ARI, 16 for each function that may have
 * virtual ones.
 */
#define VF_STRIDE 1
#define FIRST_VF_OFFSET(function) (PCI_FUNC_MAX + BARSHIFT_VFS_MAX * (function) - (function))

static uint8_t *capability(const BarshiftState *s)
{
    return PCI_DEVICE(s)->config + SRIOV_OFFSET;
}

static bool is_enabled(const BarshiftState *s)
{
    return pci_get_word(capability(s) + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_VFE;
}

BarshiftState *sriov_function(const BarshiftState *s, unsigned index)
{
    bool exists = s->sriov.ready && is_enabled(s) &&
                  index < pci_get_word(capability(s) + PCI_SRIOV_NUM_VF);

    return exists ? s->sriov.functions[index] : NULL;
}

/* Properties */

/* Elsewhere the routing IDs would be those of other devices */
static bool check_place(BarshiftState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    if (pci_bus_is_root(pci_get_bus(dev)) || PCI_SLOT(dev->devfn) != 0) {
        error_setg(errp, "property 'vfs': %" PRIu32 ": virtual functions are for device 0 below a "
                   "port", s->sriov.count);
        return false;
    }
    return true;
}

static void inherit(BarshiftState *s)
{
    BarshiftState *physical = BARSHIFT(pcie_sriov_get_pf(PCI_DEVICE(s)));
    unsigned number = pcie_sriov_vf_number(PCI_DEVICE(s)) + 1;

    s->sriov.physical = physical;
    s->sriov.number = number;
    s->tag = BARSHIFT_VF_TAG(physical->tag, number);
    s->identity = physical->identity;
    if (s->identity.serial) {
        s->identity.serial += s->tag - physical->tag;
    }
    s->ledger_depth = physical->ledger_depth;
    s->faults_given = physical->faults_given;
    s->aer.enabled = false;
}

bool sriov_plan(BarshiftState *s, Error **errp)
{
    Sriov *sriov = &s->sriov;

    if (pci_is_vf(PCI_DEVICE(s))) {
        inherit(s);
        return true;
    }
    if (sriov->count > BARSHIFT_VFS_MAX) {
        error_setg(errp, "property 'vfs': %" PRIu32 " is not 0 to %u", sriov->count,
                   BARSHIFT_VFS_MAX);
        return false;
    }
    if (sriov->count == 0) {
        return vf_bars_check_absent(&sriov->bars, errp);
    }
    return check_place(s, errp) && vf_bars_plan(&sriov->bars, errp);
}

/* Realize */

/* Registers that are read-only in a virtual function, PCIe r6.0, sec 9.3.4.1 */
static void realize_virtual(BarshiftState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    pci_set_word(dev->wmask + PCI_COMMAND, PCI_COMMAND_MASTER);
    dev->wmask[PCI_CACHE_LINE_SIZE] = 0;
    dev->wmask[PCI_INTERRUPT_LINE] = 0;
    pcie_ari_init(dev, ARI_OFFSET);
    s->sriov.physical->sriov.functions[s->sriov.number - 1] = s;
}

static bool realize_physical(BarshiftState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);

    pcie_ari_init(dev, ARI_OFFSET);
    /* QEMU 10.0 makes virtual functions at once, and has no other way to be told before */
    vf_bars_announce(s);
    if (!pcie_sriov_pf_init(dev, SRIOV_OFFSET, TYPE_BARSHIFT_VF,
                            pci_get_word(dev->config + PCI_DEVICE_ID), s->sriov.count,
                            s->sriov.count, FIRST_VF_OFFSET(PCI_FUNC(dev->devfn)), VF_STRIDE,
                            errp)) {
        return false;
    }
    s->sriov.ready = true;
    vf_bars_realize(s);
    /* It depends on no other function */
    pci_set_byte(capability(s) + PCI_SRIOV_FUNC_LINK, PCI_FUNC(dev->devfn));
    return true;
}

bool sriov_realize(BarshiftState *s, Error **errp)
{
    if (s->sriov.physical) {
        realize_virtual(s);
        return true;
    }
    return s->sriov.count == 0 || realize_physical(s, errp);
}

/* That of QEMU itself, which keeps one; others are left until the function is unplugged */
static void drop_last_reference(BarshiftState *s)
{
    if (VFS_ARE_NEVER_UNREFERENCED) {
        object_unref(OBJECT(s));
    }
}

void sriov_exit(BarshiftState *s)
{
    if (s->sriov.physical) {
        s->sriov.physical->sriov.functions[s->sriov.number - 1] = NULL;
        drop_last_reference(s);
    }
    if (s->sriov.ready) {
        pcie_sriov_pf_exit(PCI_DEVICE(s));
        s->sriov.ready = false;
    }
}

/* Configuration space */

static uint8_t next_function(const PCIDevice *dev)
{
    const PCIBus *bus = pci_get_bus(dev);

    for (unsigned devfn = dev->devfn + 1; devfn < PCI_FUNC_MAX; devfn++) {
        if (bus->devices[devfn]) {
            return devfn;
        }
    }
    return 0;
}

uint32_t sriov_config_read(const BarshiftState *s, uint32_t address, int len, uint32_t value)
{
    if (s->sriov.physical && range_covers_byte(address, len, PCI_COMMAND)) {
        value &= ~(PCI_COMMAND_MEMORY << (8 * (PCI_COMMAND - address)));
    }
    if ((s->sriov.physical || s->sriov.ready) &&
        range_covers_byte(address, len, ARI_NEXT_FUNCTION)) {
        value = deposit32(value, 8 * (ARI_NEXT_FUNCTION - address), 8,
                          s->sriov.physical ? 0 : next_function(PCI_DEVICE(s)));
    }
    return value;
}

/* What may be written now: PCIe r6.0, sec 9.3.3.3.1, 9.3.3.7 and 9.3.3.13 */
static void set_masks(BarshiftState *s)
{
    uint8_t *wmask = PCI_DEVICE(s)->wmask + SRIOV_OFFSET;
    uint16_t control = PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI;
    bool too_many = pci_get_word(capability(s) + PCI_SRIOV_NUM_VF) > s->sriov.count;

    pci_set_long(wmask + PCI_SRIOV_SYS_PGSIZE, is_enabled(s) ? 0 : SRIOV_SUP_PGSIZE_MINREQ);
    pci_set_word(wmask + PCI_SRIOV_CTRL, too_many ? control & ~PCI_SRIOV_CTRL_VFE : control);
}

/* Decode of a virtual function follows VF Memory Space Enable, its place the VF BARs */
static void update(BarshiftState *vf, bool decode)
{
    PCIDevice *dev = PCI_DEVICE(vf);
    uint16_t command = pci_get_word(dev->config + PCI_COMMAND) & ~PCI_COMMAND_MEMORY;

    command |= decode ? PCI_COMMAND_MEMORY : 0;
    pci_set_word(dev->config + PCI_COMMAND, command);
    pci_default_write_config(dev, PCI_COMMAND, command, 2);
    sight_look(vf);
}

static void update_all(BarshiftState *s)
{
    bool decode = pci_get_word(capability(s) + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_MSE;

    for (unsigned i = 0; i < s->sriov.count; i++) {
        if (s->sriov.functions[i]) {
            update(s->sriov.functions[i], decode);
        }
    }
}

/* One that was made just now is as after a reset, but had none */
static void reset_new(BarshiftState *s)
{
    for (unsigned i = 0; VFS_ARE_MADE_WHEN_ENABLED && sriov_function(s, i); i++) {
        pci_device_reset(PCI_DEVICE(sriov_function(s, i)));
    }
}

bool sriov_config_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    PCIDevice *dev = PCI_DEVICE(s);
    bool was_enabled;
    uint16_t number;

    if (!s->sriov.ready || !ranges_overlap(address, len, SRIOV_OFFSET, PCI_EXT_CAP_SRIOV_SIZEOF)) {
        return false;
    }
    set_masks(s);
    was_enabled = is_enabled(s);
    number = pci_get_word(capability(s) + PCI_SRIOV_NUM_VF);
    pci_default_write_config(dev, address, value, len);
    if (was_enabled) {
        /* A write while enabled does nothing, nor does VF Enable, with which QEMU 7.2 clears it */
        pci_set_word(capability(s) + PCI_SRIOV_NUM_VF, number);
    } else if (is_enabled(s)) {
        reset_new(s);
    } else {
        vf_bars_resize(s);
    }
    update_all(s);
    return true;
}

void sriov_reset(BarshiftState *s)
{
    if (!s->sriov.ready) {
        return;
    }
    sriov_config_write(s, SRIOV_OFFSET + PCI_SRIOV_CTRL, 0, 2);
    pci_set_word(capability(s) + PCI_SRIOV_NUM_VF, 0);
    pci_set_long(capability(s) + PCI_SRIOV_SYS_PGSIZE, 1);
    vf_bars_reset(s);
}

/* QOM */

/* No hotplug controller has a say in it: it is plugged and unplugged by the physical function */
static void virtual_init(Object *obj)
{
    DEVICE(obj)->hotplugged = false;
}

static void virtual_class_init(ObjectClass *klass, ClassInitData *data)
{
    DEVICE_CLASS(klass)->user_creatable = false;
    DEVICE_CLASS(klass)->desc = "virtual function of barshift";
}

void sriov_register_type(void)
{
    static const TypeInfo info = {
        .name = TYPE_BARSHIFT_VF,
        .parent = TYPE_BARSHIFT,
        .instance_init = virtual_init,
        .class_init = virtual_class_init,
    };

    type_register_static(&info);
}
