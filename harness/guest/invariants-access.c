/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants that access BARs or compare with the baseline: I5, I6, I8, I11. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "invariants.h"
#include "witness.h"

#define TEST_WORDS 5

/* What must hold before a BAR can be accessed at all; shared by I5 and I6 */
static bool accessible(const InvariantCase *about, char *why)
{
    const Bar *bar;

    if (!about->function) {
        return invariant_fails(about, why,
                               "expected function with tag %" PRIu32
                               " on the bus, observed none: function is gone",
                               about->before->tag);
    }
    bar = &about->function->bars[about->bar_nr];
    if (range_is_empty(bar->kernel)) {
        const BaselineBar *before = about->before ? &about->before->bars[about->bar_nr] : NULL;

        if (before && !range_is_empty(before->range)) {
            return invariant_fails(
                about, why, "lost 0x%" PRIx64 "-0x%" PRIx64 ": expected an address, observed none",
                before->range.start, before->range.end);
        }
        return invariant_fails(about, why, "expected an address, observed none");
    }
    if (!bar_is_decoded(about->function, bar)) {
        return invariant_fails(about, why,
                               "expected memory decode on, observed off: start it first");
    }
    return true;
}

static bool header_is_right(const InvariantCase *about, char *why)
{
    const Bar *bar = &about->function->bars[about->bar_nr];
    BarHeader header;

    witness_header_read(about->access, about->function, about->bar_nr, &header);
    if (!header.seen) {
        return invariant_fails(about, why,
                               "expected the header page at 0x%" PRIx64 ", observed no header",
                               bar->kernel.start);
    }
    if (header.tag != about->function->tag || header.bar != (uint32_t)about->bar_nr) {
        return invariant_fails(about, why,
                               "expected tag %" PRIu32 " BAR %d to answer, observed tag %" PRIu32
                               " BAR %" PRIu32,
                               about->function->tag, about->bar_nr, header.tag, header.bar);
    }
    if (header.base != bar->kernel.start) {
        return invariant_fails(
            about, why, "expected an access at 0x%" PRIx64 " to arrive there, observed 0x%" PRIx64,
            bar->kernel.start, header.base);
    }
    return true;
}

/*
 * First, middle and last word behind the header page, and the two words that first and last would
 * fall together with if only half the size were decoded.
 */
static int test_offsets(const Bar *bar, uint64_t *offsets)
{
    uint64_t size = range_size(bar->kernel);
    int count = 0;

    if (bar->nr == BARSHIFT_CONTROL_BAR) {
        for (; count < BARSHIFT_SCRATCHES; count++) {
            offsets[count] = BARSHIFT_CONTROL_SCRATCH((unsigned)count);
        }
        return count;
    }
    if (size < 2 * BARSHIFT_HEADER_PAGE_SIZE) {
        offsets[count++] = BARSHIFT_HEADER_SCRATCH;
        return count;
    }
    offsets[count++] = BARSHIFT_HEADER_PAGE_SIZE;
    if (size >= 4 * BARSHIFT_HEADER_PAGE_SIZE) {
        offsets[count++] = size / 2 - CONTENT_WORD_BYTES;
        offsets[count++] = size / 2;
        offsets[count++] = size / 2 + BARSHIFT_HEADER_PAGE_SIZE;
    }
    offsets[count++] = size - CONTENT_WORD_BYTES;
    return count;
}

/* Different at each offset even over equal content, so that an alias shows */
static uint64_t test_word(uint64_t original, uint64_t offset)
{
    return ~original ^ offset;
}

static bool word_is(const InvariantCase *about, uint64_t offset, uint64_t expected,
                    const char *when, char *why)
{
    uint64_t observed = 0;
    int result = access_read(about->access, about->function, about->bar_nr, offset, 8, &observed);

    if (result < 0) {
        return invariant_fails(about, why, "offset 0x%" PRIx64 " %s: expected a word, observed %s",
                               offset, when, strerror(-result));
    }
    if (observed != expected) {
        return invariant_fails(about, why,
                               "offset 0x%" PRIx64 " %s: expected 0x%016" PRIx64
                               ", observed 0x%016" PRIx64,
                               offset, when, expected, observed);
    }
    return true;
}

