/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools write, where, and how they complain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "tool-trial.h"
#include "tool.h"

#define DEVICE "sys/bus/pci/devices/" TRIAL_FUNCTION
#define RESOURCE_LINE "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
#define TEST_CASE(name, function) { name, function, tool_trial_setup, tool_trial_teardown, NULL }

static char **expected_names; /* what guest-scripts/meson.build says */
static int expected_count;

static void expect(ToolTrial *trial, const char *words, int status, const char *out,
                   const char *err)
{
    assert_int_equal(tool_trial_run(trial, words), status);
    assert_string_equal(trial->err, err);
    assert_string_equal(trial->out, out);
}

/* A file that cannot be opened for writing, by root neither, since it is a folder */
static void refuse(const ToolTrial *trial, const char *path)
{
    char full[PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", trial->tree.root, path);
    unlink(full);
    assert_int_equal(mkdir(full, 0755), 0);
}

static void test_have_the_names_that_scenarios_are_checked_by(void **state)
{
    char listed[TRIAL_TEXT_SIZE] = "";
    char expected[TRIAL_TEXT_SIZE] = "";
    FILE *file = fmemopen(listed, sizeof(listed), "w");

    (void)state;
    tool_list(file);
    fclose(file);
    for (int i = 0; i < expected_count; i++) {
        strcat(strcat(expected, expected_names[i]), "\n");
    }
    assert_string_equal(listed, expected);
    assert_false(tool_is("map"));
}

static void test_each_has_help(void **state)
{
    ToolTrial *trial = *state;

    for (int i = 0; i < expected_count; i++) {
        char words[TRIAL_TEXT_SIZE];
        char usage[TRIAL_TEXT_SIZE];

        snprintf(words, sizeof(words), "%s --help", expected_names[i]);
        snprintf(usage, sizeof(usage), "Usage: %s ", expected_names[i]);
        assert_int_equal(tool_trial_run(trial, words), EXIT_OK);
        assert_memory_equal(trial->out, usage, strlen(usage));
        snprintf(words, sizeof(words), "%s one two three four", expected_names[i]);
        assert_int_not_equal(tool_trial_run(trial, words), EXIT_OK);
    }
}

static void test_complain_of_arguments(void **state)
{
    static const char *const misused[] = {
        "bar-resize 01:00.0 2", "bar-resize 01:00.0 6 1G", "enable-functions",
        "function-reset 01:00.0 hot", "kernel-driver bind 01:00.0", "kernel-driver give 01:00.0",
        "load-modules", "pci-remove", "pci-rescan", "pci-rescan all root", "remove-rescan nearest",
        "remove-rescan root-port 01:00.0 01:00.0", "remove-rescan bus 01:00.0", "slot-power 1",
        "slot-power 1 up", "slot-power --timeout x 1 on", "wait-disk", "wait-disk --timeout",
        "wait-settled --present", "wait-settled --since x", "wait-settled --timeout -1",
        "wait-settled here", "wait-slot-off", "wait-slot-off --timeout 1s 00:01.0",
    };
    ToolTrial *trial = *state;

    for (size_t i = 0; i < sizeof(misused) / sizeof(misused[0]); i++) {
        assert_int_equal(tool_trial_run(trial, misused[i]), EXIT_USAGE);
        assert_memory_equal(trial->err, "Usage: ", strlen("Usage: "));
    }
    expect(trial, "pci-remove 1:0", EXIT_USAGE, "",
           "pci-remove: 1:0: not a function like 0000:01:00.0\n");
    expect(trial, "pci-rescan 0000:09:00.0", EXIT_ENVIRONMENT, "",
           "pci-rescan: 0000:09:00.0: no such function\n");
}

static void test_slot_power_finds_the_slot(void **state)
{
    ToolTrial *trial = *state;

    expect(trial, "slot-power 00:02.0 off", EXIT_OK, "slot 2 (0000:02:00) off\n", "");
    tool_trial_expect(trial, "sys/bus/pci/slots/2/power", "0\n");
    tool_trial_expect(trial, "sys/bus/pci/slots/1/power", "1\n");
    expect(trial, "slot-power 1 on", EXIT_OK, "slot 1 (0000:01:00) on\n", "");
    expect(trial, "slot-power --timeout 0 1 off", EXIT_DEADLINE, "",
           "slot-power: slot 1: functions at 0000:01:00 still not off after 0 s\n");
    expect(trial, "slot-power 3 off", EXIT_ENVIRONMENT, "", "slot-power: 3: no such slot\n");
    expect(trial, "slot-power 01:00.0 off", EXIT_ENVIRONMENT, "",
           "slot-power: " TRIAL_FUNCTION ": not a bridge\n");
    refuse(trial, "sys/bus/pci/slots/2/power");
    expect(trial, "slot-power 2 on", EXIT_FAILED, "",
           "slot-power: slot 2: power on: Is a directory\n");
}

/* The first one, which stays occupied, keeps nobody waiting. */
static void test_slot_power_switches_several_at_once(void **state)
{
    ToolTrial *trial = *state;

    assert_int_equal(tool_trial_run(trial, "slot-power --timeout 0 1 2 off"), EXIT_DEADLINE);
    assert_string_equal(trial->out, "slot 2 (0000:02:00) off\n");
    tool_trial_expect(trial, "sys/bus/pci/slots/1/power", "0\n");
    tool_trial_expect(trial, "sys/bus/pci/slots/2/power", "0\n");
}

static void test_pci_remove_checks_all_first(void **state)
{
    ToolTrial *trial = *state;

    expect(trial, "pci-remove 01:00.0 09:00.0", EXIT_ENVIRONMENT, "",
           "pci-remove: 0000:09:00.0: no such function\n");
    tool_trial_expect(trial, DEVICE "/remove", "");
    expect(trial, "pci-remove 01:00.0", EXIT_OK, "removed " TRIAL_FUNCTION "\n", "");
    tool_trial_expect(trial, DEVICE "/remove", "1");
    refuse(trial, DEVICE "/remove");
    expect(trial, "pci-remove 01:00.0", EXIT_FAILED, "",
           "pci-remove: " TRIAL_FUNCTION ": remove: Is a directory\n");
}

static void test_pci_rescan_looks_where_it_is_told(void **state)
{
    ToolTrial *trial = *state;

    expect(trial, "pci-rescan all", EXIT_OK, "", "");
    tool_trial_expect(trial, "sys/bus/pci/rescan", "1");
    tool_trial_expect(trial, "sys/devices/pci0000:00/pci_bus/0000:00/rescan", "");
    expect(trial, "pci-rescan root", EXIT_OK, "", "");
    tool_trial_expect(trial, "sys/devices/pci0000:00/pci_bus/0000:00/rescan", "1");
    tool_trial_expect(trial, "sys/bus/pci/devices/" TRIAL_PORT "/pci_bus/0000:01/rescan", "");
    expect(trial, "pci-rescan 00:01.0", EXIT_OK, "", "");
    tool_trial_expect(trial, "sys/bus/pci/devices/" TRIAL_PORT "/pci_bus/0000:01/rescan", "1");
    expect(trial, "pci-rescan 01:00.0", EXIT_ENVIRONMENT, "",
           "pci-rescan: " TRIAL_FUNCTION ": not a bridge with a bus below it\n");
}

static void test_remove_rescan_finds_the_bridge(void **state)
{
    static const char below[] = "pci0000:00/" TRIAL_PORT "/" TRIAL_FUNCTION "/0000:05:00.0";
    static const char told[] = "removed " TRIAL_PORT "\nrescanned\n";
    ToolTrial *trial = *state;

    tool_trial_function(trial, below);
    expect(trial, "remove-rescan nearest 01:00.0", EXIT_OK, told, "");
    tool_trial_expect(trial, "sys/bus/pci/devices/" TRIAL_PORT "/remove", "1");
    tool_trial_expect(trial, "sys/bus/pci/rescan", "1");
    expect(trial, "remove-rescan nearest 00:01.0", EXIT_OK, told, "");
    expect(trial, "remove-rescan root-port 05:00.0", EXIT_OK, told, "");
    expect(trial, "remove-rescan nearest 05:00.0", EXIT_OK,
           "removed " TRIAL_FUNCTION "\nrescanned\n", "");
    expect(trial, "remove-rescan ports 00:01.0 00:02.0", EXIT_OK,
           "removed " TRIAL_PORT "\nremoved " TRIAL_EMPTY_PORT "\nrescanned\n", "");
    tool_trial_function(trial, "pci0000:00/0000:00:03.0");
    expect(trial, "remove-rescan nearest 00:03.0", EXIT_ENVIRONMENT, "",
           "remove-rescan: 0000:00:03.0: no bridge above it\n");
}

static void test_function_reset_names_the_method(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/reset", "");
    expect(trial, "function-reset 01:00.0", EXIT_OK, "reset " TRIAL_FUNCTION "\n", "");
    tool_trial_expect(trial, DEVICE "/reset", "1");
    expect(trial, "function-reset 01:00.0 flr", EXIT_FAILED, "",
           "function-reset: " TRIAL_FUNCTION ": reset method flr: No such file or directory\n");
    fake_tree_write_text(&trial->tree, DEVICE "/reset_method", "");
    expect(trial, "function-reset 01:00.0 bus", EXIT_OK, "reset " TRIAL_FUNCTION "\n", "");
    tool_trial_expect(trial, DEVICE "/reset_method", "default");
}

static void test_enable_functions_tells_who_decodes(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/enable", "");
    expect(trial, "enable-functions 01:00.0", EXIT_FAILED, "",
           "enable-functions: " TRIAL_FUNCTION ": does not decode memory\n");
    tool_trial_expect(trial, DEVICE "/enable", "1");
    tool_trial_config(trial, TRIAL_FUNCTION, PCI_COMMAND, PCI_COMMAND_MEMORY);
    fake_tree_write_text(&trial->tree, DEVICE "/enable", "");
    expect(trial, "enable-functions 01:00.0", EXIT_OK, "started " TRIAL_FUNCTION "\n", "");
    tool_trial_expect(trial, DEVICE "/enable", "");
}

/* A driver keeps what it has, whether it decodes or not. */
static void test_enable_functions_leaves_drivers_alone(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/enable", "");
    fake_tree_link(&trial->tree, DEVICE "/driver", ".");
    expect(trial, "enable-functions 01:00.0", EXIT_FAILED, "",
           "enable-functions: " TRIAL_FUNCTION ": does not decode memory\n");
    tool_trial_expect(trial, DEVICE "/enable", "");
}

static void test_kernel_driver_complains(void **state)
{
    ToolTrial *trial = *state;

    expect(trial, "kernel-driver unbind 01:00.0", EXIT_FAILED, "",
           "kernel-driver: " TRIAL_FUNCTION ": no driver has it\n");
    expect(trial, "kernel-driver bind 01:00.0 uio", EXIT_ENVIRONMENT, "",
           "kernel-driver: uio: neither built into this kernel nor among the modules given\n");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/drivers/nvme/unbind", "");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/drivers_probe", "");
    expect(trial, "kernel-driver bind 01:00.0 nvme", EXIT_FAILED, "",
           "kernel-driver: " TRIAL_FUNCTION ": nvme does not take it\n");
    tool_trial_expect(trial, "sys/bus/pci/drivers_probe", TRIAL_FUNCTION);
}

