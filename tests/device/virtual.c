/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function below a root port with virtual functions.
 */

#include <linux/pci_regs.h>

#include "virtual.h"

#define CONTENT UINT64_C(0x1122334455667788)

uint32_t sriov_read(const Virtual *virtual, unsigned offset, unsigned size)
{
    return config_read(&virtual->below.function, virtual->sriov + offset, size);
}

void sriov_write(const Virtual *virtual, unsigned offset, unsigned size, uint32_t value)
{
    config_write(&virtual->below.function, virtual->sriov + offset, size, value);
}

void virtual_init(Virtual *virtual)
{
    const Function *physical = &virtual->below.function;
    uint32_t offset, stride;

    virtual->sriov = capability_find(physical, PCI_EXT_CAP_ID_SRIOV);
    g_assert_cmphex(virtual->sriov, !=, 0);
    offset = sriov_read(virtual, PCI_SRIOV_VF_OFFSET, 2);
    stride = sriov_read(virtual, PCI_SRIOV_VF_STRIDE, 2);
    for (unsigned i = 0; i < BARSHIFT_VFS_MAX; i++) {
        function_init(&virtual->functions[i], physical->qtest,
                      physical->bdf + offset + i * stride);
        virtual->functions[i].control_base = VF_CONTROL_BASE + i * VF_CONTROL_SIZE;
    }
}

static void start(Virtual *virtual, void (*start_below)(Below *, const char *),
                  const char *properties)
{
    g_autofree char *with_vfs = g_strdup_printf(",vfs=%d%s", VFS, properties);

    start_below(&virtual->below, with_vfs);
    below_windows_set(&virtual->below, MEMORY_BASE, 256 * GIB);
    function_place(&virtual->below.function, MEMORY_BASE);
    virtual_init(virtual);
}

void virtual_start(Virtual *virtual, const char *properties)
{
    start(virtual, below_start, properties);
}

void virtual_start_acpi(Virtual *virtual, const char *properties)
{
    start(virtual, below_start_acpi, properties);
}

void virtual_stop(Virtual *virtual)
{
    below_stop(&virtual->below);
}

void virtual_place(const Virtual *virtual, uint64_t base)
{
    sriov_write(virtual, PCI_SRIOV_BAR, 4, (uint32_t)VF_CONTROL_BASE);
    sriov_write(virtual, PCI_SRIOV_BAR + 4, 4, VF_CONTROL_BASE >> 32);
    sriov_write(virtual, PCI_SRIOV_BAR + 4 * VF_MEMORY_BAR, 4, (uint32_t)base);
    sriov_write(virtual, PCI_SRIOV_BAR + 4 * VF_MEMORY_BAR + 4, 4, (uint32_t)(base >> 32));
}

void virtual_enable(Virtual *virtual, unsigned count)
{
    virtual_place(virtual, VF_MEMORY_BASE);
    sriov_write(virtual, PCI_SRIOV_NUM_VF, 2, count);
    sriov_write(virtual, PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
}

void virtual_disable(const Virtual *virtual)
{
    sriov_write(virtual, PCI_SRIOV_CTRL, 2, 0);
}

uint64_t virtual_memory(uint64_t base, unsigned index)
{
    return base + index * VF_MEMORY_SIZE;
}

void assert_virtual_works(const Virtual *virtual, unsigned index, uint64_t base)
{
    QTest *qtest = virtual->below.port.qtest;
    const Function *function = &virtual->functions[index];
    uint32_t tag = BARSHIFT_VF_TAG(FUNCTION_TAG, index + 1);
    uint64_t memory = virtual_memory(base, index);

    g_assert_cmphex(config_read(function, PCI_HEADER_TYPE, 1) & 0x7f, ==, PCI_HEADER_TYPE_NORMAL);
    g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_MAGIC, 4), ==, BARSHIFT_MAGIC);
    g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_TAG, 4), ==, tag);
    g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_BAR, 4), ==, VF_MEMORY_BAR);
    g_assert_cmphex(qtest_read(qtest, memory + BARSHIFT_HEADER_ADDRESS, 8), ==,
                    memory + BARSHIFT_HEADER_ADDRESS);
    g_assert_cmphex(control_read(function, BARSHIFT_HEADER_TAG) & UINT32_MAX, ==, tag);
    g_assert_cmphex(control_read(function, BARSHIFT_DECODED_BASE(VF_MEMORY_BAR)), ==, memory);
}

void assert_virtual_gone(const Virtual *virtual, unsigned index, uint64_t base)
{
    const Function *function = &virtual->functions[index];

    g_assert_cmphex(config_read(function, PCI_CLASS_REVISION, 4), ==, 0xffffffffu);
    assert_silent(function, virtual_memory(base, index));
    assert_silent(function, function->control_base);
}

void assert_all_virtual_work(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        assert_virtual_works(virtual, i, base);
    }
}

void virtual_contents_write(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        uint64_t memory = virtual_memory(base, i);

        qtest_write(virtual->below.port.qtest, memory + BARSHIFT_HEADER_PAGE_SIZE, 8, CONTENT + i);
        qtest_write(virtual->below.port.qtest, memory + VF_MEMORY_SIZE - 8, 8, ~CONTENT - i);
    }
}

void virtual_contents_check(const Virtual *virtual, uint64_t base)
{
    for (unsigned i = 0; i < VFS; i++) {
        uint64_t memory = virtual_memory(base, i);

        g_assert_cmphex(qtest_read(virtual->below.port.qtest, memory + BARSHIFT_HEADER_PAGE_SIZE,
                                   8), ==, CONTENT + i);
        g_assert_cmphex(qtest_read(virtual->below.port.qtest, memory + VF_MEMORY_SIZE - 8, 8), ==,
                        ~CONTENT - i);
    }
}

JsonNode *virtual_ledger(const Virtual *virtual, unsigned index)
{
    g_autoptr(JsonNode) ledger = function_property(&virtual->below.function, "ledger");
    JsonArray *vfs = json_object_get_array_member(json_node_get_object(ledger), "vfs");

    g_assert_cmpuint(index, <, json_array_get_length(vfs));
    return json_node_copy(json_array_get_element(vfs, index));
}
