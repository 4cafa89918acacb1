/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes of BARs as properties give them.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "rebar-size.h"
#include "size_set.h"

/* At least one supported size is in 1 MB to 512 GB, PCIe r6.0, sec 7.8.6 */
#define COMMON_SIZES_MASK MAKE_64BIT_MASK(0, 20)

bool size_parse(const char *property, const char *text, uint64_t *size_bytes, Error **errp)
{
    uint64_t value;

    if (qemu_strtosz(text, NULL, &value) != 0) {
        error_setg(errp, "property '%s': '%s' is not a size", property, text);
        return false;
    }
    if (!is_power_of_2(value)) {
        error_setg(errp, "property '%s': '%s' is not a power of two", property, text);
        return false;
    }
    *size_bytes = value;
    return true;
}

static bool parse_field(const char *property, const char *text, unsigned *size_log2_mib,
                        Error **errp)
{
    uint64_t size_bytes;

    if (!size_parse(property, text, &size_bytes, errp)) {
        return false;
    }
    if (rebar_size_encode(size_bytes, size_log2_mib) != 0) {
        error_setg(errp, "property '%s': '%s' is below 1 MiB, the smallest resizable size",
                   property, text);
        return false;
    }
    return true;
}

/* One size or one range */
static bool parse_part(const char *property, const char *part, uint64_t *sizes, Error **errp)
{
    g_auto(GStrv) ends = g_strsplit(part, "-", 2);
    unsigned first, last;

    if (!parse_field(property, ends[0] ? ends[0] : "", &first, errp)) {
        return false;
    }
    last = first;
    if (ends[0] && ends[1] && !parse_field(property, ends[1], &last, errp)) {
        return false;
    }
    if (last < first) {
        error_setg(errp, "property '%s': '%s' has its larger size first", property, part);
        return false;
    }
    *sizes |= MAKE_64BIT_MASK(first, last - first + 1);
    return true;
}

bool size_set_parse(const char *property, const char *text, uint64_t *sizes, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(text, "+", -1);
    uint64_t mask = 0;

    if (!parts[0]) {
        error_setg(errp, "property '%s': rebar names no size (256M-16G, 256M+1G+4G)", property);
        return false;
    }
    for (char **part = parts; *part; part++) {
        if (!parse_part(property, *part, &mask, errp)) {
            return false;
        }
    }
    if ((mask & COMMON_SIZES_MASK) == 0) {
        error_setg(errp, "property '%s': '%s' has no size from 1 MiB to 512 GiB", property, text);
        return false;
    }
    *sizes = mask;
    return true;
}

char *size_text(uint64_t size_bytes)
{
    static const char units[][2] = { "", "K", "M", "G", "T", "P", "E" };
    unsigned unit = ctz64(size_bytes) / 10;

    return g_strdup_printf("%" PRIu64 "%s", size_bytes >> (10 * unit), units[unit]);
}

/* The runs of bits in the mask are the ranges */
char *size_set_text(uint64_t sizes)
{
    GString *text = g_string_new(NULL);

    while (sizes) {
        unsigned first = ctz64(sizes), count = cto64(sizes >> first);
        g_autofree char *smallest = size_text(MiB << first);
        g_autofree char *largest = size_text(MiB << (first + count - 1));

        g_string_append_printf(text, "%s%s", text->len ? "+" : "", smallest);
        if (count > 1) {
            g_string_append_printf(text, "-%s", largest);
        }
        sizes &= ~MAKE_64BIT_MASK(first, count);
    }
    return g_string_free(text, false);
}

uint64_t size_set_smallest(uint64_t sizes)
{
    return MiB << ctz64(sizes);
}

uint64_t size_set_largest(uint64_t sizes)
{
    return MiB << (63 - clz64(sizes));
}
