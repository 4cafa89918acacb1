/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a report goes into: more than once, as results come, where that is possible. */
#ifndef BARSHIFT_HOST_REPORT_FILE_H
#define BARSHIFT_HOST_REPORT_FILE_H

#include <glib.h>

/**
 * report_file_can_repeat() - may the report be written again when more is known?
 *
 * Returns: TRUE for a regular file and for a name that is free, FALSE for a pipe or a device.
 */
gboolean report_file_can_repeat(const char *path);

/**
 * report_file_write() - make the file hold this text
 *
 * A regular file is replaced as a whole, so that it holds the one text or the other whenever the
 * program ends; a link to it stays a link. What cannot be replaced is written into.
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT.
 */
gboolean report_file_write(const char *path, const char *text, gsize length, GError **error);

/**
 * report_file_check() - may what cannot be written again be written at all?
 *
 * Returns: FALSE with RUNNER_ERROR_ENVIRONMENT.
 */
gboolean report_file_check(const char *path, GError **error);

#endif
