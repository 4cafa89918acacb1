/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU with the device preloaded, whose CPU never runs: the test is the only master on its
 * buses. It is driven by the qtest protocol (QEMU's docs/devel/qtest) and by QMP.
 *
 * The accelerator is "qtest", which accelerator.c adds to QEMU: the machine is running, without a
 * CPU that executes, and virtual time stands still but for qtest_clock_step(). (With "-accel tcg
 * -S" the protocol works too, but virtual time stands still for good: QEMU refuses clock_step.)
 *
 * Reads and writes can be queued, which is more than ten times as fast as to await each answer.
 * They are done in the order of the calls, and everything that is not queued is done after all
 * that was queued before it, so a test flushes only to look at a value that it has queued a read
 * of.
 *
 * A QEMU that ends, or does not answer in time, ends the test program, with what QEMU wrote to
 * its standard error.
 */
#ifndef BARSHIFT_TEST_QTEST_H
#define BARSHIFT_TEST_QTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <json-glib/json-glib.h>

typedef struct QTest QTest;

/**
 * qtest_start() - start a QEMU, machine q35 with 128 MiB at address 0
 * @arguments: further arguments, NULL at the end
 *
 * The QEMU is $BARSHIFT_QEMU, the device $BARSHIFT_DEVICE; this one may be a list for LD_PRELOAD,
 * and is empty for a QEMU that has the device built in. It dies with the test program.
 *
 * Return: the QEMU, for qtest_stop().
 */
QTest *qtest_start(const char *const *arguments);

/** qtest_stop() - end a QEMU; its exit status is checked */
void qtest_stop(QTest *qtest);

/** qtest_pid() - its process */
pid_t qtest_pid(const QTest *qtest);

/**
 * qtest_read() - read bus memory as the CPU would
 * @size: 1, 2, 4 or 8 bytes
 */
uint64_t qtest_read(QTest *qtest, uint64_t address, unsigned size);

/** qtest_write() - write bus memory; see qtest_read() */
void qtest_write(QTest *qtest, uint64_t address, unsigned size, uint64_t value);

/**
 * qtest_in() - read an I/O port
 * @size: 1, 2 or 4 bytes
 */
uint32_t qtest_in(QTest *qtest, uint16_t port, unsigned size);

/** qtest_out() - write an I/O port; see qtest_in() */
void qtest_out(QTest *qtest, uint16_t port, unsigned size, uint32_t value);

/** qtest_memory_read() - read @size bytes of bus memory */
void qtest_memory_read(QTest *qtest, uint64_t address, void *data, size_t size);

/** qtest_memory_write() - write @size bytes of bus memory */
void qtest_memory_write(QTest *qtest, uint64_t address, const void *data, size_t size);

/**
 * qtest_queue_read() - qtest_read(), later
 * @value: (out) (nullable) set by the next qtest_flush() at the latest
 */
void qtest_queue_read(QTest *qtest, uint64_t address, unsigned size, uint64_t *value);

/**
 * qtest_queue_expect() - qtest_read(), later, and assert what it gives
 * @expected: another value ends the test, with the place of this call in the message
 */
#define qtest_queue_expect(qtest, address, size, expected) \
    qtest_queue_expect_at(qtest, address, size, expected, __FILE__, __LINE__, G_STRFUNC)

/** qtest_queue_expect_at() - see qtest_queue_expect() */
void qtest_queue_expect_at(QTest *qtest, uint64_t address, unsigned size, uint64_t expected,
                           const char *file, int line, const char *function);

/** qtest_queue_write() - qtest_write(), later */
void qtest_queue_write(QTest *qtest, uint64_t address, unsigned size, uint64_t value);

/** qtest_queue_in() - qtest_in(), later; see qtest_queue_read() */
void qtest_queue_in(QTest *qtest, uint16_t port, unsigned size, uint64_t *value);

/** qtest_queue_out() - qtest_out(), later */
void qtest_queue_out(QTest *qtest, uint16_t port, unsigned size, uint32_t value);

/** qtest_flush() - wait until all that was queued is done */
void qtest_flush(QTest *qtest);

/**
 * qtest_answers() - number of commands that QEMU has done
 */
uint64_t qtest_answers(const QTest *qtest);

/**
 * qtest_clock_step() - let virtual time pass, and do what it brings
 * @step_ns: how long; at least 1, for QEMU 10 refuses to step by 0
 *
 * All timers of the machine that expire in between run, each at its time; those that a BAR or a
 * DMA engine set meanwhile, too.
 *
 * Return: virtual time in ns.
 */
int64_t qtest_clock_step(QTest *qtest, int64_t step_ns);

/**
 * qtest_irq_watch() - watch the inputs of an interrupt controller from now on
 * @device: QOM path or name, such as "ioapic"; one for a QEMU
 *
 * Messages (MSI, MSI-X) do not come along here. They are writes of the function: point the
 * message's address to memory, and the data can be read there.
 */
void qtest_irq_watch(QTest *qtest, const char *device);

/** qtest_irq_level() - whether input @irq is asserted */
bool qtest_irq_level(QTest *qtest, unsigned irq);

/** qtest_irq_raised() - how often input @irq has been asserted */
unsigned qtest_irq_raised(QTest *qtest, unsigned irq);

/**
 * qtest_qmp() - run a QMP command
 * @command: JSON text
 *
 * Return: what the command returned, for the caller to free; an error ends the test program.
 */
JsonNode *qtest_qmp(QTest *qtest, const char *command);

/**
 * qtest_give_fd() - let a QEMU have a file descriptor for later commands
 * @name: for these commands, such as "fd:NAME"
 * @fd: stays the caller's
 */
void qtest_give_fd(QTest *qtest, const char *name, int fd);

/**
 * qtest_qmp_refusal() - run a QMP command that shall fail
 * @command: JSON text
 *
 * Return: what the error said, for the caller to free; success ends the test program.
 */
char *qtest_qmp_refusal(QTest *qtest, const char *command);

/**
 * qtest_qmp_or_end() - run a QMP command, which may be the last one
 * @command: JSON text
 *
 * Return: as qtest_qmp(); NULL when QEMU has ended, for qtest_end().
 */
JsonNode *qtest_qmp_or_end(QTest *qtest, const char *command);

/**
 * qtest_end() - what became of a QEMU that has ended by itself; instead of qtest_stop()
 * @status: (out) exit status, or 128 and the number of the signal that killed it
 *
 * Return: what it wrote to standard error, for the caller to free.
 */
char *qtest_end(QTest *qtest, int *status);

/** qtest_system_reset() - reset the machine and wait until it is done */
void qtest_system_reset(QTest *qtest);

/**
 * qtest_refusal() - start a QEMU that shall end by itself
 * @device: library to preload; NULL for $BARSHIFT_DEVICE
 * @arguments: as for qtest_start()
 * @status: (out) exit status
 *
 * Return: what it wrote to standard error, for the caller to free.
 */
char *qtest_refusal(const char *device, const char *const *arguments, int *status);

#endif
