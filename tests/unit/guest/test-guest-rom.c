/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invariants on an expansion ROM, enabled or with an address set aside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judge.h"

static void rom_disabled(FakeSystem *fake)
{
    Bar *rom = &fake->functions[0].bars[TOPOLOGY_ROM];

    rom->kind = BAR_ROM;
    rom->kernel = range_sized(FAKE_LOW_BASE(0) + 0x80000, 0x20000);
    rom->kernel_size_bytes = 0x20000;
}

static void rom_enabled(FakeSystem *fake)
{
    Bar *rom = &fake->functions[0].bars[TOPOLOGY_ROM];

    rom_disabled(fake);
    rom->rom_enabled = true;
    rom->config_base = rom->kernel.start;
}

static void rom_elsewhere(FakeSystem *fake)
{
    fake->functions[0].bars[TOPOLOGY_ROM].config_base += 0x20000;
}

static void rom_unassigned(FakeSystem *fake)
{
    fake->functions[0].bars[TOPOLOGY_ROM].kernel = range_empty();
}

static void memory_decode_off_too(FakeSystem *fake)
{
    rom_unassigned(fake);
    fake->functions[0].memory_decode = false;
}

static void rom_outside(FakeSystem *fake)
{
    fake->functions[0].bars[TOPOLOGY_ROM].kernel = range_sized(FAKE_LOW_BASE(1), 0x20000);
}

static void rom_odd(FakeSystem *fake)
{
    fake->functions[0].bars[TOPOLOGY_ROM].kernel.start += 0x10000;
    fake->functions[0].bars[TOPOLOGY_ROM].kernel.end += 0x10000;
}

static void rom_in_pref(FakeSystem *fake)
{
    fake->bridges[0].windows[WINDOW_PREF].config = fake->bridges[0].windows[WINDOW_MEM].config;
    fake->bridges[0].windows[WINDOW_MEM].config = range_empty();
}

/* A foreign function whose ROM lies over BAR 0 */
static void foreign_rom(FakeSystem *fake, bool enabled)
{
    Function *foreign = &fake->functions[2];

    *foreign = (Function) { .parent = -1, .memory_decode = true };
    memcpy(foreign->bdf, "0000:00:1f.2", sizeof("0000:00:1f.2"));
    foreign->bars[TOPOLOGY_ROM] = (Bar) { .nr = TOPOLOGY_ROM, .kind = BAR_ROM,
                                          .config_base = FAKE_LOW_BASE(0), .rom_enabled = enabled,
                                          .kernel_size_bytes = 0x10000 };
    fake->topology.function_count = 3;
}

static void foreign_rom_on(FakeSystem *fake)
{
    foreign_rom(fake, true);
}

static void foreign_rom_off(FakeSystem *fake)
{
    foreign_rom(fake, false);
}

static const LayoutRow rows[] = {
    { rom_enabled, { "/I1/holds-for-rom", invariant_agreed, TOPOLOGY_ROM, nothing, NULL } },
    { rom_disabled, { "/I1/holds-for-rom-that-is-off", invariant_agreed, TOPOLOGY_ROM,
                      rom_elsewhere, NULL } },
    { rom_enabled, { "/I1/fails-for-rom-elsewhere", invariant_agreed, TOPOLOGY_ROM, rom_elsewhere,
                     "0000:01:00.0 ROM: expected one base and size, observed config space "
                     "0xfe8a0000, kernel 0xfe880000+0x20000" } },
    { rom_enabled, { "/I1/fails-for-rom-that-decodes-unassigned", invariant_agreed, TOPOLOGY_ROM,
                     rom_unassigned, "config space 0xfe880000, kernel none" } },
    { rom_enabled, { "/I1/holds-for-rom-without-memory-decode", invariant_agreed, TOPOLOGY_ROM,
                     memory_decode_off_too, NULL } },
    { rom_disabled, { "/I2/holds-for-rom", invariant_contained, TOPOLOGY_ROM, nothing, NULL } },
    { rom_disabled, { "/I2/holds-for-rom-in-prefetchable-window", invariant_contained,
                      TOPOLOGY_ROM, rom_in_pref, NULL } },
    { rom_disabled, { "/I2/fails-for-rom", invariant_contained, TOPOLOGY_ROM, rom_outside,
                      "ROM: expected 0xfe900000-0xfe91ffff inside a window of bridge" } },
    { nothing, { "/I3/holds-beside-rom-that-is-off", invariant_disjoint, FAKE_CONTROL,
                 foreign_rom_off, NULL } },
    { nothing, { "/I3/fails-for-rom-over-bar", invariant_disjoint, FAKE_CONTROL, foreign_rom_on,
                 "observed 0000:00:1f.2 ROM decoding 0xfe800000-0xfe80ffff" } },
    { rom_disabled, { "/I4/holds-for-rom", invariant_aligned, TOPOLOGY_ROM, nothing, NULL } },
    { rom_disabled, { "/I4/fails-for-rom", invariant_aligned, TOPOLOGY_ROM, rom_odd,
                      "ROM: expected a base that is a multiple of the size 0x20000, observed base "
                      "0xfe890000" } },
};

static void test_row(void **state)
{
    const LayoutRow *layout = *state;

    judge(layout->arrange, &layout->row);
}

#define ROWS (sizeof(rows) / sizeof(rows[0]))

int main(void)
{
    struct CMUnitTest tests[ROWS] = { 0 };

    for (size_t i = 0; i < ROWS; i++) {
        tests[i].name = rows[i].row.name;
        tests[i].test_func = test_row;
        tests[i].initial_state = (void *)(uintptr_t)&rows[i];
    }
    return cmocka_run_group_tests_name("rom", tests, NULL, NULL);
}
