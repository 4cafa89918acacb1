/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the build makes and the runner needs. */
#ifndef BARSHIFT_HOST_BUILT_H
#define BARSHIFT_HOST_BUILT_H

#include <glib.h>

/** built_check() - FALSE with RUNNER_ERROR_ENVIRONMENT when @path is not there to be read */
gboolean built_check(const char *path, GError **error);

#endif
