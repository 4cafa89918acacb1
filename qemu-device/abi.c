/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this the QEMU that the device was built for?
 */

#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "qapi/qapi-commands-control.h"
#include "abi.h"

/* A test builds the check with a wrong value in place of each of these */
#ifndef BARSHIFT_PCI_DEVICE_SIZE
#define BARSHIFT_PCI_DEVICE_SIZE sizeof(PCIDevice)
#endif

static const struct {
    const char *type;
    size_t size;
} shared_types[] = {
    { TYPE_DEVICE, sizeof(DeviceState) },
    { TYPE_PCI_DEVICE, BARSHIFT_PCI_DEVICE_SIZE },
    { TYPE_MEMORY_REGION, sizeof(MemoryRegion) },
};

static bool check_version(Error **errp)
{
    VersionInfo *info = qmp_query_version(NULL);
    g_autofree char *version =
        g_strdup_printf("%" PRId64 ".%" PRId64 ".%" PRId64, info->qemu->major, info->qemu->minor,
                        info->qemu->micro);
    g_autofree char *package = g_strdup(info->package);

    qapi_free_VersionInfo(info);
    if (!g_str_equal(version, BARSHIFT_QEMU_VERSION)) {
        error_setg(errp, "built for QEMU %s, this is QEMU %s", BARSHIFT_QEMU_VERSION, version);
        return false;
    }
    if (*BARSHIFT_QEMU_PACKAGE && !g_str_equal(package, BARSHIFT_QEMU_PACKAGE)) {
        error_setg(errp, "built for QEMU package '%s', this is '%s'", BARSHIFT_QEMU_PACKAGE,
                   package);
        return false;
    }
    return true;
}

bool abi_check(Error **errp)
{
    if (!check_version(errp)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shared_types); i++) {
        size_t size = object_type_get_instance_size(shared_types[i].type);

        if (size != shared_types[i].size) {
            error_setg(errp, "built for a '%s' of %zu bytes, in this QEMU it has %zu",
                       shared_types[i].type, shared_types[i].size, size);
            return false;
        }
    }
    return true;
}
