/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address ranges: first and last address, both inside, as Linux prints resources.
 *
 * An empty range has start > end; range_empty() makes the canonical one. Every function accepts
 * empty ranges: nothing contains or overlaps an empty range, and it contains nothing.
 */
#ifndef BARSHIFT_RANGE_H
#define BARSHIFT_RANGE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Range {
    uint64_t start;
    uint64_t end; /* inclusive */
} Range;

static inline Range range_empty(void)
{
    return (Range) { .start = 1, .end = 0 };
}

static inline bool range_is_empty(Range range)
{
    return range.start > range.end;
}

/**
 * range_sized() - the range of @size bytes from @base
 *
 * Return: an empty range when @size is 0 or the range would pass the end of the address space.
 */
static inline Range range_sized(uint64_t base, uint64_t size)
{
    if (size == 0 || base > UINT64_MAX - (size - 1)) {
        return range_empty();
    }
    return (Range) { .start = base, .end = base + (size - 1) };
}

/**
 * range_size() - bytes in a range
 *
 * Return: 0 for an empty range, and UINT64_MAX for the whole address space, whose size has no
 * 64-bit value.
 */
static inline uint64_t range_size(Range range)
{
    if (range_is_empty(range)) {
        return 0;
    }
    return range.end - range.start == UINT64_MAX ? UINT64_MAX : range.end - range.start + 1;
}

/** range_contains() - does @inner lie wholly in @outer? */
static inline bool range_contains(Range outer, Range inner)
{
    return !range_is_empty(outer) && !range_is_empty(inner) && inner.start >= outer.start &&
           inner.end <= outer.end;
}

/** range_overlaps() - do two ranges share an address? */
static inline bool range_same(Range a, Range b)
{
    return range_is_empty(a) ? range_is_empty(b) : a.start == b.start && a.end == b.end;
}

static inline bool range_overlaps(Range a, Range b)
{
    return !range_is_empty(a) && !range_is_empty(b) && a.start <= b.end && b.start <= a.end;
}

/** range_aligned() - is the start a multiple of the size, as PCI asks of a BAR? */
static inline bool range_aligned(Range range)
{
    uint64_t size = range_size(range);

    return size != 0 && size != UINT64_MAX && range.start % size == 0;
}

#endif
