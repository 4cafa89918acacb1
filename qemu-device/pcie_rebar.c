/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resizable BAR extended capability, PCIe r6.0, sec 7.8.6, and VF Resizable BAR, sec 7.8.7.
 *
 * Invariant: the BAR Size field, the size of the I/O region, the size of the memory region and
 * the writable bits of the BAR agree. They change together, and only while the BAR is not mapped.
 *
 * The Control registers are read-only for pci_default_write_config(): whether a BAR Size is taken
 * depends on the Command register and on the supported sizes, which a write mask cannot say.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "qemu/range.h"
#include "pcie_rebar.h"
#include "rebar-size.h"

#define REBAR_VERSION 1
#define REBAR_CONTROL_SIZE_BYTE 1 /* BAR Size and two reserved bits fill one byte */

static uint8_t *rebar_control(PCIDevice *dev, const PCIEReBar *rebar, unsigned i)
{
    return dev->config + rebar->offset + REBAR_CONTROL(i);
}

static unsigned rebar_current(PCIDevice *dev, const PCIEReBar *rebar, unsigned i)
{
    return (pci_get_long(rebar_control(dev, rebar, i)) & REBAR_CONTROL_SIZE) >>
           ctz32(REBAR_CONTROL_SIZE);
}

/* Only for fields that are known to be supported sizes */
static uint64_t rebar_size_bytes(unsigned size_log2_mib)
{
    uint64_t size_bytes = 0;

    if (rebar_size_decode(size_log2_mib, &size_bytes) != 0) {
        g_assert_not_reached();
    }
    return size_bytes;
}

/* The bits that give the size are read-only zero, PCIe r6.0, sec 7.5.1.2.1 and 7.8.6.3 */
static void rebar_set_bar_mask(PCIDevice *dev, const PCIIORegion *region, uint32_t bar)
{
    uint64_t address_bits = ~(region->size - 1);

    if (region->type & PCI_BASE_ADDRESS_MEM_TYPE_64) {
        pci_set_quad(dev->wmask + bar, address_bits);
        pci_set_quad(dev->config + bar,
                     (pci_get_quad(dev->config + bar) & address_bits) | region->type);
    } else {
        pci_set_long(dev->wmask + bar, address_bits);
        pci_set_long(dev->config + bar,
                     (pci_get_long(dev->config + bar) & address_bits) | region->type);
    }
}

void pcie_rebar_set_bar_size(PCIDevice *dev, uint8_t bar_nr, uint64_t size_bytes)
{
    PCIIORegion *region = &dev->io_regions[bar_nr];

    region->size = size_bytes;
    memory_region_set_size(region->memory, size_bytes);
    rebar_set_bar_mask(dev, region, PCI_BASE_ADDRESS_0 + 4 * bar_nr);
}

/* Caller made sure that the size is supported and that memory decode is off */
static void rebar_resize(PCIDevice *dev, PCIEReBar *rebar, unsigned i, unsigned size_log2_mib)
{
    pci_set_long_by_mask(rebar_control(dev, rebar, i), REBAR_CONTROL_SIZE, size_log2_mib);
    if (!rebar->of_vfs) {
        pcie_rebar_set_bar_size(dev, rebar->entries[i].bar_nr, rebar_size_bytes(size_log2_mib));
    }
}

/* Linux asks for VF Memory Space Enable only; virtual functions that are there have their size */
static bool rebar_in_use(const PCIDevice *dev, const PCIEReBar *rebar)
{
    if (rebar->of_vfs) {
        return pci_get_word(dev->config + dev->exp.sriov_cap + PCI_SRIOV_CTRL) &
               (PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    }
    return pci_get_word(dev->config + PCI_COMMAND) & PCI_COMMAND_MEMORY;
}

static PCIEReBarOutcome rebar_request(PCIDevice *dev, PCIEReBar *rebar, unsigned i,
                                      unsigned size_log2_mib)
{
    const PCIEReBarEntry *entry = &rebar->entries[i];

    if (size_log2_mib == rebar_current(dev, rebar, i)) {
        return PCIE_REBAR_UNCHANGED;
    }
    /* Undefined by PCIe r6.0, sec 7.8.6.3; here nothing happens */
    if (!rebar_size_offered(entry->sizes, size_log2_mib)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: BAR %u: BAR Size 0x%x is not supported\n", dev->name,
                      entry->bar_nr, size_log2_mib);
        return PCIE_REBAR_REFUSED_SIZE;
    }
    /* Software clears Memory Space Enable first, PCIe r6.0, sec 7.8.6 */
    if (rebar_in_use(dev, rebar)) {
        qemu_log_mask(LOG_GUEST_ERROR, "%s: BAR %u: resize to BAR Size 0x%x while memory "
                      "decode is on\n", dev->name, entry->bar_nr, size_log2_mib);
        return PCIE_REBAR_REFUSED_DECODE;
    }
    /* The new size takes effect at once, PCIe r6.0, sec 7.8.6.3 */
    rebar_resize(dev, rebar, i, size_log2_mib);
    return PCIE_REBAR_RESIZED;
}

