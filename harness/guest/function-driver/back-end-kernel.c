/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Not at all: a driver of the kernel has the function, and makes a block device of it. Acquire and
 * release are bind and unbind, and requests go to the block device.
 *
 * The block device is another one after each bind, maybe of another name. What the workload has
 * written is known over all of them, and is looked at before anything else is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "back-end.h"
#include "block-workload.h"
#include "cleanup.h"
#include "kernel-driver.h"
#include "presence.h"

#define LIVE_ROOT ""
#define BIND_TIMEOUT_MS 10000u
#define DISK_TIMEOUT_MS 10000u
#define POLL_MS 10u
#define BLOCK_CLASS "/sys/class/block"

_Static_assert(BACK_END_WHY_SIZE >= BLOCK_WORKLOAD_WHY_SIZE, "a sentence of it is taken over");

struct BackEnd {
    char bdf[64];
    int disk;
    int presence_fd;
};

/* Of the one function that this process drives */
static BlockWorkload workload;

static bool is_disk_of(const char *name, const char *bdf)
{
    char path[PATH_MAX];
    char real[PATH_MAX];
    char below[80];

    snprintf(path, sizeof(path), BLOCK_CLASS "/%s/partition", name);
    if (access(path, F_OK) == 0) {
        return false;
    }
    snprintf(path, sizeof(path), BLOCK_CLASS "/%s", name);
    snprintf(below, sizeof(below), "/%s/", bdf);
    return realpath(path, real) && strstr(real, below);
}

/* Return: the disk's descriptor, -ENOENT while there is none, or the errno of opening it */
static int disk_open(const char *bdf)
{
    CLEANUP(directory_close) DIR *directory = opendir(BLOCK_CLASS);
    const struct dirent *entry;
    char path[PATH_MAX];

    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[0] != '.' && is_disk_of(entry->d_name, bdf)) {
            int fd;

            snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
            fd = open(path, O_RDWR | O_DIRECT | O_DSYNC | O_EXCL | O_CLOEXEC);
            return fd < 0 ? -errno : fd;
        }
    }
    return -ENOENT;
}

/* A driver goes on with its probe when bind has returned; at first the disk has no capacity */
static int disk_wait(BackEnd *back_end, char *why)
{
    for (unsigned waited_ms = 0;; waited_ms += POLL_MS) {
        int fd = disk_open(back_end->bdf);

        if (fd >= 0 && lseek(fd, 0, SEEK_END) > 0) {
            back_end->disk = fd;
            return 0;
        }
        if (fd >= 0) {
            close(fd);
        }
        if (waited_ms >= DISK_TIMEOUT_MS || (fd < 0 && fd != -ENOENT && fd != -ENXIO)) {
            snprintf(why, BACK_END_WHY_SIZE, "%s: no block device: %s", back_end->bdf,
                     fd >= 0 ? "it has no capacity" : strerror(-fd));
            return fd >= 0 ? -ENOSPC : fd;
        }
        nanosleep(&(struct timespec) { .tv_nsec = POLL_MS * 1000000L }, NULL);
    }
}

static int workload_begin(const BackEnd *back_end, char *why)
{
    int result;

    if (workload.buffer) {
        return block_workload_verify(&workload, back_end->disk, why);
    }
    if (block_workload_init(&workload) < 0) {
        snprintf(why, BACK_END_WHY_SIZE, "%s: no memory", back_end->bdf);
        return -ENOMEM;
    }
    result = block_workload_claim(&workload, back_end->disk, why);
    if (result < 0) { /* the next one must not take it for its own */
        block_workload_deinit(&workload);
    }
    return result;
}

static int kernel_acquire(const char *bdf, BackEnd **back_end, char *why)
{
    BackEnd *made = calloc(1, sizeof(*made));
    int result;

    if (!made) {
        snprintf(why, BACK_END_WHY_SIZE, "%s: no memory", bdf);
        return -ENOMEM;
    }
    snprintf(made->bdf, sizeof(made->bdf), "%s", bdf);
    made->disk = -1;
    result = kernel_driver_bind(LIVE_ROOT, bdf, KERNEL_DRIVER_ANY, BIND_TIMEOUT_MS, why);
    if (result == 0) {
        result = disk_wait(made, why);
    }
    if (result == 0) {
        result = workload_begin(made, why);
    }
    if (result < 0) {
        fd_close(&made->disk);
        free(made);
        return result;
    }
    made->presence_fd = presence_open(LIVE_ROOT, bdf);
    *back_end = made;
    return 0;
}

static bool kernel_is_lost(const BackEnd *back_end)
{
    return presence_lost(back_end->presence_fd);
}

static int kernel_exchange(BackEnd *back_end, uint64_t number, char *why)
{
    return block_workload_exchange(&workload, back_end->disk, number, why);
}

static int kernel_release(BackEnd *back_end, char *why)
{
    int result = 0;

    fd_close(&back_end->disk);
    if (!kernel_is_lost(back_end)) {
        result = kernel_driver_unbind(LIVE_ROOT, back_end->bdf, BIND_TIMEOUT_MS, why);
    }
    fd_close(&back_end->presence_fd);
    free(back_end);
    return result;
}

const BackEndOps back_end_kernel = {
    .name = "kernel",
    .registers = false,
    .acquire = kernel_acquire,
    .exchange = kernel_exchange,
    .is_lost = kernel_is_lost,
    .release = kernel_release,
};
