/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariants that access BARs, and compare them with the baseline: I5, I6, I11. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "invariants.h"
#include "witness.h"

#define TEST_WORDS (BARSHIFT_SCRATCHES + CONTENT_TEST_OFFSETS)

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
    if (about->function->stopped) {
        return invariant_fails(about, why,
                               "expected a started function, observed a stopped one: start it "
                               "first");
    }
    if (!bar_is_decoded(about->function, bar)) {
        return invariant_fails(about, why, "expected %s decode on, observed off: start it first",
                               bar->kind == BAR_IO ? "I/O" : "memory");
    }
    return true;
}

/* @header: (out) what answers now, right or not */
static bool header_is_right(const InvariantCase *about, BarHeader *header, char *why)
{
    const Bar *bar = &about->function->bars[about->bar_nr];

    witness_header_read(about->access, about->function, about->bar_nr, header);
    if (header->magic && !header->seen) {
        return invariant_fails(about, why,
                               "expected a header of version %u, observed version %" PRIu32
                               ", which is not understood",
                               BARSHIFT_VERSION, header->version);
    }
    if (!header->seen) {
        return invariant_fails(about, why, "expected the header at 0x%" PRIx64
                               ", observed no header", bar->kernel.start);
    }
    if (header->tag != about->function->tag || header->bar != (uint32_t)about->bar_nr) {
        return invariant_fails(about, why,
                               "expected tag %" PRIu32 " BAR %d to answer, observed tag %" PRIu32
                               " BAR %" PRIu32,
                               about->function->tag, about->bar_nr, header->tag, header->bar);
    }
    if (header->base != bar->kernel.start) {
        return invariant_fails(
            about, why, "expected an access at 0x%" PRIx64 " to arrive there, observed 0x%" PRIx64,
            bar->kernel.start, header->base);
    }
    return true;
}

/* Scratch registers, and words of the RAM behind the header page */
static size_t writable_offsets(const Bar *bar, const BarHeader *header, uint64_t *offsets)
{
    size_t count = 0;

    if (header->control) {
        for (; count < BARSHIFT_SCRATCHES; count++) {
            offsets[count] = BARSHIFT_CONTROL_SCRATCH(count);
        }
    } else {
        offsets[count++] = BARSHIFT_HEADER_SCRATCH;
    }
    if (header->backing == BARSHIFT_BACKING_RAM) {
        count += content_test_offsets(bar, range_size(bar->kernel), &offsets[count]);
    }
    return count;
}

/* Different at each offset even over equal content, so that an alias shows */
static uint64_t test_word(uint64_t original, uint64_t offset)
{
    return ~original ^ offset;
}

/* @word: as it was read, @expected in its place */
static bool word_is(const InvariantCase *about, const AccessWord *word, uint64_t expected,
                    const char *when, char *why)
{
    if (word->result < 0) {
        return invariant_fails(about, why, "offset 0x%" PRIx64 " %s: expected a word, observed %s",
                               word->offset, when, strerror(-word->result));
    }
    if (word->value != expected) {
        return invariant_fails(about, why,
                               "offset 0x%" PRIx64 " %s: expected 0x%016" PRIx64
                               ", observed 0x%016" PRIx64,
                               word->offset, when, expected, word->value);
    }
    return true;
}

static void words_read(const InvariantCase *about, AccessWord *words, size_t count)
{
    access_read_words(about->access, about->function, about->bar_nr, words, count);
}

static void words_write(const InvariantCase *about, AccessWord *words, size_t count)
{
    access_write_words(about->access, about->function, about->bar_nr, words, count);
}

/* Reads them, and compares */
static bool words_are(const InvariantCase *about, AccessWord *words, const uint64_t *expected,
                      size_t count, const char *when, char *why)
{
    words_read(about, words, count);
    for (size_t i = 0; i < count; i++) {
        if (!word_is(about, &words[i], expected[i], when, why)) {
            return false;
        }
    }
    return true;
}

/* Nothing can be written there, but each word tells its offset */
static bool pattern_answers(const InvariantCase *about, char *why)
{
    const Bar *bar = &about->function->bars[about->bar_nr];
    uint64_t offsets[CONTENT_TEST_OFFSETS];
    uint64_t expected[CONTENT_TEST_OFFSETS] = { 0 };
    AccessWord words[CONTENT_TEST_OFFSETS];
    size_t count = content_test_offsets(bar, range_size(bar->kernel), offsets);

    for (size_t i = 0; i < count; i++) {
        words[i] = (AccessWord) { .offset = offsets[i], .width_bytes = CONTENT_WORD_BYTES };
        expected[i] = content_word(BARSHIFT_BACKING_PATTERN, about->function->tag, about->bar_nr,
                                   offsets[i]);
    }
    return words_are(about, words, expected, count, "(pattern)", why);
}

