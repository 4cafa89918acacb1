/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invariants on other layouts than memory behind a header: each holds, and each can fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "judge.h"

#define IO_BAR 1
#define NONE_BAR 4
#define MSIX_VECTORS_BYTES 0x400

/* Layouts */

static void io_bar(FakeSystem *fake)
{
    fake_system_add_bar(fake, 0, IO_BAR, BAR_IO, FAKE_PORTS(0), 128, BARSHIFT_BACKING_NONE);
}

static void io_pattern(FakeSystem *fake)
{
    fake_system_add_bar(fake, 0, IO_BAR, BAR_IO, FAKE_PORTS(0), 256, BARSHIFT_BACKING_PATTERN);
}

static void none_bar(FakeSystem *fake)
{
    fake_system_add_bar(fake, 0, NONE_BAR, BAR_MEM32, FAKE_LOW_BASE(0) + 0x10000, 0x10000,
                        BARSHIFT_BACKING_NONE);
}

static void pattern_memory(FakeSystem *fake)
{
    fake->devices[0].backing[FAKE_MEMORY] = BARSHIFT_BACKING_PATTERN;
    fake_system_witness(fake);
}

/* Control registers and RAM in one BAR, which is not the first; BAR 0 has nothing */
static void control_in_memory(FakeSystem *fake)
{
    fake->devices[0].control_bar = FAKE_MEMORY;
    fake_system_witness(fake);
}

/* The table where the first words would be filled, the PBA where the last ones would */
static void msix_in_memory(FakeSystem *fake)
{
    Bar *bar = &fake->functions[0].bars[FAKE_MEMORY];

    bar->msix_table = range_sized(BARSHIFT_HEADER_PAGE_SIZE, MSIX_VECTORS_BYTES);
    bar->msix_pba = range_sized(FAKE_SIZE - 8, 8);
}

static void neighbour_none(FakeSystem *fake)
{
    fake->devices[1].backing[FAKE_MEMORY] = BARSHIFT_BACKING_NONE;
    fake_system_witness(fake);
}

/* What breaks them */

static void io_elsewhere(FakeSystem *fake)
{
    fake->functions[0].bars[IO_BAR].config_base += 0x100;
}

static void io_decode_off(FakeSystem *fake)
{
    fake->functions[0].io_decode = false;
}

static void io_odd(FakeSystem *fake)
{
    fake->functions[0].bars[IO_BAR].config_base += 4;
}

static void io_window_closed(FakeSystem *fake)
{
    fake->bridges[0].windows[WINDOW_IO].config = range_empty();
}

static void nobody_answers(FakeSystem *fake)
{
    fake->devices[0].tag = 0;
}

static void stuck(FakeSystem *fake)
{
    fake->stuck = true;
}

static void word_flip(FakeSystem *fake, int bar_nr, uint64_t offset)
{
    for (size_t i = 0; i < fake->word_count; i++) {
        FakeWord *word = &fake->words[i];

        if (word->tag == 1 && word->bar_nr == bar_nr && word->offset == offset) {
            word->value ^= UINT64_C(1) << 40;
        }
    }
}

static void io_scratch_changed(FakeSystem *fake)
{
    word_flip(fake, IO_BAR, BARSHIFT_HEADER_SCRATCH);
}

static void none_scratch_changed(FakeSystem *fake)
{
    word_flip(fake, NONE_BAR, BARSHIFT_HEADER_SCRATCH);
}

static void content_changed(FakeSystem *fake)
{
    word_flip(fake, FAKE_MEMORY, FAKE_SIZE / 4);
}

static void control_scratch_changed(FakeSystem *fake)
{
    word_flip(fake, FAKE_MEMORY, BARSHIFT_CONTROL_SCRATCH(2));
}

static void half_decoded(FakeSystem *fake)
{
    fake->alias_mask = FAKE_SIZE / 2 - 1;
}

static void io_half_decoded(FakeSystem *fake)
{
    fake->alias_mask = 127;
}

static void grown_and_aliased(FakeSystem *fake)
{
    fake->functions[0].bars[FAKE_MEMORY].kernel = range_sized(FAKE_BASE(0), 2 * FAKE_SIZE);
    fake->alias_mask = FAKE_SIZE - 1;
}

