/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function of tag 7 made of memory, and the back end that reaches it: BAR 0 has the control
 * registers, BAR 2 has 64 KiB of RAM. Nobody answers behind the registers: a test does.
 */
#ifndef BARSHIFT_FAKE_BACK_END_H
#define BARSHIFT_FAKE_BACK_END_H

#include "hardware.h"

#define FAKE_BDF "0000:01:00.0"
#define FAKE_TAG 7
#define FAKE_BACK_END_BARS 3
#define FAKE_MAPPING "fake-bar" /* in the name of each mapping, as /proc/self/maps has it */

typedef struct FakeBackEnd {
    uint8_t *bars[FAKE_BACK_END_BARS]; /* the test's own view, which is no mapping of the driver */
    uint64_t sizes[FAKE_BACK_END_BARS];
    int files[FAKE_BACK_END_BARS];
    unsigned acquired; /* now */
    unsigned mapped;   /* now */
    unsigned vectors;  /* now */
    int vector_fds[BACK_END_VECTORS_MAX];
    unsigned acknowledged;
    uint32_t cause_left; /* of INTX_STATUS, which was not cleared before */
    int request_fd;    /* -1: none */
    void *dma_memory;  /* NULL: not mapped for DMA */
    bool no_dma;
    bool lost;         /* the kernel has removed it */
    unsigned not_found; /* the look for it that fails, counted from now; 0: none */
    char root[64];     /* stop notes are below it */
} FakeBackEnd;

extern FakeBackEnd fake_back_end;
extern const BackEndOps fake_back_end_ops;

/** fake_back_end_make(), fake_back_end_free() - the function as after power-on */
void fake_back_end_make(void);
void fake_back_end_free(void);

/** fake_back_end_show() - let its BARs be reached through sysfs below the root, too */
void fake_back_end_show(void);

/** fake_register() - a word of the control registers */
volatile uint32_t *fake_register(uint64_t offset);

/** fake_is_mapped() - does /proc/self/maps have a mapping of the driver's? */
bool fake_is_mapped(void);

/** fake_find() - HardwareSetup.find; what is noted as stopped counts */
int fake_find(const char *root, const char *bdf, Function *function, char *why);

#endif