static void test_kernel_driver_unbinds(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/driver_override", "x");
    fake_tree_write_text(&trial->tree, "sys/bus/pci/drivers/nvme/unbind", "");
    fake_tree_link(&trial->tree, DEVICE "/driver", "../../../../bus/pci/drivers/nvme");
    expect(trial, "kernel-driver bind 01:00.0 nvme", EXIT_FAILED, "",
           "kernel-driver: " TRIAL_FUNCTION ": nvme has it already\n");
    expect(trial, "kernel-driver unbind 01:00.0", EXIT_OK,
           TRIAL_FUNCTION " unbound from nvme\n", "");
    tool_trial_expect(trial, "sys/bus/pci/drivers/nvme/unbind", TRIAL_FUNCTION);
    tool_trial_expect(trial, DEVICE "/driver_override", "\n");
}

static void test_load_modules_leaves_what_is_there(void **state)
{
    ToolTrial *trial = *state;
    struct utsname kernel;
    char list[PATH_MAX];

    fake_tree_write_text(&trial->tree, "sys/module/nvme_core/refcnt", "0\n");
    assert_int_equal(uname(&kernel), 0);
    snprintf(list, sizeof(list), "lib/modules/%s/modules.builtin", kernel.release);
    fake_tree_write_text(&trial->tree, list, "kernel/fs/ext4/ext4.ko\nkernel/drivers/vfio.ko.xz\n");
    expect(trial, "load-modules nvme-core ext4 vfio", EXIT_OK, "", "");
    expect(trial, "load-modules ext", EXIT_ENVIRONMENT, "",
           "load-modules: ext: neither built into this kernel nor among the modules given\n");
}

