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

/* Divides by the largest unit that leaves no fraction; 0: bytes, 1: KiB... */
static guint largest_unit(guint64 *size)
{
    guint unit = 0;

    while (unit < strlen(size_units) && *size != 0 && (*size & 1023) == 0) {
        *size >>= 10;
        unit++;
    }
    return unit;
}

char *size_format(guint64 size_bytes)
{
    guint unit = largest_unit(&size_bytes);

    if (unit == 0) {
        return g_strdup_printf("%" G_GUINT64_FORMAT " B", size_bytes);
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " %ciB", size_bytes, size_units[unit - 1]);
}

char *size_format_short(guint64 size_bytes)
{
    guint unit = largest_unit(&size_bytes);
    char letter[2] = { unit == 0 ? '\0' : size_units[unit - 1], '\0' };

    return g_strdup_printf("%" G_GUINT64_FORMAT "%s", size_bytes, letter);
}

gboolean size_is_power_of_two(guint64 size_bytes)
{
    return size_bytes != 0 && (size_bytes & (size_bytes - 1)) == 0;
}
