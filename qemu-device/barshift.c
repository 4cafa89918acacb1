/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCIe function whose BARs can be moved and resized, and which tells what it saw of it.
 *
 * The function believes nobody: it looks at its own Command register, at the mapping that the PCI
 * core made of its BARs and at their sizes, and writes each change into the ledger. It looks after
 * every configuration write and at a reset; at the start of one, too, because the core unmaps a
 * function that loses power before it resets it.
 *
 * Two registers tell where a BAR is, from two sources: DECODED_BASE from the BAR registers,
 * HEADER_ADDRESS from the place of the memory region in the address space.
 */

#include "qemu/osdep.h"
#include "qemu/range.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "barshift.h"
#include "layout.h"
#include "next_size.h"
#include "qemu-compat.h"
#include "qom_report.h"
#include "rebar-size.h"
#include "removal.h"
#include "rom.h"
#include "vmstate.h"

/*
 * Processing accelerator: the kind of function that has such BARs. No driver of a distribution
 * binds to the class, and Linux assigns resources to it as to any other.
 */
#define BARSHIFT_CLASS 0x1200

#define EXPRESS_OFFSET 0x80
#define SERIAL_OFFSET PCI_CONFIG_SPACE_SIZE
#define REBAR_OFFSET (SERIAL_OFFSET + 0x10)

/* Configuration space */

/* BAR Size is in the second byte of Control */
static uint32_t barshift_lie_about_size(BarshiftState *s, uint32_t address, int len, uint32_t value)
{
    for (unsigned i = 0; i < s->rebar.count; i++) {
        uint32_t byte = s->rebar.offset + REBAR_CONTROL(i) + 1;

        if (range_covers_byte(address, len, byte) &&
            bar_fault_on(&s->bars[s->rebar.entries[i].bar_nr], FAULT_SIZE_LIES)) {
            value ^= 1u << (8 * (byte - address));
        }
    }
    return value;
}

static uint32_t barshift_config_read(PCIDevice *dev, uint32_t address, int len)
{
    uint32_t value;

    if (BARSHIFT(dev)->removed) {
        return MAKE_64BIT_MASK(0, 8 * len);
    }
    value = pci_default_read_config(dev, address, len);
    value = sriov_config_read(BARSHIFT(dev), address, len, value);
    return barshift_lie_about_size(BARSHIFT(dev), address, len, value);
}

static void barshift_record_bar_writes(BarshiftState *s, uint32_t address, int len)
{
    const uint8_t *config = PCI_DEVICE(s)->config;

    /* BARs of a virtual function have no registers here */
    for (unsigned nr = 0; !s->sriov.physical && nr < BARSHIFT_BARS; nr++) {
        uint32_t offset = PCI_BASE_ADDRESS_0 + 4 * nr;
        bool is_64bit = s->bars[nr].spec.kind == BAR_MEM64;

        if (bar_present(&s->bars[nr]) && ranges_overlap(address, len, offset, is_64bit ? 8 : 4)) {
            ledger_write(&s->ledger, BARSHIFT_EVENT_BAR_WRITE, nr,
                         is_64bit ? pci_get_quad(config + offset) : pci_get_long(config + offset));
        }
    }
}

static void barshift_rebar_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    PCIDevice *dev = PCI_DEVICE(s);
    PCIEReBarRequest request = {};
    uint64_t size_bytes = 0;

    switch (pcie_rebar_config_write(dev, &s->rebar, address, value, len, &request)) {
    case PCIE_REBAR_REFUSED_SIZE:
        ledger_write(&s->ledger, BARSHIFT_EVENT_REFUSED_SIZE, request.bar_nr,
                     request.size_log2_mib);
        break;
    case PCIE_REBAR_REFUSED_DECODE:
        if (bar_fault_on(&s->bars[request.bar_nr], FAULT_RESIZE_WHILE_DECODING)) {
            pcie_rebar_resize(dev, &s->rebar, request.bar_nr, request.size_log2_mib);
            break;
        }
        rebar_size_decode(request.size_log2_mib, &size_bytes);
        ledger_write(&s->ledger, BARSHIFT_EVENT_REFUSED_DECODE, request.bar_nr, size_bytes);
        break;
    default:
        break; /* a resize is seen like every other change */
    }
}