static void grown(FakeSystem *fake)
{
    fake->functions[0].bars[FAKE_MEMORY].kernel = range_sized(FAKE_BASE(0), 2 * FAKE_SIZE);
}

static void other_version(FakeSystem *fake)
{
    fake->devices[0].version = 3;
}

static void stopped(FakeSystem *fake)
{
    fake->functions[0].stopped = true;
    fake->devices[0].driver_state = BARSHIFT_DRIVER_STOPPED;
}

static void header_never_seen(FakeSystem *fake)
{
    fake->devices[0].version = 1;
    fake->functions[0].bars[FAKE_MEMORY].header = (BarHeader) { .seen = false };
    fake->functions[0].bars[FAKE_CONTROL].header = (BarHeader) { .seen = false };
    fake_system_witness(fake);
}

static void understood_again(FakeSystem *fake)
{
    fake->devices[0].version = BARSHIFT_VERSION;
}

static void capabilities_loop(FakeSystem *fake)
{
    strcpy(fake->functions[0].complaint,
           "list of extended capabilities: 0x110 points back to 0x100");
}

static void violated(FakeSystem *fake)
{
    fake->functions[0].violations += 2;
}

static void violated_before(FakeSystem *fake)
{
    fake->devices[0].violations = 5;
}

static void counts_anew(FakeSystem *fake)
{
    fake->functions[0].violations = 0;
}

static void counts_anew_and_violated(FakeSystem *fake)
{
    fake->functions[0].violations = 1;
}

static void old_answers(FakeSystem *fake)
{
    fake->old_answers = true;
}

/* No header, but the pattern is still there */
static void old_pattern(FakeSystem *fake)
{
    fake->old_answers = true;
    fake->words[fake->word_count++] =
        (FakeWord) { .tag = 1, .bar_nr = 2, .offset = BARSHIFT_HEADER_MAGIC, .value = 0 };
}

static void old_now_neighbours(FakeSystem *fake)
{
    fake->functions[1].bars[FAKE_MEMORY].config_base = FAKE_OLD_BASE;
    fake->functions[1].bars[FAKE_MEMORY].kernel = range_sized(FAKE_OLD_BASE, FAKE_SIZE);
}

/* The old base is now in the middle of a header page, where no register is */
static void old_now_neighbours_header(FakeSystem *fake)
{
    fake->functions[1].bars[FAKE_MEMORY].config_base = FAKE_OLD_BASE - 0x800;
    fake->functions[1].bars[FAKE_MEMORY].kernel = range_sized(FAKE_OLD_BASE - 0x800, FAKE_SIZE);
}

static void old_now_stopped_neighbours(FakeSystem *fake)
{
    old_now_neighbours(fake);
    fake->functions[1].stopped = true;
    fake->devices[1].driver_state = BARSHIFT_DRIVER_STOPPED;
}

/* The kernel has taken the address away, yet a stopped function still decodes it */
static void old_decoded_by_stopped(FakeSystem *fake)
{
    old_now_stopped_neighbours(fake);
    fake->functions[1].bars[FAKE_MEMORY].kernel = range_empty();
    fake->functions[1].bars[FAKE_MEMORY].rebar_size_bytes = FAKE_SIZE;
    fake->devices[0].driver_state = BARSHIFT_DRIVER_STOPPED;
    fake->old_answers = true; /* a read would be one more violation, of function 0 here */
}

