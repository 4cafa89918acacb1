/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version-range.h"

#include <string.h>

static const char between[] = "..";

/* "6.12.100": numbers with single dots between them, of at most nine digits */
static gboolean is_version(const char *text)
{
    g_auto(GStrv) numbers = g_strsplit(text, ".", -1);

    for (guint i = 0; numbers[i] != NULL; i++) {
        gsize length = strlen(numbers[i]);

        if (length == 0 || length > 9 || strspn(numbers[i], G_CSET_DIGITS) != length) {
            return FALSE;
        }
    }
    return numbers[0] != NULL;
}

/* The ends of "A..B", of which one can be ""; "A" alone is both of its own ends. */
static void split(const char *range, char **from, char **to)
{
    const char *dots = strstr(range, between);

    *from = dots == NULL ? g_strdup(range) : g_strndup(range, (gsize)(dots - range));
    *to = g_strdup(dots == NULL ? range : dots + strlen(between));
}

gboolean version_range_is_valid(const char *range)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    split(range, &from, &to);
    return (from[0] != '\0' || to[0] != '\0') && (from[0] == '\0' || is_version(from)) &&
           (to[0] == '\0' || is_version(to));
}

/* Below 0, 0, above 0: by as many numbers as @bound has, those that @version lacks being 0. */
static int compare(const char *version, const char *bound)
{
    g_auto(GStrv) have = g_strsplit(version, ".", -1);
    g_auto(GStrv) want = g_strsplit(bound, ".", -1);
    guint count = g_strv_length(have);

    for (guint i = 0; want[i] != NULL; i++) {
        guint64 number = i < count ? g_ascii_strtoull(have[i], NULL, 10) : 0;
        guint64 limit = g_ascii_strtoull(want[i], NULL, 10);

        if (number != limit) {
            return number < limit ? -1 : 1;
        }
    }
    return 0;
}

gboolean version_range_has(const char *range, const char *version)
{
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    split(range, &from, &to);
    return (from[0] == '\0' || compare(version, from) >= 0) &&
           (to[0] == '\0' || compare(version, to) <= 0);
}
