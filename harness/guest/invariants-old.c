/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invariant about the addresses that a BAR has left: I8. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "invariants.h"

#define HEADER_END (BARSHIFT_HEADER_CONTENTS + 4)
#define HEADER_READ_BYTES (BARSHIFT_HEADER_BAR + 4) /* magic, tag and BAR */

typedef enum OldOwner {
    OLD_READABLE, /* nobody, or another barshift function where reading is harmless */
    OLD_ITSELF,   /* one of the function's present BARs: it may answer */
    OLD_TAKEN,    /* somebody who has to be left alone */
} OldOwner;

/* Has a BAR this word? What a stopped function decodes counts even where the kernel denies it. */
static bool bar_covers(const Function *function, const Bar *bar, Range word)
{
    if (bar->kind == BAR_NONE || bar->kind == BAR_IO) {
        return false;
    }
    return range_contains(bar->kernel, word) ||
           (function->stopped && bar_is_decoded(function, bar) &&
            range_contains(bar_config_range(bar), word));
}

/*
 * Reading a foreign register can have effects, a stopped function counts it as a violation, and a
 * barshift function notes it in its ledger where there is no register.
 */
static bool is_harmless(const Function *function, const Bar *bar, Range word)
{
    uint64_t offset = word.start - bar->kernel.start;

    if (!function->tagged || function->stopped || bar->kind == BAR_ROM) {
        return false;
    }
    if (!bar_is_decoded(function, bar)) {
        return true; /* and nobody answers */
    }
    if (offset < BARSHIFT_HEADER_PAGE_SIZE) {
        return offset + range_size(word) <= HEADER_END;
    }
    return bar->header.seen && bar->header.backing != BARSHIFT_BACKING_NONE;
}

/* @bdf: (out) set to the name of an owner that has to be left alone */
static OldOwner old_owner(const InvariantCase *about, uint64_t address, unsigned width_bytes,
                          const char **bdf)
{
    Range word = range_sized(address, width_bytes);

    for (size_t i = 0; i < about->topology->function_count; i++) {
        const Function *function = &about->topology->functions[i];

        for (int nr = 0; nr < TOPOLOGY_BARS; nr++) {
            const Bar *bar = &function->bars[nr];

            if (!bar_covers(function, bar, word)) {
                continue;
            }
            if (function == about->function) {
                return OLD_ITSELF;
            }
            if (!is_harmless(function, bar, word)) {
                *bdf = function->bdf;
                return OLD_TAKEN;
            }
        }
    }
    return OLD_READABLE;
}

static bool old_read(const InvariantCase *about, AccessWord *words, size_t count, char *why)
{
    access_read_physical(about->access, words, count);
    for (size_t i = 0; i < count; i++) {
        if (words[i].result < 0) {
            return invariant_fails(about, why,
                                   "expected to read the old address 0x%" PRIx64 ", observed %s",
                                   words[i].offset, strerror(-words[i].result));
        }
    }
    return true;
}

/* Judges the header at the old base, and notes who answers there */
static bool old_header_silent(const InvariantCase *about, uint64_t base, char *why)
{
    enum { MAGIC, TAG, BAR, WORDS };
    AccessWord words[WORDS] = {
        [MAGIC] = { .offset = base + BARSHIFT_HEADER_MAGIC, .width_bytes = 4 },
        [TAG] = { .offset = base + BARSHIFT_HEADER_TAG, .width_bytes = 4 },
        [BAR] = { .offset = base + BARSHIFT_HEADER_BAR, .width_bytes = 4 },
    };
    const char *other = "";
    OldOwner owner = old_owner(about, base, HEADER_READ_BYTES, &other);

    if (owner != OLD_READABLE) {
        snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " now belongs to %s", base,
                 owner == OLD_ITSELF ? "the function itself" : other);
        return true;
    }
    if (!old_read(about, words, WORDS, why)) {
        return false;
    }
    if (words[MAGIC].value != BARSHIFT_MAGIC) {
        snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " reads 0x%08" PRIx64, base,
                 words[MAGIC].value);
        return true;
    }
    snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " is answered by tag %" PRIu64 " BAR %" PRIu64,
             base, words[TAG].value, words[BAR].value);
    if (words[TAG].value == about->before->tag) {
        return invariant_fails(about, why,
                               "expected silence at the old address 0x%" PRIx64
                               ", observed tag %" PRIu64 " BAR %" PRIu64 " answering",
                               base, words[TAG].value, words[BAR].value);
    }
    return true;
}

/* Offsets at which the BAR would be known by its content */
static size_t old_offsets(const BaselineBar *before, uint64_t *offsets)
{
    Bar anywhere = {
        .kind = before->kind,
        .msix_table = range_empty(),
        .msix_pba = range_empty(),
    };

    if (before->backing == BARSHIFT_BACKING_PATTERN) {
        return content_offsets(&anywhere, range_size(before->range), offsets);
    }
    memcpy(offsets, before->offsets, before->offset_count * sizeof(*offsets));
    return before->offset_count;
}

/* Return: how many of its words can be read where it was */
static size_t old_words(const InvariantCase *about, const BaselineBar *before, AccessWord *words)
{
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    size_t count = old_offsets(before, offsets);
    size_t readable = 0;
    const char *other;

    for (size_t i = 0; i < count; i++) {
        uint64_t address = before->range.start + offsets[i];

        if (old_owner(about, address, CONTENT_WORD_BYTES, &other) == OLD_READABLE) {
            words[readable++] =
                (AccessWord) { .offset = address, .width_bytes = CONTENT_WORD_BYTES };
        }
    }
    return readable;
}

bool invariant_old_silent(const InvariantCase *about, char *why)
{
    const BaselineBar *before = &about->before->bars[about->bar_nr];
    AccessWord words[CONTENT_OFFSETS_MAX];
    size_t count;

    why[0] = '\0';
    if (!old_header_silent(about, before->range.start, why)) {
        return false;
    }
    count = old_words(about, before, words);
    if (!old_read(about, words, count, why)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (words[i].value == content_word(before->backing, about->before->tag, about->bar_nr,
                                           words[i].offset - before->range.start)) {
            return invariant_fails(about, why,
                                   "expected silence at the old address 0x%" PRIx64
                                   ", observed its content 0x%016" PRIx64,
                                   words[i].offset, words[i].value);
        }
    }
    return true;
}
