/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key "rebar" of a function: the sizes that its BAR 2 can have. */
#ifndef BARSHIFT_HOST_REBAR_WORDS_H
#define BARSHIFT_HOST_REBAR_WORDS_H

#include <glib.h>

/**
 * rebar_complaint() - what is wrong with a value of the key
 * @text: (nullable): "256M-4G", "1G+4G", "off"; NULL: the key is not there
 * @size_bytes: of the BAR after a reset, which has to be one of them
 *
 * Returns: (transfer full) (nullable): NULL when nothing is; else what was expected.
 */
char *rebar_complaint(const char *text, guint64 size_bytes);

#endif
