/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio-device.h"

#define SIGNALS_MAX 8

static int complain(const VfioDevice *vfio, const char *what, char *why)
{
    int result = -errno;

    snprintf(why, VFIO_DEVICE_WHY_SIZE, "%s: vfio: %s: %s", vfio->bdf, what, strerror(-result));
    return result;
}

static int group_path(const VfioDevice *vfio, char *path, char *why)
{
    char link[PATH_MAX];
    char target[PATH_MAX];
    ssize_t length;

    snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group", vfio->bdf);
    length = readlink(link, target, sizeof(target) - 1);
    if (length < 0) {
        return complain(vfio, "no IOMMU translates for it", why);
    }
    target[length] = '\0';
    snprintf(path, PATH_MAX, "/dev/vfio/%s", strrchr(target, '/') + 1);
    return 0;
}

static int container_open(VfioDevice *vfio, char *why)
{
    vfio->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
    if (vfio->container < 0) {
        return complain(vfio, "/dev/vfio/vfio", why);
    }
    if (ioctl(vfio->container, VFIO_GET_API_VERSION) != VFIO_API_VERSION) {
        errno = EPROTO;
        return complain(vfio, "its interface is not the one that is known", why);
    }
    return 0;
}

static int group_open(VfioDevice *vfio, char *why)
{
    struct vfio_group_status status = { .argsz = sizeof(status) };
    char path[PATH_MAX];
    int result = group_path(vfio, path, why);

    if (result < 0) {
        return result;
    }
    vfio->group = open(path, O_RDWR | O_CLOEXEC);
    if (vfio->group < 0 || ioctl(vfio->group, VFIO_GROUP_GET_STATUS, &status) < 0) {
        return complain(vfio, "its group cannot be opened", why);
    }
    if ((status.flags & VFIO_GROUP_FLAGS_VIABLE) == 0) {
        errno = EPERM;
        return complain(vfio, "a function of the same group has another driver", why);
    }
    return 0;
}

static int device_open(VfioDevice *vfio, char *why)
{
    if (ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container) < 0) {
        return complain(vfio, "the group gets no address space", why);
    }
    if (ioctl(vfio->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0) {
        return complain(vfio, "no IOMMU of type 1 (module vfio_iommu_type1)", why);
    }
    vfio->device = ioctl(vfio->group, VFIO_GROUP_GET_DEVICE_FD, vfio->bdf);
    return vfio->device < 0 ? complain(vfio, "it cannot be opened", why) : 0;
}

int vfio_device_open(VfioDevice *vfio, const char *bdf, char *why)
{
    int result;

    *vfio = (VfioDevice) { .container = -1, .group = -1, .device = -1 };
    snprintf(vfio->bdf, sizeof(vfio->bdf), "%s", bdf);
    result = container_open(vfio, why);
    if (result == 0) {
        result = group_open(vfio, why);
    }
    if (result == 0) {
        result = device_open(vfio, why);
    }
    if (result < 0) {
        vfio_device_close(vfio);
    }
    return result;
}

