/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel-complaint.h"

#include <string.h>

/* Words of Linux' PCI code, 6.1 and later, in messages that no sound function causes. */
static const char *const words[] = {
    "fail",     "can't",    "cannot",       "could not",   "couldn't", "unable",
    "invalid",  "bogus",    "no space",     "no compatible", "conflict", "not assigned",
    "not claimed", "error", "[firmware bug]", "broken",    "inaccessible", "timed out",
};

/* What the line says about the function; NULL when it is about something else. */
static const char *text_about(const char *line, const char *bdf)
{
    const char *place = strstr(line, bdf);

    return place != NULL && place[strlen(bdf)] == ':' ? place + strlen(bdf) + strlen(": ") : NULL;
}

static gboolean complains(const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(lower, words[i]) != NULL) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Length of the resource's name, "BAR 2", at the start of a text; 0 when it names none. */
static gsize resource_length(const char *text)
{
    const char *number = g_str_has_prefix(text, "VF BAR ") ? text + strlen("VF BAR ")
                         : g_str_has_prefix(text, "BAR ")  ? text + strlen("BAR ")
                                                           : NULL;

    if (number == NULL) {
        return g_str_has_prefix(text, "ROM") ? strlen("ROM") : 0;
    }
    return (gsize)(number - text) + strspn(number, G_CSET_DIGITS);
}

/* Does one of the later @lines say that the resource which @text begins with was assigned? */
static gboolean assigned_later(char *const *lines, const char *bdf, const char *text)
{
    gsize length = resource_length(text);

    for (guint i = 0; length != 0 && lines[i] != NULL; i++) {
        const char *later = text_about(lines[i], bdf);

        if (later != NULL && resource_length(later) == length &&
            strncmp(later, text, length) == 0 && strstr(later, "assigned") != NULL &&
            !complains(later)) {
            return TRUE;
        }
    }
    return FALSE;
}

char *kernel_complaint(const char *log, const char *bdf)
{
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *text = text_about(lines[i], bdf);

        if (text != NULL && complains(text) && !assigned_later(lines + i + 1, bdf, text)) {
            return g_strdup(g_strchomp(lines[i]));
        }
    }
    return NULL;
}
