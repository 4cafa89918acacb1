/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that are to be typed into a shell. */
#ifndef BARSHIFT_HOST_SHELL_WORD_H
#define BARSHIFT_HOST_SHELL_WORD_H

#include <glib.h>

/** shell_append_word() - a space and the word, in quotes where a shell would change it */
void shell_append_word(GString *text, const char *word);

#endif
