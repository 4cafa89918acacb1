/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identity of the function in configuration space.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "identity.h"

/* Little-endian, as all of configuration space */
static bool write_number(PCIDevice *dev, const char *property, uint32_t value, unsigned offset,
                         unsigned bytes, Error **errp)
{
    if (value == IDENTITY_DEFAULT) {
        return true;
    }
    if (value >> (8 * bytes) != 0) {
        error_setg(errp, "property '%s': 0x%" PRIx32 " has more than %u bits", property, value,
                   8 * bytes);
        return false;
    }
    for (unsigned i = 0; i < bytes; i++) {
        dev->config[offset + i] = value >> (8 * i);
    }
    return true;
}

bool identity_realize(PCIDevice *dev, const Identity *identity, Error **errp)
{
    return write_number(dev, "vendor-id", identity->vendor_id, PCI_VENDOR_ID, 2, errp) &&
           write_number(dev, "device-id", identity->device_id, PCI_DEVICE_ID, 2, errp) &&
           write_number(dev, "revision", identity->revision, PCI_REVISION_ID, 1, errp) &&
           write_number(dev, "class", identity->class_code, PCI_CLASS_PROG, 3, errp) &&
           write_number(dev, "subsystem-vendor-id", identity->subsystem_vendor_id,
                        PCI_SUBSYSTEM_VENDOR_ID, 2, errp) &&
           write_number(dev, "subsystem-id", identity->subsystem_id, PCI_SUBSYSTEM_ID, 2, errp);
}