static bool words_hold(const InvariantCase *about, const BarHeader *header, char *why)
{
    uint64_t offsets[TEST_WORDS];
    uint64_t originals[TEST_WORDS] = { 0 };
    uint64_t tests[TEST_WORDS] = { 0 };
    AccessWord words[TEST_WORDS] = { 0 };
    size_t count =
        writable_offsets(&about->function->bars[about->bar_nr], header, offsets);
    bool held;

    for (size_t i = 0; i < count; i++) {
        words[i] = (AccessWord) { .offset = offsets[i], .width_bytes = CONTENT_WORD_BYTES };
    }
    words_read(about, words, count);
    for (size_t i = 0; i < count; i++) {
        originals[i] = words[i].value;
        tests[i] = test_word(originals[i], offsets[i]);
        words[i].value = tests[i];
    }
    words_write(about, words, count);
    held = words_are(about, words, tests, count, "after a write", why);
    for (size_t i = 0; i < count; i++) {
        words[i].value = originals[i];
    }
    words_write(about, words, count);
    return held && words_are(about, words, originals, count, "after it was restored", why);
}

bool invariant_reachable(const InvariantCase *about, char *why)
{
    BarHeader header;

    why[0] = '\0';
    return accessible(about, why) && header_is_right(about, &header, why) &&
           words_hold(about, &header, why) &&
           (header.backing != BARSHIFT_BACKING_PATTERN || pattern_answers(about, why));
}

static bool scratch_preserved(const InvariantCase *about, const BaselineBar *before, char *why)
{
    AccessWord words[1 + BARSHIFT_SCRATCHES] = {
        { .offset = BARSHIFT_HEADER_SCRATCH, .width_bytes = 8 },
    };
    uint64_t expected[1 + BARSHIFT_SCRATCHES] = { before->header_scratch };
    size_t count = 1;

    for (unsigned n = 0; about->bar_nr == about->before->control_bar && n < BARSHIFT_SCRATCHES;
         n++) {
        words[count] = (AccessWord) { .offset = BARSHIFT_CONTROL_SCRATCH(n), .width_bytes = 8 };
        expected[count++] = about->before->scratch[n];
    }
    if (about->was_reset) {
        memset(expected, 0, sizeof(expected));
    }
    return words_are(about, words, expected, count, "(scratch)", why);
}

/* What was noted of RAM; the pattern needs no note, and covers what a larger size has added */
static size_t content_expected(const InvariantCase *about, uint64_t *offsets)
{
    const Bar *bar = &about->function->bars[about->bar_nr];
    const BaselineBar *before = &about->before->bars[about->bar_nr];

    if (before->backing == BARSHIFT_BACKING_PATTERN) {
        return content_offsets(bar, range_size(bar->kernel), offsets);
    }
    memcpy(offsets, before->offsets, before->offset_count * sizeof(*offsets));
    return before->offset_count;
}

/* Was there something at the baseline that could have been noted? */
static bool content_missing(const InvariantCase *about)
{
    const BaselineBar *before = &about->before->bars[about->bar_nr];
    uint64_t offsets[CONTENT_OFFSETS_MAX];

    return before->backing == BARSHIFT_BACKING_RAM &&
           content_offsets(&about->function->bars[about->bar_nr], range_size(before->range),
                           offsets) > 0;
}

bool invariant_preserved(const InvariantCase *about, char *why)
{
    const BaselineBar *before = &about->before->bars[about->bar_nr];
    uint64_t offsets[CONTENT_OFFSETS_MAX];
    uint64_t expected[CONTENT_OFFSETS_MAX] = { 0 };
    AccessWord words[CONTENT_OFFSETS_MAX];
    size_t checked = 0;
    size_t count;

    why[0] = '\0';
    if (!accessible(about, why)) {
        return false;
    }
    if (!before->header_known) {
        return invariant_fails(about, why, "expected a header at the baseline, observed none");
    }
    if (!scratch_preserved(about, before, why)) {
        return false;
    }
    count = content_expected(about, offsets);
    for (size_t i = 0; i < count; i++) {
        if (offsets[i] >= range_size(about->function->bars[about->bar_nr].kernel)) {
            continue; /* cut off by a resize */
        }
        words[checked] = (AccessWord) { .offset = offsets[i], .width_bytes = CONTENT_WORD_BYTES };
        expected[checked++] =
            content_word(before->backing, about->before->tag, about->bar_nr, offsets[i]);
    }
    if (!words_are(about, words, expected, checked, "(content)", why)) {
        return false;
    }
    snprintf(why, INVARIANT_WHY_SIZE, "scratch and %zu of %zu words checked", checked, count);
    if (checked == 0 && content_missing(about)) {
        return invariant_fails(about, why,
                               "expected content that was there at the baseline, observed %zu "
                               "words of it recorded and none left to check",
                               before->offset_count);
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
    BarHeader header;

    bar_case.bar_nr = nr;
    return !baseline_bar_answered(about->before, nr) ||
           (accessible(&bar_case, why) && header_is_right(&bar_case, &header, why));
}

bool invariant_unharmed(const InvariantCase *about, char *why)
{
    const Function *function = about->function;
    const BaselineFunction *before = about->before;

    why[0] = '\0';
    if (!function) {
        return invariant_fails(about, why,
                               "expected function with tag %" PRIu32
                               " on the bus, observed none: function is gone",
                               before->tag);
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
    if (before->control_bar >= 0 &&
        (!function->control_known || function->ledger_total != before->ledger_total)) {
        return invariant_fails(about, why,
                               "expected %" PRIu64 " ledger records as before, observed %" PRIu64,
                               before->ledger_total, function->ledger_total);
    }
    return true;
}
