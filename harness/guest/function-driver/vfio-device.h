/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function that vfio has given to this process, with an address space of its own behind the
 * IOMMU: what Linux' include/uapi/linux/vfio.h calls container, group and device.
 *
 * Every call returns 0 or -errno, and then sets @why, VFIO_DEVICE_WHY_SIZE bytes.
 */
#ifndef BARSHIFT_VFIO_DEVICE_H
#define BARSHIFT_VFIO_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bdf.h"

#define VFIO_DEVICE_WHY_SIZE 320

typedef struct VfioDevice {
    char bdf[BDF_SIZE];
    int container;
    int group;
    int device;
} VfioDevice;

/**
 * vfio_device_open() - open a function that is bound to vfio-pci
 *
 * The kernel resets it. Fails with -EPERM when somebody else has a function of the same group bound
 * to another driver, and with -EBUSY when somebody else has the group open.
 */
int vfio_device_open(VfioDevice *vfio, const char *bdf, char *why);

/** vfio_device_close() - the kernel resets it again; no mapping of it may be left */
void vfio_device_close(VfioDevice *vfio);

/** vfio_device_enable() - switch on memory decode and bus mastering */
int vfio_device_enable(const VfioDevice *vfio, char *why);

/** vfio_device_map() - @length bytes at @offset of a BAR; @memory: (out) for
 *  munmap(); a child process has it not */
int vfio_device_map(const VfioDevice *vfio, int bar_nr, uint64_t offset, size_t length,
                    void **memory, char *why);

/** vfio_device_interrupts() - how many interrupts an index (VFIO_PCI_MSIX_IRQ_INDEX...) has */
unsigned vfio_device_interrupts(const VfioDevice *vfio, uint32_t index);

/** vfio_device_signal() - have @count eventfds signalled from now on; 0: none any more */
int vfio_device_signal(const VfioDevice *vfio, uint32_t index, const int *fds, uint32_t count,
                       char *why);

/** vfio_device_unmask() - of the interrupt pin */
int vfio_device_unmask(const VfioDevice *vfio, char *why);

/** vfio_device_dma_map(), vfio_device_dma_unmap() - @address: the bus address */
int vfio_device_dma_map(const VfioDevice *vfio, void *memory, size_t length, uint64_t address,
                        char *why);
int vfio_device_dma_unmap(const VfioDevice *vfio, size_t length, uint64_t address, char *why);

#endif
