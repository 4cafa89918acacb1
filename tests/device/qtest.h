/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU with the device preloaded, whose CPU never runs: the test is the only master on its
 * buses. It is driven by the qtest protocol (QEMU's docs/devel/qtest) and by QMP.
 *
 * A QEMU that ends, or does not answer in time, ends the test program, with what QEMU wrote to
 * its standard error.
 */
#ifndef BARSHIFT_TEST_QTEST_H
#define BARSHIFT_TEST_QTEST_H

#include <stdint.h>
#include <sys/types.h>

#include <json-glib/json-glib.h>

typedef struct QTest QTest;

/**
 * qtest_start() - start a QEMU, machine q35, that stands before its first instruction
 * @arguments: further arguments, NULL at the end
 *
 * The QEMU is $BARSHIFT_QEMU, the device $BARSHIFT_DEVICE. It dies with the test program.
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

/** qtest_out32() - write 32 bits to an I/O port */
void qtest_out32(QTest *qtest, uint16_t port, uint32_t value);

/**
 * qtest_qmp() - run a QMP command
 * @command: JSON text
 *
 * Return: what the command returned, for the caller to free; an error ends the test program.
 */
JsonNode *qtest_qmp(QTest *qtest, const char *command);

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
