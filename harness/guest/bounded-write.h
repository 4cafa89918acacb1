/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes to files of the kernel that may hang: unbinding a driver waits for whoever uses it. */
#ifndef BARSHIFT_BOUNDED_WRITE_H
#define BARSHIFT_BOUNDED_WRITE_H

#include <stdint.h>

/**
 * bounded_write() - write a text to a file in one piece, in a process of its own
 * @deadline_ns: of CLOCK_MONOTONIC
 *
 * A write that does not return in time is left behind, with a signal that ends the process when it
 * does.
 *
 * Return: 0, -ETIMEDOUT, or the negative errno of open or write.
 */
int bounded_write(const char *path, const char *text, uint64_t deadline_ns);

#endif