static void test_wait_disk_takes_no_partition(void **state)
{
    static const char disk[] = "sys/devices/pci0000:00/" TRIAL_PORT "/" TRIAL_FUNCTION
                               "/nvme/nvme0/nvme0n1";
    ToolTrial *trial = *state;
    char path[PATH_MAX];

    expect(trial, "wait-disk --timeout 0 01:00.0", EXIT_FAILED, "",
           "wait-disk: " TRIAL_FUNCTION ": no block device after 0 s\n");
    snprintf(path, sizeof(path), "%s/nvme0n1p1/partition", disk);
    fake_tree_write_text(&trial->tree, path, "1\n");
    snprintf(path, sizeof(path), "../../../%s/nvme0n1p1", disk);
    fake_tree_link(&trial->tree, "sys/class/block/nvme0n1p1", path);
    assert_int_equal(tool_trial_run(trial, "wait-disk --timeout 0 01:00.0"), EXIT_FAILED);
    snprintf(path, sizeof(path), "../../../%s", disk);
    fake_tree_link(&trial->tree, "sys/class/block/nvme0n1", path);
    expect(trial, "wait-disk --timeout 0 01:00.0", EXIT_OK,
           "started " TRIAL_FUNCTION " nvme0n1\n", "");
    assert_int_equal(tool_trial_run(trial, "wait-disk --timeout 0 00:02.0"), EXIT_FAILED);
}

