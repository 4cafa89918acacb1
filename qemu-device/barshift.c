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
#include "qemu/units.h"
#include "qapi/error.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qnum.h"
#include "qapi/visitor.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bus.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "bar_registers.h"
#include "bar_sizes.h"
#include "barshift.h"
#include "rebar-size.h"

/*
 * Processing accelerator: the kind of function that has such BARs. No driver of a distribution
 * binds to the class, and Linux assigns resources to it as to any other.
 */
#define BARSHIFT_CLASS 0x1200

#define DEFAULT_SIZE (2 * GiB)
#define DEFAULT_REBAR "256M-16G"

#define EXPRESS_OFFSET 0x80
#define SERIAL_OFFSET PCI_CONFIG_SPACE_SIZE
#define REBAR_OFFSET (SERIAL_OFFSET + 0x10)

/* What the function sees of itself */

static void barshift_see_mapping(BarshiftState *s, BarshiftBar *bar, uint64_t base)
{
    bool moved = bar->mapped_base != BARSHIFT_NOT_DECODED && bar->mapped_base != base;

    ledger_write(&s->ledger, BARSHIFT_EVENT_MAP, bar->nr, base);
    if (moved) {
        s->moves++;
    }
    if (bar->nr == BARSHIFT_MEMORY_BAR) {
        faults_mapped(&s->faults, bar);
        if (moved) {
            faults_moved(&s->faults, bar, bar->mapped_base, bar->mapped_size);
        }
    }
    bar->mapped_base = base;
    bar->mapped_size = bar->seen_size;
}

static void barshift_see_bar(BarshiftState *s, BarshiftBar *bar)
{
    uint64_t base = pci_get_bar_addr(PCI_DEVICE(s), bar->nr);
    uint64_t size = PCI_DEVICE(s)->io_regions[bar->nr].size;

    if (base != bar->seen_base && bar->seen_base != BARSHIFT_NOT_DECODED) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_UNMAP, bar->nr, bar->seen_base);
    }
    if (size != bar->seen_size) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_RESIZE, bar->nr, size);
        bar->seen_size = size;
    }
    if (base != bar->seen_base && base != BARSHIFT_NOT_DECODED) {
        barshift_see_mapping(s, bar, base);
    }
    bar->seen_base = base;
}

static void barshift_see(BarshiftState *s)
{
    uint16_t command = pci_get_word(PCI_DEVICE(s)->config + PCI_COMMAND);
    bool decode = (command & PCI_COMMAND_MEMORY) != 0;

    if (decode != s->seen_decode) {
        ledger_write(&s->ledger, decode ? BARSHIFT_EVENT_DECODE_ON : BARSHIFT_EVENT_DECODE_OFF,
                     BARSHIFT_NO_BAR, command);
        s->seen_decode = decode;
    }
    barshift_see_bar(s, &s->control);
    barshift_see_bar(s, &s->memory);
}

/* Configuration space */

static uint32_t barshift_config_read(PCIDevice *dev, uint32_t address, int len)
{
    BarshiftState *s = BARSHIFT(dev);
    uint32_t control = s->rebar.offset + REBAR_CONTROL(0);
    uint32_t value = pci_default_read_config(dev, address, len);

    /* BAR Size is in the second byte of Control */
    if (fault_on(&s->faults, FAULT_SIZE_LIES) && s->rebar.count > 0 &&
        range_covers_byte(address, len, control + 1)) {
        value ^= 1u << (8 * (control + 1 - address));
    }
    return value;
}

static void barshift_record_bar_write(BarshiftState *s, BarshiftBar *bar, uint32_t address, int len)
{
    PCIDevice *dev = PCI_DEVICE(s);
    uint32_t offset = PCI_BASE_ADDRESS_0 + 4 * bar->nr;
    bool is_64bit = (dev->io_regions[bar->nr].type & PCI_BASE_ADDRESS_MEM_TYPE_64) != 0;

    if (ranges_overlap(address, len, offset, is_64bit ? 8 : 4)) {
        ledger_write(&s->ledger, BARSHIFT_EVENT_BAR_WRITE, bar->nr,
                     is_64bit ? pci_get_quad(dev->config + offset)
                              : pci_get_long(dev->config + offset));
    }
}

static void barshift_rebar_write(BarshiftState *s, uint32_t address, uint32_t value, int len)
{
    PCIEReBarRequest request = {};
    uint64_t size_bytes = 0;

    switch (pcie_rebar_config_write(PCI_DEVICE(s), &s->rebar, address, value, len, &request)) {
    case PCIE_REBAR_REFUSED_SIZE:
        ledger_write(&s->ledger, BARSHIFT_EVENT_REFUSED_SIZE, request.bar_nr,
                     request.size_log2_mib);
        break;
    case PCIE_REBAR_REFUSED_DECODE:
        rebar_size_decode(request.size_log2_mib, &size_bytes);
        ledger_write(&s->ledger, BARSHIFT_EVENT_REFUSED_DECODE, request.bar_nr, size_bytes);
        break;
    default:
        break; /* a resize is seen like every other change */
    }
}

