/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The size that a BAR has from the next reset on.
 */

#include <linux/pci_regs.h>
#include <string.h>

#include "placement.h"
#include "ramblock.h"
#include "rebar-size.h"
#include "records.h"
#include "resets.h"
#include "state.h"

#define KIB UINT64_C(1024)
#define TIB (UINT64_C(1) << 40)
#define CONTENT UINT64_C(0x1122334455667788)
#define CONTENT_AT (64 * KIB) /* behind the header */

#define CONTROL ",bar0=16K:mem32:control"
#define SMALL CONTROL ",bar2=1M:mem64:pref"

static char *command_for(const char *value)
{
    return g_strdup_printf("{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                           "\"/machine/peripheral/" FUNCTION_ID "\", \"property\": "
                           "\"next-size\", \"value\": \"%s\"}}", value);
}

static void set_next_size(const Function *function, const char *value)
{
    g_autofree char *command = command_for(value);

    json_node_unref(qtest_qmp(function->qtest, command));
}

static void assert_size(Function *function, unsigned nr, uint64_t size)
{
    function_size_bars(function);
    g_assert_cmphex(function->bars[nr].size, ==, size);
}

/* Where each BAR is after function_place_bars() */
static void place(Below *below)
{
    port_open_windows(&below->port);
    function_place_bars(&below->function);
    assert_bars_reached(&below->function);
}

/* Which BARs, which sizes */

typedef struct SizeCase {
    const char *path;
    const char *properties;
    const char *value;
    unsigned nr;
    uint64_t before;
    uint64_t after;
} SizeCase;

static const SizeCase size_cases[] = {
    { "grows", SMALL, "bar2=64M", 2, MIB, 64 * MIB },
    { "shrinks", SMALL, "bar2=128K", 2, MIB, 128 * KIB },
    { "stays", SMALL, "bar2=1M", 2, MIB, MIB },
    { "grows-to-the-limit", SMALL, "bar2=1T", 2, MIB, TIB },
    { "32-bits", CONTROL ",bar1=1M:mem32", "bar1=256M", 1, MIB, 256 * MIB },
    { "pattern", CONTROL ",bar4=1M:mem64:pattern", "bar4=2T", 4, MIB, 2 * TIB },
    { "control-registers", SMALL, "bar0=1M", 0, 16 * KIB, MIB },
    { "beside-the-msix-table", ",msix=64", "bar0=8K", 0, 16 * KIB, 8 * KIB },
    { "resizable-grows", "", "bar2=16G", 2, 2 * GIB, 16 * GIB },
    { "resizable-shrinks", "", "bar2=256M", 2, 2 * GIB, 256 * MIB },
};

/* From the reset on, and after every other one */
static void test_size(gconstpointer data)
{
    const SizeCase *row = data;
    Below below;

    below_start(&below, row->properties);
    place(&below);
    set_next_size(&below.function, row->value);
    assert_bars_reached(&below.function);
    assert_size(&below.function, row->nr, row->before);

    for (unsigned i = 0; i < 2; i++) {
        reset_of_bus(&below);
        assert_size(&below.function, row->nr, row->after);
        place(&below);
        g_assert_cmphex(control_read(&below.function, BARSHIFT_DECODED_SIZE(row->nr)), ==,
                        row->after);
    }
    below_stop(&below);
}

/* Which resets */

static void reset_and_slot_power(const Below *below)
{
    reset_by_slot_power(below);
    slot_power_on(below);
}

static const struct {
    const char *path;
    void (*reset)(const Below *below);
} resets[] = {
    { "machine", reset_of_machine },
    { "bus", reset_of_bus },
    { "function", reset_by_flr },
    { "power-state", reset_by_power_state },
    { "slot-power", reset_and_slot_power },
};

static void test_reset(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    Below below;

    below_start(&below, SMALL ",no-soft-reset=off");
    set_next_size(&below.function, "bar2=4M");
    set_next_size(&below.function, "bar0=32K");
    resets[i].reset(&below);
    assert_size(&below.function, 2, 4 * MIB);
    assert_size(&below.function, 0, 32 * KIB);
    below_stop(&below);
}

/* From D3hot to D0 nothing is reset when No_Soft_Reset says so */
static void test_no_reset(void)
{
    Below below;

    below_start(&below, SMALL);
    set_next_size(&below.function, "bar2=4M");
    reset_by_power_state(&below);
    assert_size(&below.function, 2, MIB);
    below_stop(&below);
}

static void test_resizable(void)
{
    const unsigned log2_1_gib = 10, log2_4_gib = 12;
    Below below;
    unsigned size_byte;

    below_start(&below, "");
    size_byte = capability_find(&below.function, PCI_EXT_CAP_ID_REBAR) + REBAR_CONTROL(0) + 1;
    set_next_size(&below.function, "bar2=4G");
    reset_of_bus(&below);
    g_assert_cmpuint(config_read(&below.function, size_byte, 1), ==, log2_4_gib);

    /* Software may choose as ever */
    config_write(&below.function, size_byte, 1, log2_1_gib);
    assert_size(&below.function, 2, GIB);
    reset_by_flr(&below);
    assert_size(&below.function, 2, 4 * GIB);
    g_assert_cmpuint(config_read(&below.function, size_byte, 1), ==, log2_4_gib);
    below_stop(&below);
}

