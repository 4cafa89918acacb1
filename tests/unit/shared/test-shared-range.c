/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "range.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

static void test_sized(void **state)
{
    (void)state;
    Range range = range_sized(0x100000000, 0x80000000);

    assert_int_equal(range.start, 0x100000000);
    assert_int_equal(range.end, 0x17fffffff);
    assert_int_equal(range_size(range), 0x80000000);
}

/* The last byte of the address space is an address like any other; the one behind it is not */
static void test_sized_ends(void **state)
{
    (void)state;
    assert_int_equal(range_sized(UINT64_MAX, 1).end, UINT64_MAX);
    assert_int_equal(range_size((Range) { 0, UINT64_MAX }), UINT64_MAX);
    assert_true(range_is_empty(range_sized(UINT64_MAX, 2)));
    assert_true(range_is_empty(range_sized(0x1000, 0)));
}

static void test_empty(void **state)
{
    (void)state;
    Range whole = { 0, UINT64_MAX };

    assert_int_equal(range_size(range_empty()), 0);
    assert_false(range_contains(whole, range_empty()));
    assert_false(range_contains(range_empty(), whole));
    assert_false(range_overlaps(whole, range_empty()));
    assert_false(range_aligned(range_empty()));
}

static void test_contains(void **state)
{
    (void)state;
    Range window = { 0x1000, 0x1fff };

    assert_true(range_contains(window, window));
    assert_true(range_contains(window, (Range) { 0x1800, 0x1fff }));
    assert_false(range_contains(window, (Range) { 0x1800, 0x2000 }));
    assert_false(range_contains(window, (Range) { 0xfff, 0x1800 }));
}

static void test_overlaps(void **state)
{
    (void)state;
    Range range = { 0x1000, 0x1fff };

    assert_true(range_overlaps(range, (Range) { 0x1fff, 0x2fff }));
    assert_true(range_overlaps(range, (Range) { 0, 0x1000 }));
    assert_true(range_overlaps((Range) { 0, UINT64_MAX }, range));
    assert_false(range_overlaps(range, (Range) { 0x2000, 0x2fff }));
    assert_false(range_overlaps(range, (Range) { 0, 0xfff }));
}

static void test_aligned(void **state)
{
    (void)state;
    assert_true(range_aligned(range_sized(0x80000000, 0x80000000)));
    assert_false(range_aligned(range_sized(0x40000000, 0x80000000)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/range/sized/last-byte-is-inside", test_sized),
        CASE("/range/sized/empty-past-the-end-of-the-address-space", test_sized_ends),
        CASE("/range/empty/neither-contains-nor-overlaps", test_empty),
        CASE("/range/contains/both-ends-inside", test_contains),
        CASE("/range/overlaps/one-shared-address-is-enough", test_overlaps),
        CASE("/range/aligned/start-is-a-multiple-of-the-size", test_aligned),
    };

    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
