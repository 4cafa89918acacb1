/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DMA engine: its registers, and what it does not begin. See test-copy.c and test-stream.c, too.
 */

#include <linux/pci_regs.h>

#include "dma.h"
#include "records.h"

#define PAGE UINT64_C(0x1000)

static void start(Function *function, const char *properties)
{
    function_start(function, properties);
    function_place(function, MEMORY_BASE);
    bus_master_set(function, true);
}

static void test_counter_is_the_number_of_the_step(void)
{
    Function function;

    start(&function, "");
    qtest_write(function.qtest, RAM_BASE + 8, 8, UINT64_MAX);
    dma_aim(&function, BARSHIFT_DMA_COUNTER, RAM_BASE, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        dma_command(&function, BARSHIFT_DMA_COPY);
        g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, i);
        assert_dma(&function, BARSHIFT_DMA_IDLE, i, 0);
    }
    g_assert_cmphex(qtest_read(function.qtest, RAM_BASE + 8, 8), ==, UINT64_MAX);

    /* A step that fails has no number */
    bus_master_set(&function, false);
    dma_command(&function, BARSHIFT_DMA_COPY);
    bus_master_set(&function, true);
    dma_command(&function, BARSHIFT_DMA_COPY);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_BASE, 8), ==, 4);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 4, 1);
    function_stop(&function);
}

static void test_bus_master_off_fails_and_is_seen(void)
{
    const Record failed[] = {
        { "dma-failed", NO_BAR, RAM_BASE, 0 }, { "dma-failed", NO_BAR, RAM_OTHER, 0 }, { },
    };
    Function function;
    gint64 total;

    start(&function, "");
    qtest_write(function.qtest, RAM_BASE, 8, 1);
    bus_master_set(&function, false);
    total = ledger_total(&function);
    dma_aim(&function, RAM_BASE, RAM_OTHER, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    dma_aim(&function, BARSHIFT_DMA_COUNTER, RAM_OTHER, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 0, 2);
    assert_records(&function, total + 1, failed);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_OTHER, 8), ==, 0);
    function_stop(&function);
}

/* Refusals of the engine itself */

/* Everything is right but one register, which the ledger shall name */
typedef struct RefusalCase {
    const char *path;
    unsigned wrong;
    uint64_t value;
    uint32_t command;
    bool counter; /* as source, and with it any length */
} RefusalCase;

static const RefusalCase refusal_cases[] = {
    { "/dma/refused/length/0", BARSHIFT_DMA_LENGTH, 0, BARSHIFT_DMA_COPY, false },
    { "/dma/refused/length/65537", BARSHIFT_DMA_LENGTH, 65537, BARSHIFT_DMA_COPY, false },
    { "/dma/refused/length/most", BARSHIFT_DMA_LENGTH, UINT32_MAX, BARSHIFT_DMA_COPY, false },
    { "/dma/refused/length/stream", BARSHIFT_DMA_LENGTH, 65537, BARSHIFT_DMA_STREAM, false },
    { "/dma/refused/source/wraps", BARSHIFT_DMA_SOURCE, UINT64_MAX - 6, BARSHIFT_DMA_COPY, false },
    { "/dma/refused/destination/wraps", BARSHIFT_DMA_DESTINATION, UINT64_MAX - 6,
      BARSHIFT_DMA_COPY, false },
    { "/dma/refused/destination/counter-wraps", BARSHIFT_DMA_DESTINATION, UINT64_MAX - 6,
      BARSHIFT_DMA_COPY, true },
    { "/dma/refused/period/0", BARSHIFT_DMA_PERIOD, 0, BARSHIFT_DMA_STREAM, false },
    { "/dma/refused/period/9999", BARSHIFT_DMA_PERIOD, 9999, BARSHIFT_DMA_STREAM, true },
    { "/dma/refused/vector/64", BARSHIFT_DMA_VECTOR, BARSHIFT_VECTORS_MAX, BARSHIFT_DMA_COPY,
      false },
    { "/dma/refused/command/0", BARSHIFT_DMA_COMMAND, 0, 0, false },
    { "/dma/refused/command/6", BARSHIFT_DMA_COMMAND, 0, BARSHIFT_DMA_STOP + 1, false },
    { "/dma/refused/command/most", BARSHIFT_DMA_COMMAND, 0, UINT32_MAX, false },
};

