/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through vfio: interrupts as eventfds, DMA through the IOMMU, and a request of the kernel to let
 * go when the function is to be removed.
 *
 * vfio resets the function when it is opened and when it is closed, restores the registers of
 * configuration space that hold addresses and sizes, and in between it puts a function that nobody
 * has open into D3hot. What else the reset takes is the driver's to restore (BackEndOps.resets).
 * Removal waits for as long as the device is open, and a mapping keeps it open.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "back-end.h"
#include "kernel-driver.h"
#include "vfio-device.h"

#define LIVE_ROOT ""
#define BIND_TIMEOUT_MS 10000u
#define DMA_SLOTS 8
/* Where a PC has its memory, so no bridge takes such an address for one of the functions below */
#define DMA_BASE UINT64_C(0x1000000)
#define DMA_SLOT_SIZE UINT64_C(0x1000000)
#define NO_INDEX UINT32_MAX

static const char driver_name[] = "vfio-pci";

_Static_assert(BACK_END_WHY_SIZE >= VFIO_DEVICE_WHY_SIZE, "a sentence of vfio's is taken over");
_Static_assert(BACK_END_WHY_SIZE >= KERNEL_DRIVER_WHY_SIZE, "a sentence of a bind is taken over");

struct BackEnd {
    VfioDevice vfio;
    uint32_t index; /* of the interrupts that are on; NO_INDEX: none */
    int vector_fds[BACK_END_VECTORS_MAX];
    unsigned vectors;
    int request_fd;
    void *dma_memory[DMA_SLOTS]; /* NULL: the slot is free */
};

static int complain(const BackEnd *back_end, int result, const char *what, char *why)
{
    snprintf(why, BACK_END_WHY_SIZE, "%s: %s", back_end->vfio.bdf, what);
    return result;
}

/* A function of vfio's that the kernel will not ask back still works, so this may fail */
static void request_watch(BackEnd *back_end)
{
    char ignored[BACK_END_WHY_SIZE];

    back_end->request_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (back_end->request_fd >= 0 &&
        vfio_device_signal(&back_end->vfio, VFIO_PCI_REQ_IRQ_INDEX, &back_end->request_fd, 1,
                           ignored) < 0) {
        close(back_end->request_fd);
        back_end->request_fd = -1;
    }
}

/* Who finds it bound already leaves it bound: another process may have it open */
static int bound_open(VfioDevice *vfio, const char *bdf, char *why)
{
    char before[KERNEL_DRIVER_NAME_SIZE];
    char ignored[BACK_END_WHY_SIZE];
    int result;

    kernel_driver_name(LIVE_ROOT, bdf, before);
    result = kernel_driver_bind(LIVE_ROOT, bdf, driver_name, BIND_TIMEOUT_MS, why);
    if (result < 0) {
        return result;
    }
    result = vfio_device_open(vfio, bdf, why);
    if (result == 0) {
        result = vfio_device_enable(vfio, why);
    }
    if (result < 0) {
        vfio_device_close(vfio);
    }
    if (result < 0 && strcmp(before, driver_name) != 0) {
        kernel_driver_unbind(LIVE_ROOT, bdf, BIND_TIMEOUT_MS, ignored);
    }
    return result;
}

static int vfio_acquire(const char *bdf, BackEnd **back_end, char *why)
{
    BackEnd *made = calloc(1, sizeof(*made));
    int result;

    if (!made) {
        snprintf(why, BACK_END_WHY_SIZE, "%s: no memory", bdf);
        return -ENOMEM;
    }
    made->index = NO_INDEX;
    result = bound_open(&made->vfio, bdf, why);
    if (result < 0) {
        free(made);
        return result;
    }
    request_watch(made);
    *back_end = made;
    return 0;
}

static int vfio_map(BackEnd *back_end, int bar_nr, uint64_t offset, size_t length, void **memory,
                    char *why)
{
    return vfio_device_map(&back_end->vfio, bar_nr, offset, length, memory, why);
}

static int vfio_unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    return munmap(memory, length) < 0 ? complain(back_end, -errno, "cannot be unmapped", why) : 0;
}

static int vectors_off(BackEnd *back_end, char *why)
{
    int result = 0;

    if (back_end->index != NO_INDEX) {
        result = vfio_device_signal(&back_end->vfio, back_end->index, NULL, 0, why);
    }
    for (unsigned i = 0; i < back_end->vectors; i++) {
        close(back_end->vector_fds[i]);
    }
    back_end->vectors = 0;
    back_end->index = NO_INDEX;
    return result;
}