static bool words_hold(const InvariantCase *about, char *why)
{
    uint64_t offsets[TEST_WORDS];
    uint64_t originals[TEST_WORDS] = { 0 };
    int count = test_offsets(&about->function->bars[about->bar_nr], offsets);
    bool held = true;

    for (int i = 0; i < count; i++) {
        access_read(about->access, about->function, about->bar_nr, offsets[i], 8, &originals[i]);
    }
    for (int i = 0; i < count; i++) {
        access_write(about->access, about->function, about->bar_nr, offsets[i], 8,
                     test_word(originals[i], offsets[i]));
    }
    for (int i = 0; i < count && held; i++) {
        held =
            word_is(about, offsets[i], test_word(originals[i], offsets[i]), "after a write", why);
    }
    for (int i = 0; i < count; i++) {
        access_write(about->access, about->function, about->bar_nr, offsets[i], 8, originals[i]);
    }
    for (int i = 0; i < count && held; i++) {
        held = word_is(about, offsets[i], originals[i], "after it was restored", why);
    }
    return held;
}

bool invariant_reachable(const InvariantCase *about, char *why)
{
    why[0] = '\0';
    return accessible(about, why) && header_is_right(about, why) && words_hold(about, why);
}

static bool scratch_preserved(const InvariantCase *about, const BaselineBar *before, char *why)
{
    if (!word_is(about, BARSHIFT_HEADER_SCRATCH, before->header_scratch, "(scratch)", why)) {
        return false;
    }
    if (about->bar_nr != BARSHIFT_CONTROL_BAR || !about->before->control_known) {
        return true;
    }
    for (unsigned n = 0; n < BARSHIFT_SCRATCHES; n++) {
        if (!word_is(about, BARSHIFT_CONTROL_SCRATCH(n), about->before->scratch[n], "(scratch)",
                     why)) {
            return false;
        }
    }
    return true;
}

bool invariant_preserved(const InvariantCase *about, char *why)
{
    const BaselineBar *before = &about->before->bars[about->bar_nr];
    size_t checked = 0;

    why[0] = '\0';
    if (!accessible(about, why) || !scratch_preserved(about, before, why)) {
        return false;
    }
    for (size_t i = 0; i < before->offset_count; i++) {
        uint64_t offset = before->offsets[i];

        if (offset >= range_size(about->function->bars[about->bar_nr].kernel)) {
            continue; /* cut off by a resize */
        }
        if (!word_is(about, offset, content_word(about->before->tag, about->bar_nr, offset),
                     "(content)", why)) {
            return false;
        }
        checked++;
    }
    snprintf(why, INVARIANT_WHY_SIZE, "%zu of %zu words checked", checked, before->offset_count);
    if (checked == 0 && about->bar_nr != BARSHIFT_CONTROL_BAR) {
        return invariant_fails(about, why,
                               "expected content that was there at the baseline, observed %zu words "
                               "of it recorded and none left to check",
                               before->offset_count);
    }
    return true;
}

typedef enum OldOwner {
    OLD_NOBODY,   /* or another barshift function, whose memory may be read */
    OLD_ITSELF,   /* one of the function's present BARs: it may answer */
    OLD_STRANGER, /* a foreign function: reading its registers could have effects */
} OldOwner;

static OldOwner old_owner(const InvariantCase *about, uint64_t address, const char **bdf)
{
    Range word = range_sized(address, CONTENT_WORD_BYTES);

    for (size_t i = 0; i < about->topology->function_count; i++) {
        const Function *function = &about->topology->functions[i];

        for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
            if (function->bars[nr].kind == BAR_IO ||
                !range_contains(function->bars[nr].kernel, word)) {
                continue;
            }
            if (function == about->function) {
                return OLD_ITSELF;
            }
            if (!function->tagged) {
                *bdf = function->bdf;
                return OLD_STRANGER;
            }
        }
    }
    return OLD_NOBODY;
}

static bool old_read(const InvariantCase *about, uint64_t address, unsigned width_bytes,
                     uint64_t *value, char *why)
{
    int result = access_read_physical(about->access, address, width_bytes, value);

    return result == 0 ||
           invariant_fails(about, why,
                           "expected to read the old address 0x%" PRIx64 ", observed %s", address,
                           strerror(-result));
}

