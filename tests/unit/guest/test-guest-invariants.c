/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every invariant holds on the made-up machine, and fails with its sentence when it is broken. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge.h"

static Bar *memory_bar(FakeSystem *fake)
{
    return &fake->functions[0].bars[FAKE_MEMORY];
}

static void config_elsewhere(FakeSystem *fake)
{
    memory_bar(fake)->config_base = FAKE_OLD_BASE;
}

static void kernel_elsewhere(FakeSystem *fake)
{
    memory_bar(fake)->kernel = range_sized(FAKE_OLD_BASE, FAKE_SIZE);
}

static void device_elsewhere(FakeSystem *fake)
{
    memory_bar(fake)->device_base = FAKE_OLD_BASE;
}

static void device_silent(FakeSystem *fake)
{
    memory_bar(fake)->device_decoded = false;
}

static void cpu_elsewhere(FakeSystem *fake)
{
    memory_bar(fake)->header.base = FAKE_OLD_BASE;
}

static void cpu_other_size(FakeSystem *fake)
{
    memory_bar(fake)->header.size_bytes = FAKE_SIZE / 2;
}

static void rebar_other_size(FakeSystem *fake)
{
    memory_bar(fake)->rebar_field = 12;
    memory_bar(fake)->rebar_size_bytes = 2 * FAKE_SIZE;
}

/* Lost, and decoding is off: nobody thinks that it has an address */
static void unassigned(FakeSystem *fake)
{
    memory_bar(fake)->kernel = range_empty();
    memory_bar(fake)->device_decoded = false;
    fake->functions[0].memory_decode = false;
}

static void unassigned_but_decoding(FakeSystem *fake)
{
    memory_bar(fake)->kernel = range_empty();
}

static void bridge_window_closed(FakeSystem *fake)
{
    fake->bridges[0].windows[WINDOW_PREF].config = range_empty();
}

static void bridge_window_short(FakeSystem *fake)
{
    fake->bridges[0].windows[WINDOW_PREF].config.end--;
}

/* Only the prefetchable window has 64-bit registers, but a fault could show such a range */
static void high_in_memory_window(FakeSystem *fake)
{
    fake->bridges[0].windows[WINDOW_MEM].config = fake->bridges[0].windows[WINDOW_PREF].config;
    bridge_window_closed(fake);
}

static void below_no_bridge(FakeSystem *fake)
{
    fake->functions[0].parent = -1;
}

static void below_second_bridge(FakeSystem *fake)
{
    fake->bridges[0].parent = 1;
}

static void prefetchable_in_memory_window(FakeSystem *fake)
{
    fake->functions[0].bars[FAKE_CONTROL].prefetchable = true;
}

static void host_window_short(FakeSystem *fake)
{
    fake->topology.host_windows[1].range.start = FAKE_BASE(0) + 1;
}

static void neighbour_overlaps(FakeSystem *fake)
{
    fake->functions[1].bars[FAKE_MEMORY].config_base = FAKE_BASE(0);
}

static void foreign_overlaps(FakeSystem *fake)
{
    Function *foreign = &fake->functions[2];

    *foreign = (Function) { .parent = -1, .memory_decode = true };
    memcpy(foreign->bdf, "0000:00:1f.2", sizeof("0000:00:1f.2"));
    foreign->bars[5] = (Bar) { .nr = 5, .kind = BAR_MEM64, .config_base = FAKE_BASE(0) + 0x1000,
                               .kernel_size_bytes = 0x1000 };
    fake->topology.function_count = 3;
}

static void neighbour_overlaps_asleep(FakeSystem *fake)
{
    neighbour_overlaps(fake);
    fake->functions[1].memory_decode = false;
}

static void misaligned(FakeSystem *fake)
{
    memory_bar(fake)->config_base += FAKE_SIZE / 2;
}

static void rebar_not_offered(FakeSystem *fake)
{
    memory_bar(fake)->rebar_sizes = 0x100;
}

static void device_other_size(FakeSystem *fake)
{
    memory_bar(fake)->device_size_bytes = FAKE_SIZE / 2;
}

static void nobody_answers(FakeSystem *fake)
{
    fake->devices[0].tag = 0;
}

static void other_answers(FakeSystem *fake)
{
    fake->devices[0].tag = 7;
}

static void arrives_elsewhere(FakeSystem *fake)
{
    fake->header_shift = 0x1000;
}

static void memory_stuck(FakeSystem *fake)
{
    fake->stuck = true;
}

