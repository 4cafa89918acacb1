/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"
#include "pattern.h"

/* The complement can at no offset be what the pattern has there */
uint64_t content_word(enum barshift_backing backing, uint32_t tag, int bar_nr, uint64_t offset)
{
    uint64_t pattern = barshift_pattern(tag, (unsigned)bar_nr, offset);

    return backing == BARSHIFT_BACKING_PATTERN ? pattern : ~pattern;
}

uint64_t content_scratch(uint32_t tag, unsigned n)
{
    return barshift_mix(barshift_mix(~(uint64_t)tag) + n);
}

/* The vectors are the kernel's, and reading the PBA tells about them and not about the BAR */
static bool is_msix(const Bar *bar, uint64_t offset)
{
    Range word = range_sized(offset, CONTENT_WORD_BYTES);

    return range_overlaps(bar->msix_table, word) || range_overlaps(bar->msix_pba, word);
}

static size_t offset_add(const Bar *bar, uint64_t offset, uint64_t *offsets, size_t count)
{
    if (!is_msix(bar, offset)) {
        offsets[count++] = offset;
    }
    return count;
}

size_t content_offsets(const Bar *bar, uint64_t size_bytes, uint64_t *offsets)
{
    uint64_t header = bar_header_bytes(bar->kind, size_bytes);
    size_t count = 0;

    if (header == 0 || size_bytes < 2 * header) {
        return 0;
    }
    count = offset_add(bar, header, offsets, count);
    for (uint64_t power = 2 * header; power != 0 && power < size_bytes; power <<= 1) {
        count = offset_add(bar, power - CONTENT_WORD_BYTES, offsets, count);
        count = offset_add(bar, power, offsets, count);
    }
    return offset_add(bar, size_bytes - CONTENT_WORD_BYTES, offsets, count);
}

/* The first word from there on that MSI-X leaves; downwards it may end in the header */
static uint64_t beside_msix(const Bar *bar, uint64_t offset, bool up)
{
    while (is_msix(bar, offset) && offset >= BARSHIFT_HEADER_PAGE_SIZE) {
        offset += up ? CONTENT_WORD_BYTES : -(uint64_t)CONTENT_WORD_BYTES;
    }
    return offset;
}

size_t content_test_offsets(const Bar *bar, uint64_t size_bytes, uint64_t *offsets)
{
    uint64_t header = bar_header_bytes(bar->kind, size_bytes);
    uint64_t half = size_bytes / 2;
    uint64_t first;
    uint64_t last;
    size_t count = 0;

    if (header == 0 || size_bytes < 2 * header) {
        return 0;
    }
    first = beside_msix(bar, header, true);
    last = beside_msix(bar, size_bytes - CONTENT_WORD_BYTES, false);
    if (last < header || first > last) { /* MSI-X has all of it */
        return 0;
    }
    offsets[count++] = first;
    if (first < half - CONTENT_WORD_BYTES && last > half + first) {
        count = offset_add(bar, last - half, offsets, count);
        count = offset_add(bar, half, offsets, count);
        count = offset_add(bar, half + first, offsets, count);
    }
    if (last != first) {
        offsets[count++] = last;
    }
    return count;
}

int content_fill(const Access *access, const Function *function, const Bar *bar)
{
    AccessWord words[1 + BARSHIFT_SCRATCHES + CONTENT_OFFSETS_MAX];
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t ram = bar->header.backing == BARSHIFT_BACKING_RAM
                     ? content_offsets(bar, range_size(bar->kernel), offsets)
                     : 0;
    size_t count = 0;

    words[count++] = (AccessWord) {
        .offset = BARSHIFT_HEADER_SCRATCH, .width_bytes = 8,
        .value = content_scratch(function->tag, BARSHIFT_SCRATCHES + (unsigned)bar->nr),
    };
    for (unsigned n = 0; n < BARSHIFT_SCRATCHES && bar->header.control; n++) {
        words[count++] = (AccessWord) {
            .offset = BARSHIFT_CONTROL_SCRATCH(n), .width_bytes = 8,
            .value = content_scratch(function->tag, n),
        };
    }
    for (size_t i = 0; i < ram; i++) {
        words[count++] = (AccessWord) {
            .offset = offsets[i], .width_bytes = CONTENT_WORD_BYTES,
            .value = content_word(BARSHIFT_BACKING_RAM, function->tag, bar->nr, offsets[i]),
        };
    }
    return access_write_words(access, function, bar->nr, words, count);
}
