/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The upstream port of a switch: it has a BAR of its own, and is otherwise QEMU's.
 */

#include <linux/pci_regs.h>
#include <string.h>

#include "placement.h"
#include "resets.h"
#include "state.h"

#define TI_XIO3130U 0x8232104cu /* device and vendor */

#define UPSTREAM_BUS BELOW_BUS
#define DOWNSTREAM_BUS (BELOW_BUS + 1)
#define FUNCTION_BUS (BELOW_BUS + 2)

#define BAR_BASE MEMORY_BASE
#define BAR_SIZE (16 * MIB)
#define OTHER_BAR_BASE (MEMORY_BASE + BAR_SIZE)
#define FUNCTION_BASE (MEMORY_BASE + 2 * GIB)
#define WINDOW_SIZE (4 * GIB)

#define CONTENT UINT64_C(0x1122334455667788)

/**
 * Switch - root port, switch, function
 * @below: root port; @below.function is the one below the switch
 */
typedef struct Switch {
    Below below;
    Function upstream;
    Function downstream;
} Switch;

static void switch_init(Switch *s)
{
    QTest *qtest = s->below.port.qtest;

    function_init(&s->upstream, qtest, UPSTREAM_BUS << 8);
    function_init(&s->downstream, qtest, DOWNSTREAM_BUS << 8);
    function_init(&s->below.function, qtest, FUNCTION_BUS << 8);
}

static void switch_enable(const Switch *s)
{
    below_enable(&s->below);
    config_write(&s->below.port, PCI_PRIMARY_BUS, 4, FUNCTION_BUS << 16 | UPSTREAM_BUS << 8);
    config_write(&s->upstream, PCI_PRIMARY_BUS, 4,
                 FUNCTION_BUS << 16 | DOWNSTREAM_BUS << 8 | UPSTREAM_BUS);
    config_write(&s->downstream, PCI_PRIMARY_BUS, 4,
                 FUNCTION_BUS << 16 | FUNCTION_BUS << 8 | DOWNSTREAM_BUS);
}

static void switch_start(Switch *s, const char *properties,
                         void (*start)(Below *, const char *const *))
{
    g_autofree char *upstream =
        g_strdup_printf("barshift-upstream,id=up,bus=" BELOW_PORT_ID "%s", properties);
    const char *const devices[] = {
        upstream, "xio3130-downstream,id=down,bus=up,chassis=2,slot=2",
        "barshift,id=" FUNCTION_ID ",bus=down,tag=7", NULL,
    };

    start(&s->below, devices);
    switch_init(s);
}

/* The window of the switch begins behind the BAR, that of the root port in front of it */
static void switch_place(const Switch *s)
{
    Below upstream = { .port = s->upstream }, downstream = { .port = s->downstream };

    switch_enable(s);
    below_windows_set(&s->below, MEMORY_BASE, WINDOW_SIZE);
    below_windows_set(&upstream, FUNCTION_BASE, 2 * GIB);
    below_windows_set(&downstream, FUNCTION_BASE, 2 * GIB);
    bar_write(&s->upstream, 0, BAR_BASE);
    function_place(&s->below.function, FUNCTION_BASE);
}

static void switch_stop(Switch *s)
{
    below_stop(&s->below);
}

/* What it is */

static void assert_bar(const char *properties, uint64_t size)
{
    Switch s;

    switch_start(&s, properties, below_start_devices);
    switch_enable(&s);
    g_assert_cmphex(config_read(&s.upstream, PCI_VENDOR_ID, 4), ==, TI_XIO3130U);
    bar_write(&s.upstream, 0, UINT64_MAX);
    g_assert_cmphex(bar_read(&s.upstream, 0, true), ==,
                    -size | PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH);
    switch_stop(&s);
}

static void test_size(void)
{
    assert_bar(",bar=16M", BAR_SIZE);
    assert_bar(",bar=4K", 4096);
    assert_bar(",bar=1T", UINT64_C(1) << 40);
}

static void test_default_size(void)
{
    assert_bar("", 8 * MIB);
}

static const char *const refusals[][2] = {
    { "3M", "property 'bar': '3M' is not a power of two" },
    { "2K", "property 'bar': '2K' is not 4 KiB to 1 TiB" },
    { "2T", "property 'bar': '2T' is not 4 KiB to 1 TiB" },
};

static void test_refusals(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *device =
            g_strdup_printf("barshift-upstream,bus=above,bar=%s", refusals[i][0]);
        const char *const arguments[] = {
            "-device", "pcie-root-port,id=above", "-device", device, NULL,
        };
        g_autofree char *told = NULL;
        int status;

        told = qtest_refusal(NULL, arguments, &status);
        g_assert_cmpint(status, ==, 1);
        g_assert_nonnull(strstr(told, refusals[i][1]));
    }
}

/* What it does */

