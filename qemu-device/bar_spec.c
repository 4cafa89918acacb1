/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a BAR is to be.
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/units.h"
#include "bar_spec.h"
#include "rebar-size.h"
#include "size_set.h"

#define WORDS "pref, rebar=SIZES, ram, pattern, none, control or nonconforming"

static const char *const kind_names[] = {
    [BAR_IO] = "io",
    [BAR_MEM32] = "mem32",
    [BAR_MEM64] = "mem64",
};

static const char *const backing_names[] = {
    [BARSHIFT_BACKING_NONE] = "none",
    [BARSHIFT_BACKING_RAM] = "ram",
    [BARSHIFT_BACKING_PATTERN] = "pattern",
};

const char *bar_kind_name(BarKind kind)
{
    return kind_names[kind];
}

const char *bar_backing_name(enum barshift_backing backing)
{
    return backing_names[backing];
}

uint64_t bar_spec_smallest(const BarSpec *spec)
{
    return spec->sizes ? size_set_smallest(spec->sizes) : spec->size_bytes;
}

uint64_t bar_spec_largest(const BarSpec *spec)
{
    return spec->sizes ? size_set_largest(spec->sizes) : spec->size_bytes;
}

char *bar_spec_text(const BarSpec *spec)
{
    g_autofree char *size = size_text(spec->size_bytes);
    g_autofree char *sizes = spec->sizes ? size_set_text(spec->sizes) : NULL;

    return g_strdup_printf("%s:%s%s%s%s%s%s:%s", size, kind_names[spec->kind],
                           spec->prefetchable ? ":pref" : "", sizes ? ":rebar=" : "",
                           sizes ? sizes : "", spec->control ? ":control" : "",
                           spec->nonconforming ? ":nonconforming" : "",
                           backing_names[spec->backing]);
}

uint64_t bar_spec_header_bytes(const BarSpec *spec)
{
    if (spec->kind != BAR_IO) {
        return BARSHIFT_HEADER_PAGE_SIZE;
    }
    return spec->size_bytes < BARSHIFT_HEADER_IO_SIZE ? 0 : BARSHIFT_HEADER_IO_SIZE;
}

/* Reading */

/**
 * Reading - a property that is being read
 * @property: its name
 * @text: its value
 * @has_backing: a word has told the backing
 */
typedef struct Reading {
    const char *property;
    const char *text;
    bool has_backing;
} Reading;

static bool G_GNUC_PRINTF(3, 4) refuse(const Reading *reading, Error **errp, const char *rule, ...)
{
    va_list arguments;
    g_autofree char *told = NULL;

    va_start(arguments, rule);
    told = g_strdup_vprintf(rule, arguments);
    va_end(arguments);
    error_setg(errp, "property '%s': '%s': %s", reading->property, reading->text, told);
    return false;
}

static bool parse_kind(const Reading *reading, const char *word, BarSpec *spec, Error **errp)
{
    for (size_t kind = BAR_IO; word && kind < G_N_ELEMENTS(kind_names); kind++) {
        if (g_str_equal(word, kind_names[kind])) {
            spec->kind = kind;
            return true;
        }
    }
    return refuse(reading, errp, "after the size and ':' expected io, mem32 or mem64, not '%s'",
                  word ? word : "");
}

static bool parse_backing(Reading *reading, const char *word, BarSpec *spec, Error **errp)
{
    for (size_t backing = 0; backing < G_N_ELEMENTS(backing_names); backing++) {
        if (!g_str_equal(word, backing_names[backing])) {
            continue;
        }
        if (reading->has_backing) {
            return refuse(reading, errp, "'%s' is a second backing", word);
        }
        reading->has_backing = true;
        spec->backing = backing;
        return true;
    }
    return refuse(reading, errp, "'%s' is none of " WORDS, word);
}

static bool parse_word(Reading *reading, const char *word, BarSpec *spec, Error **errp)
{
    const char *sizes;

    if (strstart(word, "rebar=", &sizes)) {
        return size_set_parse(reading->property, sizes, &spec->sizes, errp);
    }
    if (g_str_equal(word, "pref")) {
        spec->prefetchable = true;
    } else if (g_str_equal(word, "control")) {
        spec->control = true;
    } else if (g_str_equal(word, "nonconforming")) {
        spec->nonconforming = true;
    } else {
        return parse_backing(reading, word, spec, errp);
    }
    return true;
}

/* Rules for one BAR */

/* PCI r3.0, sec 6.2.5.1: at most 256 bytes for each I/O BAR */
static bool check_io(const Reading *reading, const BarSpec *spec, Error **errp)
{
    if (spec->prefetchable || spec->sizes || spec->control) {
        return refuse(reading, errp, "'%s' is for memory BARs",
                      spec->prefetchable ? "pref" : spec->sizes ? "rebar" : "control");
    }
    if (spec->backing == BARSHIFT_BACKING_RAM) {
        return refuse(reading, errp, "an I/O BAR cannot have memory: pattern or none");
    }
    if (spec->size_bytes < 4 || spec->size_bytes > 64 * KiB) {
        return refuse(reading, errp, "an I/O BAR has 4 bytes to 64 KiB");
    }
    if (spec->size_bytes > 256 && !spec->nonconforming) {
        return refuse(reading, errp, "PCI allows an I/O BAR 256 bytes; 'nonconforming' allows "
                      "more");
    }
    return true;
}

