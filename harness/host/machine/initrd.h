/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's root file system, with what only some guests need put behind it. */
#ifndef BARSHIFT_HOST_INITRD_H
#define BARSHIFT_HOST_INITRD_H

#include <glib.h>

/**
 * initrd_join() - write one cpio archive behind another into a new file
 * @path: the new file
 *
 * The kernel looks for the next archive at the next multiple of four bytes.
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT.
 */
gboolean initrd_join(const char *path, const char *first, const char *second, GError **error);

#endif