static const LayoutRow rows[] = {
    { io_bar, { "/I1/holds-for-io", invariant_agreed, IO_BAR, nothing, NULL } },
    { io_bar, { "/I1/fails-for-io-elsewhere", invariant_agreed, IO_BAR, io_elsewhere,
                "0000:01:00.0 BAR 1: expected one base and size, observed config space 0x1100, "
                "kernel 0x1000+0x80, device 0x1000+0x80, CPU 0x1000+0x80 (I/O decode on)" } },
    { io_bar, { "/I2/holds-for-io", invariant_contained, IO_BAR, nothing, NULL } },
    { io_bar, { "/I2/fails-for-closed-io-window", invariant_contained, IO_BAR, io_window_closed,
                "expected 0x1000-0x107f inside a window of bridge 0000:00:02.0, observed io "
                "none" } },
    { io_bar, { "/I4/fails-for-odd-port", invariant_aligned, IO_BAR, io_odd,
                "multiple of the size 0x80, observed base 0x1004" } },
    { io_bar, { "/I5/holds-for-io", invariant_reachable, IO_BAR, nothing, NULL } },
    { io_bar, { "/I5/fails-for-io-that-does-not-answer", invariant_reachable, IO_BAR,
                nobody_answers, "BAR 1: expected the header at 0x1000, observed no header" } },
    { io_bar, { "/I5/fails-for-io-scratch-that-takes-no-writes", invariant_reachable, IO_BAR,
                stuck, "BAR 1: offset 0x20 after a write: expected 0x" } },
    { io_bar, { "/I5/fails-without-io-decode", invariant_reachable, IO_BAR, io_decode_off,
                "BAR 1: expected I/O decode on, observed off" } },
    { io_bar, { "/I5/holds-for-memory-without-io-decode", invariant_reachable, FAKE_MEMORY,
                io_decode_off, NULL } },
    { io_bar, { "/I6/holds-for-io", invariant_preserved, IO_BAR, nothing, NULL } },
    { io_bar, { "/I6/fails-for-io-scratch", invariant_preserved, IO_BAR, io_scratch_changed,
                "BAR 1: offset 0x20 (scratch): expected 0x" } },
    { io_bar, { "/I11/fails-without-io-decode", invariant_unharmed, INVARIANT_NO_BAR,
                io_decode_off, "BAR 1: expected I/O decode on, observed off" } },
    { io_pattern, { "/I5/holds-for-io-pattern", invariant_reachable, IO_BAR, nothing, NULL } },
    { io_pattern, { "/I5/fails-for-io-pattern-at-half-size", invariant_reachable, IO_BAR,
                    io_half_decoded, "BAR 1: offset 0x80 (pattern): expected 0x" } },

    { none_bar, { "/I5/holds-for-nothing-behind-the-header", invariant_reachable, NONE_BAR,
                  nothing, NULL } },
    { none_bar, { "/I5/fails-for-scratch-that-takes-no-writes", invariant_reachable, NONE_BAR,
                  stuck, "BAR 4: offset 0x20 after a write: expected 0x" } },
    { none_bar, { "/I6/holds-for-nothing-behind-the-header", invariant_preserved, NONE_BAR,
                  nothing, NULL } },
    { none_bar, { "/I6/fails-for-its-scratch", invariant_preserved, NONE_BAR,
                  none_scratch_changed, "BAR 4: offset 0x20 (scratch): expected 0x" } },

    { pattern_memory, { "/I5/holds-for-pattern", invariant_reachable, FAKE_MEMORY, nothing,
                        NULL } },
    { pattern_memory, { "/I5/fails-for-pattern-at-half-size", invariant_reachable, FAKE_MEMORY,
                        half_decoded, "offset 0x40000000 (pattern): expected 0x" } },
    { pattern_memory, { "/I6/holds-for-pattern", invariant_preserved, FAKE_MEMORY, nothing,
                        NULL } },
    { pattern_memory, { "/I6/holds-for-pattern-that-grew", invariant_preserved, FAKE_MEMORY,
                        grown, NULL } },
    { pattern_memory, { "/I6/fails-for-pattern-that-grew-and-aliases", invariant_preserved,
                        FAKE_MEMORY, grown_and_aliased,
                        "offset 0x80000000 (content): expected 0x" } },

    { control_in_memory, { "/I5/holds-for-control-in-memory", invariant_reachable, FAKE_MEMORY,
                           nothing, NULL } },
    { control_in_memory, { "/I5/fails-for-control-in-memory-at-half-size", invariant_reachable,
                           FAKE_MEMORY, half_decoded, "after a write: expected 0x" } },
    { nothing, { "/I5/fails-for-control-scratch-that-takes-no-writes", invariant_reachable,
                 FAKE_CONTROL, stuck, "BAR 0: offset 0x140 after a write: expected 0x" } },
    { control_in_memory, { "/I6/holds-for-control-in-memory", invariant_preserved, FAKE_MEMORY,
                           nothing, NULL } },
    { control_in_memory, { "/I6/fails-for-content-behind-control", invariant_preserved,
                           FAKE_MEMORY, content_changed,
                           "BAR 2: offset 0x20000000 (content): expected 0x" } },
    { control_in_memory, { "/I6/fails-for-control-scratch-in-memory", invariant_preserved,
                           FAKE_MEMORY, control_scratch_changed,
                           "BAR 2: offset 0x150 (scratch): expected 0x" } },

    { msix_in_memory, { "/I5/holds-beside-msix", invariant_reachable, FAKE_MEMORY, nothing,
                        NULL } },
    { msix_in_memory, { "/I5/fails-beside-msix-at-half-size", invariant_reachable, FAKE_MEMORY,
                        half_decoded, "after a write: expected 0x" } },
    { msix_in_memory, { "/I6/holds-beside-msix", invariant_preserved, FAKE_MEMORY, nothing,
                        NULL } },

    { nothing, { "/I5/fails-for-a-version-not-understood", invariant_reachable, FAKE_MEMORY,
                 other_version, "expected a header of version 2, observed version 3, which is not "
                                "understood" } },
    { header_never_seen, { "/I6/fails-for-what-was-not-read-at-the-baseline", invariant_preserved,
                           FAKE_MEMORY, understood_again,
                           "expected a header at the baseline, observed none" } },
    { nothing, { "/I5/fails-for-a-stopped-function", invariant_reachable, FAKE_MEMORY, stopped,
                 "expected a started function, observed a stopped one: start it first" } },
    { nothing, { "/I6/fails-for-a-stopped-function", invariant_preserved, FAKE_MEMORY, stopped,
                 "expected a started function" } },
    { nothing, { "/I11/fails-for-a-stopped-function", invariant_unharmed, INVARIANT_NO_BAR,
                 stopped, "expected a started function" } },

    { nothing, { "/I1/holds-for-lists-that-end", invariant_capabilities, INVARIANT_NO_BAR,
                 nothing, NULL } },
    { nothing, { "/I1/fails-for-a-list-that-loops", invariant_capabilities, INVARIANT_NO_BAR,
                 capabilities_loop,
                 "0000:01:00.0: expected lists of capabilities that end, observed list of "
                 "extended capabilities: 0x110 points back to 0x100" } },

    { nothing, { "/I7/holds-without-violation", invariant_quiet, INVARIANT_NO_BAR, nothing,
                 NULL } },
    { violated_before, { "/I7/holds-for-violations-before-the-baseline", invariant_quiet,
                         INVARIANT_NO_BAR, nothing, NULL } },
    { violated_before, { "/I7/fails-for-violations-since", invariant_quiet, INVARIANT_NO_BAR,
                         violated,
                         "0000:01:00.0: expected no violation since the baseline, observed 2 "
                         "(driver state: started)" } },
    { violated_before, { "/I7/holds-for-another-device-with-the-tag", invariant_quiet,
                         INVARIANT_NO_BAR, counts_anew, NULL } },
    { violated_before, { "/I7/fails-for-violations-of-another-device", invariant_quiet,
                         INVARIANT_NO_BAR, counts_anew_and_violated,
                         "expected no violation since the baseline, observed 1" } },

    { pattern_memory, { "/I8/holds-for-pattern", invariant_old_silent, FAKE_MEMORY, nothing,
                        NULL } },
    { pattern_memory, { "/I8/fails-for-header-of-old-pattern", invariant_old_silent, FAKE_MEMORY,
                        old_answers, "observed tag 1 BAR 2 answering" } },
    { pattern_memory, { "/I8/fails-for-old-pattern", invariant_old_silent, FAKE_MEMORY,
                        old_pattern,
                        "expected silence at the old address 0x300001000, observed its content" } },
    { neighbour_none, { "/I8/leaves-alone-what-is-no-register", invariant_old_silent, FAKE_MEMORY,
                        old_now_neighbours, NULL } },
    { nothing, { "/I8/leaves-alone-the-gaps-of-a-header-page", invariant_old_silent, FAKE_MEMORY,
                 old_now_neighbours_header, NULL } },
    { nothing, { "/I8/leaves-alone-a-stopped-neighbour", invariant_old_silent, FAKE_MEMORY,
                 old_now_stopped_neighbours, NULL } },
    { nothing, { "/I8/leaves-alone-what-a-stopped-one-still-decodes", invariant_old_silent,
                 FAKE_MEMORY, old_decoded_by_stopped, NULL } },
};