static void memory_aliases(FakeSystem *fake)
{
    fake->alias_mask = FAKE_SIZE / 2 - 1;
}

static void decode_off(FakeSystem *fake)
{
    fake->functions[0].memory_decode = false;
}

static void word_changed(FakeSystem *fake, uint64_t offset)
{
    for (size_t i = 0; i < fake->word_count; i++) {
        if (fake->words[i].tag == 1 && fake->words[i].offset == offset) {
            fake->words[i].value ^= 1;
        }
    }
}

static void content_changed(FakeSystem *fake)
{
    word_changed(fake, FAKE_SIZE / 4);
}

static void scratch_changed(FakeSystem *fake)
{
    word_changed(fake, BARSHIFT_HEADER_SCRATCH);
}

static void control_scratch_changed(FakeSystem *fake)
{
    word_changed(fake, BARSHIFT_CONTROL_SCRATCH(3));
}

/* What a shrink cuts off is not asked for */
static void shrunk(FakeSystem *fake)
{
    word_changed(fake, FAKE_SIZE - CONTENT_WORD_BYTES);
    memory_bar(fake)->kernel = range_sized(FAKE_BASE(0), FAKE_SIZE / 2);
}

static void old_answers(FakeSystem *fake)
{
    fake->old_answers = true;
}

/* No header, but the content is still there */
static void old_content(FakeSystem *fake)
{
    fake->old_answers = true;
    fake->words[fake->word_count++] =
        (FakeWord) { .tag = 1, .bar_nr = 2, .offset = BARSHIFT_HEADER_MAGIC, .value = 0 };
}

static void old_unreadable(FakeSystem *fake)
{
    fake->physical_error = -EPERM;
}

static void old_now_neighbours(FakeSystem *fake)
{
    fake->functions[1].bars[FAKE_MEMORY].kernel = range_sized(FAKE_OLD_BASE, FAKE_SIZE);
}

static void ledger_grew(FakeSystem *fake)
{
    fake->functions[0].ledger_total += 2;
}