static void rebar_check_entry(const PCIDevice *dev, const PCIEReBarEntry *entry)
{
    const PCIIORegion *region = &dev->io_regions[entry->bar_nr];

    assert(entry->bar_nr < PCI_ROM_SLOT);
    assert(!(region->type & PCI_BASE_ADDRESS_SPACE_IO));
    assert(rebar_size_offered(entry->sizes, entry->default_log2_mib));
    assert(region->size == rebar_size_bytes(entry->default_log2_mib));
    /* A 32-bit BAR has no bit to stand for a size above 2 GiB */
    assert((region->type & PCI_BASE_ADDRESS_MEM_TYPE_64) || entry->sizes < (1 << 12));
}

static void rebar_init_entry(PCIDevice *dev, PCIEReBar *rebar, unsigned i)
{
    const PCIEReBarEntry *entry = &rebar->entries[i];
    uint8_t *capability = dev->config + rebar->offset + REBAR_CAPABILITY(i);
    uint8_t *control = rebar_control(dev, rebar, i);

    /* Supported sizes: 1 MB to 128 TB here, PCIe r6.0, sec 7.8.6.2; the larger in Control */
    pci_set_long(capability, entry->sizes << REBAR_CAPABILITY_SIZES_SHIFT);
    pci_set_long(control, (entry->sizes >> REBAR_CONTROL_SIZES_FIRST) << REBAR_CONTROL_SIZES_SHIFT);
    pci_set_long_by_mask(control, REBAR_CONTROL_BAR_INDEX, entry->bar_nr);
    /* Number of Resizable BARs is reserved in all but the first, PCIe r6.0, sec 7.8.6.3 */
    pci_set_long_by_mask(control, REBAR_CONTROL_COUNT, i == 0 ? rebar->count : 0);
    pci_set_long_by_mask(control, REBAR_CONTROL_SIZE, entry->default_log2_mib);
}

uint16_t pcie_rebar_sizeof(unsigned count)
{
    return REBAR_CAPABILITY(count);
}

uint64_t pcie_rebar_size(PCIDevice *dev, const PCIEReBar *rebar, uint8_t bar_nr)
{
    for (unsigned i = 0; i < rebar->count; i++) {
        if (rebar->entries[i].bar_nr == bar_nr) {
            return rebar_size_bytes(rebar_current(dev, rebar, i));
        }
    }
    return 0;
}

static void rebar_init(PCIDevice *dev, PCIEReBar *rebar, uint16_t id, uint16_t offset,
                       const PCIEReBarEntry *entries, unsigned count)
{
    assert(count > 0 && count <= PCIE_REBAR_MAX_BARS);
    rebar->dev = dev;
    rebar->offset = offset;
    rebar->count = count;
    memcpy(rebar->entries, entries, count * sizeof(entries[0]));

    pcie_add_capability(dev, id, REBAR_VERSION, offset, pcie_rebar_sizeof(count));
    for (unsigned i = 0; i < count; i++) {
        rebar_init_entry(dev, rebar, i);
    }
}

void pcie_rebar_init(PCIDevice *dev, PCIEReBar *rebar, uint16_t offset,
                     const PCIEReBarEntry *entries, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        rebar_check_entry(dev, &entries[i]);
    }
    rebar_init(dev, rebar, PCI_EXT_CAP_ID_REBAR, offset, entries, count);
}

void pcie_rebar_init_vf(PCIDevice *pf, PCIEReBar *rebar, uint16_t offset,
                        const PCIEReBarEntry *entries, unsigned count)
{
    assert(pf->exp.sriov_cap);
    rebar->of_vfs = true;
    rebar_init(pf, rebar, PCI_EXT_CAP_ID_VF_REBAR, offset, entries, count);
}

