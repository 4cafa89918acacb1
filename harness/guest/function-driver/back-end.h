/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a function driver reaches its function: through sysfs, through vfio, or not at all, because
 * a driver of the kernel has it.
 *
 * acquire ... release brackets everything else. A back end keeps no mapping, descriptor or pinned
 * page of the function after release; what the driver has mapped is unmapped before it.
 *
 * The driver tells the function its state by itself, through what it has mapped: acquire and
 * release access no BAR. All operations come from one thread but exchange; other threads access
 * what is mapped, and none does any more when it is unmapped.
 */
#ifndef BARSHIFT_BACK_END_H
#define BARSHIFT_BACK_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BACK_END_WHY_SIZE 320
#define BACK_END_VECTORS_MAX 4

typedef struct BackEnd BackEnd; /* each kind defines its own */

/**
 * struct BackEndOps - one kind
 *
 * Every operation but request_fd and is_lost returns 0 or -errno and then sets @why,
 * BACK_END_WHY_SIZE bytes.
 *
 * @name: as on the command line
 * @registers: the function's BARs can be reached; false: the kernel's driver has it, map and unmap
 *             are NULL
 * @resets: the kernel resets the function in acquire and in release, with a Function Level Reset
 *          where it has one. Registers lose what they hold, contents stay, and the function forgets
 *          which state its driver has declared: who stops it declares that once more behind
 *          release, for which reset_state_tell_stopped() is there
 * @acquire: make @bdf ours: bind, open, enable memory decode and bus mastering. Nothing is kept
 *           when it fails, but the function may have been reset
 * @map: @length bytes at @offset of a BAR, whole pages, readable and writable
 * @unmap: what @map gave
 * @vectors: switch @count interrupt vectors on, 0: off. @fds: (out) a readable, non-blocking
 *           eventfd for each, owned by the back end. NULL: it has no interrupts. A function that
 *           has not got so many vectors gives -ENOSPC, one that has none -EOPNOTSUPP
 * @acknowledge: @vector has been served and its cause is gone. An interrupt pin is masked from its
 *               interrupt on until then. NULL: nothing is to be done
 * @dma_map: let the function reach @memory, @length bytes of whole pages, which the caller has
 *           mapped privately; @address: (out) the bus address. NULL: it has no DMA. -EOPNOTSUPP:
 *           not here, and why
 * @dma_unmap: what @dma_map was given
 * @exchange: one request of an application, number @number, through whatever drives the function;
 *            from the traffic's thread, never before acquire has returned or after release has
 *            begun. NULL: the driver does it through what it has mapped, or there is no traffic
 * @request_fd: a readable eventfd by which the kernel asks to let go, -1: none now. NULL: never any
 * @is_lost: has the kernel removed the function without asking? Then nothing that is mapped of it
 *           may be touched any more. NULL: it asks
 * @release: give it back: nothing of it stays open, mapped or pinned, and @back_end is freed,
 *           whatever the result
 */
typedef struct BackEndOps {
    const char *name;
    bool registers;
    bool resets;
    int (*acquire)(const char *bdf, BackEnd **back_end, char *why);
    int (*map)(BackEnd *back_end, int bar_nr, uint64_t offset, size_t length, void **memory,
               char *why);
    int (*unmap)(BackEnd *back_end, void *memory, size_t length, char *why);
    int (*vectors)(BackEnd *back_end, unsigned count, int *fds, char *why);
    int (*acknowledge)(BackEnd *back_end, unsigned vector, char *why);
    int (*dma_map)(BackEnd *back_end, void *memory, size_t length, uint64_t *address, char *why);
    int (*dma_unmap)(BackEnd *back_end, void *memory, size_t length, char *why);
    int (*exchange)(BackEnd *back_end, uint64_t number, char *why);
    int (*request_fd)(BackEnd *back_end);
    bool (*is_lost)(const BackEnd *back_end);
    int (*release)(BackEnd *back_end, char *why);
} BackEndOps;

extern const BackEndOps back_end_sysfs;
extern const BackEndOps back_end_vfio;
extern const BackEndOps back_end_kernel;

/** back_end_find() - NULL when none has the name; its table is in back-end.c */
const BackEndOps *back_end_find(const char *name);

#endif