static void spoil(const Function *function, const RefusalCase *row)
{
    unsigned size = row->wrong == BARSHIFT_DMA_SOURCE || row->wrong == BARSHIFT_DMA_DESTINATION
                        ? 8
                        : 4;

    if (row->wrong != BARSHIFT_DMA_COMMAND) {
        qtest_write(function->qtest, CONTROL_BASE + row->wrong, size, row->value);
    }
}

static void test_refusal(gconstpointer data)
{
    const RefusalCase *row = data;
    const Record bad[] = { { "bad-access", BARSHIFT_CONTROL_BAR, row->wrong, 0 }, { } };
    Function function;
    gint64 total;

    start(&function, "");
    qtest_write(function.qtest, RAM_BASE, 8, UINT64_MAX);
    dma_aim(&function, row->counter ? BARSHIFT_DMA_COUNTER : RAM_BASE, RAM_OTHER,
            row->counter ? 0 : 8);
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_DMA_PERIOD, 4, BARSHIFT_DMA_PERIOD_MIN);
    spoil(&function, row);
    total = ledger_total(&function);

    dma_command(&function, row->command);
    qtest_clock_step(function.qtest, 2 * BARSHIFT_DMA_PERIOD_MIN);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 0, 0);
    assert_records(&function, total + 1, bad);
    g_assert_cmpuint(qtest_read(function.qtest, RAM_OTHER, 8), ==, 0);
    function_stop(&function);
}

/* The last bytes of the address space are an address like any other */
static void test_end_of_the_address_space_is_a_hole(void)
{
    Function function;

    start(&function, "");
    qtest_write(function.qtest, RAM_BASE, 8, UINT64_MAX);
    dma_aim(&function, RAM_BASE, UINT64_MAX - 7, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 0, 1);
    dma_aim(&function, UINT64_MAX - 65535, RAM_OTHER, 65536);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 0, 2);
    function_stop(&function);
}

static void test_shifted_copy_misses_by_a_page(void)
{
    Function function;

    start(&function, ",fault=dma-shifted");
    qtest_write(function.qtest, RAM_BASE, 8, UINT64_MAX);
    dma_aim(&function, RAM_BASE, RAM_OTHER, 8);
    dma_command(&function, BARSHIFT_DMA_COPY);
    assert_dma(&function, BARSHIFT_DMA_IDLE, 1, 0);
    g_assert_cmphex(qtest_read(function.qtest, RAM_OTHER, 8), ==, 0);
    g_assert_cmphex(qtest_read(function.qtest, RAM_OTHER + PAGE, 8), ==,
                    qtest_read(function.qtest, RAM_BASE, 8));

    function_fault(&function, "");
    dma_command(&function, BARSHIFT_DMA_COPY);
    g_assert_cmphex(qtest_read(function.qtest, RAM_OTHER, 8), ==,
                    qtest_read(function.qtest, RAM_BASE, 8));
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(refusal_cases); i++) {
        g_test_add_data_func(refusal_cases[i].path, &refusal_cases[i], test_refusal);
    }
    g_test_add_func("/dma/counter/is-the-number-of-the-step",
                    test_counter_is_the_number_of_the_step);
    g_test_add_func("/dma/bus-master-off/fails-and-is-seen",
                    test_bus_master_off_fails_and_is_seen);
    g_test_add_func("/dma/end-of-the-address-space/is-a-hole",
                    test_end_of_the_address_space_is_a_hole);
    g_test_add_func("/dma/fault/shifted-misses-by-a-page", test_shifted_copy_misses_by_a_page);
    return g_test_run();
}