static const InvariantRow rows[] = {
    { "/I1/holds-when-all-agree", invariant_agreed, 2, nothing, NULL },
    { "/I1/holds-when-all-say-unassigned", invariant_agreed, 2, unassigned, NULL },
    { "/I1/fails-for-config-space", invariant_agreed, 2, config_elsewhere,
      "0000:01:00.0 BAR 2: expected one base and size, observed config space "
      "0x300000000+0x80000000, kernel 0x100000000+0x80000000, device 0x100000000+0x80000000, "
      "CPU 0x100000000+0x80000000 (memory decode on)" },
    { "/I1/fails-for-kernel", invariant_agreed, 2, kernel_elsewhere,
      "kernel 0x300000000+0x80000000, device 0x1" },
    { "/I1/fails-for-device", invariant_agreed, 2, device_elsewhere,
      "device 0x300000000+0x80000000, CPU 0x1" },
    { "/I1/fails-for-device-that-decodes-nothing", invariant_agreed, 2, device_silent,
      "device none, CPU 0x1" },
    { "/I1/fails-for-cpu", invariant_agreed, 2, cpu_elsewhere, "CPU 0x300000000+0x80000000 (" },
    { "/I1/fails-for-cpu-size", invariant_agreed, 2, cpu_other_size, "CPU 0x100000000+0x40000000" },
    { "/I1/fails-for-rebar-size", invariant_agreed, 2, rebar_other_size,
      "config space 0x100000000+0x100000000, kernel 0x100000000+0x80000000" },
    { "/I1/fails-for-unassigned-that-decodes", invariant_agreed, 2, unassigned_but_decoding,
      "config space 0x100000000+0x80000000, kernel none" },

    { "/I2/holds-inside-all-windows", invariant_contained, 2, nothing, NULL },
    { "/I2/holds-for-prefetchable-in-low-memory-window", invariant_contained, 0,
      prefetchable_in_memory_window, NULL },
    { "/I2/fails-for-closed-bridge-window", invariant_contained, 2, bridge_window_closed,
      "0000:01:00.0 BAR 2: expected 0x100000000-0x17fffffff inside a window of bridge "
      "0000:00:02.0, observed mem 0xfe800000-0xfe8fffff, pref none" },
    { "/I2/fails-for-window-one-byte-short", invariant_contained, 2, bridge_window_short,
      "pref 0x100000000-0x17ffffffe" },
    { "/I2/fails-for-high-address-in-memory-window", invariant_contained, 2,
      high_in_memory_window, "mem 0x100000000-0x17fffffff, pref none" },
    { "/I2/fails-for-bridge-further-up", invariant_contained, 2, below_second_bridge,
      "window of bridge 0000:00:03.0" },
    { "/I2/fails-for-bus-that-no-bridge-leads-to", invariant_contained, 2, below_no_bridge,
      "expected a bridge that leads to bus 01, observed none" },
    { "/I2/fails-for-host-bridge-window", invariant_contained, 2, host_window_short,
      "expected 0x100000000-0x17fffffff inside a host bridge window, observed no window" },

    { "/I3/holds-side-by-side", invariant_disjoint, 2, nothing, NULL },
    { "/I3/holds-for-neighbour-that-does-not-decode", invariant_disjoint, 2,
      neighbour_overlaps_asleep, NULL },
    { "/I3/fails-for-neighbour", invariant_disjoint, 2, neighbour_overlaps,
      "0000:01:00.0 BAR 2: expected 0x100000000-0x17fffffff for itself alone, observed "
      "0000:02:00.0 BAR 2 decoding 0x100000000-0x17fffffff" },
    { "/I3/fails-for-foreign-function", invariant_disjoint, 2, foreign_overlaps,
      "observed 0000:00:1f.2 BAR 5 decoding 0x100001000-0x100001fff" },

    { "/I4/holds-as-advertised", invariant_aligned, 2, nothing, NULL },
    { "/I4/fails-for-odd-base", invariant_aligned, 2, misaligned,
      "0000:01:00.0 BAR 2: expected a base that is a multiple of the size 0x80000000, observed "
      "base 0x140000000" },
    { "/I4/fails-for-size-not-offered", invariant_aligned, 2, rebar_not_offered,
      "expected a BAR Size that is offered (2^n MiB, mask 0x100), observed n = 11" },
    { "/I4/fails-for-rebar-size-the-kernel-does-not-know", invariant_aligned, 2, rebar_other_size,
      "expected the kernel to know size 0x100000000 of the Resizable BAR control, observed "
      "0x80000000" },
    { "/I4/fails-for-device-size", invariant_aligned, 2, device_other_size,
      "expected the device to decode size 0x80000000, observed 0x40000000" },

    { "/I5/holds-for-memory", invariant_reachable, 2, nothing, NULL },
    { "/I5/holds-for-control-registers", invariant_reachable, 0, nothing, NULL },
    { "/I5/fails-without-header", invariant_reachable, 2, nobody_answers,
      "0000:01:00.0 BAR 2: expected the header at 0x100000000, observed no header" },
    { "/I5/fails-for-another-function", invariant_reachable, 2, other_answers,
      "expected tag 1 BAR 2 to answer, observed tag 7 BAR 2" },
    { "/I5/fails-when-the-access-arrives-elsewhere", invariant_reachable, 2, arrives_elsewhere,
      "expected an access at 0x100000000 to arrive there, observed 0x100001000" },
    { "/I5/fails-for-memory-that-takes-no-writes", invariant_reachable, 2, memory_stuck,
      "offset 0x20 after a write: expected 0x" },
    { "/I5/fails-for-alias-at-half-size", invariant_reachable, 2, memory_aliases,
      "after a write: expected 0x" },
    { "/I5/fails-without-decode", invariant_reachable, 2, decode_off,
      "expected memory decode on, observed off" },
    { "/I5/fails-for-lost-bar", invariant_reachable, 2, unassigned,
      "0000:01:00.0 BAR 2: lost 0x100000000-0x17fffffff: expected an address, observed none" },

    { "/I6/holds-for-kept-content", invariant_preserved, 2, nothing, NULL },
    { "/I6/holds-for-control-scratch", invariant_preserved, 0, nothing, NULL },
    { "/I6/holds-for-what-a-shrink-left", invariant_preserved, 2, shrunk, NULL },
    { "/I6/fails-for-one-bit-of-content", invariant_preserved, 2, content_changed,
      "0000:01:00.0 BAR 2: offset 0x20000000 (content): expected 0x" },
    { "/I6/fails-for-header-scratch", invariant_preserved, 2, scratch_changed,
      "offset 0x20 (scratch): expected 0x" },
    { "/I6/fails-for-control-scratch", invariant_preserved, 0, control_scratch_changed,
      "0000:01:00.0 BAR 0: offset 0x158 (scratch): expected 0x" },
    { "/I6/fails-for-lost-bar", invariant_preserved, 2, unassigned,
      "lost 0x100000000-0x17fffffff" },

    { "/I11/holds-untouched", invariant_unharmed, INVARIANT_NO_BAR, nothing, NULL },
    { "/I11/fails-for-move", invariant_unharmed, INVARIANT_NO_BAR, kernel_elsewhere,
      "0000:01:00.0 BAR 2: expected 0x100000000-0x17fffffff as before, observed "
      "0x300000000-0x37fffffff" },
    { "/I11/fails-for-resize", invariant_unharmed, INVARIANT_NO_BAR, shrunk,
      "observed 0x100000000-0x13fffffff" },
    { "/I11/fails-for-lost-bar", invariant_unharmed, INVARIANT_NO_BAR, unassigned,
      "0000:01:00.0 BAR 2: lost 0x100000000-0x17fffffff" },
    { "/I11/fails-for-ledger-record", invariant_unharmed, INVARIANT_NO_BAR, ledger_grew,
      "0000:01:00.0: expected 12 ledger records as before, observed 14" },
    { "/I11/fails-when-another-answers", invariant_unharmed, INVARIANT_NO_BAR, other_answers,
      "expected tag 1 BAR 0 to answer, observed tag 7 BAR 0" },
};

