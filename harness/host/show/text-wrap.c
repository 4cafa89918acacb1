/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text-wrap.h"

#include <string.h>

void text_append_words(GString *text, guint column, guint indent, const char *message)
{
    g_auto(GStrv) words = g_strsplit_set(message, " \n", -1);
    const char *gap = "";

    for (guint i = 0; words[i] != NULL; i++) {
        guint length = (guint)g_utf8_strlen(words[i], -1);

        if (length == 0) {
            continue;
        }
        if (gap[0] != '\0' && column + 1 + length > TEXT_COLUMNS) {
            g_string_append_printf(text, "\n%*s", (int)indent, "");
            column = indent;
            gap = "";
        }
        g_string_append_printf(text, "%s%s", gap, words[i]);
        column += (guint)strlen(gap) + length;
        gap = " ";
    }
}

void text_append_wrapped(GString *text, guint indent, const char *message)
{
    g_string_append_printf(text, "%*s", (int)indent, "");
    text_append_words(text, indent, indent, message);
    g_string_append_c(text, '\n');
}
