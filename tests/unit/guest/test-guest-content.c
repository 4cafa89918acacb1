/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content.h"
#include "fake-system.h"
#include "pattern.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define GIB (UINT64_C(1) << 30)
#define RAM BARSHIFT_BACKING_RAM
#define PATTERN BARSHIFT_BACKING_PATTERN

static const Bar memory = { .kind = BAR_MEM64, .msix_table = { 1, 0 }, .msix_pba = { 1, 0 } };
static const Bar ports = { .kind = BAR_IO, .msix_table = { 1, 0 }, .msix_pba = { 1, 0 } };

static void test_offsets(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(&memory, 2 * GIB, offsets);

    (void)state;
    assert_in_range(count, 24, 64);
    assert_int_equal(offsets[0], BARSHIFT_HEADER_PAGE_SIZE);
    assert_int_equal(offsets[count - 1], 2 * GIB - 8);
    assert_int_equal(offsets[count - 2], GIB);
    for (size_t i = 1; i < count; i++) {
        assert_true(offsets[i] > offsets[i - 1]);
        assert_int_equal(offsets[i] % CONTENT_WORD_BYTES, 0);
    }
}

static void test_offsets_ends(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];

    (void)state;
    assert_int_equal(content_offsets(&memory, 0, offsets), 0);
    assert_int_equal(content_offsets(&memory, BARSHIFT_HEADER_PAGE_SIZE, offsets), 0);
    assert_int_equal(content_offsets(&memory, 2 * BARSHIFT_HEADER_PAGE_SIZE, offsets), 2);
    assert_in_range(content_offsets(&memory, UINT64_C(1) << 63, offsets), 1, CONTENT_OFFSETS_MAX);
}

/* A BAR that decodes only half its size would return the word from size / 2 below */
static void test_no_alias(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(&memory, 2 * GIB, offsets);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (uint64_t half = GIB; half >= BARSHIFT_HEADER_PAGE_SIZE; half /= 2) {
            uint64_t alias = offsets[i] % half;

            if (alias != offsets[i]) {
                assert_int_not_equal(content_word(RAM, 1, 2, offsets[i]),
                                     content_word(RAM, 1, 2, alias));
            }
        }
    }
}

static void test_all_differ(void **state)
{
    (void)state;
    assert_int_not_equal(content_word(RAM, 1, 2, 0x1000), content_word(RAM, 2, 2, 0x1000));
    assert_int_not_equal(content_word(RAM, 1, 2, 0x1000), content_word(RAM, 1, 4, 0x1000));
    assert_int_not_equal(content_word(RAM, 1, 2, 0x1000), content_word(RAM, 1, 2, 0x1008));
    assert_int_not_equal(content_scratch(1, 0), content_scratch(2, 0));
    assert_int_not_equal(content_scratch(1, 0), content_scratch(1, 1));
}

/* Whoever reads the one where the other should be must see it */
static void test_pattern_differs(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(&memory, 2 * GIB, offsets);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(content_word(RAM, 1, 2, offsets[i]),
                             content_word(PATTERN, 1, 2, offsets[i]));
        assert_int_equal(content_word(PATTERN, 1, 2, offsets[i]),
                         barshift_pattern(1, 2, offsets[i]));
    }
}

static void test_offsets_io(void **state)
{
    static const uint64_t expected[] = { 0x40, 0x78, 0x80, 0xf8 };
    uint64_t offsets[CONTENT_OFFSETS_MAX];

    (void)state;
    assert_int_equal(content_offsets(&ports, 256, offsets), 4);
    assert_memory_equal(offsets, expected, sizeof(expected));
    assert_int_equal(content_offsets(&ports, 64, offsets), 0);
    assert_int_equal(content_offsets(&ports, 32, offsets), 0);
}

