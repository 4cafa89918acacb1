/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Upstream port of a switch, with a BAR of its own.
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_port.h"
#include "bar_spec.h"
#include "qemu-compat.h"
#include "size_set.h"
#include "sparse_memory.h"
#include "upstream_port.h"

#define BAR_NR 0
#define BAR_DEFAULT "8M" /* of cards that have such a port */
#define BAR_MIN (4 * KiB)
#define BAR_MAX BAR_RAM_MAX

/**
 * UpstreamPort - the port
 * @memory: behind its BAR
 * @size_bytes: of the BAR
 * @size_text: property "bar", NULL when not given
 */
typedef struct UpstreamPort {
    PCIEPort parent_obj;

    MemoryRegion memory;
    uint64_t size_bytes;
    char *size_text;
} UpstreamPort;

DECLARE_INSTANCE_CHECKER(UpstreamPort, UPSTREAM_PORT, TYPE_BARSHIFT_UPSTREAM)

static bool choose_size(UpstreamPort *s, Error **errp)
{
    const char *text = s->size_text ? s->size_text : BAR_DEFAULT;

    if (!size_parse("bar", text, &s->size_bytes, errp)) {
        return false;
    }
    if (s->size_bytes < BAR_MIN || s->size_bytes > BAR_MAX) {
        error_setg(errp, "property 'bar': '%s' is not 4 KiB to 1 TiB", text);
        return false;
    }
    return true;
}

static void upstream_port_realize(PCIDevice *dev, Error **errp)
{
    ERRP_GUARD();
    UpstreamPort *s = UPSTREAM_PORT(dev);
    ObjectClass *parent = object_class_get_parent(object_get_class(OBJECT(dev)));

    if (!choose_size(s, errp) ||
        !sparse_memory_init(&s->memory, OBJECT(dev), TYPE_BARSHIFT_UPSTREAM "-bar0",
                            s->size_bytes, errp)) {
        return;
    }
    PCI_DEVICE_CLASS(parent)->realize(dev, errp);
    if (!*errp) {
        pci_register_bar(dev, BAR_NR, PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH,
                         &s->memory);
    }
}

static const Property upstream_port_properties[] = {
    DEFINE_PROP_STRING("bar", UpstreamPort, size_text),
};

/* Bridges are loaded before what is below them. The second field is set when QEMU is asked. */
static VMStateField upstream_port_fields[] = {
    VMSTATE_UINT64_EQUAL(size_bytes, UpstreamPort, "barshift-upstream: property 'bar' differs"),
    { .name = "port", .size = sizeof(UpstreamPort), .flags = VMS_STRUCT },
    VMSTATE_SPARSE_MEMORY(memory, UpstreamPort, NULL),
    VMSTATE_END_OF_LIST()
};

static const VMStateDescription vmstate_upstream_port = {
    .name = TYPE_BARSHIFT_UPSTREAM,
    .priority = MIG_PRI_PCI_BUS,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = upstream_port_fields,
};

static void upstream_port_class_init(ObjectClass *klass, ClassInitData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    upstream_port_fields[1].vmsd = dc->vmsd; /* of the parent class, up to here */
    dc->vmsd = &vmstate_upstream_port;
    dc->desc = "upstream port of a switch, with a BAR of its own";
    PCI_DEVICE_CLASS(klass)->realize = upstream_port_realize;
    device_class_set_props(dc, upstream_port_properties);
}

void upstream_port_register_type(void)
{
    static const TypeInfo info = {
        .name = TYPE_BARSHIFT_UPSTREAM,
        .parent = TYPE_UPSTREAM_PORT,
        .instance_size = sizeof(UpstreamPort),
        .class_init = upstream_port_class_init,
    };

    type_register_static(&info);
}
