/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs of virtual functions: where they decode, how large they are, moves and resizes.
 */

#include <linux/pci_regs.h>

#include "records.h"
#include "resets.h"
#include "virtual.h"

#define CONTENT UINT64_C(0x1122334455667788)

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

/* The VF BARs move all of them, decode off meanwhile or not */
static void test_move(gconstpointer data)
{
    bool decoding = GPOINTER_TO_INT(data);
    Virtual virtual;

    virtual_start(&virtual, "");
    virtual_enable(&virtual, VFS);
    virtual_contents_write(&virtual, VF_MEMORY_BASE);
    if (!decoding) {
        sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE);
    }
    virtual_place(&virtual, VF_OTHER_BASE);
    if (!decoding) {
        sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    }
    assert_all_virtual_work(&virtual, VF_OTHER_BASE);
    virtual_contents_check(&virtual, VF_OTHER_BASE);
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
    { "/vf/page/none-is-4-kib", 0, 0x1000 },
    { "/vf/page/4-kib", 0x1, 0x1000 },
    { "/vf/page/8-kib", 0x2, 0x2000 },
    { "/vf/page/64-kib", 0x10, 0x10000 },
    { "/vf/page/256-kib", 0x40, 0x40000 },
    { "/vf/page/1-mib", 0x100, 0x100000 },
    { "/vf/page/4-mib", 0x400, 0x400000 },
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

/* VF Resizable BAR, PCIe r6.0, sec 7.8.7: the registers are those of Resizable BAR */

#define VF_REBAR_ID 0x24 /* too new for linux/pci_regs.h */
#define RESIZABLE ",vf-bar0=16K:mem64:control,vf-bar2=4M:mem64:pref:rebar=1M+4M-16M+1G:ram"
#define RESIZABLE_DEFAULT 2 /* BAR Size of 4 MiB */

static unsigned vf_rebar_control(const Virtual *virtual)
{
    return capability_find(&virtual->below.function, VF_REBAR_ID) + PCI_REBAR_CTRL;
}

static void resize(const Virtual *virtual, uint32_t field)
{
    config_write(&virtual->below.function, vf_rebar_control(virtual) + 1, 1, field);
}

static uint32_t resized(const Virtual *virtual)
{
    return config_read(&virtual->below.function, vf_rebar_control(virtual) + 1, 1);
}

typedef struct SizeCase {
    const char *path;
    uint32_t field;
    uint32_t pages;
    uint64_t size;
} SizeCase;

static const SizeCase size_cases[] = {
    { "/vf/rebar/default", RESIZABLE_DEFAULT, 1, 4 * MIB },
    { "/vf/rebar/smaller", 0, 1, MIB },
    { "/vf/rebar/larger", 4, 1, 16 * MIB },
    { "/vf/rebar/largest", 10, 1, GIB },
    { "/vf/rebar/smaller-than-a-page", 0, 0x400, 4 * MIB },
};

/* All virtual functions get the size, whether they are made before or after that */
static void test_size(gconstpointer data)
{
    const SizeCase *row = data;
    Virtual virtual;
    QTest *qtest;

    virtual_start(&virtual, RESIZABLE);
    qtest = virtual.below.port.qtest;
    sriov_write(&virtual, PCI_SRIOV_SYS_PGSIZE, 4, row->pages);
    resize(&virtual, row->field);
    g_assert_cmphex(resized(&virtual), ==, row->field);
    g_assert_cmphex(vf_bar_size(&virtual, VF_MEMORY_BAR), ==, row->size);

    sriov_write(&virtual, PCI_SRIOV_BAR, 4, (uint32_t)VF_OTHER_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 4, 4, VF_OTHER_BASE >> 32);
    sriov_write(&virtual, PCI_SRIOV_BAR + 8, 4, (uint32_t)VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_BAR + 12, 4, VF_MEMORY_BASE >> 32);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
    for (unsigned i = 0; i < VFS; i++) {
        uint64_t base = VF_MEMORY_BASE + i * row->size;

        g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_TAG, 4), ==,
                        BARSHIFT_VF_TAG(FUNCTION_TAG, i + 1));
        g_assert_cmphex(qtest_read(qtest, base + BARSHIFT_HEADER_SIZE, 8), ==, row->size);
        qtest_write(qtest, base + row->size - 8, 8, CONTENT + i);
        g_assert_cmphex(qtest_read(qtest, base + row->size - 8, 8), ==, CONTENT + i);
    }
    virtual_stop(&virtual);
}

