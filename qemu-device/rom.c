/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expansion ROM, PCI Firmware r3.0, sec 5.1: header, and PCI Data Structure behind it.
 *
 * The code type is none that is defined, so that no firmware runs the image.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "rom.h"

#define HEADER_SIGNATURE 0xaa55
#define HEADER_DATA_POINTER 0x18 /* 16 bits: offset of the data structure */

#define DATA 0x1c
#define DATA_SIGNATURE "PCIR"
#define DATA_LENGTH 0x18
#define DATA_CODE_TYPE 0xfe
#define DATA_LAST_IMAGE 0x80
#define DATA_UNIT 512

static bool check_size(PCIDevice *dev, uint64_t size_bytes, Error **errp)
{
    if (!is_power_of_2(size_bytes) || size_bytes < 2 * KiB || size_bytes > 16 * MiB) {
        error_setg(errp, "property 'rom': %" PRIu64 " is no power of two from 2K to 16M",
                   size_bytes);
        return false;
    }
    if (dev->romfile && *dev->romfile) {
        error_setg(errp, "property 'rom': not together with 'romfile'");
        return false;
    }
    return true;
}

static void write_image(PCIDevice *dev, uint8_t *image, uint64_t size_bytes)
{
    uint8_t *data = image + DATA;

    stw_le_p(image, HEADER_SIGNATURE);
    stw_le_p(image + HEADER_DATA_POINTER, DATA);
    memcpy(data, DATA_SIGNATURE, strlen(DATA_SIGNATURE));
    stw_le_p(data + 0x4, pci_get_word(dev->config + PCI_VENDOR_ID));
    stw_le_p(data + 0x6, pci_get_word(dev->config + PCI_DEVICE_ID));
    stw_le_p(data + 0xa, DATA_LENGTH);
    memcpy(data + 0xd, dev->config + PCI_CLASS_PROG, 3);
    stw_le_p(data + 0x10, MIN(size_bytes / DATA_UNIT, UINT16_MAX));
    data[0x14] = DATA_CODE_TYPE;
    data[0x15] = DATA_LAST_IMAGE;
}

bool rom_realize(PCIDevice *dev, MemoryRegion *region, uint64_t size_bytes, Error **errp)
{
    g_autofree char *name = g_strdup_printf("%s-rom", dev->name);
    Error *err = NULL;

    if (!check_size(dev, size_bytes, errp)) {
        return false;
    }
    memory_region_init_rom_nomigrate(region, OBJECT(dev), name, size_bytes, &err);
    if (err) {
        error_propagate_prepend(errp, err, "property 'rom': ");
        return false;
    }
    write_image(dev, memory_region_get_ram_ptr(region), size_bytes);
    pci_register_bar(dev, PCI_ROM_SLOT, 0, region);
    return true;
}
