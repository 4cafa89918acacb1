/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the kernel is done with a slot: a life of one, state by state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "slot.h"
#include "tool-trial.h"

#define SLOT_CONTROL 0x58 /* and Slot Status, behind the capability at 0x40 */
#define ON 0x0100
#define BLINKS 0x0200
#define OFF 0x0700 /* and no power */
#define OCCUPIED 0x400000
#define PORT_PATH "pci0000:00/" TRIAL_EMPTY_PORT
#define TEST_CASE(name, function) { name, function, tool_trial_setup, tool_trial_teardown, NULL }

static Tool tool_of(const ToolTrial *trial)
{
    return (Tool) { .name = "trial", .root = trial->tree.root, .out = stdout, .err = stderr };
}

static void serve_by_pciehp(const ToolTrial *trial, const char *path, const char *bdf)
{
    char link[PATH_MAX];

    snprintf(link, sizeof(link), "sys/devices/%s/%s:pcie204/driver", path, bdf);
    fake_tree_link(&trial->tree, link, "../../../bus/pci_express/drivers/pciehp");
}

static void add(const ToolTrial *trial, const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "proc/bus/pci/%s", name);
    fake_tree_write_text(&trial->tree, path, "");
}

/* acpiphp tells nothing by Slot Control, which is left as it was */
static void test_is_settled_when_all_are_added(void **state)
{
    ToolTrial *trial = *state;
    Tool tool = tool_of(trial);

    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, BLINKS);
    assert_false(slot_is_occupied(&tool, TRIAL_EMPTY_PORT));
    tool_trial_function(trial, PORT_PATH "/0000:02:00.0");
    tool_trial_function(trial, PORT_PATH "/0000:02:00.1");
    assert_true(slot_is_occupied(&tool, TRIAL_EMPTY_PORT));
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    add(trial, "02/00.0");
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    add(trial, "02/00.1");
    assert_true(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
}

static void test_waits_for_the_power_indicator(void **state)
{
    ToolTrial *trial = *state;
    Tool tool = tool_of(trial);

    serve_by_pciehp(trial, PORT_PATH, TRIAL_EMPTY_PORT);
    tool_trial_function(trial, PORT_PATH "/0000:02:00.0");
    add(trial, "02/00.0");
    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, BLINKS | OCCUPIED);
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, ON | OCCUPIED);
    assert_true(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
}

/* A switch is added; then its own slot turns out to hold somebody, who is looked for later. */
static void test_waits_for_slots_further_below(void **state)
{
    ToolTrial *trial = *state;
    Tool tool = tool_of(trial);

    tool_trial_function(trial, PORT_PATH "/0000:02:00.0");
    serve_by_pciehp(trial, PORT_PATH "/0000:02:00.0", "0000:02:00.0");
    add(trial, "02/00.0");
    tool_trial_config(trial, "0000:02:00.0", 0x34, 0x40);
    tool_trial_config(trial, "0000:02:00.0", 0x40, 0x00620010);
    tool_trial_config(trial, "0000:02:00.0", SLOT_CONTROL, OFF);
    assert_true(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    tool_trial_config(trial, "0000:02:00.0", SLOT_CONTROL, OFF | OCCUPIED);
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    tool_trial_config(trial, "0000:02:00.0", SLOT_CONTROL, BLINKS | OCCUPIED);
    tool_trial_function(trial, PORT_PATH "/0000:02:00.0/0000:03:00.0");
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    add(trial, "03/00.0");
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    tool_trial_config(trial, "0000:02:00.0", SLOT_CONTROL, ON | OCCUPIED);
    assert_true(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
}

static void test_knows_further_domains(void **state)
{
    ToolTrial *trial = *state;
    Tool tool = tool_of(trial);

    tool_trial_function(trial, PORT_PATH "/10000:02:00.0");
    add(trial, "02/00.0");
    assert_false(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
    add(trial, "10000:02/00.0");
    assert_true(slot_is_settled(&tool, TRIAL_EMPTY_PORT));
}

static void test_is_off_with_power_and_indicator(void **state)
{
    ToolTrial *trial = *state;

    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, 0x0400); /* no power */
    assert_int_equal(tool_trial_run(trial, "wait-slot-off --timeout 0 00:02.0"), EXIT_DEADLINE);
    assert_string_equal(trial->err, "wait-slot-off: 0000:00:02.0: not off after 0 s\n");
    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, 0x0300); /* the indicator */
    assert_int_equal(tool_trial_run(trial, "wait-slot-off --timeout 0 00:02.0"), EXIT_DEADLINE);
    tool_trial_config(trial, TRIAL_EMPTY_PORT, SLOT_CONTROL, OFF);
    assert_int_equal(tool_trial_run(trial, "wait-slot-off 00:02.0"), EXIT_OK);
    assert_int_equal(tool_trial_run(trial, "wait-slot-off " TRIAL_FUNCTION), EXIT_ENVIRONMENT);
    assert_string_equal(trial->err, "wait-slot-off: " TRIAL_FUNCTION ": no slot\n");
}

/* A list of capabilities may lead round and round. */
static void test_ends_in_an_endless_list(void **state)
{
    ToolTrial *trial = *state;

    tool_trial_config(trial, TRIAL_FUNCTION, 0x34, 0x40);
    tool_trial_config(trial, TRIAL_FUNCTION, 0x40, 0x00004001);
    assert_int_equal(tool_trial_run(trial, "wait-slot-off " TRIAL_FUNCTION), EXIT_ENVIRONMENT);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("slot/is-settled-when-all-are-added", test_is_settled_when_all_are_added),
        TEST_CASE("slot/waits-for-the-power-indicator", test_waits_for_the_power_indicator),
        TEST_CASE("slot/waits-for-slots-further-below", test_waits_for_slots_further_below),
        TEST_CASE("slot/knows-further-domains", test_knows_further_domains),
        TEST_CASE("slot/is-off-with-power-and-indicator", test_is_off_with_power_and_indicator),
        TEST_CASE("slot/ends-in-an-endless-list", test_ends_in_an_endless_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
