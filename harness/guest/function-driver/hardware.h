/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a function driver has of its function between prepare and release: the back end, the pages
 * that are mapped, interrupts, a page for DMA.
 *
 * Nothing is mapped before hardware_prepare() and after hardware_release(), so an access is
 * -ENXIO then. The engine's thread accesses; all else is the PnP side's, which keeps the engine
 * out meanwhile (io-queue.h).
 */
#ifndef BARSHIFT_HARDWARE_H
#define BARSHIFT_HARDWARE_H

#include <stdbool.h>
#include <stdint.h>

#include "back-end.h"
#include "reset-state.h"
#include "topology.h"

#define HARDWARE_WHY_SIZE BACK_END_WHY_SIZE
#define HARDWARE_OFFSETS_MAX 16
#define HARDWARE_PAGES_MAX 4
#define HARDWARE_PAGE_SIZE 0x1000u
#define HARDWARE_STREAM_PERIOD_MS 10 /* 100 steps a second: each costs the VMM a timer */

/** struct HardwareTarget - where the traffic goes */
typedef struct HardwareTarget {
    int bar_nr;
    enum barshift_backing backing; /* RAM: written and read back; pattern: read; none: its header */
    uint64_t offsets[HARDWARE_OFFSETS_MAX];
    unsigned count;
} HardwareTarget;

typedef struct HardwarePage {
    int bar_nr;
    uint64_t offset;
    uint8_t *memory;
} HardwarePage;

/**
 * struct HardwareSetup - for all the life of a driver
 * @find: the function as configuration space and the kernel have it, and whether it is noted as
 *        stopped; hardware_find() on a live system
 * @root: what stands before "/sys" and "/run"
 */
typedef struct HardwareSetup {
    const BackEndOps *ops;
    int (*find)(const char *root, const char *bdf, Function *function, char *why);
    const char *root;
} HardwareSetup;

typedef struct Hardware {
    HardwareSetup setup;
    BackEnd *back_end; /* NULL: not prepared */
    BackEnd *kept;     /* of a driver that lets its DMA run on */
    Function function; /* as it was found at prepare */
    enum barshift_driver_state told; /* UNDECLARED: nothing since prepare */
    bool stopped;      /* it was told so at last, or is noted so */
    ResetState saved;  /* of a back end that resets: what its resets take */
    HardwareTarget target;
    HardwarePage pages[HARDWARE_PAGES_MAX];
    unsigned page_count;
    HardwarePage kept_pages[HARDWARE_PAGES_MAX];
    unsigned kept_count;
    int vector_fds[BACK_END_VECTORS_MAX];
    unsigned vector_count;
    void *dma_memory;
    uint64_t dma_address;
    uint64_t dma_failed; /* steps that had failed when the stream began */
    bool dma_ready;
    bool dma_runs;
} Hardware;

/** What a release leaves behind, for drivers that do it wrong */
enum {
    HARDWARE_KEEP_MAPPING = 1 << 0,
    HARDWARE_KEEP_DMA = 1 << 1,
};

/** hardware_find() - the one of a live system; Return: 0 or -errno with @why set */
int hardware_find(const char *root, const char *bdf, Function *function, char *why);

/** hardware_target() - choose where the traffic of a function goes, by its headers if they were
 *  read; words that content.h and verify use are left alone */
void hardware_target(const Function *function, HardwareTarget *target);

/** hardware_init() - nothing is prepared; Return: 0 or -ENOMEM */
int hardware_init(Hardware *hardware, const HardwareSetup *setup);

/** hardware_deinit() - gives back what is still held, without a word to the function */
void hardware_deinit(Hardware *hardware);

/**
 * hardware_prepare() - take the function, map what is needed, tell it that it is started
 * @bdf: where it is now
 * @why: (out) HARDWARE_WHY_SIZE bytes, as everywhere here
 *
 * A function that is noted as stopped is told before anything is read. What a failure leaves,
 * hardware_release() gives back.
 */
int hardware_prepare(Hardware *hardware, const char *bdf, char *why);

/** hardware_declare() - tell the function a driver state other than stopped, if it is prepared and
 *  has not been told it last */
int hardware_declare(Hardware *hardware, enum barshift_driver_state state, char *why);

/** hardware_quiet() - the last access: note the function as stopped and tell it so */
int hardware_quiet(Hardware *hardware, char *why);

/**
 * hardware_is_lost(), hardware_lose() - has the kernel removed the function without asking?
 *
 * Then nothing of it is touched any more, but a stream that still runs is stopped: what is mapped
 * is unmapped, and who waits for an answer of it gets -ENXIO. The engine is kept out meanwhile.
 * hardware_release() is still to come.
 */
bool hardware_is_lost(const Hardware *hardware);
void hardware_lose(Hardware *hardware);

/** hardware_release() - unmap and give back; @keep: of HARDWARE_KEEP_ */
int hardware_release(Hardware *hardware, unsigned keep, char *why);

/** hardware_touch_kept() - read through what was kept mapped, and keep it no longer */
void hardware_touch_kept(Hardware *hardware);

/** hardware_interrupts() - switch @count vectors on; 0: off */
int hardware_interrupts(Hardware *hardware, unsigned count, char *why);

/**
 * hardware_interrupt_served() - an interrupt of @vector has been taken
 *
 * Takes the cause away and lets the next one come: a pin is silent until then.
 */
int hardware_interrupt_served(Hardware *hardware, unsigned vector, char *why);

/** hardware_ring() - raise a vector through the doorbell */
int hardware_ring(Hardware *hardware, unsigned vector);

/** hardware_dma_prepare() - let the function reach the page; Return: -EOPNOTSUPP: it cannot */
int hardware_dma_prepare(Hardware *hardware, char *why);

/** hardware_dma_unprepare() - the function reaches it no more, and need not be asked for that */
int hardware_dma_unprepare(Hardware *hardware, char *why);

/** hardware_dma_run(), hardware_dma_stop() - the stream of the device's counter into the page;
 *  @count: (out) what is in the page before its first step */
int hardware_dma_run(Hardware *hardware, uint64_t *count, char *why);
int hardware_dma_stop(Hardware *hardware, char *why);

/** hardware_dma_count() - what the stream has written last */
uint64_t hardware_dma_count(const Hardware *hardware);

/**
 * hardware_dma_agrees() - has every step that the function counts arrived, and none failed?
 * @agrees: (out) set only on success
 *
 * Return: 0 or the -errno of the access.
 */
int hardware_dma_agrees(Hardware *hardware, bool *agrees);

/** hardware_read(), hardware_write() - 64 bits through what is mapped; Return: 0 or -ENXIO */
int hardware_read(const Hardware *hardware, int bar_nr, uint64_t offset, uint64_t *value);
int hardware_write(const Hardware *hardware, int bar_nr, uint64_t offset, uint64_t value);

/** hardware_header_check() - 0; -EIO when the header of the target BAR is not the function's own */
int hardware_header_check(const Hardware *hardware);

#endif