static void test_ledger(void)
{
    static const Record told[] = { { "next-size", 2, 4 * MIB, 0 }, { } };
    static const Record happened[] = {
        { "reset", NO_BAR, BARSHIFT_RESET_FUNCTION, 0 }, { "resize", 2, 4 * MIB, 0 }, { },
    };
    Below below;
    gint64 total;

    below_start(&below, SMALL);
    total = ledger_total(&below.function);
    set_next_size(&below.function, "bar2=4M");
    assert_records(&below.function, total + 1, told);
    reset_by_flr(&below);
    assert_records(&below.function, total + 2, happened);
    below_stop(&below);
}

/* Contents */

static void test_contents(void)
{
    QTest *qtest;
    Below below;

    below_start(&below, SMALL);
    qtest = below.port.qtest;
    place(&below);
    qtest_write(qtest, below.function.bars[2].base + CONTENT_AT, 8, CONTENT);
    set_next_size(&below.function, "bar2=16M");
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + CONTENT_AT, 8), ==, CONTENT);

    reset_of_bus(&below);
    place(&below);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + CONTENT_AT, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + 16 * MIB - 8, 8), ==, 0);
    qtest_write(qtest, below.function.bars[2].base + 16 * MIB - 8, 8, ~CONTENT);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + 16 * MIB - 8, 8), ==,
                    ~CONTENT);

    /* What a smaller size hides is there again */
    set_next_size(&below.function, "bar2=128K");
    reset_of_bus(&below);
    place(&below);
    set_next_size(&below.function, "bar2=32M");
    reset_of_bus(&below);
    place(&below);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + CONTENT_AT, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + 16 * MIB - 8, 8), ==,
                    ~CONTENT);
    below_stop(&below);
}

/* The memory is another region then, which is watched like the one before */
static void test_watched(void)
{
    Below below;

    below_start(&below, SMALL);
    place(&below);
    qtest_write(below.port.qtest, below.function.control_base + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
    set_next_size(&below.function, "bar2=16M");
    qtest_write(below.port.qtest, below.function.bars[2].base + CONTENT_AT, 8, CONTENT);
    qtest_write(below.port.qtest, below.function.control_base + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STARTED);
    g_assert_cmpuint(control_read(&below.function, BARSHIFT_VIOLATIONS), ==, 1);
    g_assert_cmphex(qtest_read(below.port.qtest, below.function.bars[2].base + CONTENT_AT, 8), ==,
                    CONTENT);
    g_assert_cmpuint(control_read(&below.function, BARSHIFT_VIOLATIONS), ==, 1);
    below_stop(&below);
}

/* The fault strikes all of the larger memory */
static void test_aliased(void)
{
    QTest *qtest;
    Below below;

    below_start(&below, SMALL ",fault=content-aliased");
    qtest = below.port.qtest;
    place(&below);
    set_next_size(&below.function, "bar2=16M");
    reset_of_bus(&below);
    place(&below);
    qtest_write(qtest, below.function.bars[2].base + 4 * MIB, 8, CONTENT);
    g_assert_cmphex(qtest_read(qtest, below.function.bars[2].base + 12 * MIB, 8), ==, CONTENT);
    below_stop(&below);
}

/* All of the memory goes with the function */
static void test_removal(void)
{
    Below below;

    below_start(&below, SMALL);
    set_next_size(&below.function, "bar2=16M");
    set_next_size(&below.function, "bar2=1G");
    g_assert_cmpuint(ramblock_count(below.port.qtest, GIB), ==, 1);
    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    ramblock_await(below.port.qtest, GIB, 0);
    ramblock_await(below.port.qtest, 16 * MIB, 0);
    ramblock_await(below.port.qtest, MIB, 0);
    below_stop(&below);
}

/* Refusals */

static const struct {
    const char *properties;
    const char *value;
    const char *message;
} refusals[] = {
    { SMALL, "2=4M", "property 'next-size': '2=4M' is not barN=SIZE" },
    { SMALL, "bar=4M", "'bar=4M' is not barN=SIZE" },
    { SMALL, "bar6=4M", "'bar6=4M' is not barN=SIZE" },
    { SMALL, "bar2", "'bar2' is not barN=SIZE" },
    { SMALL, "", "'' is not barN=SIZE" },
    { SMALL, "bar2=", "property 'next-size': '' is not a size" },
    { SMALL, "bar2=3M", "property 'next-size': '3M' is not a power of two" },
    { SMALL, "bar3=4M", "property 'next-size': 'bar3=4M': there is no such BAR" },
    { SMALL, "bar2=2K", "property 'next-size': 'bar2=2K': a memory BAR has at least 4 KiB" },
    { SMALL, "bar2=2T", "property 'next-size': 'bar2=2T': memory is behind at most 1 TiB" },
    { SMALL, "bar0=4G", "property 'next-size': 'bar0=4G': a 32-bit BAR has at most 2 GiB" },
    { CONTROL ",bar1=64:io", "bar1=256",
      "property 'next-size': 'bar1=256': an I/O BAR keeps its size" },
    { "", "bar2=32G", "property 'next-size': 'bar2=32G': the size is not one of 'rebar'" },
    { ",msix=64", "bar1=4K",
      "property 'next-size': 'bar1=4K': table and pending bits of MSI-X end at 0x2008" },
};

static void test_refusals(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *command = command_for(refusals[i].value);
        g_autofree char *told = NULL;
        Below below;
        gint64 total;

        below_start(&below, refusals[i].properties);
        total = ledger_total(&below.function);
        told = qtest_qmp_refusal(below.port.qtest, command);
        g_assert_true(g_str_has_prefix(told, "property 'next-size': "));
        g_assert_nonnull(strstr(told, refusals[i].message));
        g_assert_cmpint(ledger_total(&below.function), ==, total);
        below_stop(&below);
    }
}