static void barshift_config_write(PCIDevice *dev, uint32_t address, uint32_t value, int len)
{
    BarshiftState *s = BARSHIFT(dev);

    pci_default_write_config(dev, address, value, len);
    barshift_record_bar_write(s, &s->control, address, len);
    barshift_record_bar_write(s, &s->memory, address, len);
    barshift_rebar_write(s, address, value, len);
    barshift_see(s);
}

/* Reset */

static void barshift_reset(DeviceState *qdev)
{
    BarshiftState *s = BARSHIFT(qdev);

    barshift_see(s);
    ledger_write(&s->ledger, BARSHIFT_EVENT_RESET, BARSHIFT_NO_BAR, 0);
    /* The PCI core clears Command and BARs only after this, and knows no BAR Size */
    pcie_rebar_reset(PCI_DEVICE(s), &s->rebar);
    faults_reset(&s->faults, &s->memory);
    barshift_see(s);

    s->control.scratch = 0;
    s->memory.scratch = 0;
    memset(s->scratch, 0, sizeof(s->scratch));
}

/* Realize */

static void barshift_init_bar(BarshiftState *s, BarshiftBar *bar, unsigned nr)
{
    bar->device = s;
    bar->nr = nr;
    bar->seen_base = BARSHIFT_NOT_DECODED;
    bar->mapped_base = BARSHIFT_NOT_DECODED;
}

static char *barshift_region_name(const BarshiftBar *bar, const char *suffix)
{
    return g_strdup_printf("barshift-%" PRIu32 "-bar%u%s", bar->device->tag, bar->nr, suffix);
}

static void barshift_realize_control(BarshiftState *s)
{
    g_autofree char *name = NULL;

    barshift_init_bar(s, &s->control, BARSHIFT_CONTROL_BAR);
    name = barshift_region_name(&s->control, "");
    memory_region_init_io(&s->control.region, OBJECT(s), &bar_registers_ops, &s->control, name,
                          BARSHIFT_CONTROL_BAR_SIZE);
    pci_register_bar(PCI_DEVICE(s), BARSHIFT_CONTROL_BAR, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     &s->control.region);
    s->control.seen_size = BARSHIFT_CONTROL_BAR_SIZE;
}

/* Memory that costs what is touched: nothing is reserved, and no page is a huge one */
static bool barshift_init_ram(BarshiftBar *bar, uint64_t size_bytes, Error **errp)
{
    g_autofree char *name = barshift_region_name(bar, "-ram");
    Error *err = NULL;

    memory_region_init_ram_flags_nomigrate(&bar->ram, OBJECT(bar->device), name, size_bytes,
                                           RAM_NORESERVE, &err);
    if (err) {
        error_propagate_prepend(errp, err, "property 'rebar' or 'size': ");
        return false;
    }
    /* A kernel without huge pages has nothing to be asked for */
    (void)madvise(memory_region_get_ram_ptr(&bar->ram), size_bytes, MADV_NOHUGEPAGE);
    return true;
}

static bool barshift_realize_memory(BarshiftState *s, uint64_t sizes, Error **errp)
{
    BarshiftBar *bar = &s->memory;
    uint64_t largest = sizes ? MiB << (63 - clz64(sizes)) : s->size_bytes;
    g_autofree char *name = NULL;
    g_autofree char *header_name = NULL;

    barshift_init_bar(s, bar, BARSHIFT_MEMORY_BAR);
    if (!barshift_init_ram(bar, largest, errp)) {
        return false;
    }
    name = barshift_region_name(bar, "");
    header_name = barshift_region_name(bar, "-header");
    memory_region_init_io(&bar->header, OBJECT(s), &bar_registers_ops, bar, header_name,
                          BARSHIFT_HEADER_PAGE_SIZE);
    memory_region_init(&bar->region, OBJECT(s), name, s->size_bytes);
    memory_region_add_subregion_overlap(&bar->region, 0, &bar->ram, 0);
    memory_region_add_subregion_overlap(&bar->region, 0, &bar->header, 1);
    pci_register_bar(PCI_DEVICE(s), BARSHIFT_MEMORY_BAR,
                     PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_TYPE_64 |
                     PCI_BASE_ADDRESS_MEM_PREFETCH, &bar->region);
    bar->seen_size = s->size_bytes;
    return true;
}

static void barshift_realize_rebar(BarshiftState *s, uint64_t sizes)
{
    PCIEReBarEntry entry = { .bar_nr = BARSHIFT_MEMORY_BAR, .sizes = sizes };

    if (sizes != 0 && rebar_size_encode(s->size_bytes, &entry.default_log2_mib) == 0) {
        pcie_rebar_init(PCI_DEVICE(s), &s->rebar, REBAR_OFFSET, &entry, 1);
    }
}

