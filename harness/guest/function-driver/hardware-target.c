/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "content.h"
#include "hardware.h"
#include "io-queue.h"

#define PAGES_TRIED 16
#define WORDS_A_PAGE 8
#define WORD_FIRST 0x48 /* neither the first nor the last word of a page, which content.h uses */
#define WORD_STEP 0x1f8
#define FAR_SIZE_MIN 0x10000u
#define FAR_PAGE 0x3000u /* before the end: apart from the last words */

static bool is_in(const uint64_t *offsets, size_t count, uint64_t offset)
{
    for (size_t i = 0; i < count; i++) {
        if (offsets[i] == offset) {
            return true;
        }
    }
    return false;
}

static bool is_free(const Bar *bar, uint64_t size_bytes, uint64_t offset)
{
    uint64_t content[CONTENT_OFFSETS_MAX];
    uint64_t test[CONTENT_TEST_OFFSETS];
    Range word = range_sized(offset, CONTENT_WORD_BYTES);

    return !range_overlaps(bar->msix_table, word) && !range_overlaps(bar->msix_pba, word) &&
           !is_in(content, content_offsets(bar, size_bytes, content), offset) &&
           !is_in(test, content_test_offsets(bar, size_bytes, test), offset);
}

/* Some words of a page; Return: were there any? */
static bool page_add(const Bar *bar, uint64_t size_bytes, uint64_t page, HardwareTarget *target)
{
    unsigned before = target->count;

    for (uint64_t n = 0; n < WORDS_A_PAGE && target->count < HARDWARE_OFFSETS_MAX; n++) {
        uint64_t offset = page + WORD_FIRST + n * WORD_STEP;

        if (is_free(bar, size_bytes, offset)) {
            target->offsets[target->count++] = offset;
        }
    }
    return target->count > before;
}

/* Two pages, one near each end: few pages are touched, because the memory behind is sparse */
static bool bar_target(const Bar *bar, HardwareTarget *target)
{
    uint64_t size_bytes = range_size(bar->kernel);
    uint64_t header = bar_header_bytes(bar->kind, size_bytes);
    HardwareTarget found = { .bar_nr = bar->nr, .backing = bar->header.backing };

    for (uint64_t n = 0; n < PAGES_TRIED && header + n * HARDWARE_PAGE_SIZE < size_bytes; n++) {
        if (page_add(bar, size_bytes, header + n * HARDWARE_PAGE_SIZE, &found)) {
            break;
        }
    }
    if (size_bytes >= FAR_SIZE_MIN) {
        page_add(bar, size_bytes, size_bytes - FAR_PAGE, &found);
    }
    /* Requests under way at the same time need words of their own */
    if (found.count < IO_QUEUE_DEPTH) {
        return false;
    }
    *target = found;
    return true;
}

void hardware_target(const Function *function, HardwareTarget *target)
{
    static const enum barshift_backing wanted[] = { BARSHIFT_BACKING_RAM,
                                                    BARSHIFT_BACKING_PATTERN };

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
            const Bar *bar = &function->bars[nr];

            if (bar_is_memory(bar) && bar->header.seen && bar->header.tag == function->tag &&
                bar->header.backing == wanted[i] && bar_target(bar, target)) {
                return;
            }
        }
    }
    *target = (HardwareTarget) { .bar_nr = function->control_bar,
                                 .backing = BARSHIFT_BACKING_NONE };
}