static const InvariantRow old_rows[] = {
    { "/I8/holds-when-nobody-answers", invariant_old_silent, 2, nothing, NULL },
    { "/I8/holds-when-another-function-answers", invariant_old_silent, 2, old_now_neighbours,
      NULL },
    { "/I8/fails-for-old-header", invariant_old_silent, 2, old_answers,
      "0000:01:00.0 BAR 2: expected silence at the old address 0x300000000, observed tag 1 BAR 2 "
      "answering" },
    { "/I8/fails-for-old-content", invariant_old_silent, 2, old_content,
      "expected silence at the old address 0x300001000, observed its content 0x" },
    { "/I8/fails-when-it-cannot-look", invariant_old_silent, 2, old_unreadable,
      "expected to read the old address 0x300000000, observed Operation not permitted" },
};

static void test_row(void **state)
{
    judge(nothing, *state);
}

static void test_gone(void **state)
{
    BaselineFunction before = { .bdf = "0000:01:00.0", .tag = 1 };
    InvariantCase about = { .before = &before, .bar_nr = INVARIANT_NO_BAR };
    char why[INVARIANT_WHY_SIZE];

    (void)state;
    assert_false(invariant_unharmed(&about, why));
    assert_string_equal(why, "0000:01:00.0: expected function with tag 1 on the bus, "
                             "observed none: function is gone");
    about.bar_nr = 2;
    assert_false(invariant_reachable(&about, why));
    assert_string_equal(why, "0000:01:00.0 BAR 2: expected function with tag 1 on the bus, "
                             "observed none: function is gone");
}

/* Content that was never there cannot be preserved */
static void test_nothing_recorded(void **state)
{
    Judged *judged = judged_new(nothing);
    char why[INVARIANT_WHY_SIZE];
    bool holds;

    (void)state;
    judged->before.functions[0].bars[FAKE_MEMORY].offset_count = 0;
    holds = judged_holds(judged, invariant_preserved, FAKE_MEMORY, why);
    judged_free(judged);
    assert_false(holds);
    assert_non_null(strstr(why, "observed 0 words of it recorded and none left to check"));
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define OLD_ROWS (sizeof(old_rows) / sizeof(old_rows[0]))

int main(void)
{
    struct CMUnitTest tests[ROWS + OLD_ROWS + 2] = { 0 };

    for (size_t i = 0; i < ROWS + OLD_ROWS; i++) {
        const InvariantRow *row = i < ROWS ? &rows[i] : &old_rows[i - ROWS];

        tests[i].name = row->name;
        tests[i].test_func = test_row;
        tests[i].initial_state = (void *)(uintptr_t)row;
    }
    tests[ROWS + OLD_ROWS].name = "/I5-I11/fail-for-function-that-is-gone";
    tests[ROWS + OLD_ROWS].test_func = test_gone;
    tests[ROWS + OLD_ROWS + 1].name = "/I6/fails-when-nothing-was-recorded";
    tests[ROWS + OLD_ROWS + 1].test_func = test_nothing_recorded;
    return cmocka_run_group_tests_name("invariants", tests, NULL, NULL);
}
