/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions: when they are there, and what they are.
 */

#include <linux/pci_regs.h>

#include "ramblock.h"
#include "records.h"
#include "resets.h"
#include "virtual.h"

/* Capability registers, PCIe r6.0, sec 9.3.3 */

typedef struct RegisterCase {
    const char *path;
    unsigned offset;
    unsigned size;
    uint32_t value;
} RegisterCase;

static const RegisterCase register_cases[] = {
    { "/sriov/register/control", PCI_SRIOV_CTRL, 2, 0 },
    { "/sriov/register/initial-vfs", PCI_SRIOV_INITIAL_VF, 2, VFS },
    { "/sriov/register/total-vfs", PCI_SRIOV_TOTAL_VF, 2, VFS },
    { "/sriov/register/num-vfs", PCI_SRIOV_NUM_VF, 2, 0 },
    { "/sriov/register/first-vf-offset", PCI_SRIOV_VF_OFFSET, 2, 8 },
    { "/sriov/register/vf-stride", PCI_SRIOV_VF_STRIDE, 2, 1 },
    { "/sriov/register/vf-device-id", PCI_SRIOV_VF_DID, 2, BARSHIFT_DEVICE_ID },
    { "/sriov/register/page-sizes", PCI_SRIOV_SUP_PGSIZE, 4, 0x553 },
    { "/sriov/register/page-size", PCI_SRIOV_SYS_PGSIZE, 4, 1 },
    { "/sriov/register/bar-0", PCI_SRIOV_BAR, 4, PCI_BASE_ADDRESS_MEM_TYPE_64 },
    { "/sriov/register/bar-2", PCI_SRIOV_BAR + 8, 4,
      PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH },
    { "/sriov/register/bar-4", PCI_SRIOV_BAR + 16, 4, 0 },
};

static void test_register(gconstpointer data)
{
    const RegisterCase *row = data;
    Virtual virtual;

    virtual_start(&virtual, "");
    g_assert_cmphex(sriov_read(&virtual, row->offset, row->size), ==, row->value);
    virtual_stop(&virtual);
}

static void test_without_vfs_there_is_no_capability(void)
{
    Below below;

    below_start(&below, ",vfs=0");
    g_assert_cmphex(capability_find(&below.function, PCI_EXT_CAP_ID_SRIOV), ==, 0);
    g_assert_cmphex(capability_find(&below.function, PCI_EXT_CAP_ID_ARI), ==, 0);
    below_stop(&below);
}

/* Coming and going */

static void test_as_many_as_asked_for(gconstpointer data)
{
    unsigned count = GPOINTER_TO_UINT(data);
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, count);
    for (unsigned i = 0; i < VFS; i++) {
        if (i < count) {
            assert_virtual_works(&virtual, i, VF_MEMORY_BASE);
        } else {
            assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
        }
    }
    virtual_disable(&virtual);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
    }
    g_assert_cmpuint(sriov_read(&virtual, PCI_SRIOV_NUM_VF, 2), ==, count);
    assert_reached(&virtual.below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    virtual_stop(&virtual);
}

