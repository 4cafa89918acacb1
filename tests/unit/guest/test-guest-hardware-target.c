/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "content.h"
#include "hardware.h"
#include "io-queue.h"

#define TAG 7
#define NONE { 1, 0 }
#define KIB UINT64_C(0x400)
#define MIB (KIB * KIB)

/** struct Layout - a BAR, and what is expected of the traffic */
typedef struct Layout {
    const char *name;
    uint64_t size_bytes;
    enum barshift_backing backing;
    Range msix_table;
    Range msix_pba;
    enum barshift_backing expected;
    uint64_t far_from; /* some word is at least there */
} Layout;

static Layout layouts[] = {
    { "2g", 2048 * MIB, BARSHIFT_BACKING_RAM, NONE, NONE, BARSHIFT_BACKING_RAM, 2047 * MIB },
    { "1t-pattern", MIB * MIB, BARSHIFT_BACKING_PATTERN, NONE, NONE, BARSHIFT_BACKING_PATTERN,
      MIB * MIB - MIB },
    { "64k", 64 * KIB, BARSHIFT_BACKING_RAM, NONE, NONE, BARSHIFT_BACKING_RAM, 52 * KIB },
    { "8k", 8 * KIB, BARSHIFT_BACKING_RAM, NONE, NONE, BARSHIFT_BACKING_RAM, 4 * KIB },
    { "msix-behind-the-header", MIB, BARSHIFT_BACKING_RAM, { 0x1000, 0x17ff }, { 0x1800, 0x1807 },
      BARSHIFT_BACKING_RAM, MIB - 12 * KIB },
    { "msix-all-over", 16 * KIB, BARSHIFT_BACKING_RAM, { 0x1000, 0x3fff }, NONE,
      BARSHIFT_BACKING_NONE, 0 },
    { "msix-leaves-two-words", 8 * KIB, BARSHIFT_BACKING_RAM, { 0x1000, 0x1bff }, NONE,
      BARSHIFT_BACKING_NONE, 0 },
    { "header-only", 4 * KIB, BARSHIFT_BACKING_RAM, NONE, NONE, BARSHIFT_BACKING_NONE, 0 },
    { "nothing-behind", MIB, BARSHIFT_BACKING_NONE, NONE, NONE, BARSHIFT_BACKING_NONE, 0 },
};

static void word_check(const Bar *bar, uint64_t size_bytes, uint64_t offset)
{
    uint64_t used[CONTENT_OFFSETS_MAX];
    Range word = range_sized(offset, 8);

    assert_true(offset >= BARSHIFT_HEADER_PAGE_SIZE && offset + 8 <= size_bytes);
    assert_int_equal(offset % 8, 0);
    assert_false(range_overlaps(word, bar->msix_table) || range_overlaps(word, bar->msix_pba));
    for (size_t i = content_offsets(bar, size_bytes, used); i > 0; i--) {
        assert_int_not_equal(offset, used[i - 1]);
    }
    for (size_t i = content_test_offsets(bar, size_bytes, used); i > 0; i--) {
        assert_int_not_equal(offset, used[i - 1]);
    }
}

static void test_layout(void **state)
{
    const Layout *layout = *state;
    Function function = { .tagged = true, .tag = TAG, .control_bar = 0 };
    Bar *bar = &function.bars[2];
    HardwareTarget target;

    *bar = (Bar) { .nr = 2, .kind = BAR_MEM64, .msix_table = layout->msix_table,
                   .msix_pba = layout->msix_pba };
    bar->kernel = range_sized(layout->size_bytes, layout->size_bytes);
    bar->header = (BarHeader) { .seen = true, .tag = TAG, .backing = layout->backing };
    hardware_target(&function, &target);

    assert_int_equal(target.backing, layout->expected);
    assert_int_equal(target.bar_nr, layout->expected == BARSHIFT_BACKING_NONE ? 0 : 2);
    if (layout->expected == BARSHIFT_BACKING_NONE) {
        assert_int_equal(target.count, 0);
        return;
    }
    assert_in_range(target.count, IO_QUEUE_DEPTH, HARDWARE_OFFSETS_MAX);
    assert_true(target.offsets[target.count - 1] >= layout->far_from);
    for (unsigned i = 0; i < target.count; i++) {
        word_check(bar, layout->size_bytes, target.offsets[i]);
        assert_true(i == 0 || target.offsets[i] > target.offsets[i - 1]);
    }
}

/* Another function's header is no reason to write there */
static void test_stranger(void **state)
{
    Function function = { .tagged = true, .tag = TAG, .control_bar = 0 };
    Bar *bar = &function.bars[2];
    HardwareTarget target;

    (void)state;
    *bar = (Bar) { .nr = 2, .kind = BAR_MEM64, .msix_table = NONE, .msix_pba = NONE };
    bar->kernel = range_sized(MIB, MIB);
    bar->header = (BarHeader) { .seen = true, .tag = TAG + 1, .backing = BARSHIFT_BACKING_RAM };
    hardware_target(&function, &target);
    assert_int_equal(target.count, 0);
}

int main(void)
{
    struct CMUnitTest tests[sizeof(layouts) / sizeof(layouts[0]) + 1];
    char names[sizeof(layouts) / sizeof(layouts[0])][64];
    size_t count = 0;

    for (; count < sizeof(layouts) / sizeof(layouts[0]); count++) {
        snprintf(names[count], sizeof(names[count]), "/hardware-target/%s", layouts[count].name);
        tests[count] = (struct CMUnitTest) { names[count], test_layout, NULL, NULL,
                                             &layouts[count] };
    }
    tests[count] = (struct CMUnitTest) { "/hardware-target/leaves-strangers-alone", test_stranger,
                                         NULL, NULL, NULL };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
