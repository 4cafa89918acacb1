/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of header and control page: each at every width and at every offset within it gives
 * the same bytes; read-only ones stay as they are, and each byte of the others can be written.
 */

#include "records.h"

typedef struct RegisterCase {
    const char *path;
    unsigned offset;
    unsigned size;
    uint64_t writable; /* bits that keep what is written */
} RegisterCase;

static const RegisterCase register_cases[] = {
    { "/register/magic", BARSHIFT_HEADER_MAGIC, 4, 0 },
    { "/register/tag", BARSHIFT_HEADER_TAG, 4, 0 },
    { "/register/bar", BARSHIFT_HEADER_BAR, 4, 0 },
    { "/register/version", BARSHIFT_HEADER_VERSION, 4, 0 },
    { "/register/size", BARSHIFT_HEADER_SIZE, 8, 0 },
    { "/register/address", BARSHIFT_HEADER_ADDRESS, 8, 0 },
    { "/register/scratch", BARSHIFT_HEADER_SCRATCH, 8, UINT64_MAX },
    { "/register/contents", BARSHIFT_HEADER_CONTENTS, 4, 0 },
    { "/register/ledger-dropped", BARSHIFT_LEDGER_DROPPED, 8, 0 },
    { "/register/ledger-depth", BARSHIFT_LEDGER_DEPTH, 4, 0 },
    { "/register/moves", BARSHIFT_MOVES, 8, 0 },
    { "/register/ledger-select", BARSHIFT_LEDGER_SELECT, 8, UINT64_MAX },
    { "/register/control-scratch-0", BARSHIFT_CONTROL_SCRATCH(0), 8, UINT64_MAX },
    { "/register/control-scratch-3", BARSHIFT_CONTROL_SCRATCH(3), 8, UINT64_MAX },
    { "/register/violations", BARSHIFT_VIOLATIONS, 8, 0 },
    { "/register/doorbell", BARSHIFT_DOORBELL, 4, 0 },
    { "/register/interrupt-mode", BARSHIFT_INTERRUPT_MODE, 4, 0 },
    { "/register/interrupt-vectors", BARSHIFT_INTERRUPT_VECTORS, 4, 0 },
    { "/register/intx-status", BARSHIFT_INTX_STATUS, 4, 0 },
    { "/register/interrupts-unsent", BARSHIFT_INTERRUPTS_UNSENT, 8, 0 },
    { "/register/interrupts-0", BARSHIFT_INTERRUPTS(0), 8, 0 },
    { "/register/interrupts-63", BARSHIFT_INTERRUPTS(63), 8, 0 },
    { "/register/decoded-base-0", BARSHIFT_DECODED_BASE(0), 8, 0 },
    { "/register/decoded-size-2", BARSHIFT_DECODED_SIZE(2), 8, 0 },
    { "/register/decoded-base-5", BARSHIFT_DECODED_BASE(5), 8, 0 },
    { "/register/ledger-record-0", BARSHIFT_LEDGER_RECORD, 8, 0 },
    { "/register/ledger-record-3", BARSHIFT_LEDGER_RECORD + 24, 8, 0 },
    { "/register/dma-source", BARSHIFT_DMA_SOURCE, 8, UINT64_MAX },
    { "/register/dma-destination", BARSHIFT_DMA_DESTINATION, 8, UINT64_MAX },
    { "/register/dma-length", BARSHIFT_DMA_LENGTH, 4, UINT32_MAX },
    { "/register/dma-period", BARSHIFT_DMA_PERIOD, 4, UINT32_MAX },
    { "/register/dma-vector", BARSHIFT_DMA_VECTOR, 4, UINT32_MAX },
    { "/register/dma-command", BARSHIFT_DMA_COMMAND, 4, 0 },
    { "/register/dma-state", BARSHIFT_DMA_STATE, 4, 0 },
    { "/register/dma-steps", BARSHIFT_DMA_STEPS, 8, 0 },
    { "/register/dma-failed", BARSHIFT_DMA_FAILED, 8, 0 },
    { "/register/aer-inject", BARSHIFT_AER_INJECT, 4, 0 },
};