/* Judges the header page at the old base, and notes who answers there */
static bool old_header_silent(const InvariantCase *about, uint64_t base, char *why)
{
    uint64_t magic;
    uint64_t tag;
    uint64_t bar;
    const char *stranger = "";
    OldOwner owner = old_owner(about, base, &stranger);

    if (owner != OLD_NOBODY) {
        snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " now belongs to %s", base,
                 owner == OLD_ITSELF ? "the function itself" : stranger);
        return true;
    }
    if (!old_read(about, base + BARSHIFT_HEADER_MAGIC, 4, &magic, why) ||
        !old_read(about, base + BARSHIFT_HEADER_TAG, 4, &tag, why) ||
        !old_read(about, base + BARSHIFT_HEADER_BAR, 4, &bar, why)) {
        return false;
    }
    if (magic != BARSHIFT_MAGIC) {
        snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " reads 0x%08" PRIx64, base, magic);
        return true;
    }
    snprintf(why, INVARIANT_WHY_SIZE, "0x%" PRIx64 " is answered by tag %" PRIu64 " BAR %" PRIu64,
             base, tag, bar);
    if (tag == about->before->tag) {
        return invariant_fails(about, why,
                               "expected silence at the old address 0x%" PRIx64
                               ", observed tag %" PRIu64 " BAR %" PRIu64 " answering",
                               base, tag, bar);
    }
    return true;
}

bool invariant_old_silent(const InvariantCase *about, char *why)
{
    const BaselineBar *before = &about->before->bars[about->bar_nr];
    const char *stranger;

    why[0] = '\0';
    if (!old_header_silent(about, before->range.start, why)) {
        return false;
    }
    for (size_t i = 0; i < before->offset_count; i++) {
        uint64_t address = before->range.start + before->offsets[i];
        uint64_t word;

        if (old_owner(about, address, &stranger) != OLD_NOBODY) {
            continue;
        }
        if (!old_read(about, address, CONTENT_WORD_BYTES, &word, why)) {
            return false;
        }
        if (word == content_word(about->before->tag, about->bar_nr, before->offsets[i])) {
            return invariant_fails(about, why,
                                   "expected silence at the old address 0x%" PRIx64
                                   ", observed its content 0x%016" PRIx64,
                                   address, word);
        }
    }
    return true;
}

static bool bar_kept(const InvariantCase *about, int nr, char *why)
{
    InvariantCase bar_case = *about;
    Range before = about->before->bars[nr].range;
    Range now = about->function->bars[nr].kernel;

    bar_case.bar_nr = nr;
    if (range_is_empty(before)) {
        return true;
    }
    if (range_is_empty(now)) {
        return invariant_fails(&bar_case, why,
                               "lost 0x%" PRIx64 "-0x%" PRIx64 ": expected it to stay",
                               before.start, before.end);
    }
    if (now.start != before.start || now.end != before.end) {
        return invariant_fails(&bar_case, why,
                               "expected 0x%" PRIx64 "-0x%" PRIx64 " as before, observed 0x%" PRIx64
                               "-0x%" PRIx64,
                               before.start, before.end, now.start, now.end);
    }
    return true;
}

static bool bar_answers(const InvariantCase *about, int nr, char *why)
{
    InvariantCase bar_case = *about;

    bar_case.bar_nr = nr;
    if (!about->before->memory_decode || about->before->bars[nr].kind == BAR_IO ||
        range_is_empty(about->before->bars[nr].range)) {
        return true;
    }
    return accessible(&bar_case, why) && header_is_right(&bar_case, why);
}

bool invariant_unharmed(const InvariantCase *about, char *why)
{
    const Function *function = about->function;
    const BaselineFunction *before = about->before;

    why[0] = '\0';
    if (!function) {
        snprintf(why, INVARIANT_WHY_SIZE,
                 "%s: expected function with tag %" PRIu32
                 " on the bus, observed none: function is gone",
                 before->bdf, before->tag);
        return false;
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (!bar_kept(about, nr, why)) {
            return false;
        }
    }
    for (int nr = 0; nr < BARSHIFT_BARS; nr++) {
        if (!bar_answers(about, nr, why)) {
            return false;
        }
    }
    if (before->control_known &&
        (!function->control_known || function->ledger_total != before->ledger_total)) {
        snprintf(why, INVARIANT_WHY_SIZE,
                 "%s: expected %" PRIu64 " ledger records as before, observed %" PRIu64,
                 function->bdf, before->ledger_total, function->ledger_total);
        return false;
    }
    return true;
}
