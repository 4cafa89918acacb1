/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through sysfs: mmap of resourceN, no interrupts, and DMA only into memory that nobody moves.
 *
 * Locking a page keeps it in memory, but not at its address: the kernel's compaction moves locked
 * pages, too. What keeps it is a pin for long, as drivers of the kernel take one for DMA; a program
 * gets it by registering a buffer with io_uring. Without that there is no DMA.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "back-end.h"
#include "cleanup.h"
#include "command.h"
#include "driver.h"
#include "presence.h"

#define PAGE_SIZE 0x1000u
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_FRAME ((UINT64_C(1) << 55) - 1)
#define GROUP_TYPE_SIZE 32

struct BackEnd {
    char bdf[BDF_SIZE];
    int presence_fd;
    int ring_fd; /* of the io_uring that holds the pin; -1: no page is pinned */
};

static int fail(const BackEnd *back_end, int result, const char *what, char *why)
{
    snprintf(why, BACK_END_WHY_SIZE, "%s: %s: %s", back_end->bdf, what, strerror(-result));
    return result;
}

static int acquire(const char *bdf, BackEnd **back_end, char *why)
{
    BackEnd *made;
    int result = driver_enable(&command_live, bdf, why);

    if (result < 0) {
        return result;
    }
    made = malloc(sizeof(*made));
    if (!made) {
        snprintf(why, BACK_END_WHY_SIZE, "%s: no memory", bdf);
        driver_disable(&command_live, bdf, why);
        return -ENOMEM;
    }
    *made = (BackEnd) { .ring_fd = -1, .presence_fd = presence_open(command_live.root, bdf) };
    snprintf(made->bdf, sizeof(made->bdf), "%s", bdf);
    *back_end = made;
    return 0;
}

static bool is_lost(const BackEnd *back_end)
{
    return presence_lost(back_end->presence_fd);
}

static int map(BackEnd *back_end, int bar_nr, uint64_t offset, size_t length, void **memory,
               char *why)
{
    CLEANUP(fd_close) int fd = -1;
    char path[PATH_MAX];
    void *mapped;

    sysfs_resource_path(path, command_live.root, back_end->bdf, bar_nr);
    fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
    if (fd < 0) {
        return fail(back_end, -errno, "resource file", why);
    }
    mapped = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
    if (mapped == MAP_FAILED) {
        return fail(back_end, -errno, "mmap of the resource file", why);
    }
    *memory = mapped;
    return 0;
}

static int unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    return munmap(memory, length) < 0 ? fail(back_end, -errno, "munmap", why) : 0;
}

/* Addresses that an IOMMU translates are the kernel's to set up */
static bool is_translated(const char *bdf)
{
    CLEANUP(file_close) FILE *file = NULL;
    char type[GROUP_TYPE_SIZE] = "";
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/%s/iommu_group", command_live.root, bdf);
    if (access(path, F_OK) < 0) {
        return false;
    }
    strcat(path, "/type");
    file = fopen(path, "re");
    return !file || !fgets(type, sizeof(type), file) || strcmp(type, "identity\n") != 0;
}

static int pin(BackEnd *back_end, void *memory, size_t length, char *why)
{
    struct io_uring_params parameters = { 0 };
    struct iovec buffer = { .iov_base = memory, .iov_len = length };
    int fd = (int)syscall(SYS_io_uring_setup, 1, &parameters);

    if (fd < 0) {
        return fail(back_end, -EOPNOTSUPP, "no io_uring to pin a page for DMA", why);
    }
    if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1) < 0) {
        int result = -errno;

        close(fd);
        return fail(back_end, result, "pinning a page for DMA", why);
    }
    back_end->ring_fd = fd;
    return 0;
}

static int physical_address(const BackEnd *back_end, const void *memory, uint64_t *address,
                            char *why)
{
    CLEANUP(fd_close) int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    uint64_t entry;
    off_t at = (off_t)((uintptr_t)memory / PAGE_SIZE * sizeof(entry));

    if (fd < 0 || pread(fd, &entry, sizeof(entry), at) != (ssize_t)sizeof(entry) ||
        (entry & PAGEMAP_PRESENT) == 0 || (entry & PAGEMAP_FRAME) == 0) {
        return fail(back_end, -EOPNOTSUPP, "the kernel does not tell physical addresses", why);
    }
    *address = (entry & PAGEMAP_FRAME) * PAGE_SIZE;
    return 0;
}

static int bus_master(const BackEnd *back_end, bool on, char *why)
{
    int result = config_decode(&command_live, back_end->bdf, PCI_COMMAND_MASTER, on, why);

    return result < 0 ? fail(back_end, result, "Bus Master Enable", why) : 0;
}

/* A stream that was forgotten may run on: first nothing leaves the function any more */
static int dma_unmap(BackEnd *back_end, void *memory, size_t length, char *why)
{
    int result = bus_master(back_end, false, why);

    (void)memory;
    (void)length;
    close(back_end->ring_fd);
    back_end->ring_fd = -1;
    return result == -ENODEV ? 0 : result; /* one that is gone writes nothing */
}

/* One page: several need not lie beside each other */
static int dma_map(BackEnd *back_end, void *memory, size_t length, uint64_t *address, char *why)
{
    char ignored[BACK_END_WHY_SIZE];
    int result;

    if (length != PAGE_SIZE || back_end->ring_fd >= 0) {
        return fail(back_end, -EINVAL, "DMA goes into one page", why);
    }
    if (is_translated(back_end->bdf)) {
        return fail(back_end, -EOPNOTSUPP, "an IOMMU translates its DMA", why);
    }
    result = pin(back_end, memory, length, why);
    if (result < 0) {
        return result;
    }
    result = physical_address(back_end, memory, address, why);
    if (result == 0) {
        result = bus_master(back_end, true, why);
    }
    if (result < 0) {
        dma_unmap(back_end, memory, length, ignored);
    }
    return result;
}

/* A function that was removed meanwhile needs no more; whoever has its name now is not ours */
static int release(BackEnd *back_end, char *why)
{
    char ignored[BACK_END_WHY_SIZE];
    bool lost = is_lost(back_end);
    int result;

    if (back_end->ring_fd >= 0) {
        dma_unmap(back_end, NULL, 0, ignored);
    }
    result = lost ? 0 : driver_disable(&command_live, back_end->bdf, why);
    fd_close(&back_end->presence_fd);
    free(back_end);
    return result == -ENOENT || result == -ENODEV ? 0 : result;
}

const BackEndOps back_end_sysfs = {
    .name = "sysfs",
    .registers = true,
    .acquire = acquire,
    .map = map,
    .unmap = unmap,
    .dma_map = dma_map,
    .dma_unmap = dma_unmap,
    .is_lost = is_lost,
    .release = release,
};