static void test_bar_resize_asks_the_kernel(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/resource", RESOURCE_LINE RESOURCE_LINE
                         "0x0000000100000000 0x000000013fffffff 0x000000000014220c\n");
    fake_tree_write_text(&trial->tree, DEVICE "/enable", "0\n");
    expect(trial, "bar-resize 01:00.0 2 1G", EXIT_ENVIRONMENT, "",
           "bar-resize: " TRIAL_FUNCTION " BAR 2: EOPNOTSUPP: not resizable\n");
    fake_tree_write_text(&trial->tree, DEVICE "/resource2_resize", "");
    expect(trial, "bar-resize 01:00.0 2 1G", EXIT_OK,
           TRIAL_FUNCTION " BAR 2 now 1073741824 bytes\n", "");
    tool_trial_expect(trial, DEVICE "/resource2_resize", "10");
    expect(trial, "bar-resize 01:00.0 2 2G", EXIT_FAILED, "",
           "bar-resize: " TRIAL_FUNCTION " BAR 2: expected 2147483648 bytes after the resize, "
           "observed 1073741824\n");
    expect(trial, "bar-resize 01:00.0 2 3G", EXIT_USAGE, "",
           "bar-resize: 3G: not a power of two of at least 1 MiB\n");
    expect(trial, "bar-resize 01:00.0 2 512K", EXIT_USAGE, "",
           "bar-resize: 512K: not a power of two of at least 1 MiB\n");
    expect(trial, "bar-resize 01:00.0 2 1Gi", EXIT_USAGE, "", "bar-resize: 1Gi: not a size\n");
}

