/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function that this test has through vfio, one at a time. */
#ifndef BARSHIFT_HELD_H
#define BARSHIFT_HELD_H

#include <stdint.h>

#include "access.h"
#include "back-end.h"

#define PAGE 0x1000u
#define RAM_WORD 0x2000u /* behind the header */

/** struct Held - a function with its control page and pages of its memory BAR mapped */
typedef struct Held {
    BackEnd *back_end; /* NULL: not held */
    volatile uint8_t *control;
    volatile uint8_t *header; /* of the memory BAR, and the RAM behind it */
} Held;

extern Held held;

/* Through what is held: a kernel can refuse sysfs' mappings of what vfio has */
extern const Access held_access;

/** hold(), release() - take a function, and let it go; the test fails when that fails */
void hold(const char *bdf);
void release(void);

/** held_teardown() - a test that has failed must not keep the function from the next one */
int held_teardown(void **state);

uint64_t get64(volatile uint8_t *page, unsigned offset);
uint32_t get32(volatile uint8_t *page, unsigned offset);
void put64(volatile uint8_t *page, unsigned offset, uint64_t value);
void put32(volatile uint8_t *page, unsigned offset, uint32_t value);

#endif
