/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this the QEMU that the device was built for?
 */

#include "qemu/osdep.h"
#include "qapi/qapi-commands-control.h"
#include "abi.h"
#include "qemu-compat.h"

/* A test builds the check with a wrong value in place of each of these */
#ifndef BARSHIFT_ACPI_INDEX_OFFSET
#define BARSHIFT_ACPI_INDEX_OFFSET offsetof(PCIDevice, acpi_index)
#endif

/* Behind the structure that PCIDevice begins with, and behind all that the device looks at */
static const struct {
    const char *property;
    ptrdiff_t offset;
} shared_fields[] = {
    { "addr", offsetof(PCIDevice, devfn) },
    { "acpi-index", BARSHIFT_ACPI_INDEX_OFFSET },
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

/* A property of a device says where the field is that it sets */
static bool check_field(ObjectClass *klass, const char *name, ptrdiff_t offset, Error **errp)
{
    ObjectProperty *property = object_class_property_find(klass, name);
    const Property *field = property ? property->opaque : NULL;

    if (!field) {
        error_setg(errp, "built for a '%s' with '%s', in this QEMU it has none", TYPE_PCI_DEVICE,
                   name);
        return false;
    }
    if (field->offset != offset) {
        error_setg(errp, "built for a '%s' with '%s' at byte %td, in this QEMU it is at %td",
                   TYPE_PCI_DEVICE, name, offset, field->offset);
        return false;
    }
    return true;
}

bool abi_check(Error **errp)
{
    ObjectClass *klass = object_class_by_name(TYPE_PCI_DEVICE);

    if (!check_version(errp)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(shared_fields); i++) {
        if (!check_field(klass, shared_fields[i].property, shared_fields[i].offset, errp)) {
            return false;
        }
    }
    return true;
}