/* Who used the function has it back afterwards, unless everything was to be left alone. */
static void test_bar_resize_switches_the_function_off(void **state)
{
    ToolTrial *trial = *state;

    fake_tree_write_text(&trial->tree, DEVICE "/resource", RESOURCE_LINE);
    fake_tree_write_text(&trial->tree, DEVICE "/enable", "1\n");
    fake_tree_write_text(&trial->tree, DEVICE "/resource0_resize", "");
    tool_trial_run(trial, "bar-resize --decoding 01:00.0 0 1M");
    tool_trial_expect(trial, DEVICE "/enable", "1\n");
    tool_trial_run(trial, "bar-resize 01:00.0 0 1M");
    tool_trial_expect(trial, DEVICE "/enable", "1\n");
    refuse(trial, DEVICE "/resource0_resize");
    fake_tree_write_text(&trial->tree, DEVICE "/enable", "1\n");
    expect(trial, "bar-resize 01:00.0 0 1M", EXIT_FAILED, "",
           "bar-resize: " TRIAL_FUNCTION " BAR 0: resize to 1M: Is a directory\n");
    fake_tree_link(&trial->tree, DEVICE "/driver", ".");
    expect(trial, "bar-resize 01:00.0 0 1M", EXIT_FAILED, "",
           "bar-resize: " TRIAL_FUNCTION " BAR 0: EBUSY: a driver is bound\n");
    expect(trial, "bar-resize --bound 01:00.0 0 1M", EXIT_FAILED, "",
           "bar-resize: " TRIAL_FUNCTION " BAR 0: resize to 1M: Is a directory\n");
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        TEST_CASE("tools/have-the-names-that-scenarios-are-checked-by",
                  test_have_the_names_that_scenarios_are_checked_by),
        TEST_CASE("tools/each-has-help", test_each_has_help),
        TEST_CASE("tools/complain-of-arguments", test_complain_of_arguments),
        TEST_CASE("tools/slot-power/finds-the-slot", test_slot_power_finds_the_slot),
        TEST_CASE("tools/slot-power/switches-several-at-once",
                  test_slot_power_switches_several_at_once),
        TEST_CASE("tools/pci-remove/checks-all-first", test_pci_remove_checks_all_first),
        TEST_CASE("tools/pci-rescan/looks-where-it-is-told",
                  test_pci_rescan_looks_where_it_is_told),
        TEST_CASE("tools/remove-rescan/finds-the-bridge", test_remove_rescan_finds_the_bridge),
        TEST_CASE("tools/function-reset/names-the-method", test_function_reset_names_the_method),
        TEST_CASE("tools/enable-functions/tells-who-decodes",
                  test_enable_functions_tells_who_decodes),
        TEST_CASE("tools/enable-functions/leaves-drivers-alone",
                  test_enable_functions_leaves_drivers_alone),
        TEST_CASE("tools/kernel-driver/complains", test_kernel_driver_complains),
        TEST_CASE("tools/kernel-driver/unbinds", test_kernel_driver_unbinds),
        TEST_CASE("tools/load-modules/leaves-what-is-there",
                  test_load_modules_leaves_what_is_there),
        TEST_CASE("tools/wait-disk/takes-no-partition", test_wait_disk_takes_no_partition),
        TEST_CASE("tools/bar-resize/asks-the-kernel", test_bar_resize_asks_the_kernel),
        TEST_CASE("tools/bar-resize/switches-the-function-off",
                  test_bar_resize_switches_the_function_off),
    };

    expected_names = argv + 1;
    expected_count = argc - 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
