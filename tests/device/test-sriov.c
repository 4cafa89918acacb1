/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual functions: when they are there, where they decode, and what becomes of them when
 * something happens to the physical one.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "ramblock.h"
#include "records.h"
#include "resets.h"
#include "virtual.h"

#define CONTENT UINT64_C(0x1122334455667788)
#define PERIOD BARSHIFT_DMA_PERIOD_MIN

/* QEMU's docs/specs/acpi_pci_hotplug: slots that were plugged, eject, bus select */
#define ACPI_UP 0x0cc0
#define ACPI_EJECT (ACPI_UP + 0x8)
#define ACPI_SELECT (ACPI_UP + 0x10)

static const Record no_records[] = { { } };

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
    qtest_out(virtual.below.port.qtest, ACPI_SELECT, 4, 0);
    g_assert_cmphex(qtest_in(virtual.below.port.qtest, ACPI_UP, 4), ==, 0);
    virtual_stop(&virtual);
}

/* Configuration space of a virtual function, PCIe r6.0, sec 9.3.4 */

static void test_config_space(void)
{
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
    assert_records_in(ledger, (gint64)total + 1, no_records);
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

/* Decode */

static void test_decode_follows_vf_memory_space_enable(void)
{
    static const Record off[] = {
        { "decode-off", NO_BAR, 0, 0 },
        { "unmap", 0, VF_CONTROL_BASE, 0 },
        { "unmap", VF_MEMORY_BAR, VF_MEMORY_BASE, 0 },
        { "decode-on", NO_BAR, PCI_COMMAND_MEMORY, 0 },
        { "map", 0, VF_CONTROL_BASE, 0 },
        { "map", VF_MEMORY_BAR, VF_MEMORY_BASE, 0 },
        { },
    };
    g_autoptr(JsonNode) ledger = NULL;
    uint64_t total;
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_place(&virtual, VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    g_assert_cmphex(config_read(&virtual.functions[0], PCI_CLASS_REVISION, 4), !=, 0xffffffffu);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);

    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    assert_virtual_works(&virtual, 0, VF_MEMORY_BASE);
    total = control_read(&virtual.functions[0], BARSHIFT_LEDGER_TOTAL);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    assert_virtual_works(&virtual, 0, VF_MEMORY_BASE);
    ledger = virtual_ledger(&virtual, 0);
    assert_records_in(ledger, (gint64)total + 1, off);

    /* The physical function's own decode does not matter */
    decode_set(&virtual.below.function, false);
    assert_virtual_works(&virtual, 0, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

static void assert_all_work(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_works(virtual, i, base);
    }
}

static void contents_write(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        uint64_t memory = virtual_memory(base, i);

        qtest_write(virtual->below.port.qtest, memory + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT + i);
        qtest_write(virtual->below.port.qtest, memory + VF_MEMORY_SIZE - 8, 8, ~CONTENT - i);
    }
}

static void contents_check(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        uint64_t memory = virtual_memory(base, i);

        g_assert_cmphex(qtest_read(virtual->below.port.qtest, memory + BARSHIFT_HEADER_PAGE_SIZE,
                                   8), ==, CONTENT + i);
        g_assert_cmphex(qtest_read(virtual->below.port.qtest, memory + VF_MEMORY_SIZE - 8, 8), ==,
                        ~CONTENT - i);
    }
}

/* The VF BARs move all of them, decode off meanwhile or not */
static void test_move(gconstpointer data)
{
    bool decoding = GPOINTER_TO_INT(data);
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    contents_write(&virtual, VF_MEMORY_BASE);
    if (!decoding) {
        sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    }
    virtual_place(&virtual, VF_OTHER_BASE);
    if (!decoding) {
        sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    }
    assert_all_work(&virtual, VF_OTHER_BASE);
    contents_check(&virtual, VF_OTHER_BASE);
    for (unsigned i = 0; i < VFS; i++) {
        assert_silent(&virtual.functions[i], virtual_memory(VF_MEMORY_BASE, i));
        g_assert_cmpuint(control_read(&virtual.functions[i], BARSHIFT_MOVES), >=, 1);
    }
    assert_reached(&virtual.below.function, MEMORY_BASE, BARSHIFT_MEMORY_BAR);
    g_assert_cmpuint(control_read(&virtual.below.function, BARSHIFT_MOVES), ==, 0);
    virtual_stop(&virtual);
}