/* A table that begins in the middle of a word to sample, and a PBA in the last page */
static void test_offsets_msix(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t all = content_offsets(&memory, GIB, offsets);
    Bar bar = memory;
    size_t count;

    (void)state;
    bar.msix_table = range_sized(0x2000 - 4, 0x2000);
    bar.msix_pba = range_sized(GIB - 8, 8);
    count = content_offsets(&bar, GIB, offsets);
    assert_int_equal(count, all - 4); /* 0x1ff8, 0x2000, 0x3ff8 and the last one */
    for (size_t i = 0; i < count; i++) {
        assert_false(range_overlaps(bar.msix_table, range_sized(offsets[i], 8)));
        assert_false(range_overlaps(bar.msix_pba, range_sized(offsets[i], 8)));
    }
}

static void test_test_offsets(void **state)
{
    static const uint64_t expected[] = { 0x1000, GIB / 2 - 8, GIB / 2, GIB / 2 + 0x1000, GIB - 8 };
    static const uint64_t beside[] = { 0x1100, GIB / 2 - 16, GIB / 2, GIB / 2 + 0x1100, GIB - 16 };
    uint64_t offsets[CONTENT_TEST_OFFSETS];
    Bar bar = memory;

    (void)state;
    assert_int_equal(content_test_offsets(&bar, GIB, offsets), 5);
    assert_memory_equal(offsets, expected, sizeof(expected));

    bar.msix_table = range_sized(0x1000, 0x100);
    bar.msix_pba = range_sized(GIB - 8, 8);
    assert_int_equal(content_test_offsets(&bar, GIB, offsets), 5);
    assert_memory_equal(offsets, beside, sizeof(beside));
}

static void test_test_offsets_ends(void **state)
{
    uint64_t offsets[CONTENT_TEST_OFFSETS];
    Bar bar = memory;

    (void)state;
    assert_int_equal(content_test_offsets(&bar, BARSHIFT_HEADER_PAGE_SIZE, offsets), 0);
    assert_int_equal(content_test_offsets(&bar, 2 * BARSHIFT_HEADER_PAGE_SIZE, offsets), 2);
    assert_int_equal(content_test_offsets(&bar, UINT64_C(1) << 63, offsets), 5);
    assert_int_equal(offsets[4], (UINT64_C(1) << 63) - 8);

    /* The table has all that is behind the header, or all of the BAR */
    bar.msix_table = range_sized(BARSHIFT_HEADER_PAGE_SIZE, BARSHIFT_HEADER_PAGE_SIZE);
    assert_int_equal(content_test_offsets(&bar, 2 * BARSHIFT_HEADER_PAGE_SIZE, offsets), 0);
    bar.msix_table = range_sized(0, 0x10000);
    assert_int_equal(content_test_offsets(&bar, 2 * BARSHIFT_HEADER_PAGE_SIZE, offsets), 0);
}

static void test_fill(void **state)
{
    FakeSystem fake;
    uint64_t word = 0;

    (void)state;
    fake_system_init(&fake);
    assert_int_equal(content_fill(&fake.access, &fake.functions[0], &fake.functions[0].bars[2]), 0);

    assert_int_equal(access_read(&fake.access, &fake.functions[0], 2, FAKE_SIZE - 8, 8, &word), 0);
    assert_int_equal(word, content_word(RAM, 1, 2, FAKE_SIZE - 8));
    assert_int_equal(access_read(&fake.access, &fake.functions[1], 2, FAKE_SIZE - 8, 8, &word), 0);
    assert_int_equal(word, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/content/offsets/first-middle-and-last-in-a-few-dozen", test_offsets),
        CASE("/content/offsets/none-where-nothing-is-behind-the-header", test_offsets_ends),
        CASE("/content/word/no-alias-at-any-half-size", test_no_alias),
        CASE("/content/word/differs-by-tag-bar-and-offset", test_all_differ),
        CASE("/content/offsets/those-of-io-begin-behind-64-bytes", test_offsets_io),
        CASE("/content/offsets/msix-is-left-out", test_offsets_msix),
        CASE("/content/test-offsets/each-has-its-alias-at-half-size", test_test_offsets),
        CASE("/content/test-offsets/small-large-and-all-msix", test_test_offsets_ends),
        CASE("/content/word/is-never-the-pattern", test_pattern_differs),
        CASE("/content/fill/reaches-one-function-only", test_fill),
    };

    return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
