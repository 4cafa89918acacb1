/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's kernel log says against a function. Pure. */
#ifndef BARSHIFT_HOST_KERNEL_COMPLAINT_H
#define BARSHIFT_HOST_KERNEL_COMPLAINT_H

#include <glib.h>

/**
 * kernel_complaint() - the first complaint about a function
 * @log: output of dmesg
 * @bdf: the function's address, such as "0000:01:00.0"
 *
 * That a resource found no place is no complaint when it found one later: the kernel tries twice.
 *
 * Returns: (transfer full) (nullable): the line; NULL when there is no complaint.
 */
char *kernel_complaint(const char *log, const char *bdf);

#endif
