/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"

/* The finaliser of splitmix64: each bit of the input changes about half of the output */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t content_word(uint32_t tag, int bar_nr, uint64_t offset)
{
    return mix(mix((uint64_t)tag << 8 | (unsigned)bar_nr) + offset);
}

uint64_t content_scratch(uint32_t tag, unsigned n)
{
    return mix(mix(~(uint64_t)tag) + n);
}

size_t content_offsets(uint64_t size_bytes, uint64_t *offsets)
{
    size_t count = 0;

    if (size_bytes < 2 * BARSHIFT_HEADER_PAGE_SIZE) {
        return 0;
    }
    offsets[count++] = BARSHIFT_HEADER_PAGE_SIZE;
    for (uint64_t power = 2 * BARSHIFT_HEADER_PAGE_SIZE; power != 0 && power < size_bytes;
         power <<= 1) {
        offsets[count++] = power - CONTENT_WORD_BYTES;
        offsets[count++] = power;
    }
    offsets[count++] = size_bytes - CONTENT_WORD_BYTES;
    return count;
}

static int control_fill(const Access *access, const Function *function)
{
    int result = 0;

    for (unsigned n = 0; n < BARSHIFT_SCRATCHES && result == 0; n++) {
        result = access_write(access, function, BARSHIFT_CONTROL_BAR, BARSHIFT_CONTROL_SCRATCH(n),
                              8, content_scratch(function->tag, n));
    }
    return result;
}

static int memory_fill(const Access *access, const Function *function, const Bar *bar)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(range_size(bar->kernel), offsets);
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        result = access_write(access, function, bar->nr, offsets[i], CONTENT_WORD_BYTES,
                              content_word(function->tag, bar->nr, offsets[i]));
    }
    return result;
}

int content_fill(const Access *access, const Function *function, const Bar *bar)
{
    int result = access_write(access, function, bar->nr, BARSHIFT_HEADER_SCRATCH, 8,
                              content_scratch(function->tag, BARSHIFT_SCRATCHES +
                                                                 (unsigned)bar->nr));

    if (result < 0) {
        return result;
    }
    return bar->nr == BARSHIFT_CONTROL_BAR ? control_fill(access, function)
                                           : memory_fill(access, function, bar);
}
