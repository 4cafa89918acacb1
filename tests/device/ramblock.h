/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that QEMU has for devices: a device that is gone for good has given its memory back.
 */
#ifndef BARSHIFT_TEST_RAMBLOCK_H
#define BARSHIFT_TEST_RAMBLOCK_H

#include "qtest.h"

/** ramblock_count() - number of blocks of memory of a size */
unsigned ramblock_count(QTest *qtest, uint64_t size_bytes);

/**
 * ramblock_await() - wait until there are @count blocks of a size
 *
 * QEMU drops the last references to a device in a thread of its own (RCU). One that somebody kept
 * would keep the device and its memory for ever, and ends the test program here.
 */
void ramblock_await(QTest *qtest, uint64_t size_bytes, unsigned count);

#endif
