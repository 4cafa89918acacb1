/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's log: records of /dev/kmsg as text, and all of it. */
#ifndef BARSHIFT_KERNEL_LOG_H
#define BARSHIFT_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#define KERNEL_LOG_TEXT_SIZE 8192 /* a shorter buffer would lose the record */

/**
 * kernel_log_text() - turn a record "6,339,5140900,-;TEXT" into "5.140900 TEXT"
 * @record: of @length bytes as one read of /dev/kmsg returns it; what follows TEXT is dropped
 * @text: (out) @size bytes, set only on success; without a line feed
 *
 * Return: 0, or -EINVAL for what is no record.
 */
int kernel_log_text(const char *record, size_t length, char *text, size_t size);

/**
 * kernel_log_next() - read the next message that is there already
 * @kmsg: /dev/kmsg, opened without blocking; -1: there is none
 * @text: (out) as of kernel_log_text(); KERNEL_LOG_TEXT_SIZE bytes
 *
 * Return: false when there is none yet.
 */
bool kernel_log_next(int kmsg, char *text);

/**
 * kernel_log_read() - the whole log
 *
 * Return: lines "<6>[    5.140900] TEXT", to be freed; NULL when it cannot be had.
 */
char *kernel_log_read(void);

#endif
