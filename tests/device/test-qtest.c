/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The means of the other tests, against memory and a device that QEMU has anyway: "edu" (QEMU's
 * docs/specs/edu), which interrupts and has a DMA engine that takes its time.
 */

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include <linux/pci_regs.h>

#include "function.h"
#include "queue.h"

#define RAM UINT64_C(0x100000)

#define EDU_BASE UINT64_C(0xe0000000)
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_RAISE 0x60
#define EDU_IRQ_ACKNOWLEDGE 0x64
#define EDU_DMA_SOURCE 0x80
#define EDU_DMA_DESTINATION 0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA_COMMAND 0x98
#define EDU_DMA_TO_MEMORY 3
#define EDU_DMA_BUFFER 0x40000
#define EDU_DMA_NS INT64_C(100000000)

#define PORT_CONFIG_ADDRESS 0xcf8
#define PORT_CONFIG_DATA 0xcfc

static QTest *start(void)
{
    static const char *const none[] = { NULL };

    return qtest_start(none);
}

static void edu_start(Function *edu)
{
    static const char *const arguments[] = { "-device", "edu,addr=3.0", NULL };

    function_init(edu, qtest_start(arguments), 3 << 3);
    ecam_enable(edu->qtest);
    config_write(edu, PCI_BASE_ADDRESS_0, 4, (uint32_t)EDU_BASE);
    config_write(edu, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* Reads and writes of one word in turn, over the ends of several batches */
static void test_queue_keeps_the_order(void)
{
    static uint64_t values[5 * QUEUE_BATCH + 3];
    QTest *qtest = start();

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        qtest_queue_write(qtest, RAM, 8, i);
        qtest_queue_read(qtest, RAM, 8, &values[i]);
        qtest_queue_expect(qtest, RAM, 4, i);
    }
    qtest_flush(qtest);
    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        g_assert_cmpuint(values[i], ==, i);
    }
    qtest_stop(qtest);
}

/* What is not queued comes behind what is */
static void test_queue_is_flushed_by_everything_else(void)
{
    uint64_t value = 0;
    uint8_t bytes[2];
    QTest *qtest = start();

    qtest_queue_write(qtest, RAM, 2, 0x0201);
    qtest_memory_read(qtest, RAM, bytes, sizeof(bytes));
    g_assert_cmphex(bytes[1], ==, 2);
    qtest_queue_read(qtest, RAM, 2, &value);
    g_assert_cmphex(qtest_read(qtest, RAM, 1), ==, 1);
    g_assert_cmphex(value, ==, 0x0201);

    qtest_queue_read(qtest, RAM + 1, 1, &value);
    qtest_system_reset(qtest);
    g_assert_cmphex(value, ==, 2);
    qtest_stop(qtest);
}

/* Far more answers than both sockets hold */
static void test_queue_takes_any_number(void)
{
    const unsigned count = 200000;
    QTest *qtest = start();
    gint64 start_us = g_get_monotonic_time();

    for (unsigned i = 0; i < count; i++) {
        qtest_queue_expect(qtest, RAM, 8, 0);
    }
    qtest_flush(qtest);
    g_test_message("%.0f thousand reads a second",
                   count * 1e3 / (double)(g_get_monotonic_time() - start_us));
    g_assert_cmpuint(qtest_answers(qtest), ==, count);
    qtest_stop(qtest);
}

