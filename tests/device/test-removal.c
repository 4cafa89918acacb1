/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removal: a function goes away in whatever it is doing, without being asked, and leaves nothing.
 *
 * The slot's power, and the eject register of ACPI hotplug, take it out at once.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "ramblock.h"
#include "resets.h"

#define BACKING (16 * GIB)
#define PERIOD BARSHIFT_DMA_PERIOD_MIN
#define STEPS 3

/* What the function is doing */

static void decode(const Below *below)
{
    function_place(&below->function, MEMORY_BASE);
    assert_reached(&below->function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
}

static void move(const Below *below)
{
    decode(below);
    function_place(&below->function, MEMORY_BASE + 2 * GIB);
    g_assert_cmphex(qtest_read(below->port.qtest, MEMORY_BASE, 4), ==, BARSHIFT_MAGIC);
}

static void stream(const Below *below)
{
    decode(below);
    bus_master_set(&below->function, true);
    dma_stream(&below->function, RAM_BASE, PERIOD);
    qtest_clock_step(below->port.qtest, STEPS * PERIOD);
}

static void sleep_in_d3hot(const Below *below)
{
    decode(below);
    power_write(&below->function, D3HOT);
}

static void watch_the_stopped_driver(const Below *below)
{
    decode(below);
    qtest_write(below->port.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
}

static void report_an_error(const Below *below)
{
    decode(below);
    qtest_write(below->port.qtest, CONTROL_BASE + BARSHIFT_AER_INJECT, 4, PCI_ERR_UNC_COMP_TIME);
}

/* How it goes */

static void cut_power(const Below *below)
{
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
}

typedef struct RemovalCase {
    const char *path;
    const char *properties;
    void (*act)(const Below *below); /* NULL: nothing, after power-on */
} RemovalCase;

static const RemovalCase removal_cases[] = {
    { "idle", "", NULL },
    { "decoding", "", decode },
    { "after-a-move", ",fault=old-answers", move },
    { "streaming", "", stream },
    { "streaming-unstoppable", ",fault=dma-unstoppable", stream },
    { "in-d3hot", "", sleep_in_d3hot },
    { "watched", "", watch_the_stopped_driver },
    { "with-an-error", "", report_an_error },
    { "with-a-loop-of-capabilities", ",fault=capability-loop", decode },
};

static void test_removal(const RemovalCase *row, void (*start)(Below *, const char *),
                         void (*remove)(const Below *below))
{
    uint64_t streamed = row->act == stream ? STEPS : 0;
    Below below;

    start(&below, row->properties);
    below_windows_set(&below, MEMORY_BASE, 4 * GIB);
    if (row->act) {
        row->act(&below);
    }
    g_assert_cmpuint(ramblock_count(below.port.qtest, BACKING), ==, 1);

    remove(&below);
    g_assert_cmphex(config_read(&below.function, PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    assert_silent(&below.function, MEMORY_BASE);
    assert_silent(&below.function, MEMORY_BASE + 2 * GIB);
    assert_silent(&below.function, CONTROL_BASE);
    qtest_clock_step(below.port.qtest, STEPS * PERIOD);
    g_assert_cmpuint(qtest_read(below.port.qtest, RAM_BASE, 8), ==, streamed);
    ramblock_await(below.port.qtest, BACKING, 0);
    qtest_clock_step(below.port.qtest, STEPS * PERIOD);
    below_stop(&below);
}

static void test_power_cut(gconstpointer data)
{
    test_removal(data, below_start, cut_power);
}

static void test_eject(gconstpointer data)
{
    test_removal(data, below_start_acpi, below_eject);
}

/* One that comes and goes again and again leaves nothing, either */
static void test_again_and_again(void)
{
    static const char plug[] =
        "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
        "\"id\": \"" FUNCTION_ID "\", \"bus\": \"" BELOW_PORT_ID "\", \"tag\": 7}}";
    Below below;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 4 * GIB);
    for (unsigned i = 0; i < 10; i++) {
        stream(&below);
        cut_power(&below);
        ramblock_await(below.port.qtest, BACKING, 0);
        json_node_unref(qtest_qmp(below.port.qtest, plug));
        slot_power_on(&below);
    }
    stream(&below);
    g_assert_cmpuint(ramblock_count(below.port.qtest, BACKING), ==, 1);
    below_stop(&below);
}

/* In a slot without power it goes as soon as somebody asks for it */
static void test_slot_without_power_gives_it_away(void)
{
    static const char *const none[] = { NULL };
    static const char plug[] =
        "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
        "\"id\": \"" FUNCTION_ID "\", \"bus\": \"" BELOW_PORT_ID "\"}}";
    static const char unplug[] =
        "{\"execute\": \"device_del\", \"arguments\": {\"id\": \"" FUNCTION_ID "\"}}";
    Below below;

    below_start_devices(&below, none);
    below_slot_control(&below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    json_node_unref(qtest_qmp(below.port.qtest, plug));
    g_assert_cmpuint(ramblock_count(below.port.qtest, BACKING), ==, 1);
    json_node_unref(qtest_qmp(below.port.qtest, unplug));
    ramblock_await(below.port.qtest, BACKING, 0);
    below_stop(&below);
}

/* QEMU ends while the function streams: its exit status is checked */
static void test_end_of_qemu(void)
{
    Below below;

    below_start(&below, "");
    below_windows_set(&below, MEMORY_BASE, 4 * GIB);
    stream(&below);
    below_stop(&below);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(removal_cases); i++) {
        const RemovalCase *row = &removal_cases[i];
        g_autofree char *cut = g_strdup_printf("/removal/power-cut/%s", row->path);
        g_autofree char *ejected = g_strdup_printf("/removal/eject/%s", row->path);

        g_test_add_data_func(cut, row, test_power_cut);
        g_test_add_data_func(ejected, row, test_eject);
    }
    g_test_add_func("/removal/again-and-again", test_again_and_again);
    g_test_add_func("/removal/from-a-slot-without-power", test_slot_without_power_gives_it_away);
    g_test_add_func("/removal/end-of-qemu", test_end_of_qemu);
    return g_test_run();
}
