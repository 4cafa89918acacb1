/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "held.h"

static const BackEndOps *const ops = &back_end_vfio;

Held held;

uint64_t get64(volatile uint8_t *page, unsigned offset)
{
    return *(volatile uint64_t *)(page + offset);
}

uint32_t get32(volatile uint8_t *page, unsigned offset)
{
    return *(volatile uint32_t *)(page + offset);
}

void put64(volatile uint8_t *page, unsigned offset, uint64_t value)
{
    *(volatile uint64_t *)(page + offset) = value;
}

void put32(volatile uint8_t *page, unsigned offset, uint32_t value)
{
    *(volatile uint32_t *)(page + offset) = value;
}

void hold(const char *bdf)
{
    char why[BACK_END_WHY_SIZE] = "";
    void *memory;

    if (ops->acquire(bdf, &held.back_end, why) < 0) {
        held.back_end = NULL;
        fail_msg("%s", why);
    }
    assert_int_equal(ops->map(held.back_end, BARSHIFT_CONTROL_BAR, 0, PAGE, &memory, why), 0);
    held.control = memory;
    assert_int_equal(ops->map(held.back_end, BARSHIFT_MEMORY_BAR, 0, RAM_WORD + PAGE, &memory,
                              why), 0);
    held.header = memory;
}

static int let_go(char *why)
{
    BackEnd *back_end = held.back_end;

    ops->unmap(back_end, (void *)(uintptr_t)held.control, PAGE, why);
    ops->unmap(back_end, (void *)(uintptr_t)held.header, RAM_WORD + PAGE, why);
    held.back_end = NULL;
    return ops->release(back_end, why);
}

void release(void)
{
    char why[BACK_END_WHY_SIZE] = "";

    if (let_go(why) < 0) {
        fail_msg("%s", why);
    }
}

int held_teardown(void **state)
{
    char ignored[BACK_END_WHY_SIZE];

    (void)state;
    return held.back_end ? let_go(ignored) : 0;
}

static void held_read(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    volatile uint8_t *page = bar_nr == BARSHIFT_CONTROL_BAR ? held.control : held.header;

    (void)context;
    (void)bdf;
    for (size_t i = 0; i < count; i++) {
        unsigned offset = (unsigned)words[i].offset;

        words[i].value = words[i].width_bytes == 8 ? get64(page, offset) : get32(page, offset);
        words[i].result = 0;
    }
}

static void held_write(void *context, const char *bdf, int bar_nr, AccessWord *words, size_t count)
{
    volatile uint8_t *page = bar_nr == BARSHIFT_CONTROL_BAR ? held.control : held.header;

    (void)context;
    (void)bdf;
    for (size_t i = 0; i < count; i++) {
        unsigned offset = (unsigned)words[i].offset;

        if (words[i].width_bytes == 8) {
            put64(page, offset, words[i].value);
        } else {
            put32(page, offset, (uint32_t)words[i].value);
        }
        words[i].result = 0;
    }
}

const Access held_access = { .memory = { .read = held_read, .write = held_write } };