static void test_sixteen(void)
{
    Virtual virtual;

    below_start(&virtual.below, ",vfs=16");
    below_windows_set(&virtual.below, MEMORY_BASE, 256 * GIB);
    virtual_init(&virtual);
    virtual_enable(&virtual, BARSHIFT_VFS_MAX);
    for (unsigned i = 0; i < BARSHIFT_VFS_MAX; i++) {
        assert_virtual_works(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_stop(&virtual);
}

static void test_more_than_there_are(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS + 1);
    g_assert_cmphex(sriov_read(&virtual, PCI_SRIOV_CTRL, 2) & PCI_SRIOV_CTRL_VFE, ==, 0);
    assert_virtual_gone(&virtual, 0, VF_MEMORY_BASE);
    virtual_enable(&virtual, VFS);
    assert_virtual_works(&virtual, VFS - 1, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

static void test_number_is_fixed_while_enabled(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, 2);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, VFS);
    g_assert_cmpuint(sriov_read(&virtual, PCI_SRIOV_NUM_VF, 2), ==, 2);
    sriov_write(&virtual, PCI_SRIOV_SYS_PGSIZE, 4, 0x10);
    g_assert_cmphex(sriov_read(&virtual, PCI_SRIOV_SYS_PGSIZE, 4), ==, 1);
    assert_virtual_gone(&virtual, 2, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

/* QEMU 7.2 makes them anew each time, later versions keep them: the memory does not grow */
static void test_again_and_again(void)
{
    unsigned before, first = 0;
    QTest *qtest;
    Virtual virtual;

    virtual_start(&virtual, "");
    qtest = virtual.below.port.qtest;
    before = ramblock_count(qtest, VF_MEMORY_SIZE);
    for (unsigned i = 0; i < 5; i++) {
        virtual_enable(&virtual, VFS);
        assert_virtual_works(&virtual, VFS - 1, VF_MEMORY_BASE);
        first = i == 0 ? ramblock_count(qtest, VF_MEMORY_SIZE) : first;
        g_assert_cmpuint(ramblock_count(qtest, VF_MEMORY_SIZE), ==, first);
        virtual_disable(&virtual);
        ramblock_await(qtest, VF_MEMORY_SIZE, before);
    }
    virtual_stop(&virtual);
}

/* No hotplug controller has a say in it, one that is switched off neither */
static void test_below_a_port_without_hotplug(void)
{
    static const char *const devices[] = {
        "pcie-root-port,id=other,addr=5.0,slot=2,chassis=2,hotplug=off",
        "barshift,id=" FUNCTION_ID ",bus=other,vfs=4,tag=7", NULL,
    };
    Virtual virtual;

    below_start_devices(&virtual.below, devices);
    config_write(&virtual.below.port, PCI_PRIMARY_BUS, 4, 0);
    virtual.below.port.bdf = 5 << 3;
    below_enable(&virtual.below);
    below_windows_set(&virtual.below, MEMORY_BASE, 256 * GIB);
    virtual_init(&virtual);
    virtual_enable(&virtual, VFS);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_works(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_stop(&virtual);
}

/* Nobody is told that something was plugged */
static void test_with_acpi_hotplug(void)
{
    Virtual virtual;

    virtual_start_acpi(&virtual, "");
    virtual_enable(&virtual, VFS);
    assert_virtual_works(&virtual, VFS - 1, VF_MEMORY_BASE);
    g_assert_cmphex(below_plugged(&virtual.below), ==, 0);
    virtual_stop(&virtual);
}

/* The physical function is plugged, and only that */
static void test_hot_added(void)
{
    static const char *const none[] = { NULL };
    static const char plug[] =
        "{\"execute\": \"device_add\", \"arguments\": {\"driver\": \"barshift\", "
        "\"id\": \"" FUNCTION_ID "\", \"bus\": \"" BELOW_PORT_ID "\", \"tag\": 7, \"vfs\": 4}}";
    Virtual virtual;

    below_start_devices(&virtual.below, none);
    below_windows_set(&virtual.below, MEMORY_BASE, 256 * GIB);
    json_node_unref(qtest_qmp(virtual.below.port.qtest, plug));
    below_slot_control(&virtual.below, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    virtual_init(&virtual);
    assert_virtual_gone(&virtual, 0, VF_MEMORY_BASE);
    virtual_enable(&virtual, VFS);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_works(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_stop(&virtual);
}

/* Configuration space of a virtual function, PCIe r6.0, sec 9.3.4 */

static void test_config_space(void)
{
    static const Record none[] = { { } };
    g_autoptr(JsonNode) ledger = NULL;
    const Function *function;
    unsigned serial, express;
    uint64_t total;
    Virtual virtual;

    virtual_start(&virtual, ",fault=bar-ignored");
    virtual_enable(&virtual, VFS);
    function = &virtual.functions[1];
    total = control_read(function, BARSHIFT_LEDGER_TOTAL);
    g_assert_cmphex(config_read(function, PCI_VENDOR_ID, 4), ==, 0xffffffffu);
    g_assert_cmphex(config_read(function, PCI_CLASS_REVISION, 4), ==,
                    config_read(&virtual.below.function, PCI_CLASS_REVISION, 4));
    g_assert_cmphex(config_read(function, PCI_INTERRUPT_PIN, 1), ==, 0);

    serial = capability_find(function, PCI_EXT_CAP_ID_DSN);
    g_assert_cmphex(config_read(function, serial + 4, 4), ==, BARSHIFT_VF_TAG(FUNCTION_TAG, 2));
    g_assert_cmphex(config_read(function, serial + 8, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(capability_find(function, PCI_EXT_CAP_ID_ARI), !=, 0);
    g_assert_cmphex(capability_find(function, PCI_EXT_CAP_ID_SRIOV), ==, 0);
    g_assert_cmphex(legacy_capability_find(function, PCI_CAP_ID_PM), ==, 0);
    express = express_offset(function, 0);
    g_assert_cmphex(config_read(function, express + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR, !=,
                    0);

    /* All but Bus Master Enable is read-only 0 */
    config_write(function, PCI_COMMAND, 2, 0xffff);
    g_assert_cmphex(config_read(function, PCI_COMMAND, 2), ==, PCI_COMMAND_MASTER);
    g_assert_cmphex(config_read(function, PCI_COMMAND, 4) & 0xffff, ==, PCI_COMMAND_MASTER);
    config_write(function, PCI_INTERRUPT_LINE, 1, 0xff);
    g_assert_cmphex(config_read(function, PCI_INTERRUPT_LINE, 1), ==, 0);
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        config_write(function, PCI_BASE_ADDRESS_0 + 4 * nr, 4, 0xffffffffu);
        g_assert_cmphex(bar_read(function, nr, false), ==, 0);
    }
    config_write(function, express + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_CERE);
    g_assert_cmphex(config_read(function, express + PCI_EXP_DEVCTL, 2), ==, 0);
    assert_virtual_works(&virtual, 1, VF_MEMORY_BASE);
    ledger = virtual_ledger(&virtual, 1);
    assert_records_in(ledger, (gint64)total + 1, none);
    virtual_stop(&virtual);
}

static void test_serial_given(void)
{
    unsigned serial;
    Virtual virtual;

    virtual_start(&virtual, ",serial=0x1234");
    virtual_enable(&virtual, VFS);
    serial = capability_find(&virtual.functions[0], PCI_EXT_CAP_ID_DSN);
    g_assert_cmphex(config_read(&virtual.functions[0], serial + 4, 4), ==, 0x11234);
    virtual_stop(&virtual);
}

/* Several physical functions in a slot: ARI leads from one to the next, VFs are elsewhere */

static uint32_t ari_next(const Function *function)
{
    unsigned ari = capability_find(function, PCI_EXT_CAP_ID_ARI);

    return PCI_ARI_CAP_NFN(config_read(function, ari + PCI_ARI_CAP, 2));
}

static void test_two_physical_functions(void)
{
    static const char *const devices[] = {
        "barshift,id=" FUNCTION_ID ",bus=" BELOW_PORT_ID ",addr=0.0,multifunction=on,vfs=16,tag=7",
        "barshift,bus=" BELOW_PORT_ID ",addr=0.2,multifunction=on,vfs=16,tag=8", NULL,
    };
    Virtual first, second;

    below_start_devices(&first.below, devices);
    below_windows_set(&first.below, MEMORY_BASE, 256 * GIB);
    second.below = first.below;
    second.below.function.bdf |= 2;
    virtual_init(&first);
    virtual_init(&second);
    g_assert_cmpuint(ari_next(&first.below.function), ==, 2);
    g_assert_cmpuint(ari_next(&second.below.function), ==, 0);
    g_assert_cmpuint(sriov_read(&first, PCI_SRIOV_FUNC_LINK, 1), ==, 0);
    g_assert_cmpuint(sriov_read(&second, PCI_SRIOV_FUNC_LINK, 1), ==, 2);

    virtual_enable(&first, BARSHIFT_VFS_MAX);
    sriov_write(&second, PCI_SRIOV_BAR + 8, 4, (uint32_t)VF_OTHER_BASE);
    sriov_write(&second, PCI_SRIOV_BAR + 12, 4, VF_OTHER_BASE >> 32);
    sriov_write(&second, PCI_SRIOV_NUM_VF, 2, BARSHIFT_VFS_MAX);
    sriov_write(&second, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    for (unsigned i = 0; i < BARSHIFT_VFS_MAX; i++) {
        assert_virtual_works(&first, i, VF_MEMORY_BASE);
        g_assert_cmphex(qtest_read(first.below.port.qtest,
                                   virtual_memory(VF_OTHER_BASE, i) + BARSHIFT_HEADER_TAG, 4), ==,
                        BARSHIFT_VF_TAG(8, i + 1));
        g_assert_cmpuint(ari_next(&first.functions[i]), ==, 0);
    }
    below_stop(&first.below);
}

/* The property tells of those that are enabled */
static void test_property(void)
{
    g_autoptr(JsonNode) before = NULL, after = NULL;
    JsonArray *vfs;
    Virtual virtual;

    virtual_start(&virtual, "");
    before = function_property(&virtual.below.function, "ledger");
    vfs = json_object_get_array_member(json_node_get_object(before), "vfs");
    g_assert_cmpuint(json_array_get_length(vfs), ==, 0);

    virtual_enable(&virtual, 3);
    after = function_property(&virtual.below.function, "ledger");
    vfs = json_object_get_array_member(json_node_get_object(after), "vfs");
    g_assert_cmpuint(json_array_get_length(vfs), ==, 3);
    for (unsigned i = 0; i < 3; i++) {
        JsonObject *vf = json_array_get_object_element(vfs, i);
        JsonArray *bars = json_object_get_array_member(vf, "bars");

        g_assert_cmpint(json_object_get_int_member(vf, "vf"), ==, i + 1);
        g_assert_cmphex(json_object_get_int_member(vf, "tag"), ==,
                        BARSHIFT_VF_TAG(FUNCTION_TAG, i + 1));
        g_assert_cmphex(json_object_get_int_member(json_array_get_object_element(bars, 1), "base"),
                        ==, virtual_memory(VF_MEMORY_BASE, i));
    }
    virtual_stop(&virtual);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(register_cases); i++) {
        g_test_add_data_func(register_cases[i].path, &register_cases[i], test_register);
    }
    g_test_add_func("/sriov/off/no-capability", test_without_vfs_there_is_no_capability);
    g_test_add_data_func("/sriov/number/none", GUINT_TO_POINTER(0), test_as_many_as_asked_for);
    g_test_add_data_func("/sriov/number/one", GUINT_TO_POINTER(1), test_as_many_as_asked_for);
    g_test_add_data_func("/sriov/number/all", GUINT_TO_POINTER(VFS), test_as_many_as_asked_for);
    g_test_add_func("/sriov/number/sixteen", test_sixteen);
    g_test_add_func("/sriov/number/refuses-too-many", test_more_than_there_are);
    g_test_add_func("/sriov/number/is-fixed-while-enabled", test_number_is_fixed_while_enabled);
    g_test_add_func("/sriov/number/again-and-again", test_again_and_again);
    g_test_add_func("/sriov/hotplug/off", test_below_a_port_without_hotplug);
    g_test_add_func("/sriov/hotplug/acpi", test_with_acpi_hotplug);
    g_test_add_func("/sriov/hotplug/hot-added", test_hot_added);
    g_test_add_func("/sriov/config-space/is-that-of-a-vf", test_config_space);
    g_test_add_func("/sriov/config-space/serial-given", test_serial_given);
    g_test_add_func("/sriov/slot/two-physical-functions", test_two_physical_functions);
    g_test_add_func("/sriov/property/tells-of-all", test_property);
    return g_test_run();
}