static void close_one(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

/* The group's place in the container ends with the last device of the group */
void vfio_device_close(VfioDevice *vfio)
{
    close_one(&vfio->device);
    close_one(&vfio->group);
    close_one(&vfio->container);
}

static int region_get(const VfioDevice *vfio, uint32_t index, struct vfio_region_info *region,
                      char *why)
{
    *region = (struct vfio_region_info) { .argsz = sizeof(*region), .index = index };
    return ioctl(vfio->device, VFIO_DEVICE_GET_REGION_INFO, region) < 0
               ? complain(vfio, "it does not tell of a region", why)
               : 0;
}

int vfio_device_enable(const VfioDevice *vfio, char *why)
{
    struct vfio_region_info config;
    uint16_t command;
    int result = region_get(vfio, VFIO_PCI_CONFIG_REGION_INDEX, &config, why);
    off_t at = (off_t)config.offset + PCI_COMMAND;

    if (result < 0) {
        return result;
    }
    if (pread(vfio->device, &command, sizeof(command), at) != sizeof(command)) {
        return complain(vfio, "its Command register cannot be read", why);
    }
    command |= PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    return pwrite(vfio->device, &command, sizeof(command), at) != sizeof(command)
               ? complain(vfio, "its Command register cannot be written", why)
               : 0;
}

int vfio_device_map(const VfioDevice *vfio, int bar_nr, uint64_t offset, size_t length,
                    void **memory, char *why)
{
    struct vfio_region_info region;
    int result = region_get(vfio, VFIO_PCI_BAR0_REGION_INDEX + (uint32_t)bar_nr, &region, why);
    void *mapped;

    if (result < 0) {
        return result;
    }
    if ((region.flags & VFIO_REGION_INFO_FLAG_MMAP) == 0 || offset > region.size ||
        length > region.size - offset) {
        errno = ENXIO;
        return complain(vfio, "the BAR cannot be mapped there", why);
    }
    mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, vfio->device,
                  (off_t)(region.offset + offset));
    if (mapped == MAP_FAILED) {
        return complain(vfio, "the BAR cannot be mapped", why);
    }
    /* A child that waits for the kernel to unbind the function would itself be what it waits for */
    if (madvise(mapped, length, MADV_DONTFORK) < 0) {
        result = complain(vfio, "the mapping cannot be kept from children", why);

        munmap(mapped, length);
        return result;
    }
    *memory = mapped;
    return 0;
}

unsigned vfio_device_interrupts(const VfioDevice *vfio, uint32_t index)
{
    struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };

    return ioctl(vfio->device, VFIO_DEVICE_GET_IRQ_INFO, &info) < 0 ? 0 : info.count;
}

int vfio_device_signal(const VfioDevice *vfio, uint32_t index, const int *fds, uint32_t count,
                       char *why)
{
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + SIGNALS_MAX * sizeof(int)];
    } message = { .set = { .index = index } };

    if (count > SIGNALS_MAX) {
        errno = E2BIG;
        return complain(vfio, "too many interrupts", why);
    }
    message.set.argsz = (uint32_t)(sizeof(message.set) + count * sizeof(int));
    message.set.count = count;
    message.set.flags = VFIO_IRQ_SET_ACTION_TRIGGER |
                        (count == 0 ? VFIO_IRQ_SET_DATA_NONE : VFIO_IRQ_SET_DATA_EVENTFD);
    memcpy(message.bytes + sizeof(message.set), fds, count * sizeof(int));
    return ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, &message) < 0
               ? complain(vfio, "its interrupts cannot be switched", why)
               : 0;
}

int vfio_device_unmask(const VfioDevice *vfio, char *why)
{
    struct vfio_irq_set set = {
        .argsz = sizeof(set),
        .flags = VFIO_IRQ_SET_ACTION_UNMASK | VFIO_IRQ_SET_DATA_NONE,
        .index = VFIO_PCI_INTX_IRQ_INDEX,
        .count = 1,
    };

    return ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, &set) < 0
               ? complain(vfio, "its interrupt pin cannot be unmasked", why)
               : 0;
}

int vfio_device_dma_map(const VfioDevice *vfio, void *memory, size_t length, uint64_t address,
                        char *why)
{
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof(map),
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)memory,
        .iova = address,
        .size = length,
    };

    return ioctl(vfio->container, VFIO_IOMMU_MAP_DMA, &map) < 0
               ? complain(vfio, "memory cannot be mapped for DMA", why)
               : 0;
}

int vfio_device_dma_unmap(const VfioDevice *vfio, size_t length, uint64_t address, char *why)
{
    struct vfio_iommu_type1_dma_unmap unmap = {
        .argsz = sizeof(unmap),
        .iova = address,
        .size = length,
    };

    return ioctl(vfio->container, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0
               ? complain(vfio, "memory cannot be unmapped for DMA", why)
               : 0;
}