/*
 * Interrupt Disable is in the upper byte of Command, and the PCI core looks for a change only when
 * the lower one is written. A change that it has missed makes its count of asserted INTx lines
 * wrong, which ends QEMU at the next reset of the bus. So both bytes are written.
 */
static void barshift_core_config_write(PCIDevice *dev, uint32_t address, uint32_t value, int len)
{
    if (address == PCI_COMMAND + 1 && len == 1) {
        pci_default_write_config(dev, PCI_COMMAND, value << 8 | dev->config[PCI_COMMAND], 2);
    } else {
        pci_default_write_config(dev, address, value, len);
    }
}

static void barshift_config_write(PCIDevice *dev, uint32_t address, uint32_t value, int len)
{
    BarshiftState *s = BARSHIFT(dev);

    if (s->removed) {
        return;
    }
    if (range_covers_byte(address, len, PCI_COMMAND)) {
        faults_before_decode(s);
    }
    if (!sriov_config_write(s, address, value, len)) {
        barshift_core_config_write(dev, address, value, len);
    }
    vf_bars_config_write(s, address, value, len);
    barshift_record_bar_writes(s, address, len);
    barshift_rebar_write(s, address, value, len);
    aer_config_write(s, address, value, len);
    power_config_write(s, address, value, len);
    interrupts_config_write(s);
    sight_look(s);
}

/* Reset */

static void barshift_reset_sizes(BarshiftState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint64_t kept[BARSHIFT_BARS];
    unsigned size_log2_mib = 0;

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        kept[nr] = dev->io_regions[nr].size;
    }
    /* The PCI core clears Command and BARs only after this, and knows no BAR Size */
    pcie_rebar_reset(dev, &s->rebar);
    for (unsigned i = 0; i < s->rebar.count; i++) {
        unsigned nr = s->rebar.entries[i].bar_nr;

        if (bar_fault_on(&s->bars[nr], FAULT_RESET_KEEPS_SIZE) &&
            rebar_size_encode(kept[nr], &size_log2_mib) == 0) {
            pcie_rebar_resize(dev, &s->rebar, nr, size_log2_mib);
        }
    }
}

static void barshift_reset(DeviceState *qdev)
{
    BarshiftState *s = BARSHIFT(qdev);
    enum barshift_reset kind = power_reset_kind(s);

    if (s->removed) {
        return;
    }
    /* The first time here: to realize a function QEMU walks its capabilities, looped or not */
    faults_set(s, s->faults_given);
    sight_look(s);
    ledger_write(&s->ledger, BARSHIFT_EVENT_RESET, BARSHIFT_NO_BAR, kind);
    sriov_reset(s);
    dma_reset(s);
    quiesce_reset(s);
    interrupts_reset(s);
    /* The PCI core does so, too, but only after this, when nobody looks any more */
    pci_default_write_config(PCI_DEVICE(s), PCI_COMMAND, 0, 2);
    next_size_reset(s);
    barshift_reset_sizes(s);
    if (power_reset_is_cold(s)) {
        aer_cold_reset(s);
    }
    power_reset(s);
    faults_reset(s, kind);
    sight_look(s);

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        s->bars[nr].scratch = 0;
    }
    memset(s->scratch, 0, sizeof(s->scratch));
    s->ledger_select = 0;
}

/* Realize */

static bool barshift_realize_bars(BarshiftState *s, Error **errp)
{
    const BarshiftState *physical = s->sriov.physical;
    BarSpec specs[BARSHIFT_BARS] = {};

    if (!layout_plan(s, specs, errp) || !interrupts_plan(s, specs, errp)) {
        return false;
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        BarshiftBar *bar = &s->bars[nr];

        if (specs[nr].kind == BAR_ABSENT) {
            continue;
        }
        if (!bar_realize(bar, s, nr, &specs[nr], errp)) {
            return false;
        }
        if (physical) {
            memory_region_set_size(&bar->region, vf_bars_size(physical, nr));
        }
        pci_register_bar_of_any(PCI_DEVICE(s), nr, bar_pci_type(&bar->spec), &bar->region);
    }
    return true;
}

