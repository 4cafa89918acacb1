/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a file that people write, before anybody looks for groups and keys in it. */
#ifndef BARSHIFT_HOST_KEY_FILE_TEXT_H
#define BARSHIFT_HOST_KEY_FILE_TEXT_H

#include <glib.h>

/**
 * key_file_text() - read a file
 *
 * Returns: (transfer full): UTF-8 without control characters but tabs and the ends of lines, which
 * may be those of Windows, and without a byte order mark; no line is longer than 4096 bytes. NULL
 * with RUNNER_ERROR_USAGE, naming the file and the line.
 */
char *key_file_text(const char *path, GError **error);

#endif
