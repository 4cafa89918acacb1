/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rebar-size.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }

/* PCIe r6.0, sec 7.8.6: code 0 is 1 MiB, each step doubles, 43 is 8 EiB */
static void test_all_codes(void **state)
{
    uint64_t expected = 1048576;

    (void)state;
    for (unsigned code = 0; code <= 43; code++, expected *= 2) {
        uint64_t size_bytes = 0;
        unsigned again = 99;

        assert_int_equal(rebar_size_decode(code, &size_bytes), 0);
        assert_int_equal(size_bytes, expected);
        assert_int_equal(rebar_size_encode(size_bytes, &again), 0);
        assert_int_equal(again, code);
    }
    assert_int_equal(expected, 0); /* 2^64: the loop has gone through every size of 64 bits */
}

static void test_decode_rejects(void **state)
{
    uint64_t size_bytes = 0x1234;

    (void)state;
    assert_int_equal(rebar_size_decode(44, &size_bytes), -ERANGE);
    assert_int_equal(rebar_size_decode(63, &size_bytes), -ERANGE);
    assert_int_equal(rebar_size_decode(UINT32_MAX, &size_bytes), -ERANGE);
    assert_int_equal(size_bytes, 0x1234);
}

static void test_encode_rejects(void **state)
{
    unsigned code = 99;

    (void)state;
    assert_int_equal(rebar_size_encode(0, &code), -EINVAL);
    assert_int_equal(rebar_size_encode(0x300000, &code), -EINVAL);
    assert_int_equal(rebar_size_encode(0x80000, &code), -ERANGE);
    assert_int_equal(rebar_size_encode(UINT64_MAX, &code), -EINVAL);
    assert_int_equal(code, 99);
}

static void test_offered(void **state)
{
    uint64_t sizes = 0x3f00; /* 256 MiB to 8 GiB */

    (void)state;
    assert_true(rebar_size_offered(sizes, 8));
    assert_true(rebar_size_offered(sizes, 13));
    assert_false(rebar_size_offered(sizes, 7));
    assert_false(rebar_size_offered(sizes, 14));
    assert_true(rebar_size_offered(UINT64_C(1) << 43, 43));
    assert_false(rebar_size_offered(UINT64_MAX, 44));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/rebar/size/all-44-codes-go-both-ways", test_all_codes),
        CASE("/rebar/size/decode-rejects-codes-above-8-eib", test_decode_rejects),
        CASE("/rebar/size/encode-rejects-what-has-no-code", test_encode_rejects),
        CASE("/rebar/size/offered-tests-one-bit-of-the-mask", test_offered),
    };

    return cmocka_run_group_tests_name("rebar-size", tests, NULL, NULL);
}