static void barshift_realize_rebar(BarshiftState *s)
{
    PCIEReBarEntry entries[BARSHIFT_BARS] = {};
    unsigned count = 0;

    /* Those of a virtual function are resized with the VF BARs */
    for (unsigned nr = 0; !s->sriov.physical && nr < BARSHIFT_BARS; nr++) {
        const BarSpec *spec = &s->bars[nr].spec;
        PCIEReBarEntry *entry = &entries[count];

        if (spec->sizes && rebar_size_encode(spec->size_bytes, &entry->default_log2_mib) == 0) {
            entry->bar_nr = nr;
            entry->sizes = spec->sizes;
            count++;
        }
    }
    if (count > 0) {
        pcie_rebar_init(PCI_DEVICE(s), &s->rebar, REBAR_OFFSET, entries, count);
    }
}

static bool barshift_realize_capabilities(BarshiftState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);
    /* The upper half says what the number in the lower half counts */
    uint64_t serial = s->identity.serial ? s->identity.serial
                                         : (uint64_t)BARSHIFT_MAGIC << 32 | s->tag;

    if (pcie_endpoint_cap_init(dev, EXPRESS_OFFSET) < 0) {
        error_setg(errp, "barshift: no room for the PCI Express capability");
        return false;
    }
    if (!power_realize(s, errp)) {
        return false;
    }
    pcie_dev_ser_num_init(dev, SERIAL_OFFSET, serial);
    barshift_realize_rebar(s);
    return interrupts_realize(s, errp) && aer_realize(s, errp);
}

static bool barshift_check(BarshiftState *s, Error **errp)
{
    if (!pci_bus_is_express(pci_get_bus(PCI_DEVICE(s)))) {
        error_setg(errp, "barshift needs a PCI Express bus");
        return false;
    }
    if (s->ledger_depth < LEDGER_DEPTH_MIN || s->ledger_depth > LEDGER_DEPTH_MAX) {
        error_setg(errp, "property 'ledger-depth': %" PRIu32 " is not %u to %u", s->ledger_depth,
                   LEDGER_DEPTH_MIN, LEDGER_DEPTH_MAX);
        return false;
    }
    return true;
}

static void barshift_exit(PCIDevice *dev)
{
    BarshiftState *s = BARSHIFT(dev);

    sriov_exit(s);
    dma_exit(s);
    interrupts_exit(s);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        bar_unrealize(&s->bars[nr]);
    }
    aer_exit(s);
    if (dev->exp.exp_cap) {
        pcie_cap_exit(dev);
    }
}

static void barshift_realize(PCIDevice *dev, Error **errp)
{
    BarshiftState *s = BARSHIFT(dev);

    if (!sriov_plan(s, errp) || !barshift_check(s, errp)) {
        return;
    }
    if (!identity_realize(dev, &s->identity, errp) || !barshift_realize_bars(s, errp) ||
        (s->rom_bytes && !rom_realize(dev, &s->rom, s->rom_bytes, errp)) ||
        !barshift_realize_capabilities(s, errp)) {
        barshift_exit(dev);
        return;
    }
    ledger_init(&s->ledger, s->ledger_depth);
    sight_init(s);
    dma_realize(s);
    if (!sriov_realize(s, errp)) {
        barshift_exit(dev);
    }
}

/* QOM */

static char *barshift_get_fault(Object *obj, Error **errp)
{
    return faults_text(BARSHIFT(obj)->faults_given);
}

static void barshift_set_fault(Object *obj, const char *text, Error **errp)
{
    BarshiftState *s = BARSHIFT(obj);

    if (!faults_parse(text, &s->faults_given, errp) || !DEVICE(obj)->realized) {
        return;
    }
    faults_set(s, s->faults_given);
    for (unsigned i = 0; i < s->sriov.count; i++) {
        if (s->sriov.functions[i]) {
            s->sriov.functions[i]->faults_given = s->faults_given;
            faults_set(s->sriov.functions[i], s->faults_given);
        }
    }
}

static void barshift_finalize(Object *obj)
{
    BarshiftState *s = BARSHIFT(obj);

    ledger_deinit(&s->ledger);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        bar_finalize(&s->bars[nr]);
    }
}