PCIEReBarOutcome pcie_rebar_config_write(PCIDevice *dev, PCIEReBar *rebar, uint32_t addr,
                                         uint32_t val, int len, PCIEReBarRequest *request)
{
    for (unsigned i = 0; i < rebar->count; i++) {
        uint32_t at = rebar->offset + REBAR_CONTROL(i) + REBAR_CONTROL_SIZE_BYTE;

        if (range_covers_byte(addr, len, at)) {
            unsigned byte = val >> (8 * (at - addr));

            request->bar_nr = rebar->entries[i].bar_nr;
            request->size_log2_mib = byte & (REBAR_CONTROL_SIZE >> (8 * REBAR_CONTROL_SIZE_BYTE));
            return rebar_request(dev, rebar, i, request->size_log2_mib);
        }
    }
    return PCIE_REBAR_UNTOUCHED;
}

/* The PCI core maps BARs when Command is written */
static void rebar_map_again(PCIDevice *dev)
{
    pci_default_write_config(dev, PCI_COMMAND, pci_get_word(dev->config + PCI_COMMAND), 2);
}

void pcie_rebar_resize(PCIDevice *dev, PCIEReBar *rebar, uint8_t bar_nr, unsigned size_log2_mib)
{
    for (unsigned i = 0; i < rebar->count; i++) {
        if (rebar->entries[i].bar_nr == bar_nr) {
            rebar_resize(dev, rebar, i, size_log2_mib);
        }
    }
    if (!rebar->of_vfs) {
        rebar_map_again(dev);
    }
}

void pcie_rebar_set_default(PCIEReBar *rebar, uint8_t bar_nr, unsigned size_log2_mib)
{
    for (unsigned i = 0; i < rebar->count; i++) {
        if (rebar->entries[i].bar_nr == bar_nr) {
            assert(rebar_size_offered(rebar->entries[i].sizes, size_log2_mib));
            rebar->entries[i].default_log2_mib = size_log2_mib;
        }
    }
}

static void rebar_clear_bar(PCIDevice *dev, uint8_t bar_nr)
{
    uint8_t *bar = dev->config + PCI_BASE_ADDRESS_0 + 4 * bar_nr;

    if (dev->io_regions[bar_nr].type & PCI_BASE_ADDRESS_MEM_TYPE_64) {
        pci_set_quad(bar, dev->io_regions[bar_nr].type);
    } else {
        pci_set_long(bar, dev->io_regions[bar_nr].type);
    }
}

void pcie_rebar_reset(PCIDevice *dev, PCIEReBar *rebar)
{
    uint16_t command = pci_get_word(dev->config + PCI_COMMAND);

    /* Unmaps the BARs at the size at which they were mapped */
    if (!rebar->of_vfs) {
        pci_default_write_config(dev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY, 2);
    }
    for (unsigned i = 0; i < rebar->count; i++) {
        rebar_resize(dev, rebar, i, rebar->entries[i].default_log2_mib);
        if (!rebar->of_vfs) {
            rebar_clear_bar(dev, rebar->entries[i].bar_nr);
        }
    }
}

/* Migration */

/**
 * Sizes - as a saved state has them
 * @parent: what they belong to
 * @log2_mib: BAR Size of each entry; 0 where there is none
 */
typedef struct Sizes {
    PCIEReBar *parent;
    uint8_t log2_mib[PCIE_REBAR_MAX_BARS];
} Sizes;

static int sizes_pre_save(void *opaque)
{
    Sizes *sizes = opaque;

    memset(sizes->log2_mib, 0, sizeof(sizes->log2_mib));
    for (unsigned i = 0; i < sizes->parent->count; i++) {
        sizes->log2_mib[i] = rebar_current(sizes->parent->dev, sizes->parent, i);
    }
    return 0;
}

static int sizes_post_load(void *opaque, int version_id)
{
    const Sizes *sizes = opaque;
    PCIEReBar *rebar = sizes->parent;

    for (unsigned i = 0; i < rebar->count; i++) {
        if (!rebar_size_offered(rebar->entries[i].sizes, sizes->log2_mib[i])) {
            error_report("%s: BAR %u: BAR Size 0x%x of the saved state is not supported",
                         rebar->dev->name, rebar->entries[i].bar_nr, sizes->log2_mib[i]);
            return -EINVAL;
        }
        rebar_resize(rebar->dev, rebar, i, sizes->log2_mib[i]);
    }
    return 0;
}

static const VMStateDescription vmstate_sizes = {
    .name = "pcie-rebar/sizes",
    .pre_save = sizes_pre_save,
    .post_load = sizes_post_load,
    .fields = (VMStateField[]) {
        VMSTATE_UINT8_ARRAY(log2_mib, Sizes, PCIE_REBAR_MAX_BARS),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_pcie_rebar = {
    .name = "pcie-rebar",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (VMStateField[]) {
        VMSTATE_WITH_TMP(PCIEReBar, Sizes, vmstate_sizes),
        VMSTATE_END_OF_LIST()
    }
};