static void test_not_at_start(void)
{
    static const char *const arguments[] = { "-device", "barshift,next-size=bar2=4G", NULL };
    g_autofree char *told = NULL;
    int status;

    told = qtest_refusal(NULL, arguments, &status);
    g_assert_cmpint(status, ==, 1);
    g_assert_nonnull(strstr(told, "is for a physical function that is there"));
}

/* Migration */

/* With sizes in every stage: one to come, one that is, one that was and has left contents */
static void test_migration(void)
{
    static const char properties[] = SMALL ",bar4=1M:mem64:pref";
    GBytes *state;
    int64_t time_ns;
    Below here, there;
    uint64_t base;

    below_start(&here, properties);
    set_next_size(&here.function, "bar2=16M");
    reset_of_bus(&here);
    place(&here);
    base = here.function.bars[2].base;
    qtest_write(here.port.qtest, base + 16 * MIB - 8, 8, CONTENT);
    set_next_size(&here.function, "bar2=256K");
    set_next_size(&here.function, "bar4=8M");
    reset_of_bus(&here);
    set_next_size(&here.function, "bar2=512K");
    place(&here);
    time_ns = qtest_clock_step(here.port.qtest, 1);
    state = state_save(here.port.qtest);

    below_start_incoming(&there, properties);
    state_load(there.port.qtest, state, time_ns);
    there.function = here.function;
    there.function.qtest = there.port.qtest;
    assert_bars_reached(&there.function);
    g_assert_cmphex(there.function.bars[2].size, ==, 256 * KIB);
    assert_size(&there.function, 4, 8 * MIB);
    reset_of_bus(&there);
    place(&there);
    g_assert_cmphex(there.function.bars[2].size, ==, 512 * KIB);
    g_assert_cmphex(there.function.bars[4].size, ==, 8 * MIB);

    set_next_size(&there.function, "bar2=16M");
    reset_of_bus(&there);
    place(&there);
    g_assert_cmphex(qtest_read(there.port.qtest, there.function.bars[2].base + 16 * MIB - 8, 8),
                    ==, CONTENT);
    below_stop(&there);
    below_stop(&here);
    g_bytes_unref(state);
}

/* The default size comes along, too, when the registers have another one */
static void test_migration_of_a_resizable_bar(void)
{
    GBytes *state;
    int64_t time_ns;
    Below here, there;

    below_start(&here, "");
    set_next_size(&here.function, "bar2=8G");
    reset_of_bus(&here);
    config_write(&here.function,
                 capability_find(&here.function, PCI_EXT_CAP_ID_REBAR) + REBAR_CONTROL(0) + 1, 1,
                 10);
    time_ns = qtest_clock_step(here.port.qtest, 1);
    state = state_save(here.port.qtest);
    below_stop(&here);

    below_start_incoming(&there, "");
    state_load(there.port.qtest, state, time_ns);
    assert_size(&there.function, 2, GIB);
    reset_of_bus(&there);
    assert_size(&there.function, 2, 8 * GIB);
    below_stop(&there);
    g_bytes_unref(state);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(size_cases); i++) {
        g_autofree char *path = g_strconcat("/next-size/", size_cases[i].path, NULL);

        g_test_add_data_func(path, &size_cases[i], test_size);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(resets); i++) {
        g_autofree char *path = g_strconcat("/next-size/reset/", resets[i].path, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_reset);
    }
    g_test_add_func("/next-size/reset/none", test_no_reset);
    g_test_add_func("/next-size/resizable-by-software", test_resizable);
    g_test_add_func("/next-size/ledger", test_ledger);
    g_test_add_func("/next-size/keeps-contents", test_contents);
    g_test_add_func("/next-size/while-the-driver-is-stopped", test_watched);
    g_test_add_func("/next-size/with-content-aliased", test_aliased);
    g_test_add_func("/next-size/removal", test_removal);
    g_test_add_func("/next-size/refusals", test_refusals);
    g_test_add_func("/next-size/not-at-start", test_not_at_start);
    g_test_add_func("/next-size/migration", test_migration);
    g_test_add_func("/next-size/migration/resizable", test_migration_of_a_resizable_bar);
    return g_test_run();
}
