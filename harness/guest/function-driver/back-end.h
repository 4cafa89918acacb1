/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a function driver reaches its function: through sysfs, through vfio, or not at all, because
 * a driver of the kernel has it.
 *
 * acquire ... release brackets everything else, and prepare ... unprepare what uses resources. A
 * back end keeps no mapping, descriptor or pinned page of the function after release; release
 * undoes what prepare has left, too.
 */
#ifndef BARSHIFT_BACK_END_H
#define BARSHIFT_BACK_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BACK_END_WHY_SIZE 320
#define BACK_END_VECTORS_MAX 4

typedef struct BackEnd BackEnd;

/**
 * struct BackEndOps - one kind
 *
 * Every operation returns 0 or -errno and then sets @why, BACK_END_WHY_SIZE bytes.
 *
 * @name: as on the command line
 * @registers: the function's BARs can be reached; false: the kernel's driver has it
 * @acquire: make @bdf ours: bind, open, enable memory decode and bus mastering
 * @map: @length bytes at @offset of a BAR, readable and writable
 * @unmap: what @map gave
 * @vectors: switch @count interrupt vectors on, 0: off. @fds: (out) a readable eventfd for each,
 *           owned by the back end. NULL: it has no interrupts
 * @dma_map: let the function reach @memory, whole pages; @address: (out) the bus address
 * @request_fd: a readable eventfd by which the kernel asks to let go; -1: none
 * @release: give it back: nothing of it stays open, mapped or pinned
 */
typedef struct BackEndOps {
    const char *name;
    bool registers;
    int (*acquire)(const char *bdf, BackEnd **back_end, char *why);
    int (*map)(BackEnd *back_end, int bar_nr, uint64_t offset, size_t length, void **memory,
               char *why);
    int (*unmap)(BackEnd *back_end, void *memory, size_t length, char *why);
    int (*vectors)(BackEnd *back_end, unsigned count, int *fds, char *why);
    int (*dma_map)(BackEnd *back_end, void *memory, size_t length, uint64_t *address, char *why);
    int (*dma_unmap)(BackEnd *back_end, void *memory, size_t length, char *why);
    int (*request_fd)(BackEnd *back_end);
    int (*release)(BackEnd *back_end, char *why);
} BackEndOps;

extern const BackEndOps back_end_sysfs;
extern const BackEndOps back_end_vfio;
extern const BackEndOps back_end_kernel;

/** back_end_find() - NULL when none has the name */
const BackEndOps *back_end_find(const char *name);

#endif
