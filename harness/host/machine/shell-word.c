/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shell-word.h"

#include <string.h>

char *shell_word(const char *word)
{
    static const char plain[] =
        G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_./,=:+@%~"; /* "~" is plain behind others */
    gboolean quoted = word[0] == '\0' || word[0] == '~' || strspn(word, plain) != strlen(word);

    return quoted ? g_shell_quote(word) : g_strdup(word);
}

void shell_append_word(GString *text, const char *word)
{
    g_autofree char *typed = shell_word(word);

    g_string_append_printf(text, " %s", typed);
}