static void test_memory(void)
{
    QTest *qtest;
    Switch s;

    switch_start(&s, ",bar=16M", below_start_devices);
    switch_place(&s);
    qtest = s.upstream.qtest;
    qtest_write(qtest, BAR_BASE, 8, CONTENT);
    qtest_write(qtest, BAR_BASE + BAR_SIZE - 8, 8, ~CONTENT);
    g_assert_cmphex(qtest_read(qtest, BAR_BASE, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(qtest, BAR_BASE + BAR_SIZE - 8, 8), ==, ~CONTENT);

    bar_write(&s.upstream, 0, OTHER_BAR_BASE);
    g_assert_cmphex(qtest_read(qtest, BAR_BASE, 8), ==, 0);
    g_assert_cmphex(qtest_read(qtest, OTHER_BAR_BASE, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(qtest, OTHER_BAR_BASE + BAR_SIZE - 8, 8), ==, ~CONTENT);

    decode_set(&s.upstream, false);
    g_assert_cmphex(qtest_read(qtest, OTHER_BAR_BASE, 8), ==, 0);
    switch_stop(&s);
}

static void test_forwards(void)
{
    Switch s;

    switch_start(&s, ",bar=16M", below_start_devices);
    switch_place(&s);
    assert_reached(&s.below.function, FUNCTION_BASE, BARSHIFT_MEMORY_BAR);
    assert_reached(&s.below.function, CONTROL_BASE, BARSHIFT_CONTROL_BAR);
    decode_set(&s.upstream, false);
    assert_silent(&s.below.function, FUNCTION_BASE);
    switch_stop(&s);
}

static void reset_of_port(const Switch *s)
{
    function_level_reset(&s->upstream);
    switch_enable(s);
}

static void reset_of_the_bus(const Switch *s)
{
    reset_of_bus(&s->below);
    switch_enable(s);
}

static void reset_of_all(const Switch *s)
{
    qtest_system_reset(s->upstream.qtest);
    switch_enable(s);
}

static void test_reset(void)
{
    void (*const resets[])(const Switch *) = { reset_of_port, reset_of_the_bus, reset_of_all };
    Switch s;

    switch_start(&s, ",bar=16M", below_start_devices);
    for (unsigned i = 0; i < G_N_ELEMENTS(resets); i++) {
        switch_place(&s);
        qtest_write(s.upstream.qtest, BAR_BASE, 8, CONTENT + i);
        resets[i](&s);
        below_windows_set(&s.below, MEMORY_BASE, WINDOW_SIZE);
        g_assert_cmphex(bar_read(&s.upstream, 0, true) & (uint64_t)PCI_BASE_ADDRESS_MEM_MASK, ==,
                        0);
        g_assert_cmphex(qtest_read(s.upstream.qtest, BAR_BASE, 8), ==, 0);
        switch_place(&s);
        g_assert_cmphex(qtest_read(s.upstream.qtest, BAR_BASE, 8), ==, CONTENT + i);
        assert_reached(&s.below.function, FUNCTION_BASE, BARSHIFT_MEMORY_BAR);
    }
    switch_stop(&s);
}

/* Migration */

static void test_migration(void)
{
    Switch here, there;
    GBytes *state;
    int64_t time_ns;

    switch_start(&here, ",bar=16M", below_start_devices);
    switch_place(&here);
    qtest_write(here.upstream.qtest, BAR_BASE + MIB, 8, CONTENT);
    time_ns = qtest_clock_step(here.upstream.qtest, 1);
    state = state_save(here.upstream.qtest);
    below_stop(&here.below);

    switch_start(&there, ",bar=16M", below_start_devices_incoming);
    state_load(there.upstream.qtest, state, time_ns);
    g_assert_cmphex(qtest_read(there.upstream.qtest, BAR_BASE + MIB, 8), ==, CONTENT);
    g_assert_cmphex(qtest_read(there.upstream.qtest, BAR_BASE, 8), ==, 0);
    assert_reached(&there.below.function, FUNCTION_BASE, BARSHIFT_MEMORY_BAR);
    switch_stop(&there);

    switch_start(&there, ",bar=8M", below_start_devices_incoming);
    state_assert_refused(there.upstream.qtest, state, "property 'bar' differs");
    g_bytes_unref(state);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upstream-port/has-a-bar-of-the-size-asked-for", test_size);
    g_test_add_func("/upstream-port/has-a-bar-by-default", test_default_size);
    g_test_add_func("/upstream-port/refuses-other-sizes", test_refusals);
    g_test_add_func("/upstream-port/has-memory", test_memory);
    g_test_add_func("/upstream-port/forwards", test_forwards);
    g_test_add_func("/upstream-port/reset-takes-the-address", test_reset);
    g_test_add_func("/upstream-port/migration", test_migration);
    return g_test_run();
}
