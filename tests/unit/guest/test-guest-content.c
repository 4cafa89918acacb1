/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content.h"
#include "fake-system.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define GIB (UINT64_C(1) << 30)

static void test_offsets(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(2 * GIB, offsets);

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
    assert_int_equal(content_offsets(0, offsets), 0);
    assert_int_equal(content_offsets(BARSHIFT_HEADER_PAGE_SIZE, offsets), 0);
    assert_int_equal(content_offsets(2 * BARSHIFT_HEADER_PAGE_SIZE, offsets), 2);
    assert_in_range(content_offsets(UINT64_C(1) << 63, offsets), 1, CONTENT_OFFSETS_MAX);
}

/* A BAR that decodes only half its size would return the word from size / 2 below */
static void test_no_alias(void **state)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = content_offsets(2 * GIB, offsets);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        for (uint64_t half = GIB; half >= BARSHIFT_HEADER_PAGE_SIZE; half /= 2) {
            uint64_t alias = offsets[i] % half;

            if (alias != offsets[i]) {
                assert_int_not_equal(content_word(1, 2, offsets[i]), content_word(1, 2, alias));
            }
        }
    }
}

static void test_all_differ(void **state)
{
    (void)state;
    assert_int_not_equal(content_word(1, 2, 0x1000), content_word(2, 2, 0x1000));
    assert_int_not_equal(content_word(1, 2, 0x1000), content_word(1, 4, 0x1000));
    assert_int_not_equal(content_word(1, 2, 0x1000), content_word(1, 2, 0x1008));
    assert_int_not_equal(content_scratch(1, 0), content_scratch(2, 0));
    assert_int_not_equal(content_scratch(1, 0), content_scratch(1, 1));
}

static void test_fill(void **state)
{
    FakeSystem fake;
    uint64_t word = 0;

    (void)state;
    fake_system_init(&fake);
    assert_int_equal(content_fill(&fake.access, &fake.functions[0], &fake.functions[0].bars[2]), 0);

    assert_int_equal(access_read(&fake.access, &fake.functions[0], 2, FAKE_SIZE - 8, 8, &word), 0);
    assert_int_equal(word, content_word(1, 2, FAKE_SIZE - 8));
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
        CASE("/content/fill/reaches-one-function-only", test_fill),
    };

    return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
