/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "baseline.h"
#include "content.h"
#include "fake-system.h"

#define CASE(name, function) { name, function, NULL, NULL, NULL }
#define HEAD "barshift-baseline 2\n"
#define REGISTERS "ledger 1 violations 0 scratch 0x1 0x2"
#define CONTROL "control 0 " REGISTERS " 0x3 0x4\n"
#define FUNCTION "function 0000:01:00.0 tag 1 memory 1 io 0\n"

static int read_text(const char *text, Baseline *baseline, char *why)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    int result;

    assert_non_null(file);
    result = baseline_read(baseline, file, why);
    fclose(file);
    return result;
}

static void test_round_trip(void **state)
{
    FakeSystem fake;
    Baseline taken;
    Baseline back;
    char why[BASELINE_WHY_SIZE] = "";
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    (void)state;
    fake_system_init(&fake);
    content_fill(&fake.access, &fake.functions[0], &fake.functions[0].bars[0]);
    content_fill(&fake.access, &fake.functions[0], &fake.functions[0].bars[2]);
    fake_system_add_bar(&fake, 0, 1, BAR_IO, FAKE_PORTS(0), 32, BARSHIFT_BACKING_NONE);
    fake_system_add_bar(&fake, 0, 4, BAR_MEM64, FAKE_OLD_BASE, FAKE_SIZE,
                        BARSHIFT_BACKING_PATTERN);
    fake.devices[0].violations = 7;
    fake.functions[1].control_known = false; /* as where decode is off */
    fake.functions[1].bars[2].kernel = range_empty();
    fake.devices[1].tag = 0;
    fake_system_witness(&fake);

    assert_int_equal(baseline_take(&taken, &fake.topology, &fake.access), 0);
    assert_int_equal(baseline_write(&taken, file), 0);
    fclose(file);
    assert_int_equal(read_text(text, &back, why), 0);

    assert_int_equal(back.function_count, 2);
    assert_memory_equal(&back.functions[0], &taken.functions[0], sizeof(back.functions[0]));
    assert_int_equal(back.functions[0].scratch[3], content_scratch(1, 3));
    assert_int_equal(back.functions[0].control_bar, FAKE_CONTROL);
    assert_int_equal(back.functions[0].violations, 7);
    assert_true(back.functions[0].io_decode);
    assert_int_equal(back.functions[0].bars[1].kind, BAR_IO);
    assert_false(back.functions[0].bars[1].header_known); /* too small for one */
    assert_in_range(back.functions[0].bars[2].offset_count, 24, 64);
    assert_int_equal(back.functions[0].bars[2].backing, BARSHIFT_BACKING_RAM);
    assert_int_equal(back.functions[0].bars[4].backing, BARSHIFT_BACKING_PATTERN);
    assert_int_equal(back.functions[0].bars[4].offset_count, 0); /* it needs no note */
    assert_int_equal(back.functions[1].control_bar, -1);
    assert_int_equal(back.functions[1].bars[2].kind, BAR_MEM64);
    assert_true(range_is_empty(back.functions[1].bars[2].range));
    assert_non_null(baseline_find_tag(&back, 2));
    assert_null(baseline_find_tag(&back, 3));
    baseline_free(&taken);
    baseline_free(&back);
    free(text);
}

/* Only what really carries the content counts as filled */
static void test_unfilled(void **state)
{
    FakeSystem fake;
    Baseline taken;

    (void)state;
    fake_system_init(&fake);
    assert_int_equal(baseline_take(&taken, &fake.topology, &fake.access), 0);
    assert_int_equal(taken.functions[0].bars[2].offset_count, 0);
    baseline_free(&taken);
}

static void test_broken(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        { "barshift-baseline 1\nend\n", "line 1: not understood" },
        { HEAD FUNCTION, "line 2: the file ends without \"end\"" },
        { HEAD "end\nend\n", "line 3: not understood" },
        { HEAD "bar 2 mem64 unassigned\nend\n", "line 2: not understood" },
        { HEAD FUNCTION "bar 6 mem64 unassigned\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem65 unassigned\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem64 ram 0x0 0x0 0x0\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem64 ram 0x1000\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem64 ram 0x1000 0x1000\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem64 unknown 0x1000 0x1000 0x0\nend\n", "line 3:" },
        { HEAD FUNCTION "bar 2 mem64 rom 0x1000 0x1000 0x0\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "filled 0x1000\nend\n", "line 3: not understood" },
        { HEAD FUNCTION "bar 2 mem64 ram 0x1000 0x1000 0x0\nfilled 0x1000\nend\n", "line 4:" },
        { HEAD FUNCTION "bar 2 mem64 ram 0x1000 0x1000 0x0\nfilled 0x4\nend\n", "line 4:" },
        { HEAD CONTROL "end\n", "line 2: not understood" },
        { HEAD FUNCTION "control 6 " REGISTERS " 0x3 0x4\nend\n", "line 3:" },
        { HEAD FUNCTION "control 0 ledger x violations 0 scratch 0x1 0x2 0x3 0x4\nend\n",
          "line 3: not understood" },
        { HEAD FUNCTION "control 0 ledger 1 scratch 0x1 0x2 0x3 0x4\nend\n", "line 3:" },
        { HEAD FUNCTION "control 0 " REGISTERS "\nend\n", "line 3:" },
        { HEAD FUNCTION "control 0 " REGISTERS " 0x3 four\nend\n", "line 3:" },
        { HEAD FUNCTION FUNCTION "end\n", "line 3: not understood" },
        { HEAD "function 0000:01:00.0 tag 1 memory 2 io 0\nend\n", "line 2: not understood" },
        { HEAD "function 0000:01:00.0 tag 1 memory 1\nend\n", "line 2: not understood" },
        { HEAD "function somewhere tag 1 memory 1 io 0\nend\n", "line 2: not understood" },
        { HEAD "end", "line 2: not understood" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        Baseline baseline;
        char why[BASELINE_WHY_SIZE] = "";

        assert_int_equal(read_text(rows[i].text, &baseline, why), -EINVAL);
        print_message("# %s\n", why);
        assert_non_null(strstr(why, rows[i].why));
        baseline_free(&baseline);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("/baseline/file/round-trip-keeps-everything", test_round_trip),
        CASE("/baseline/take/memory-without-content-is-not-filled", test_unfilled),
        CASE("/baseline/file/broken-ones-are-refused-with-line", test_broken),
    };

    return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