/* PCIe r6.0, sec 7.5.1.2.1: 64-bit addressing is a must for prefetchable BARs of an endpoint */
static bool check_memory(const Reading *reading, const BarSpec *spec, Error **errp)
{
    if (spec->size_bytes < BARSHIFT_HEADER_PAGE_SIZE) {
        return refuse(reading, errp, "a memory BAR has at least 4 KiB, its header page");
    }
    if (spec->kind == BAR_MEM32 && bar_spec_largest(spec) > 2 * GiB) {
        return refuse(reading, errp, "a 32-bit BAR has at most 2 GiB");
    }
    if (spec->kind == BAR_MEM32 && spec->prefetchable && !spec->nonconforming) {
        return refuse(reading, errp, "PCIe wants a prefetchable BAR to be mem64; 'nonconforming' "
                      "allows mem32");
    }
    if (spec->backing == BARSHIFT_BACKING_RAM && bar_spec_largest(spec) > BAR_RAM_MAX) {
        return refuse(reading, errp, "memory is behind at most 1 TiB; 'pattern' has no limit");
    }
    return true;
}

static bool check_resizable(const Reading *reading, const BarSpec *spec, Error **errp)
{
    unsigned size_log2_mib = 0;

    if (spec->sizes && (rebar_size_encode(spec->size_bytes, &size_log2_mib) != 0 ||
                        !rebar_size_offered(spec->sizes, size_log2_mib))) {
        return refuse(reading, errp, "the size is not one of 'rebar'");
    }
    return true;
}

bool bar_spec_check(const char *property, const char *text, const BarSpec *spec, Error **errp)
{
    Reading reading = { .property = property, .text = text };

    return (spec->kind == BAR_IO ? check_io : check_memory)(&reading, spec, errp) &&
           check_resizable(&reading, spec, errp);
}

bool bar_spec_parse(const char *property, const char *text, BarSpec *spec, Error **errp)
{
    Reading reading = { .property = property, .text = text };
    g_auto(GStrv) words = g_strsplit(text, ":", -1);
    BarSpec parsed = {};

    if (!size_parse(property, words[0] ? words[0] : "", &parsed.size_bytes, errp) ||
        !parse_kind(&reading, words[1], &parsed, errp)) {
        return false;
    }
    for (char **word = words + 2; *word; word++) {
        if (!parse_word(&reading, *word, &parsed, errp)) {
            return false;
        }
    }
    if (!reading.has_backing) {
        parsed.backing = parsed.kind == BAR_IO || parsed.control ? BARSHIFT_BACKING_NONE
                                                                 : BARSHIFT_BACKING_RAM;
    }
    if (!bar_spec_check(property, text, &parsed, errp)) {
        return false;
    }
    *spec = parsed;
    return true;
}

/* Rules for the BARs of a function */

/* PCIe r6.0, sec 7.5.1.2.1: a 64-bit BAR takes two consecutive slots */
static bool check_slot(const char *prefix, const BarSpec *specs, unsigned nr, Error **errp)
{
    if (specs[nr].kind != BAR_MEM64) {
        return true;
    }
    if (nr + 1 == BARSHIFT_BARS) {
        error_setg(errp, "property '%s%u': mem64 takes the next slot too, and this is the last",
                   prefix, nr);
        return false;
    }
    if (specs[nr + 1].kind != BAR_ABSENT) {
        error_setg(errp, "property '%s%u': the slot belongs to '%s%u', which is mem64", prefix,
                   nr + 1, prefix, nr);
        return false;
    }
    return true;
}

static bool check_control(const char *prefix, const BarSpec *specs, Error **errp)
{
    int control = -1;

    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (specs[nr].control && control >= 0) {
            error_setg(errp, "property '%s%u': '%s%d' has 'control' already", prefix, nr, prefix,
                       control);
            return false;
        }
        control = specs[nr].control ? (int)nr : control;
    }
    if (control < 0) {
        error_setg(errp, "properties '%s0' to '%s5': one needs 'control', for the control "
                   "registers", prefix, prefix);
        return false;
    }
    return true;
}

bool bar_specs_parse(const char *prefix, char *const *texts, BarSpec *specs, Error **errp)
{
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        g_autofree char *property = g_strdup_printf("%s%u", prefix, nr);

        if (texts[nr] && !bar_spec_parse(property, texts[nr], &specs[nr], errp)) {
            return false;
        }
    }
    for (unsigned nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (!check_slot(prefix, specs, nr, errp)) {
            return false;
        }
    }
    return check_control(prefix, specs, errp);
}
