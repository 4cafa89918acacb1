/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes as people write them: 16K, 256M, 2G, 1T; powers of 1024. */
#ifndef BARSHIFT_HOST_SIZE_H
#define BARSHIFT_HOST_SIZE_H

#include <glib.h>

/**
 * size_parse() - read a size such as "2G"
 * @text: decimal digits and at most one of K, M, G, T, P, E
 * @size_bytes: (out) set only on success
 *
 * Returns: FALSE with RUNNER_ERROR_USAGE for anything else, and above 16 EiB - 1.
 */
gboolean size_parse(const char *text, guint64 *size_bytes, GError **error);

/**
 * size_format() - write a size with the largest unit that leaves no fraction
 *
 * Returns: (transfer full): for example "2 GiB", "1536 MiB", "17 B".
 */
char *size_format(guint64 size_bytes);

/** size_format_short() - (transfer full): the same as size_parse() reads it, "2G", "17" */
char *size_format_short(guint64 size_bytes);

/** size_is_power_of_two() - can a BAR have this size? */
gboolean size_is_power_of_two(guint64 size_bytes);

#endif
