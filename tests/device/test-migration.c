/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The function goes on where it was in a QEMU that loads the saved state of another one.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "observation.h"
#include "placement.h"
#include "rebar-size.h"
#include "resets.h"
#include "state.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define STEP_NS 25000

/* Each of them in the window that the function starts with */
#define WINDOW_SIZE (64 * GIB)
#define MOVED_BASE (MEMORY_BASE + 8 * GIB)

static const Place places[] = {
    { MEMORY_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { MEMORY_BASE, 256 * MIB },
    { MEMORY_BASE, 2 * GIB - 8 },
    { MOVED_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { MOVED_BASE, 256 * MIB },
    { MOVED_BASE, 2 * GIB - 8 },
    { MOVED_BASE, 8 * GIB - 8 },
    { OTHER_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { OTHER_BASE, 256 * MIB - 8 },
    { OTHER_BASE, 256 * MIB },
    { OTHER_BASE, 2 * GIB - 8 },
    { RAM_BASE, 8 },
    { },
};

static void resize(const Below *below, unsigned size_log2_mib)
{
    unsigned rebar = capability_find(&below->function, PCI_EXT_CAP_ID_REBAR);

    config_write(&below->function, rebar + REBAR_CONTROL(0) + 1, 1, size_log2_mib);
}

/**
 * Saved - what was saved of a machine
 * @time_ns: virtual time then
 */
typedef struct Saved {
    GBytes *state;
    int64_t time_ns;
} Saved;

static void save(Saved *saved, const Below *below)
{
    saved->time_ns = qtest_clock_step(below->function.qtest, 0);
    saved->state = state_save(below->function.qtest);
}

static void load(const Saved *saved, Below *below, const char *properties)
{
    below_start_incoming(below, properties);
    state_load(below->function.qtest, saved->state, saved->time_ns);
}

/* A life of moves and resizes, with a migration after any of its steps */

/* The registers hold their masks, as while an operating system sizes the BARs */
static void step_size(const Below *below)
{
    config_write(&below->function, PCI_BASE_ADDRESS_0, 4, 0xffffffffu);
    bar_write(&below->function, BARSHIFT_MEMORY_BAR, UINT64_MAX);
}

static void step_write_bars(const Below *below)
{
    below_windows_set(below, MEMORY_BASE, WINDOW_SIZE);
    config_write(&below->function, PCI_BASE_ADDRESS_0, 4, (uint32_t)CONTROL_BASE);
    bar_write(&below->function, BARSHIFT_MEMORY_BAR, MEMORY_BASE);
}

static void step_decode_on(const Below *below)
{
    decode_set(&below->function, true);
}

static void step_decode_off(const Below *below)
{
    decode_set(&below->function, false);
}

static void step_write_content(const Below *below)
{
    QTest *qtest = below->function.qtest;

    qtest_write(qtest, MEMORY_BASE + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT);
    qtest_write(qtest, MEMORY_BASE + 256 * MIB, 8, CONTENT + 1);
    qtest_write(qtest, MEMORY_BASE + 2 * GIB - 8, 8, CONTENT + 2);
    qtest_write(qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT + 3);
    control_write(&below->function, BARSHIFT_HEADER_SCRATCH, CONTENT + 4);
    control_write(&below->function, BARSHIFT_CONTROL_SCRATCH(3), CONTENT + 5);
    control_write(&below->function, BARSHIFT_LEDGER_SELECT, 3);
    qtest_write(qtest, CONTROL_BASE + BARSHIFT_DOORBELL, 4, 63);
}

static void step_enlarge(const Below *below)
{
    resize(below, 13);
}

static void step_move(const Below *below)
{
    bar_write(&below->function, BARSHIFT_MEMORY_BAR, MOVED_BASE);
}

static void step_write_above(const Below *below)
{
    qtest_write(below->function.qtest, MOVED_BASE + 8 * GIB - 8, 8, CONTENT + 6);
}

static void step_refuse(const Below *below)
{
    resize(below, 8);
    resize(below, 40);
}

/* It goes on through moves, which is a violation each time */
static void step_stream(const Below *below)
{
    bus_master_set(&below->function, true);
    dma_stream(&below->function, RAM_BASE, BARSHIFT_DMA_PERIOD_MIN);
}

/* The function decodes what no window forwards any more */
static void step_move_windows(const Below *below)
{
    below_windows_set(below, OTHER_BASE, WINDOW_SIZE);
}

static void step_follow(const Below *below)
{
    function_place(&below->function, OTHER_BASE);
}

static void step_shrink(const Below *below)
{
    decode_set(&below->function, false);
    resize(below, 8);
    decode_set(&below->function, true);
}

static void step_sleep(const Below *below)
{
    power_write(&below->function, D3HOT);
}

static void step_wake(const Below *below)
{
    power_write(&below->function, D0);
}

static void step_stop(const Below *below)
{
    qtest_write(below->function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4,
                BARSHIFT_DRIVER_STOPPED);
}

static void step_violate(const Below *below)
{
    qtest_write(below->function.qtest, OTHER_BASE + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT + 7);
}

static void step_reset(const Below *below)
{
    reset_of_bus(below);
}

static const struct {
    const char *name;
    void (*take)(const Below *below);
} steps[] = {
    { "started", below_enable },
    { "being-sized", step_size },
    { "bars-written", step_write_bars },
    { "decode-on", step_decode_on },
    { "content-written", step_write_content },
    { "decode-off", step_decode_off },
    { "enlarged", step_enlarge },
    { "moved", step_move },
    { "decode-on-again", step_decode_on },
    { "content-written-above", step_write_above },
    { "resizes-refused", step_refuse },
    { "streaming", step_stream },
    { "windows-moved", step_move_windows },
    { "windows-followed", step_follow },
    { "shrunk", step_shrink },
    { "asleep", step_sleep },
    { "awake", step_wake },
    { "driver-stopped", step_stop },
    { "violated", step_violate },
    { "reset-again", step_reset },
    { "placed-again", step_follow },
};

static void take_steps(const Below *below, unsigned first, unsigned end)
{
    for (unsigned i = first; i < end; i++) {
        qtest_clock_step(below->function.qtest, STEP_NS);
        steps[i].take(below);
    }
}

/* What an unmigrated machine is at the end of all steps */
static char *observe_life(void)
{
    static char *seen;
    Below below;

    if (!seen) {
        below_start(&below, "");
        take_steps(&below, 0, G_N_ELEMENTS(steps));
        seen = observe(&below, places);
        below_stop(&below);
    }
    return g_strdup(seen);
}

static void test_life_goes_on(gconstpointer data)
{
    unsigned taken = GPOINTER_TO_UINT(data);
    Below here, there;
    Saved saved;

    below_start(&here, "");
    take_steps(&here, 0, taken);
    save(&saved, &here);

    /* The one that was saved stands still, and can be looked at all the same */
    load(&saved, &there, "");
    assert_observations(observe(&there, places), observe(&here, places));
    below_stop(&there);
    below_stop(&here);

    /* To look changes a function, so it is another one that goes on */
    load(&saved, &there, "");
    take_steps(&there, taken, G_N_ELEMENTS(steps));
    assert_observations(observe(&there, places), observe_life());
    below_stop(&there);
    g_bytes_unref(saved.state);
}

/* Faults, and what they have done up to now */

#define FAULTY_BASE (MEMORY_BASE + 5 * GIB) /* has bit 32 set, for stuck-bit */
#define FAULTY_NEXT_BASE (MEMORY_BASE + 7 * GIB)

static const Place faulty_places[] = {
    { MEMORY_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { MEMORY_BASE, GIB },
    { FAULTY_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { FAULTY_BASE, 512 * MIB + BARSHIFT_HEADER_PAGE_SIZE },
    { FAULTY_BASE, GIB + 512 * MIB },
    { FAULTY_BASE & ~(4 * GIB), BARSHIFT_HEADER_PAGE_SIZE },
    { FAULTY_BASE & ~(2 * GIB - 1), BARSHIFT_HEADER_PAGE_SIZE },
    { FAULTY_NEXT_BASE, BARSHIFT_HEADER_PAGE_SIZE },
    { FAULTY_NEXT_BASE & ~(4 * GIB), BARSHIFT_HEADER_PAGE_SIZE },
    { },
};

static const char *const faults[] = {
    "base-lies", "header-stale", "content-lost", "content-aliased", "old-answers", "scratch-lost",
    "size-lies", "stuck-bit", "dead-mapping", "bar-ignored", "resize-not-decoded",
    "resize-while-decoding", "reset-keeps-size", "ledger-drops", "capability-loop",
    "header-stale+old-answers+stuck-bit+resize-not-decoded+content-aliased",
};

static void be_struck(const Below *below)
{
    QTest *qtest = below->function.qtest;

    below_windows_set(below, MEMORY_BASE, WINDOW_SIZE);
    function_place(&below->function, MEMORY_BASE);
    qtest_write(qtest, MEMORY_BASE + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT);
    qtest_write(qtest, MEMORY_BASE + GIB, 8, CONTENT + 1);
    qtest_write(qtest, MEMORY_BASE + BARSHIFT_HEADER_SCRATCH, 8, CONTENT + 2);
    decode_set(&below->function, false);
    resize(below, 10);
    function_place(&below->function, FAULTY_BASE);
    resize(below, 11); /* refused but with resize-while-decoding */
}

static void test_fault_goes_on(gconstpointer data)
{
    g_autofree char *properties = g_strconcat(",fault=", (const char *)data, NULL);
    Below here, there;
    Saved saved;

    below_start(&here, properties);
    be_struck(&here);
    save(&saved, &here);
    load(&saved, &there, ""); /* faults come with the state */
    assert_observations(observe(&there, faulty_places), observe(&here, faulty_places));

    /* It strikes again, or lasts */
    function_place(&here.function, FAULTY_NEXT_BASE);
    function_place(&there.function, FAULTY_NEXT_BASE);
    assert_observations(observe(&there, faulty_places), observe(&here, faulty_places));

    /* It is over */
    function_fault(&here.function, "");
    function_fault(&there.function, "");
    reset_of_bus(&here);
    reset_of_bus(&there);
    assert_observations(observe(&there, faulty_places), observe(&here, faulty_places));
    function_place(&there.function, MEMORY_BASE);
    assert_reached(&there.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    assert_silent(&there.function, FAULTY_BASE);
    below_stop(&there);
    below_stop(&here);
    g_bytes_unref(saved.state);
}

/* Faults of the QEMU that loads are not those of the function that is loaded */
static void test_faults_of_the_destination_are_forgotten(void)
{
    Below here, there;
    Saved saved;

    below_start(&here, "");
    be_struck(&here);
    save(&saved, &here);
    load(&saved, &there, ",fault=capability-loop+content-aliased+header-stale");
    assert_observations(observe(&there, faulty_places), observe(&here, faulty_places));
    below_stop(&there);
    below_stop(&here);
    g_bytes_unref(saved.state);
}

/* What the slot does */

static void test_slot_without_power(void)
{
    Below here, there;
    Saved saved;

    below_start(&here, "");
    step_write_bars(&here);
    step_decode_on(&here);
    step_write_content(&here);
    /* With the power indicator off as well, QEMU would take the function out */
    below_slot_control(&here, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_ON);
    save(&saved, &here);
    load(&saved, &there, "");
    assert_observations(observe(&there, places), observe(&here, places));

    below_slot_control(&here, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    below_slot_control(&there, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    step_write_bars(&here);
    step_write_bars(&there);
    step_decode_on(&here);
    step_decode_on(&there);
    assert_observations(observe(&there, places), observe(&here, places));
    below_stop(&there);
    below_stop(&here);
    g_bytes_unref(saved.state);
}

static bool memory_exists(const Below *below)
{
    g_autoptr(JsonNode) text = qtest_qmp(
        below->function.qtest, "{\"execute\": \"human-monitor-command\", \"arguments\": "
                               "{\"command-line\": \"info ramblock\"}}");

    return strstr(json_node_get_string(text), "0x0000000400000000") != NULL;
}

/* All that was loaded is let go of: regions of faults, watched memory */
static void test_unplug_after_loading(void)
{
    gint64 deadline_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    Below here, there;
    Saved saved;

    below_start(&here, ",fault=old-answers+content-aliased");
    be_struck(&here);
    step_stop(&here);
    save(&saved, &here);
    below_stop(&here);

    load(&saved, &there, "");
    g_assert_true(memory_exists(&there));
    below_slot_control(&there, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    while (memory_exists(&there) && g_get_monotonic_time() < deadline_us) {
        g_usleep(10000);
    }
    g_assert_false(memory_exists(&there));
    assert_silent(&there.function, MEMORY_BASE);
    below_stop(&there);
    g_bytes_unref(saved.state);
}

/* Virtual functions */

static void test_no_virtual_functions(void)
{
    g_autofree char *told = NULL;
    Below below;
    int status;

    below_start(&below, ",vfs=2");
    state_assert_not_saved(below.port.qtest);
    below_windows_set(&below, MEMORY_BASE, WINDOW_SIZE);
    function_place(&below.function, MEMORY_BASE);
    assert_reached(&below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);

    json_node_unref(qtest_qmp(below.port.qtest, "{\"execute\": \"quit\"}"));
    told = qtest_end(below.port.qtest, &status);
    g_assert_nonnull(strstr(told, "property 'vfs': the state of virtual functions"));
    g_assert_cmpint(status, ==, 0);
}

/* A state without them is for a function without them */
static void test_no_virtual_functions_there(void)
{
    Below here, there;
    Saved saved;

    below_start(&here, "");
    save(&saved, &here);
    below_start_incoming(&there, ",vfs=2");
    state_assert_refused(there.port.qtest, saved.state, "property 'vfs': '2' here, but '0'");
    below_stop(&here);
    g_bytes_unref(saved.state);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        g_autofree char *path = g_strconcat("/migration/after/", steps[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i + 1), test_life_goes_on);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strconcat("/migration/fault/", faults[i], NULL);

        g_test_add_data_func(path, faults[i], test_fault_goes_on);
    }
    g_test_add_func("/migration/fault/not-that-of-the-destination",
                    test_faults_of_the_destination_are_forgotten);
    g_test_add_func("/migration/slot/without-power", test_slot_without_power);
    g_test_add_func("/migration/slot/unplug-after-loading", test_unplug_after_loading);
    g_test_add_func("/migration/virtual-functions/not-saved", test_no_virtual_functions);
    g_test_add_func("/migration/virtual-functions/not-there", test_no_virtual_functions_there);
    return g_test_run();
}
