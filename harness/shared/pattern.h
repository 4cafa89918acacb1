/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a BAR without memory answers: a word that depends on function, BAR and offset.
 *
 * So a BAR of any size can be checked for aliases, and costs no memory.
 */
#ifndef BARSHIFT_PATTERN_H
#define BARSHIFT_PATTERN_H

#include <stdint.h>

/* The finaliser of splitmix64: each bit of the input changes about half of the output */
static inline uint64_t barshift_mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

/**
 * barshift_pattern() - the 64-bit word at an offset of a BAR
 * @tag: instance tag of the function
 * @bar_nr: BAR
 * @offset: from the start of the BAR, a multiple of 8
 */
static inline uint64_t barshift_pattern(uint32_t tag, unsigned bar_nr, uint64_t offset)
{
    return barshift_mix(barshift_mix((uint64_t)tag << 8 | bar_nr) + offset);
}

#endif