static void test_row(void **state)
{
    const LayoutRow *layout = *state;

    judge(layout->arrange, &layout->row);
}

static bool was_written(const FakeSystem *fake, int bar_nr, Range offsets)
{
    for (size_t i = 0; i < fake->word_count; i++) {
        if (fake->words[i].tag == 1 && fake->words[i].bar_nr == bar_nr &&
            range_overlaps(offsets, range_sized(fake->words[i].offset, CONTENT_WORD_BYTES))) {
            return true;
        }
    }
    return false;
}

/* Neither the fill nor I5's test words */
static void test_msix(void **state)
{
    Judged *judged = judged_new(msix_in_memory);
    const Bar *bar = &judged->fake.functions[0].bars[FAKE_MEMORY];
    char why[INVARIANT_WHY_SIZE];

    (void)state;
    assert_true(judged_holds(judged, invariant_reachable, FAKE_MEMORY, why));
    assert_false(was_written(&judged->fake, FAKE_MEMORY, bar->msix_table));
    assert_false(was_written(&judged->fake, FAKE_MEMORY, bar->msix_pba));
    assert_true(was_written(&judged->fake, FAKE_MEMORY, range_sized(bar->msix_table.end + 1, 8)));
    judged_free(judged);
}

/* A new function has no baseline, so it must have counted nothing at all */
static void test_quiet_new(void **state)
{
    Judged *judged = judged_new(nothing);
    InvariantCase about = { .topology = &judged->fake.topology,
                            .function = &judged->fake.functions[0],
                            .bar_nr = INVARIANT_NO_BAR };
    char why[INVARIANT_WHY_SIZE];

    (void)state;
    assert_true(invariant_quiet(&about, why));
    judged->fake.functions[0].violations = 1;
    assert_false(invariant_quiet(&about, why));
    judged_free(judged);
}