/* Sizes: a VF BAR tells its own, and takes whole system pages, sec 9.3.3.13 and 9.3.3.14 */

typedef struct PageCase {
    const char *path;
    uint32_t pages;
    uint64_t page_size;
} PageCase;

static const PageCase page_cases[] = {
    { "/sriov/page/none-is-4-kib", 0, 0x1000 },
    { "/sriov/page/4-kib", 0x1, 0x1000 },
    { "/sriov/page/8-kib", 0x2, 0x2000 },
    { "/sriov/page/64-kib", 0x10, 0x10000 },
    { "/sriov/page/256-kib", 0x40, 0x40000 },
    { "/sriov/page/1-mib", 0x100, 0x100000 },
    { "/sriov/page/4-mib", 0x400, 0x400000 },
};

static uint64_t vf_bar_size(const Virtual *virtual, unsigned nr)
{
    unsigned offset = PCI_SRIOV_BAR + 4 * nr;
    uint64_t bits;

    sriov_write(virtual, offset, 4, 0xffffffffu);
    sriov_write(virtual, offset + 4, 4, 0xffffffffu);
    bits = sriov_read(virtual, offset, 4) & PCI_BASE_ADDRESS_MEM_MASK;
    bits |= (uint64_t)sriov_read(virtual, offset + 4, 4) << 32;
    return bits & -bits;
}

static void test_page_size(gconstpointer data)
{
    const PageCase *row = data;
    uint64_t control_size = MAX(VF_CONTROL_SIZE, row->page_size);
    uint64_t memory_size = MAX(VF_MEMORY_SIZE, row->page_size);
    Virtual virtual;

    virtual_start(&virtual, "");
    sriov_write(&virtual, PCI_SRIOV_SYS_PGSIZE, 4, row->pages);
    g_assert_cmphex(vf_bar_size(&virtual, 0), ==, control_size);
    g_assert_cmphex(vf_bar_size(&virtual, VF_MEMORY_BAR), ==, memory_size);

    /* The control BARs high up, where there is room for them */
    sriov_write(&virtual, PCI_SRIOV_BAR, 4, (uint32_t)VF_OTHER_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 4, 4, VF_OTHER_BASE >> 32);
    sriov_write(&virtual, PCI_SRIOV_BAR + 8, 4, (uint32_t)VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 12, 4, VF_MEMORY_BASE >> 32);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    for (unsigned i = 0; i < VFS; i++) {
        QTest *qtest = virtual.below.port.qtest;
        uint64_t control = VF_OTHER_BASE + i * control_size;
        uint64_t memory = VF_MEMORY_BASE + i * memory_size;

        g_assert_cmphex(qtest_read(qtest, control + BARSHIFT_HEADER_TAG, 4), ==,
                        BARSHIFT_VF_TAG(FUNCTION_TAG, i + 1));
        g_assert_cmphex(qtest_read(qtest, control + BARSHIFT_HEADER_SIZE, 8), ==, control_size);
        g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_TAG, 4), ==,
                        BARSHIFT_VF_TAG(FUNCTION_TAG, i + 1));
        g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_SIZE, 8), ==, memory_size);
        qtest_write(qtest, memory + VF_MEMORY_SIZE - 8, 8, CONTENT + i);
        g_assert_cmphex(qtest_read(qtest, memory + VF_MEMORY_SIZE - 8, 8), ==, CONTENT + i);
    }
    virtual_stop(&virtual);
}