/* The best kind that the function has, and only that: MSI-X, MSI, its pin */
static uint32_t index_choose(const BackEnd *back_end)
{
    static const uint32_t kinds[] = { VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_MSI_IRQ_INDEX,
                                      VFIO_PCI_INTX_IRQ_INDEX };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (vfio_device_interrupts(&back_end->vfio, kinds[i]) != 0) {
            return kinds[i];
        }
    }
    return NO_INDEX;
}

static int fds_make(BackEnd *back_end, unsigned count, char *why)
{
    for (unsigned i = 0; i < count; i++) {
        back_end->vector_fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (back_end->vector_fds[i] < 0) {
            return complain(back_end, -errno, "no eventfd", why);
        }
        back_end->vectors++;
    }
    return 0;
}

static int vfio_vectors(BackEnd *back_end, unsigned count, int *fds, char *why)
{
    uint32_t index = index_choose(back_end);
    char ignored[BACK_END_WHY_SIZE];
    int result = vectors_off(back_end, why);

    if (result < 0 || count == 0) {
        return result;
    }
    if (index == NO_INDEX) {
        return complain(back_end, -EOPNOTSUPP, "it has no interrupts", why);
    }
    if (count > BACK_END_VECTORS_MAX ||
        count > vfio_device_interrupts(&back_end->vfio, index)) {
        return complain(back_end, -ENOSPC, "it has not got so many interrupts", why);
    }
    result = fds_make(back_end, count, why);
    if (result == 0) {
        result = vfio_device_signal(&back_end->vfio, index, back_end->vector_fds, count, why);
    }
    if (result < 0) {
        vectors_off(back_end, ignored);
        return result;
    }
    back_end->index = index;
    memcpy(fds, back_end->vector_fds, count * sizeof(*fds));
    return 0;
}

static int vfio_acknowledge(BackEnd *back_end, unsigned vector, char *why)
{
    (void)vector;
    return back_end->index == VFIO_PCI_INTX_IRQ_INDEX ? vfio_device_unmask(&back_end->vfio, why)
                                                      : 0;
}

/* The slot that has @memory; NULL: a free one */
static int slot_find(const BackEnd *back_end, const void *memory)
{
    for (int i = 0; i < DMA_SLOTS; i++) {
        if (back_end->dma_memory[i] == memory) {
            return i;
        }
    }
    return -1;
}

static uint64_t slot_address(int slot)
{
    return DMA_BASE + (uint64_t)slot * DMA_SLOT_SIZE;
}

static int vfio_dma_map(BackEnd *back_end, void *memory, size_t length, uint64_t *address,
                        char *why)
{
    int slot = slot_find(back_end, NULL);
    int result;

    if (slot < 0 || length > DMA_SLOT_SIZE) {
        return complain(back_end, -ENOSPC, "no room for so much DMA", why);
    }
    result = vfio_device_dma_map(&back_end->vfio, memory, length, slot_address(slot), why);
    if (result == 0) {
        back_end->dma_memory[slot] = memory;
        *address = slot_address(slot);
    }
    return result;
}

static int vfio_dma_unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    int slot = slot_find(back_end, memory);

    if (slot < 0) {
        return complain(back_end, -EINVAL, "this memory is not mapped for DMA", why);
    }
    back_end->dma_memory[slot] = NULL;
    return vfio_device_dma_unmap(&back_end->vfio, length, slot_address(slot), why);
}

static int vfio_request_fd(BackEnd *back_end)
{
    return back_end->request_fd;
}

static int vfio_release(BackEnd *back_end, char *why)
{
    char ignored[BACK_END_WHY_SIZE];
    int result;

    vectors_off(back_end, ignored);
    if (back_end->request_fd >= 0) {
        vfio_device_signal(&back_end->vfio, VFIO_PCI_REQ_IRQ_INDEX, NULL, 0, ignored);
        close(back_end->request_fd);
    }
    vfio_device_close(&back_end->vfio); /* what is still mapped for DMA goes with it */
    result = kernel_driver_unbind(LIVE_ROOT, back_end->vfio.bdf, BIND_TIMEOUT_MS, why);
    free(back_end);
    return result;
}

const BackEndOps back_end_vfio = {
    .name = "vfio",
    .registers = true,
    .resets = true,
    .acquire = vfio_acquire,
    .map = vfio_map,
    .unmap = vfio_unmap,
    .vectors = vfio_vectors,
    .acknowledge = vfio_acknowledge,
    .dma_map = vfio_dma_map,
    .dma_unmap = vfio_dma_unmap,
    .request_fd = vfio_request_fd,
    .release = vfio_release,
};
