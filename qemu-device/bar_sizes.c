/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes of the memory BAR as its properties give them.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/cutils.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "bar_sizes.h"
#include "rebar-size.h"

/* At least one supported size is in 1 MB to 512 GB, PCIe r6.0, sec 7.8.6 */
#define COMMON_SIZES_MASK MAKE_64BIT_MASK(0, 20)

/* NULL when a BAR can have this size, else what is wrong with it */
static const char *size_rule_broken(uint64_t size_bytes)
{
    if (!is_power_of_2(size_bytes)) {
        return "is not a power of two";
    }
    if (size_bytes < BAR_SIZE_MIN) {
        return "is below 1 MiB";
    }
    if (size_bytes > BAR_SIZE_MAX) {
        return "is above 1 TiB";
    }
    return NULL;
}

static bool parse_size(const char *word, const char *text, unsigned *size_log2_mib, Error **errp)
{
    uint64_t size_bytes;
    const char *broken;

    if (qemu_strtosz(word, NULL, &size_bytes) != 0) {
        error_setg(errp, "property 'rebar': '%s' in '%s' is not a size", word, text);
        return false;
    }
    broken = size_rule_broken(size_bytes);
    if (broken || rebar_size_encode(size_bytes, size_log2_mib) != 0) {
        error_setg(errp, "property 'rebar': '%s' in '%s' %s", word, text, broken);
        return false;
    }
    return true;
}

/* One size or one range */
static bool parse_part(const char *part, const char *text, uint64_t *sizes, Error **errp)
{
    g_auto(GStrv) ends = g_strsplit(part, "-", 2);
    unsigned first, last;

    if (!parse_size(ends[0] ? ends[0] : "", text, &first, errp)) {
        return false;
    }
    last = first;
    if (ends[1] && !parse_size(ends[1], text, &last, errp)) {
        return false;
    }
    if (last < first) {
        error_setg(errp, "property 'rebar': '%s' in '%s' has its larger size first", part, text);
        return false;
    }
    *sizes |= MAKE_64BIT_MASK(first, last - first + 1);
    return true;
}

bool bar_sizes_parse(const char *text, uint64_t *sizes, Error **errp)
{
    g_auto(GStrv) parts = g_strsplit(text, "+", -1);
    uint64_t mask = 0;

    if (g_str_equal(text, "off")) {
        *sizes = 0;
        return true;
    }
    if (!parts[0]) {
        error_setg(errp, "property 'rebar': no size given (256M-16G, 256M+1G+4G or off)");
        return false;
    }
    for (char **part = parts; *part; part++) {
        if (!parse_part(*part, text, &mask, errp)) {
            return false;
        }
    }
    if ((mask & COMMON_SIZES_MASK) == 0) {
        error_setg(errp, "property 'rebar': '%s' has no size from 1 MiB to 512 GiB", text);
        return false;
    }
    *sizes = mask;
    return true;
}

bool bar_size_check(uint64_t size_bytes, uint64_t sizes, const char *text, Error **errp)
{
    g_autofree char *size = size_to_str(size_bytes);
    const char *broken = size_rule_broken(size_bytes);
    unsigned size_log2_mib = 0;

    if (broken) {
        error_setg(errp, "property 'size': %s %s", size, broken);
        return false;
    }
    if (sizes != 0 && (rebar_size_encode(size_bytes, &size_log2_mib) != 0 ||
                       !rebar_size_offered(sizes, size_log2_mib))) {
        error_setg(errp, "property 'size': %s is not one of rebar=%s", size, text);
        return false;
    }
    return true;
}