/* Wherever the flag is; registers of others that answer by mistake are not taken for its own */
static void test_control_bar(void **state)
{
    FakeSystem fake;
    Function *function = &fake.functions[0];

    (void)state;
    fake_system_init(&fake);
    assert_int_equal(function->control_bar, FAKE_CONTROL);

    fake.devices[0].control_bar = FAKE_MEMORY;
    fake_system_witness(&fake);
    assert_int_equal(function->control_bar, FAKE_MEMORY);
    assert_true(function->control_known);

    fake_system_init(&fake);
    function->control_known = false;
    function->control_bar = -1;
    fake.devices[0].tag = 7;
    fake_system_witness(&fake);
    assert_int_equal(function->control_bar, -1);
    assert_false(function->control_known);
}

/* A BAR that reads 0 in configuration space and that the kernel has given up on */
static void test_forgotten_bar(void **state)
{
    FakeSystem fake;
    Bar *bar = &fake.functions[0].bars[5];

    (void)state;
    fake_system_init(&fake);
    assert_int_equal(bar->kind, BAR_NONE);
    bar->kernel = range_sized(0, 0x1000); /* the made-up device answers its size from here */
    fake_system_witness(&fake);
    assert_int_equal(bar->kind, BAR_MEM32);
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define CASES 4

int main(void)
{
    struct CMUnitTest tests[ROWS + CASES] = {
        { "/I5/never-writes-to-msix", test_msix, NULL, NULL, NULL },
        { "/I7/fails-for-a-violation-of-a-new-function", test_quiet_new, NULL, NULL, NULL },
        { "/witness/control-bar-is-where-the-header-says", test_control_bar, NULL, NULL, NULL },
        { "/witness/the-device-knows-a-forgotten-bar", test_forgotten_bar, NULL, NULL, NULL },
    };

    for (size_t i = 0; i < ROWS; i++) {
        tests[CASES + i].name = rows[i].row.name;
        tests[CASES + i].test_func = test_row;
        tests[CASES + i].initial_state = (void *)(uintptr_t)&rows[i];
    }
    return cmocka_run_group_tests_name("layouts", tests, NULL, NULL);
}
