/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that keeps to its columns. */
#ifndef BARSHIFT_HOST_TEXT_WRAP_H
#define BARSHIFT_HOST_TEXT_WRAP_H

#include <glib.h>

#define TEXT_COLUMNS 100

/**
 * text_append_words() - append @message to a line that ends at @column
 * @indent: of the lines that are begun before each word that would pass the last column
 */
void text_append_words(GString *text, guint column, guint indent, const char *message);

/** text_append_wrapped() - append @message as lines of its own, each with @indent */
void text_append_wrapped(GString *text, guint indent, const char *message);

#endif