/* The register in accesses of @width bytes, one after the other */
static uint64_t read_by(const Function *function, const RegisterCase *row, unsigned width)
{
    uint64_t value = 0;

    for (unsigned at = 0; at < row->size; at += width) {
        value |= qtest_read(function->qtest, CONTROL_BASE + row->offset + at, width) << (8 * at);
    }
    return value;
}

static void assert_reads(const Function *function, const RegisterCase *row, uint64_t expected)
{
    for (unsigned width = 1; width <= row->size; width *= 2) {
        g_assert_cmphex(read_by(function, row, width), ==, expected);
    }
}

/* Two bytes over the middle of the register, which no aligned access touches together */
static void assert_reads_unaligned(const Function *function, const RegisterCase *row,
                                   uint64_t expected)
{
    unsigned at = row->size / 2 - 1;

    g_assert_cmphex(qtest_read(function->qtest, CONTROL_BASE + row->offset + at, 2), ==,
                    expected >> (8 * at) & 0xffff);
}

static void assert_written_by(const Function *function, const RegisterCase *row, unsigned width,
                              uint64_t value)
{
    uint64_t before = read_by(function, row, row->size);
    uint64_t expected = (value & row->writable) | (before & ~row->writable);

    for (unsigned at = 0; at < row->size; at += width) {
        qtest_write(function->qtest, CONTROL_BASE + row->offset + at, width,
                    width == 8 ? value : value >> (8 * at) & ((UINT64_C(1) << (8 * width)) - 1));
    }
    assert_reads(function, row, expected);
    assert_reads_unaligned(function, row, expected);
}

static void test_register(gconstpointer data)
{
    const RegisterCase *row = data;
    Function function;
    uint64_t value;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    control_write(&function, BARSHIFT_LEDGER_SELECT, 1);
    value = read_by(&function, row, row->size);
    assert_reads(&function, row, value);
    assert_reads_unaligned(&function, row, value);
    for (unsigned width = 1; width <= row->size; width *= 2) {
        assert_written_by(&function, row, width, UINT64_C(0xf0e1d2c3b4a59687) + width);
    }
    function_stop(&function);
}

/* So that it cannot be read-only in the way that the others are */
static void test_wrong_writes_are_counted(void)
{
    Function function;
    gint64 total;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    total = ledger_total(&function);
    for (unsigned width = 1; width <= 8; width *= 2) {
        qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_LEDGER_TOTAL, width, 0);
        g_assert_cmpuint(control_read(&function, BARSHIFT_LEDGER_TOTAL), ==, ++total);
        assert_records(&function, total, (const Record[]) {
            { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_LEDGER_TOTAL, 0 }, { },
        });
    }
    /* An access to two registers is two */
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_HEADER_MAGIC, 8, 0);
    assert_records(&function, total + 1, (const Record[]) {
        { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_HEADER_MAGIC, 0 },
        { "bad-access", BARSHIFT_CONTROL_BAR, BARSHIFT_HEADER_TAG, 0 }, { },
    });
    function_stop(&function);
}

/* The three states by name, and no fourth */
static void test_driver_state_takes_states_only(void)
{
    Function function;

    function_start(&function, "");
    function_place(&function, MEMORY_BASE);
    for (unsigned state = 0; state < BARSHIFT_DRIVER_STOPPED; state++) {
        qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4, state);
        g_assert_cmphex(qtest_read(function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4), ==,
                        state);
    }
    qtest_write(function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4, BARSHIFT_DRIVER_STATES);
    g_assert_cmphex(qtest_read(function.qtest, CONTROL_BASE + BARSHIFT_DRIVER_STATE, 4), ==,
                    BARSHIFT_DRIVER_STOP_PENDING);
    function_stop(&function);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(register_cases); i++) {
        g_test_add_data_func(register_cases[i].path, &register_cases[i], test_register);
    }
    g_test_add_func("/register/wrong-writes-are-counted", test_wrong_writes_are_counted);
    g_test_add_func("/register/driver-state", test_driver_state_takes_states_only);
    return g_test_run();
}
