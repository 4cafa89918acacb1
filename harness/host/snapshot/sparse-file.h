/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Large files that are zero for the most part: only what is not is read, copied and summed up. */
#ifndef BARSHIFT_HOST_SPARSE_FILE_H
#define BARSHIFT_HOST_SPARSE_FILE_H

#include <glib.h>

/**
 * sparse_file_copy() - copy a file, and leave holes where it is zero
 * @from: read from its start to its end, wherever its position is
 * @to: an empty file; -1: only sum up
 * @checksum: (out): of the content and where it is; the same for a file and its copy
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT.
 */
gboolean sparse_file_copy(int from, int to, guint64 *checksum, GError **error);

#endif