static void test_rebar_registers(void)
{
    const Function *physical;
    unsigned rebar;
    Virtual virtual;

    virtual_start(&virtual, RESIZABLE);
    physical = &virtual.below.function;
    rebar = capability_find(physical, VF_REBAR_ID);
    g_assert_cmphex(config_read(physical, rebar + PCI_REBAR_CAP, 4), ==, 0x41d0);
    g_assert_cmphex(config_read(physical, rebar + PCI_REBAR_CTRL, 4), ==,
                    VF_MEMORY_BAR | 1 << PCI_REBAR_CTRL_NBAR_SHIFT |
                        RESIZABLE_DEFAULT << PCI_REBAR_CTRL_BAR_SHIFT);
    virtual_stop(&virtual);

    virtual_start(&virtual, "");
    g_assert_cmphex(capability_find(&virtual.below.function, VF_REBAR_ID), ==, 0);
    virtual_stop(&virtual);
}

/* While virtual functions exist, or would decode at once, and to a size that is not offered */

typedef struct RefusalCase {
    const char *path;
    uint32_t control;
    uint32_t field;
    const char *event;
    uint64_t value;
} RefusalCase;

static const RefusalCase refusal_cases[] = {
    { "/vf/rebar/refuses-while-enabled", PCI_SRIOV_CTRL_VFE, 0, "refused-decode", MIB },
    { "/vf/rebar/refuses-while-decoding", PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE, 0,
      "refused-decode", MIB },
    { "/vf/rebar/refuses-while-memory-space-enable", PCI_SRIOV_CTRL_MSE, 0, "refused-decode",
      MIB },
    { "/vf/rebar/refuses-a-size-that-is-not-offered", 0, 1, "refused-size", 1 },
};

static void test_refusal(gconstpointer data)
{
    const RefusalCase *row = data;
    const Record expected[] = {
        { row->event, VF_MEMORY_BAR, row->value, BARSHIFT_DETAIL_VF_BAR }, { },
    };
    const Record done[] = {
        { "resize", VF_MEMORY_BAR, 16 * MIB, BARSHIFT_DETAIL_VF_BAR }, { },
    };
    gint64 total;
    Virtual virtual;

    virtual_start(&virtual, RESIZABLE);
    virtual_place(&virtual, VF_MEMORY_BASE);
    sriov_write(&virtual, PCI_SRIOV_NUM_VF, 2, VFS);
    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, row->control);
    total = ledger_total(&virtual.below.function);
    resize(&virtual, row->field);
    g_assert_cmphex(resized(&virtual), ==, RESIZABLE_DEFAULT);
    assert_records(&virtual.below.function, total + 1, expected);

    sriov_write(&virtual, PCI_SRIOV_CTRL, 2, 0);
    total = ledger_total(&virtual.below.function);
    resize(&virtual, 4);
    g_assert_cmphex(vf_bar_size(&virtual, VF_MEMORY_BAR), ==, 16 * MIB);
    assert_records(&virtual.below.function, total + 1, done);
    virtual_stop(&virtual);
}

static void test_reset_restores_the_default(void)
{
    Virtual virtual;

    virtual_start(&virtual, RESIZABLE);
    resize(&virtual, 4);
    function_level_reset(&virtual.below.function);
    g_assert_cmphex(resized(&virtual), ==, RESIZABLE_DEFAULT);
    g_assert_cmphex(vf_bar_size(&virtual, VF_MEMORY_BAR), ==, 4 * MIB);
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/vf/decode/follows-vf-memory-space-enable",
                    test_decode_follows_vf_memory_space_enable);
    g_test_add_data_func("/vf/move/not-decoding", GINT_TO_POINTER(false), test_move);
    g_test_add_data_func("/vf/move/decoding", GINT_TO_POINTER(true), test_move);
    for (unsigned i = 0; i < G_N_ELEMENTS(page_cases); i++) {
        g_test_add_data_func(page_cases[i].path, &page_cases[i], test_page_size);
    }
    g_test_add_func("/vf/layout/of-properties", test_layout_of_properties);
    for (unsigned i = 0; i < G_N_ELEMENTS(size_cases); i++) {
        g_test_add_data_func(size_cases[i].path, &size_cases[i], test_size);
    }
    g_test_add_func("/vf/rebar/registers", test_rebar_registers);
    for (unsigned i = 0; i < G_N_ELEMENTS(refusal_cases); i++) {
        g_test_add_data_func(refusal_cases[i].path, &refusal_cases[i], test_refusal);
    }
    g_test_add_func("/vf/rebar/reset-restores-the-default", test_reset_restores_the_default);
    g_test_add_func("/vf/faults/of-the-physical-function", test_faults);
    return g_test_run();
}
