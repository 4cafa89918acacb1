/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows of the host bridges, from /proc/iomem and /proc/ioports. */
#ifndef BARSHIFT_IOMEM_H
#define BARSHIFT_IOMEM_H

#include <stddef.h>
#include <stdio.h>

#include "range.h"

/** struct IomemWindow - a window, and the root bus that the host bridge leads to */
typedef struct IomemWindow {
    int domain;
    int bus;
    Range range;
} IomemWindow;

/**
 * iomem_window_line() - is a line the window of a host bridge?
 * @inside: (in/out) indentation of the window that the lines lie in; -1 at the start: in none
 * @window: (out) set when it is
 *
 * Return: 1 when it is, 0 when it is another entry, -EINVAL when it is none.
 */
int iomem_window_line(const char *line, int *inside, IomemWindow *window);

/**
 * iomem_windows_read() - find the windows of the host bridges
 * @file: open on /proc/iomem or /proc/ioports
 * @windows: (out) every outermost entry "PCI Bus DDDD:BB", in file order
 * @max: elements of @windows
 *
 * The windows of bridges bear the same names but lie inside a host bridge window.
 *
 * Return: number of windows; -EINVAL for a line that is no entry, -E2BIG when @max is too small.
 */
int iomem_windows_read(FILE *file, IomemWindow *windows, size_t max);

#endif
