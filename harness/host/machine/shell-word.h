/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that are to be typed into a shell. */
#ifndef BARSHIFT_HOST_SHELL_WORD_H
#define BARSHIFT_HOST_SHELL_WORD_H

#include <glib.h>

/** shell_word() - (transfer full): in quotes where a shell would change it */
char *shell_word(const char *word);

/** shell_append_word() - a space and the word, likewise */
void shell_append_word(GString *text, const char *word);

#endif