static const Property barshift_properties[] = {
    DEFINE_PROP_UINT32("tag", BarshiftState, tag, 0),
    DEFINE_PROP_STRING("bar0", BarshiftState, bar_texts[0]),
    DEFINE_PROP_STRING("bar1", BarshiftState, bar_texts[1]),
    DEFINE_PROP_STRING("bar2", BarshiftState, bar_texts[2]),
    DEFINE_PROP_STRING("bar3", BarshiftState, bar_texts[3]),
    DEFINE_PROP_STRING("bar4", BarshiftState, bar_texts[4]),
    DEFINE_PROP_STRING("bar5", BarshiftState, bar_texts[5]),
    DEFINE_PROP_STRING("size", BarshiftState, size_text),
    DEFINE_PROP_STRING("rebar", BarshiftState, rebar_text),
    DEFINE_PROP_SIZE("rom", BarshiftState, rom_bytes, 0),
    DEFINE_PROP_UINT32("vendor-id", BarshiftState, identity.vendor_id, IDENTITY_DEFAULT),
    DEFINE_PROP_UINT32("device-id", BarshiftState, identity.device_id, IDENTITY_DEFAULT),
    DEFINE_PROP_UINT32("revision", BarshiftState, identity.revision, IDENTITY_DEFAULT),
    DEFINE_PROP_UINT32("class", BarshiftState, identity.class_code, IDENTITY_DEFAULT),
    DEFINE_PROP_UINT32("subsystem-vendor-id", BarshiftState, identity.subsystem_vendor_id,
                       IDENTITY_DEFAULT),
    DEFINE_PROP_UINT32("subsystem-id", BarshiftState, identity.subsystem_id, IDENTITY_DEFAULT),
    DEFINE_PROP_UINT64("serial", BarshiftState, identity.serial, 0),
    DEFINE_PROP_BOOL("flr", BarshiftState, power.flr, true),
    DEFINE_PROP_BOOL("no-soft-reset", BarshiftState, power.no_soft_reset, true),
    DEFINE_PROP_UINT32("vfs", BarshiftState, sriov.count, 0),
    DEFINE_PROP_STRING("vf-bar0", BarshiftState, sriov.bars.texts[0]),
    DEFINE_PROP_STRING("vf-bar1", BarshiftState, sriov.bars.texts[1]),
    DEFINE_PROP_STRING("vf-bar2", BarshiftState, sriov.bars.texts[2]),
    DEFINE_PROP_STRING("vf-bar3", BarshiftState, sriov.bars.texts[3]),
    DEFINE_PROP_STRING("vf-bar4", BarshiftState, sriov.bars.texts[4]),
    DEFINE_PROP_STRING("vf-bar5", BarshiftState, sriov.bars.texts[5]),
    DEFINE_PROP_BOOL("aer", BarshiftState, aer.enabled, true),
    DEFINE_PROP_UINT32("msix", BarshiftState, interrupts.msix_vectors, 0),
    DEFINE_PROP_UINT32("msix-bar", BarshiftState, interrupts.msix_bar, INTERRUPTS_BAR_DEFAULT),
    DEFINE_PROP_SIZE("msix-offset", BarshiftState, interrupts.msix_offset,
                     INTERRUPTS_OFFSET_DEFAULT),
    DEFINE_PROP_UINT32("msi", BarshiftState, interrupts.msi_vectors, 0),
    DEFINE_PROP_BOOL("intx", BarshiftState, interrupts.intx, false),
    DEFINE_PROP_UINT32("ledger-depth", BarshiftState, ledger_depth, LEDGER_DEPTH_DEFAULT),
};

static void barshift_class_init(ObjectClass *klass, ClassInitData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = barshift_realize;
    pc->exit = barshift_exit;
    pc->config_read = barshift_config_read;
    pc->config_write = barshift_config_write;
    pc->vendor_id = BARSHIFT_VENDOR_ID;
    pc->device_id = BARSHIFT_DEVICE_ID;
    pc->revision = BARSHIFT_REVISION;
    pc->class_id = BARSHIFT_CLASS;

    dc->desc = "function whose BARs can be moved and resized";
    device_class_set_legacy_reset(dc, barshift_reset);
    dc->vmsd = &vmstate_barshift;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, barshift_properties);
    object_class_property_add_str(klass, "fault", barshift_get_fault, barshift_set_fault);
    object_class_property_set_description(klass, "fault", "what is broken on purpose");
    next_size_class_init(klass);
    qom_report_class_init(klass);
    removal_class_init(klass);
}

void barshift_register_type(void)
{
    static InterfaceInfo interfaces[] = { { INTERFACE_PCIE_DEVICE }, { } };
    static const TypeInfo info = {
        .name = TYPE_BARSHIFT,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(BarshiftState),
        .instance_finalize = barshift_finalize,
        .class_init = barshift_class_init,
        .interfaces = interfaces,
    };

    type_register_static(&info);
    sriov_register_type();
}