static void test_layout_of_properties(void)
{
    Virtual virtual;
    QTest *qtest;

    virtual_start(&virtual, ",vf-bar1=8K:mem32:pattern,vf-bar4=2M:mem64:pref:control");
    qtest = virtual.below.port.qtest;
    sriov_write(&virtual, PCI_SRIOV_BAR + 4, 4, (uint32_t)VF_CONTROL_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 16, 4, (uint32_t)VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 20, 4, VF_MEMORY_BASE >> 32);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, 2);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t pattern = VF_CONTROL_BASE + i * 0x2000;
        uint64_t control = VF_MEMORY_BASE + i * 2 * MIB;

        g_assert_cmphex(qtest_read(qtest, pattern + BARSHIFT_HEADER_BAR, 4), ==, 1);
        g_assert_cmphex(qtest_read(qtest, pattern + BARSHIFT_HEADER_CONTENTS, 4), ==,
                        BARSHIFT_BACKING_PATTERN);
        g_assert_cmphex(qtest_read(qtest, control + BARSHIFT_HEADER_BAR, 4), ==, 4);
        g_assert_cmphex(qtest_read(qtest, control + BARSHIFT_HEADER_CONTENTS, 4), ==,
                        BARSHIFT_CONTENTS_CONTROL);
    }
    virtual_stop(&virtual);
}

/* Resets of the physical function: no virtual one is left, registers are as after power-on */

typedef struct ResetCase {
    const char *path;
    void (*reset)(const Below *below);
} ResetCase;

static const ResetCase reset_cases[] = {
    { "/sriov/reset/of-the-machine", reset_of_machine },
    { "/sriov/reset/of-the-bus", reset_of_bus },
    { "/sriov/reset/by-slot-power", reset_by_slot_power },
    { "/sriov/reset/of-the-function", reset_by_flr },
    { "/sriov/reset/from-d3hot", reset_by_power_state },
};

static void test_reset(gconstpointer data)
{
    const ResetCase *row = data;
    Virtual virtual;

    virtual_start(&virtual, ",no-soft-reset=off");
    sriov_write(&virtual, PCI_SRIOV_SYS_PGSIZE, 4, 0x2);
    virtual_enable(&virtual, VFS);
    assert_all_work(&virtual, VF_MEMORY_BASE);

    row->reset(&virtual.below);
    if (row->reset == reset_by_slot_power) {
        slot_power_on(&virtual.below);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(register_cases); i++) {
        g_assert_cmphex(sriov_read(&virtual, register_cases[i].offset, register_cases[i].size),
                        ==, register_cases[i].value);
    }
    g_assert_cmphex(sriov_read(&virtual, PCI_SRIOV_BAR + 12, 4), ==, 0);
    below_windows_set(&virtual.below, MEMORY_BASE, 256 * GIB);
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_gone(&virtual, i, VF_MEMORY_BASE);
    }
    virtual_enable(&virtual, VFS);
    assert_all_work(&virtual, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

/* Of a virtual function, sec 9.2.2.2: it stays where it is, and is the only one that is reset */
static void test_reset_of_a_virtual_function(void)
{
    static const Record reset[] = { { "reset", NO_BAR, BARSHIFT_RESET_FUNCTION, 0 }, { } };
    g_autoptr(JsonNode) of_reset = NULL, of_other = NULL;
    uint64_t totals[VFS];
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    for (unsigned i = 0; i < VFS; i++) {
        control_write(&virtual.functions[i], BARSHIFT_CONTROL_SCRATCH(0), CONTENT);
        totals[i] = control_read(&virtual.functions[i], BARSHIFT_LEDGER_TOTAL);
    }
    bus_master_set(&virtual.functions[1], true);

    function_level_reset(&virtual.functions[1]);
    assert_all_work(&virtual, VF_MEMORY_BASE);
    for (unsigned i = 0; i < VFS; i++) {
        g_assert_cmphex(control_read(&virtual.functions[i], BARSHIFT_CONTROL_SCRATCH(0)), ==,
                        i == 1 ? 0 : CONTENT);
    }
    of_reset = virtual_ledger(&virtual, 1);
    of_other = virtual_ledger(&virtual, 2);
    assert_records_in(of_reset, (gint64)totals[1] + 1, reset);
    assert_records_in(of_other, (gint64)totals[2] + 1, no_records);

    /* It is no master on the bus any more */
    dma_aim(&virtual.functions[1], BARSHIFT_DMA_COUNTER, RAM_BASE, 8);
    dma_command(&virtual.functions[1], BARSHIFT_DMA_COPY);
    assert_dma(&virtual.functions[1], BARSHIFT_DMA_IDLE, 0, 1);
    virtual_stop(&virtual);
}

/* Power: without a capability of their own they are in the state of the physical one, sec 9.6.1 */
static void test_power(void)
{
    static const Record expected[] = {
        { "unmap", 0, VF_CONTROL_BASE + VF_CONTROL_SIZE, 0 },
        { "unmap", VF_MEMORY_BAR, VF_MEMORY_BASE + VF_MEMORY_SIZE, 0 },
        { },
    };
    g_autoptr(JsonNode) of_one = NULL;
    uint64_t total;
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    bus_master_set(&virtual.functions[0], true);
    dma_stream(&virtual.functions[0], RAM_BASE, PERIOD);
    qtest_clock_step(virtual.below.port.qtest, 2 * PERIOD);
    contents_write(&virtual, VF_MEMORY_BASE);

    total = control_read(&virtual.functions[1], BARSHIFT_LEDGER_TOTAL);
    power_write(&virtual.below.function, D3HOT);
    of_one = virtual_ledger(&virtual, 1);
    assert_records_in(of_one, (gint64)total + 1, expected);
    qtest_clock_step(virtual.below.port.qtest, 2 * PERIOD);
    for (unsigned i = 0; i < VFS; i++) {
        g_autoptr(JsonNode) ledger = virtual_ledger(&virtual, i);
        JsonArray *bars = json_object_get_array_member(json_node_get_object(ledger), "bars");

        assert_silent(&virtual.functions[i], virtual_memory(VF_MEMORY_BASE, i));
        g_assert_true(json_object_get_null_member(json_array_get_object_element(bars, 0), "base"));
    }
    /* Not even when their place is looked at once more */
    virtual_place(&virtual, VF_MEMORY_BASE);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);

    power_write(&virtual.below.function, D0);
    assert_all_work(&virtual, VF_MEMORY_BASE);
    contents_check(&virtual, VF_MEMORY_BASE);
    g_assert_cmpuint(qtest_read(virtual.below.port.qtest, RAM_BASE, 8), ==, 2);
    virtual_stop(&virtual);
}

