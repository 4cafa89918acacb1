/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine behind an IOMMU: Intel VT-d as QEMU has it, in legacy mode ("Intel Virtualization
 * Technology for Directed I/O", sec 9 and 10).
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "records.h"

/* Registers, at the address that QEMU gives the IOMMU of q35 */
#define VTD_BASE UINT64_C(0xfed90000)
#define VTD_GLOBAL_COMMAND 0x18
#define VTD_GLOBAL_STATUS 0x1c
#define VTD_ROOT_TABLE 0x20
#define VTD_FAULT_STATUS 0x34
#define VTD_TRANSLATE (1u << 31)
#define VTD_SET_ROOT_TABLE (1u << 30)
#define VTD_FAULT_PENDING (1u << 1)

/* Tables, a page each, in memory that reads as zero: nothing is present yet */
#define ROOT_TABLE (RAM_BASE + 0x100000)
#define CONTEXT_TABLE (ROOT_TABLE + 0x1000)
#define PAGE_TABLES (ROOT_TABLE + 0x2000) /* of three levels, the topmost first */
#define LEVELS 3
#define LEVEL_BITS 9
#define PAGE_BITS 12
#define PRESENT 1u
#define READ_WRITE 3u
#define CONTEXT_39_BITS 1u
#define CONTEXT_DOMAIN (7u << 8)

/* What the function is given instead of a page's address */
#define IO_ADDRESS UINT64_C(0x4000000)
#define IO_ELSEWHERE UINT64_C(0x5000000)

static void start(Function *function)
{
    g_autofree char *device =
        g_strdup_printf("barshift,id=" FUNCTION_ID ",addr=3.0,tag=%d", FUNCTION_TAG);
    const char *const arguments[] = { "-device", "intel-iommu", "-device", device, NULL };

    function_init(function, qtest_start(arguments), 3 << 3);
    ecam_enable(function->qtest);
    function_place(function, MEMORY_BASE);
    bus_master_set(function, true);
}

static uint32_t vtd_read(const Function *function, unsigned offset)
{
    return (uint32_t)qtest_read(function->qtest, VTD_BASE + offset, 4);
}

static void vtd_command(const Function *function, uint32_t bit)
{
    uint32_t state = vtd_read(function, VTD_GLOBAL_STATUS);

    qtest_write(function->qtest, VTD_BASE + VTD_GLOBAL_COMMAND, 4, state | bit);
    g_assert_cmphex(vtd_read(function, VTD_GLOBAL_STATUS) & bit, ==, bit);
}

static void translation_on(const Function *function)
{
    qtest_write(function->qtest, VTD_BASE + VTD_ROOT_TABLE, 8, ROOT_TABLE);
    vtd_command(function, VTD_SET_ROOT_TABLE);
    vtd_command(function, VTD_TRANSLATE);
}

/* Root and context entry of the function, which is on bus 0, and the way to one page */
static void map(const Function *function, uint64_t io_address, uint64_t address)
{
    QTest *qtest = function->qtest;
    uint64_t table = PAGE_TABLES;

    qtest_write(qtest, ROOT_TABLE, 8, CONTEXT_TABLE | PRESENT);
    qtest_write(qtest, CONTEXT_TABLE + 16 * function->bdf, 8, PAGE_TABLES | PRESENT);
    qtest_write(qtest, CONTEXT_TABLE + 16 * function->bdf + 8, 8,
                CONTEXT_DOMAIN | CONTEXT_39_BITS);
    for (unsigned level = LEVELS; level > 0; level--) {
        unsigned shift = PAGE_BITS + LEVEL_BITS * (level - 1);
        uint64_t entry = table + 8 * (io_address >> shift & ((1u << LEVEL_BITS) - 1));

        table += UINT64_C(1) << PAGE_BITS;
        qtest_write(qtest, entry, 8, (level > 1 ? table : address) | READ_WRITE);
    }
}

static void test_empty_root_table_blocks(void)
{
    static const Record failed[] = { { "dma-failed", NO_BAR, RAM_BASE, 0 }, { } };
    Function function;
    gint64 total;

    start(&function);
    dma_aim(&function, BARSHIFT_DMA_COUNTER, RAM_BASE, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 1, 0);

    translation_on(&function);
    total = ledger_total(&function);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 1, 1);
    assert_records(&function, total + 1, failed);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 1);
    g_assert_cmphex(vtd_read(&function, VTD_FAULT_STATUS) & VTD_FAULT_PENDING, ==,
                    VTD_FAULT_PENDING);
    function_stop(&function);
}

static void test_mapped_page_is_reached_and_no_other(void)
{
    Function function;

    start(&function);
    map(&function, IO_ADDRESS, RAM_OTHER);
    translation_on(&function);
    dma_aim(&function, BARSHIFT_DMA_COUNTER, IO_ADDRESS, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 1, 0);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_OTHER, 8), ==, 1);
    g_assert_cmpuint(qtest_read(function.qtest, IO_ADDRESS, 8), ==, 0);

    dma_aim(&function, BARSHIFT_DMA_COUNTER, IO_ELSEWHERE, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    dma_aim(&function, IO_ADDRESS, IO_ADDRESS + 0xff8, 16);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 1, 2);
    function_stop(&function);
}

/* Behind an IOMMU the bus address of a BAR is no address of the function's DMA */
static void test_stream_into_a_bar_is_blocked_when_translated(void)
{
    Function function;

    start(&function);
    dma_stream(&function, MEMORY_BASE + GIB, BARSHIFT_DMA_PERIOD_MIN);
    qtest_clock_step(function.qtest, 2 * BARSHIFT_DMA_PERIOD_MIN);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 0);
    translation_on(&function);
    qtest_clock_step(function.qtest, 3 * BARSHIFT_DMA_PERIOD_MIN);
    assert_dma(&function, BARSHIFT_DMA_STREAMING, 2, 3);
    g_assert_cmpuint(qtest_read(function.qtest, MEMORY_BASE + GIB, 8), ==, 2);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/iommu/empty-root-table-blocks", test_empty_root_table_blocks);
    g_test_add_func("/iommu/mapped-page-is-reached-and-no-other",
                    test_mapped_page_is_reached_and_no_other);
    g_test_add_func("/iommu/stream-into-a-bar-is-blocked-when-translated",
                    test_stream_into_a_bar_is_blocked_when_translated);
    return g_test_run();
}
