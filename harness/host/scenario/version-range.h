/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges of dotted versions: "A..B", "A..", "..B" or "A", both ends included.
 *
 * A bound with fewer numbers than a version stands for its whole series: "..6.1" has 6.1.192, and
 * "6.12.." begins at 6.12.0.
 */
#ifndef BARSHIFT_HOST_VERSION_RANGE_H
#define BARSHIFT_HOST_VERSION_RANGE_H

#include <glib.h>

/** version_range_is_valid() - is @range one of the forms above? */
gboolean version_range_is_valid(const char *range);

/** version_range_has() - is @version, such as "6.1.192", in a valid range? */
gboolean version_range_has(const char *range, const char *version);

#endif
