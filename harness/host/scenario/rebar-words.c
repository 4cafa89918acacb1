/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rebar-words.h"

#include "rebar-size.h"
#include "size.h"

#define REBAR_DEFAULT "256M-16G"                        /* the device's own */
#define REBAR_BYTES_MAX (1024 * 1024ull * 1024 * 1024) /* what a BAR with memory can have */

#define EXPECTED "expected off, or powers of two from 1M to 1T, such as 256M-4G or 1G+4G"

static gboolean parse_field(const char *text, guint *field)
{
    guint64 size_bytes;

    return size_parse(text, &size_bytes, NULL) && size_bytes <= REBAR_BYTES_MAX &&
           rebar_size_encode(size_bytes, field) == 0;
}

/* "1G" or "256M-4G" */
static gboolean parse_part(const char *part, guint64 *sizes)
{
    g_auto(GStrv) ends = g_strsplit(part, "-", 2);
    guint first;
    guint last;

    if (ends[0] == NULL || !parse_field(ends[0], &first) ||
        !parse_field(ends[1] == NULL ? ends[0] : ends[1], &last) || last < first) {
        return FALSE;
    }
    for (guint field = first; field <= last; field++) {
        *sizes |= G_GUINT64_CONSTANT(1) << field;
    }
    return TRUE;
}

char *rebar_complaint(const char *text, guint64 size_bytes)
{
    g_auto(GStrv) parts = g_strsplit(text == NULL ? REBAR_DEFAULT : text, "+", -1);
    g_autofree char *size = size_format_short(size_bytes);
    guint64 sizes = 0;
    guint field = 0;

    if (g_strcmp0(text, "off") == 0) {
        return NULL;
    }
    for (guint i = 0; parts[i] != NULL; i++) {
        if (!parse_part(parts[i], &sizes)) {
            return g_strdup_printf("'%s' is no size and no range; " EXPECTED, parts[i]);
        }
    }
    if (sizes == 0) {
        return g_strdup("the value is missing; " EXPECTED);
    }
    if (rebar_size_encode(size_bytes, &field) == 0 && rebar_size_offered(sizes, field)) {
        return NULL;
    }
    return text == NULL
               ? g_strdup_printf("%s is not among the sizes that it can have by default, "
                                 REBAR_DEFAULT "; 'rebar' names others, or is off", size)
               : g_strdup_printf("the size after a reset, %s, is not among them; add it, or give "
                                "another 'size'", size);
}
