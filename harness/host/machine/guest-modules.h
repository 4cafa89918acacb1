/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules of the guest's kernel, for the scenarios that need some. */
#ifndef BARSHIFT_HOST_GUEST_MODULES_H
#define BARSHIFT_HOST_GUEST_MODULES_H

#include <glib.h>

/**
 * guest_modules_find() - have harness/setup/guest-modules make the archive of a kernel
 *
 * It is made once; what the script has to say goes to standard error.
 *
 * Returns: (transfer full): path of the archive; NULL with RUNNER_ERROR_ENVIRONMENT.
 */
char *guest_modules_find(const char *kernel, GError **error);

#endif
