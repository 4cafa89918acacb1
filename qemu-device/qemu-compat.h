/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Versions of QEMU: 7.2 to 10.2.
 *
 * The device is written for the newest of them. What an older one has not, or has in another
 * shape, it gets here under the new name; and headers which were moved are included here and
 * nowhere else. Include it after qemu/osdep.h.
 *
 * Three rules need no code:
 *  - arrays that became const (interfaces, VMState fields and subsections) are written without
 *    it, which every version takes;
 *  - arrays of properties have no end mark;
 *  - the D-state of a function is looked at by its device where CORE_KNOWS_D_STATES is 0.
 */
#ifndef BARSHIFT_QEMU_COMPAT_H
#define BARSHIFT_QEMU_COMPAT_H

#define QEMU_AT_LEAST(major, minor) \
    (QEMU_VERSION_MAJOR > (major) || \
     (QEMU_VERSION_MAJOR == (major) && QEMU_VERSION_MINOR >= (minor)))

#if !QEMU_AT_LEAST(7, 2)
#error "barshift needs QEMU 7.2 or newer"
#endif

/* Headers that were moved, the newest place first */

#if __has_include("hw/pci/pci_device.h")
#include "hw/pci/pci_device.h"
#else
#include "hw/pci/pci.h"
#endif

#if __has_include("hw/core/qdev-properties.h")
#include "hw/core/qdev-properties.h"
#else
#include "hw/qdev-properties.h"
#endif

#if __has_include("qobject/qdict.h")
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnull.h"
#include "qobject/qnum.h"
#else
#include "qapi/qmp/qdict.h"
#include "qapi/qmp/qlist.h"
#include "qapi/qmp/qnull.h"
#include "qapi/qmp/qnum.h"
#endif

/* Who declares hmp_pcie_aer_inject_error() */
#if QEMU_AT_LEAST(8, 0)
#include "monitor/hmp.h"
#else
#include "sysemu/sysemu.h"
#endif

#include "hw/pci/pcie_sriov.h"
#include "qapi/error.h"

/* Classes */

/* Second argument of class_init */
#if QEMU_AT_LEAST(10, 1)
typedef const void ClassInitData;
#else
typedef void ClassInitData;
#endif

#if !QEMU_AT_LEAST(9, 2)
static inline void device_class_set_legacy_reset(DeviceClass *dc, void (*reset)(DeviceState *dev))
{
    dc->reset = reset;
}
#endif

/* Until 9.2 an array of properties was to end with a mark; the copy lives as long as the class */
#ifdef DEFINE_PROP_END_OF_LIST
static inline void compat_class_set_props(DeviceClass *dc, const Property *props, size_t count)
{
    Property *marked = g_new0(Property, count + 1);

    memcpy(marked, props, count * sizeof(*props));
    device_class_set_props(dc, marked);
}
#define device_class_set_props(dc, props) compat_class_set_props(dc, props, ARRAY_SIZE(props))
#endif

/* Memory: functions that return whether they did what they were asked for */

#if !QEMU_AT_LEAST(9, 0)
static inline bool compat_init_ram_from_fd(MemoryRegion *mr, Object *owner, const char *name,
                                           uint64_t size, uint32_t ram_flags, int fd,
                                           ram_addr_t offset, Error **errp)
{
    ERRP_GUARD();

    memory_region_init_ram_from_fd(mr, owner, name, size, ram_flags, fd, offset, errp);
    return !*errp;
}
#define memory_region_init_ram_from_fd compat_init_ram_from_fd

static inline bool compat_init_ram_flags_nomigrate(MemoryRegion *mr, Object *owner,
                                                   const char *name, uint64_t size,
                                                   uint32_t ram_flags, Error **errp)
{
    ERRP_GUARD();

    memory_region_init_ram_flags_nomigrate(mr, owner, name, size, ram_flags, errp);
    return !*errp;
}
#define memory_region_init_ram_flags_nomigrate compat_init_ram_flags_nomigrate
#endif

/*
 * Power management: with the capability known to it, the PCI core refuses transitions that are
 * none, and maps the BARs in D0 only.
 */

#define CORE_KNOWS_D_STATES QEMU_AT_LEAST(10, 0)

#if !QEMU_AT_LEAST(10, 0)
static inline int pci_pm_init(PCIDevice *dev, uint8_t offset, Error **errp)
{
    return pci_add_capability(dev, PCI_CAP_ID_PM, offset, PCI_PM_SIZEOF, errp);
}
#endif

/* ARI and SR-IOV */

#if !QEMU_AT_LEAST(8, 1)
/* Next function 1, as the later ones have it for the machines of this one */
static inline void compat_ari_init(PCIDevice *dev, uint16_t offset)
{
    pcie_ari_init(dev, offset, 1);
}
#define pcie_ari_init compat_ari_init
#endif

#if !QEMU_AT_LEAST(9, 0)
/* Leaves NumVFs and the page size as they are */
static inline void pcie_sriov_pf_reset(PCIDevice *dev)
{
    pcie_sriov_pf_disable_vfs(dev);
}
#endif

#if !QEMU_AT_LEAST(10, 0)
static inline bool compat_sriov_pf_init(PCIDevice *dev, uint16_t offset, const char *vf_type,
                                        uint16_t vf_device_id, uint16_t initial_vfs,
                                        uint16_t total_vfs, uint16_t vf_offset,
                                        uint16_t vf_stride, Error **errp)
{
    pcie_sriov_pf_init(dev, offset, vf_type, vf_device_id, initial_vfs, total_vfs, vf_offset,
                       vf_stride);
    return true;
}
#define pcie_sriov_pf_init compat_sriov_pf_init
#endif

/* VFs are made when they are enabled; later all of them with their PF */
#define VFS_ARE_MADE_WHEN_ENABLED (!QEMU_AT_LEAST(10, 0))

/* And the reference that they were made with is kept for ever */
#define VFS_ARE_NEVER_UNREFERENCED (!QEMU_AT_LEAST(8, 0))

/* Went within the stable releases of 10.0, so only the linker can tell whether it is there */
#if QEMU_AT_LEAST(10, 0) && !QEMU_AT_LEAST(10, 1)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wredundant-decls"
void pcie_sriov_vf_register_bar(PCIDevice *dev, int region_num, MemoryRegion *memory)
    __attribute__((weak));
#pragma GCC diagnostic pop
#define HAVE_VF_REGISTER_BAR (pcie_sriov_vf_register_bar != NULL)
#else
#define HAVE_VF_REGISTER_BAR true
#endif

/* Of a function that may be a VF; the type of a VF's BAR is the one that its PF has announced */
static inline void pci_register_bar_of_any(PCIDevice *dev, int nr, uint8_t type,
                                           MemoryRegion *region)
{
#if !QEMU_AT_LEAST(10, 1)
    if (pci_is_vf(dev) && HAVE_VF_REGISTER_BAR) {
        pcie_sriov_vf_register_bar(dev, nr, region);
        return;
    }
#endif
    pci_register_bar(dev, nr, type, region);
}

#endif