static void test_queue_tells_which_expectation_failed(void)
{
    if (g_test_subprocess()) {
        QTest *qtest = start();

        qtest_queue_write(qtest, RAM, 8, 1);
        qtest_queue_expect(qtest, RAM, 8, 1);
        qtest_queue_expect(qtest, RAM, 8, 2);
        qtest_flush(qtest);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*test-qtest.c*readq 0x100000: 0x1, expected 0x2*");
}

static void test_death_is_told(void)
{
    if (g_test_subprocess()) {
        QTest *qtest = start();

        kill(qtest_pid(qtest), SIGABRT);
        qtest_read(qtest, RAM, 8);
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr("*no good answer to: readq 0x100000*ended with status 134*");
}

static void test_memory_blocks_are_bytes(void)
{
    g_autofree uint8_t *written = g_malloc(100001);
    g_autofree uint8_t *read = g_malloc0(100001);
    QTest *qtest = start();

    for (unsigned i = 0; i < 100001; i++) {
        written[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    qtest_memory_write(qtest, RAM + 1, written, 100001);
    qtest_memory_read(qtest, RAM + 1, read, 100001);
    g_assert_cmpmem(read, 100001, written, 100001);
    g_assert_cmphex(qtest_read(qtest, RAM, 2), ==, (uint64_t)written[0] << 8);
    g_assert_cmphex(qtest_read(qtest, RAM + 100001, 2), ==, written[100000]);
    qtest_stop(qtest);
}

/* The host bridge's ID through the old ports, in all sizes */
static void test_ports_have_all_sizes(void)
{
    QTest *qtest = start();
    uint64_t word = 0;

    qtest_out(qtest, PORT_CONFIG_ADDRESS, 4, 0x80000000u);
    g_assert_cmphex(qtest_in(qtest, PORT_CONFIG_ADDRESS, 4), ==, 0x80000000u);
    g_assert_cmphex(qtest_in(qtest, PORT_CONFIG_DATA, 4), ==, 0x29c08086);
    g_assert_cmphex(qtest_in(qtest, PORT_CONFIG_DATA + 2, 2), ==, 0x29c0);
    g_assert_cmphex(qtest_in(qtest, PORT_CONFIG_DATA + 3, 1), ==, 0x29);

    qtest_queue_out(qtest, PORT_CONFIG_ADDRESS, 4, 0x80000000u + PCI_COMMAND);
    qtest_queue_out(qtest, PORT_CONFIG_DATA, 2, 0);
    qtest_queue_out(qtest, PORT_CONFIG_DATA, 1, PCI_COMMAND_MASTER);
    qtest_queue_in(qtest, PORT_CONFIG_DATA, 2, &word);
    qtest_flush(qtest);
    g_assert_cmphex(word & PCI_COMMAND_MASTER, ==, PCI_COMMAND_MASTER);
    qtest_stop(qtest);
}

static void test_clock_moves_when_stepped_only(void)
{
    QTest *qtest = start();
    int64_t now = qtest_clock_step(qtest, 1);

    g_usleep(20000);
    g_assert_cmpint(qtest_clock_step(qtest, 1), ==, now + 1);
    g_assert_cmpint(qtest_clock_step(qtest, 12345), ==, now + 12346);
    qtest_stop(qtest);
}

/* The DMA engine writes when its time has come, not before */
static void test_clock_runs_timers(void)
{
    Function edu;

    edu_start(&edu);
    qtest_write(edu.qtest, RAM, 8, UINT64_MAX);
    qtest_write(edu.qtest, EDU_BASE + EDU_DMA_SOURCE, 8, EDU_DMA_BUFFER);
    qtest_write(edu.qtest, EDU_BASE + EDU_DMA_DESTINATION, 8, RAM);
    qtest_write(edu.qtest, EDU_BASE + EDU_DMA_COUNT, 8, 4);
    qtest_write(edu.qtest, EDU_BASE + EDU_DMA_COMMAND, 8, EDU_DMA_TO_MEMORY);
    qtest_clock_step(edu.qtest, EDU_DMA_NS - 1000000);
    g_assert_cmphex(qtest_read(edu.qtest, RAM, 8), ==, UINT64_MAX);
    qtest_clock_step(edu.qtest, 1000000);
    g_assert_cmphex(qtest_read(edu.qtest, RAM, 8), ==, UINT64_C(0xffffffff00000000));
    function_stop(&edu);
}

static void test_irq_is_seen(void)
{
    Function edu;

    edu_start(&edu);
    qtest_irq_watch(edu.qtest, "ioapic");
    g_assert_false(qtest_irq_level(edu.qtest, FUNCTION_INTX_IRQ));
    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_RAISE, 4, 1);
    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_RAISE, 4, 2);
    g_assert_true(qtest_irq_level(edu.qtest, FUNCTION_INTX_IRQ));
    g_assert_cmpuint(qtest_irq_raised(edu.qtest, FUNCTION_INTX_IRQ), ==, 1);

    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_ACKNOWLEDGE, 4, 3);
    g_assert_false(qtest_irq_level(edu.qtest, FUNCTION_INTX_IRQ));
    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_RAISE, 4, 1);
    g_assert_cmpuint(qtest_irq_raised(edu.qtest, FUNCTION_INTX_IRQ), ==, 2);

    /* A reset takes it back without an answer that would tell of it */
    qtest_system_reset(edu.qtest);
    g_assert_false(qtest_irq_level(edu.qtest, FUNCTION_INTX_IRQ));
    function_stop(&edu);
}

static void test_message_arrives_in_memory(void)
{
    unsigned msi;
    Function edu;

    edu_start(&edu);
    msi = legacy_capability_find(&edu, PCI_CAP_ID_MSI);
    g_assert_cmphex(msi, !=, 0);
    config_write(&edu, msi + PCI_MSI_ADDRESS_LO, 4, (uint32_t)RAM);
    config_write(&edu, msi + PCI_MSI_ADDRESS_HI, 4, 0);
    config_write(&edu, msi + PCI_MSI_DATA_64, 2, 0xbeef);
    config_write(&edu, msi + PCI_MSI_FLAGS, 2, PCI_MSI_FLAGS_ENABLE);
    g_assert_cmphex(qtest_read(edu.qtest, RAM, 8), ==, 0);
    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_RAISE, 4, 1);
    g_assert_cmphex(qtest_read(edu.qtest, RAM, 8), ==, 0xbeef);

    /* It is a write of the function's, so it needs Bus Master Enable */
    qtest_write(edu.qtest, RAM, 8, 0);
    config_write(&edu, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    qtest_write(edu.qtest, EDU_BASE + EDU_IRQ_RAISE, 4, 2);
    g_assert_cmphex(qtest_read(edu.qtest, RAM, 8), ==, 0);
    function_stop(&edu);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/qtest/queue/keeps-the-order", test_queue_keeps_the_order);
    g_test_add_func("/qtest/queue/is-flushed-by-everything-else",
                    test_queue_is_flushed_by_everything_else);
    g_test_add_func("/qtest/queue/takes-any-number", test_queue_takes_any_number);
    g_test_add_func("/qtest/queue/tells-which-expectation-failed",
                    test_queue_tells_which_expectation_failed);
    g_test_add_func("/qtest/death-is-told", test_death_is_told);
    g_test_add_func("/qtest/memory-blocks-are-bytes", test_memory_blocks_are_bytes);
    g_test_add_func("/qtest/ports-have-all-sizes", test_ports_have_all_sizes);
    g_test_add_func("/qtest/clock/moves-when-stepped-only", test_clock_moves_when_stepped_only);
    g_test_add_func("/qtest/clock/runs-timers", test_clock_runs_timers);
    g_test_add_func("/qtest/irq-is-seen", test_irq_is_seen);
    g_test_add_func("/qtest/message-arrives-in-memory", test_message_arrives_in_memory);
    return g_test_run();
}
