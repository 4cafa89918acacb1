/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "size.h"

#include "error.h"

#include <errno.h>
#include <string.h>

static const char size_units[] = "KMGTPE";

gboolean size_parse(const char *text, guint64 *size_bytes, GError **error)
{
    char *rest = NULL;
    const char *unit;
    guint shift = 0;
    guint64 number;

    errno = 0;
    number = g_ascii_strtoull(text, &rest, 10);
    if (g_ascii_isdigit(text[0]) && errno == 0 && *rest != '\0') {
        unit = strchr(size_units, *rest);
        if (unit != NULL && rest[1] == '\0') {
            shift = 10 * (guint)(unit - size_units + 1);
            rest++;
        }
    }
    if (!g_ascii_isdigit(text[0]) || errno != 0 || *rest != '\0' ||
        number > (G_MAXUINT64 >> shift)) {
        g_set_error(error, RUNNER_ERROR, RUNNER_ERROR_USAGE,
                    "'%s' is no size; expected a number with K, M, G, T, P or E, such as 2G", text);
        return FALSE;
    }
    *size_bytes = number << shift;
    return TRUE;
}

char *size_format(guint64 size_bytes)
{
    guint unit = 0;

    while (unit < strlen(size_units) && size_bytes != 0 && (size_bytes & 1023) == 0) {
        size_bytes >>= 10;
        unit++;
    }
    if (unit == 0) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " B", size_bytes);
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %ciB", size_bytes, size_units[unit - 1]);
}

gboolean size_is_power_of_two(guint64 size_bytes)
{
    return size_bytes != 0 && (size_bytes & (size_bytes - 1)) == 0;
}