static void barshift_realize(PCIDevice *dev, Error **errp)
{
    BarshiftState *s = BARSHIFT(dev);
    uint64_t sizes;

    if (!pci_bus_is_express(pci_get_bus(dev))) {
        error_setg(errp, "barshift needs a PCI Express bus");
        return;
    }
    if (!bar_sizes_parse(s->rebar_text, &sizes, errp) ||
        !bar_size_check(s->size_bytes, sizes, s->rebar_text, errp) ||
        !faults_parse(s->fault_text, &s->faults.enabled, errp) ||
        !barshift_realize_memory(s, sizes, errp)) {
        return;
    }
    barshift_realize_control(s);
    if (pcie_endpoint_cap_init(dev, EXPRESS_OFFSET) < 0) {
        error_setg(errp, "barshift: no room for the PCI Express capability");
        return;
    }
    /* The upper half says what the number in the lower half counts */
    pcie_dev_ser_num_init(dev, SERIAL_OFFSET, (uint64_t)BARSHIFT_MAGIC << 32 | s->tag);
    barshift_realize_rebar(s, sizes);
    faults_init(&s->faults, &s->memory);
}

static void barshift_exit(PCIDevice *dev)
{
    BarshiftState *s = BARSHIFT(dev);

    faults_reset(&s->faults, &s->memory);
    /* Each of these holds a reference to the function, which would never be finalized */
    memory_region_del_subregion(&s->memory.region, &s->memory.header);
    memory_region_del_subregion(&s->memory.region, &s->memory.ram);
    pcie_cap_exit(dev);
}

/* QOM */

static QDict *barshift_bar_to_qdict(BarshiftState *s, const BarshiftBar *bar)
{
    QDict *dict = qdict_new();
    uint64_t base = pci_get_bar_addr(PCI_DEVICE(s), bar->nr);

    qdict_put_int(dict, "bar", bar->nr);
    if (base == BARSHIFT_NOT_DECODED) {
        qdict_put_null(dict, "base");
    } else {
        qdict_put(dict, "base", qnum_from_uint(base));
    }
    qdict_put(dict, "size", qnum_from_uint(PCI_DEVICE(s)->io_regions[bar->nr].size));
    return dict;
}

static void barshift_get_ledger(Object *obj, Visitor *v, const char *name, void *opaque,
                                Error **errp)
{
    BarshiftState *s = BARSHIFT(obj);
    QDict *dict = qdict_new();
    QList *bars = qlist_new();
    QObject *root = QOBJECT(dict);

    if (DEVICE(s)->realized) {
        qlist_append(bars, barshift_bar_to_qdict(s, &s->control));
        qlist_append(bars, barshift_bar_to_qdict(s, &s->memory));
    }
    qdict_put(dict, "total", qnum_from_uint(s->ledger.total));
    qdict_put(dict, "dropped", qnum_from_uint(ledger_dropped(&s->ledger)));
    qdict_put(dict, "bars", bars);
    qdict_put(dict, "records", ledger_to_qlist(&s->ledger));
    visit_type_any(v, name, &root, errp);
    qobject_unref(dict);
}

static void barshift_get_moves(Object *obj, Visitor *v, const char *name, void *opaque,
                               Error **errp)
{
    visit_type_uint64(v, name, &BARSHIFT(obj)->moves, errp);
}

static void barshift_instance_init(Object *obj)
{
    BARSHIFT(obj)->rebar_text = g_strdup(DEFAULT_REBAR);
}

static Property barshift_properties[] = {
    DEFINE_PROP_UINT32("tag", BarshiftState, tag, 0),
    DEFINE_PROP_SIZE("size", BarshiftState, size_bytes, DEFAULT_SIZE),
    DEFINE_PROP_STRING("rebar", BarshiftState, rebar_text),
    DEFINE_PROP_STRING("fault", BarshiftState, fault_text),
    DEFINE_PROP_END_OF_LIST(),
};

static const VMStateDescription barshift_vmstate = {
    .name = TYPE_BARSHIFT,
    .unmigratable = 1,
};

static void barshift_class_init(ObjectClass *klass, void *data)
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
    dc->reset = barshift_reset;
    dc->vmsd = &barshift_vmstate;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, barshift_properties);
    object_class_property_add(klass, "ledger", "dict", barshift_get_ledger, NULL, NULL, NULL);
    object_class_property_set_description(klass, "ledger", "what happened to the function");
    object_class_property_add(klass, "moves", "uint64", barshift_get_moves, NULL, NULL, NULL);
    object_class_property_set_description(klass, "moves",
                                          "times a BAR was mapped elsewhere than before");
}

void barshift_register_type(void)
{
    static InterfaceInfo interfaces[] = { { INTERFACE_PCIE_DEVICE }, { } };
    static const TypeInfo info = {
        .name = TYPE_BARSHIFT,
        .parent = TYPE_PCI_DEVICE,
        .instance_size = sizeof(BarshiftState),
        .instance_init = barshift_instance_init,
        .class_init = barshift_class_init,
        .interfaces = interfaces,
    };

    type_register_static(&info);
}