static void test_enabled_in_d3hot(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    power_write(&virtual.below.function, D3HOT);
    virtual_enable(&virtual, VFS);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);
    power_write(&virtual.below.function, D0);
    assert_all_work(&virtual, VF_MEMORY_BASE);
    virtual_stop(&virtual);
}

/* DMA of their own, which ends with them */

static void stream_all(const Virtual *virtual)
{
    for (unsigned i = 0; i < VFS; i++) {
        bus_master_set(&virtual->functions[i], true);
        dma_stream(&virtual->functions[i], RAM_BASE + 8 * i, PERIOD);
    }
    qtest_clock_step(virtual->below.port.qtest, 3 * PERIOD);
}

static void assert_streams_stopped(const Virtual *virtual)
{
    qtest_clock_step(virtual->below.port.qtest, 3 * PERIOD);
    for (unsigned i = 0; i < VFS; i++) {
        g_assert_cmpuint(qtest_read(virtual->below.port.qtest, RAM_BASE + 8 * i, 8), ==, 3);
    }
}

static void cut_power(const Below *below)
{
    below_slot_control(below, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
}

static void disable(const Below *below)
{
    config_write(&below->function,
                 capability_find(&below->function, PCI_EXT_CAP_ID_SRIOV) + PCI_SRIOV_CTRL, 2, 0);
}

static void eject(const Below *below)
{
    qtest_out(below->port.qtest, ACPI_SELECT, 4, 0);
    qtest_out(below->port.qtest, ACPI_EJECT, 4, 1);
}

static const ResetCase end_cases[] = {
    { "/sriov/end/disabled", disable },
    { "/sriov/end/bus-reset", reset_of_bus },
    { "/sriov/end/machine-reset", reset_of_machine },
    { "/sriov/end/function-level-reset", reset_by_flr },
    { "/sriov/end/removal", cut_power },
    { "/sriov/end/ejected", eject },
};

static void test_end_of_streams(gconstpointer data)
{
    const ResetCase *row = data;
    bool removed = row->reset == cut_power || row->reset == eject;
    QTest *qtest;
    unsigned before;
    Virtual virtual;

    (row->reset == eject ? virtual_start_acpi : virtual_start)(&virtual, ",fault=old-answers");
    qtest = virtual.below.port.qtest;
    before = ramblock_count(qtest, VF_MEMORY_SIZE);
    virtual_enable(&virtual, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    virtual_place(&virtual, VF_OTHER_BASE);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    stream_all(&virtual);

    row->reset(&virtual.below);
    assert_streams_stopped(&virtual);
    assert_silent(&virtual.functions[0], VF_MEMORY_BASE);
    assert_silent(&virtual.functions[0], VF_OTHER_BASE);
    ramblock_await(qtest, VF_MEMORY_SIZE, removed ? 0 : before);
    assert_streams_stopped(&virtual);
    virtual_stop(&virtual);
}

static void test_end_of_qemu(void)
{
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    stream_all(&virtual);
    virtual_stop(&virtual);
}

/* Faults are those of the physical function */
static void test_faults(void)
{
    Virtual virtual;

    virtual_start(&virtual, ",fault=dead-mapping");
    virtual_enable(&virtual, 1);
    assert_virtual_works(&virtual, 0, VF_MEMORY_BASE);
    virtual_place(&virtual, VF_OTHER_BASE);
    assert_silent(&virtual.functions[0], VF_OTHER_BASE);
    function_fault(&virtual.below.function, "");
    assert_virtual_works(&virtual, 0, VF_OTHER_BASE);
    function_fault(&virtual.below.function, "header-stale");
    virtual_place(&virtual, VF_MEMORY_BASE);
    g_assert_cmphex(qtest_read(virtual.below.port.qtest, VF_MEMORY_BASE + BARSHIFT_HEADER_ADDRESS,
                               8), ==, VF_OTHER_BASE + BARSHIFT_HEADER_ADDRESS);
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
    g_test_add_func("/sriov/config-space/is-that-of-a-vf", test_config_space);
    g_test_add_func("/sriov/config-space/serial-given", test_serial_given);
    g_test_add_func("/sriov/decode/follows-vf-memory-space-enable",
                    test_decode_follows_vf_memory_space_enable);
    g_test_add_data_func("/sriov/move/not-decoding", GINT_TO_POINTER(false), test_move);
    g_test_add_data_func("/sriov/move/decoding", GINT_TO_POINTER(true), test_move);
    for (unsigned i = 0; i < G_N_ELEMENTS(page_cases); i++) {
        g_test_add_data_func(page_cases[i].path, &page_cases[i], test_page_size);
    }
    g_test_add_func("/sriov/layout/of-properties", test_layout_of_properties);
    for (unsigned i = 0; i < G_N_ELEMENTS(reset_cases); i++) {
        g_test_add_data_func(reset_cases[i].path, &reset_cases[i], test_reset);
    }
    g_test_add_func("/sriov/reset/of-a-virtual-function", test_reset_of_a_virtual_function);
    g_test_add_func("/sriov/power/follows-the-physical-function", test_power);
    g_test_add_func("/sriov/power/enabled-in-d3hot", test_enabled_in_d3hot);
    for (unsigned i = 0; i < G_N_ELEMENTS(end_cases); i++) {
        g_test_add_data_func(end_cases[i].path, &end_cases[i], test_end_of_streams);
    }
    g_test_add_func("/sriov/end/of-qemu", test_end_of_qemu);
    g_test_add_func("/sriov/faults/of-the-physical-function", test_faults);
    g_test_add_func("/sriov/slot/two-physical-functions", test_two_physical_functions);
    g_test_add_func("/sriov/property/tells-of-all", test_property);
    return g_test_run();
}
