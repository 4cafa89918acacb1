/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reader of the baseline file; the format is told in baseline.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"

#define LINE_SIZE 4096 /* CONTENT_OFFSETS_MAX offsets of at most 19 characters fit */

typedef struct Reader {
    Baseline *baseline;
    BaselineFunction *function; /* the one that the lines belong to; NULL before the first */
    BaselineBar *bar;           /* likewise */
    bool ended;
} Reader;

static int function_parse(Reader *reader, const char *line)
{
    BaselineFunction parsed = { .control_known = true };
    char name[32];
    char ledger[32];
    char rest;
    int decode;
    char *end;

    if (sscanf(line, "function %31s tag %" SCNu32 " decode %d ledger %31s %c", name, &parsed.tag,
               &decode, ledger, &rest) != 4 ||
        bdf_normalise(name, parsed.bdf) < 0 || (decode & ~1) != 0) {
        return -EINVAL;
    }
    parsed.memory_decode = decode == 1;
    if (strcmp(ledger, "-") == 0) {
        parsed.control_known = false;
    } else {
        parsed.ledger_total = strtoull(ledger, &end, 10);
        if (*end != '\0') {
            return -EINVAL;
        }
    }
    if (baseline_find_tag(reader->baseline, parsed.tag)) {
        return -EINVAL;
    }
    reader->function = baseline_append(reader->baseline);
    reader->bar = NULL;
    if (!reader->function) {
        return -ENOMEM;
    }
    memcpy(parsed.bars, reader->function->bars, sizeof(parsed.bars));
    *reader->function = parsed;
    return 0;
}

/* Numbers after the first word of a line; Return: how many, -EINVAL for other text or too many */
static int numbers_parse(const char *line, uint64_t *numbers, size_t max)
{
    size_t count = 0;

    line += strcspn(line, " \n");
    while (line[strspn(line, " \n")] != '\0') {
        char *end;

        if (count == max) {
            return -EINVAL;
        }
        numbers[count++] = strtoull(line, &end, 16);
        if (end == line || (*end != ' ' && *end != '\n')) {
            return -EINVAL;
        }
        line = end;
    }
    return (int)count;
}

static int scratch_parse(Reader *reader, const char *line)
{
    if (!reader->function ||
        numbers_parse(line, reader->function->scratch, BARSHIFT_SCRATCHES) != BARSHIFT_SCRATCHES) {
        return -EINVAL;
    }
    return 0;
}

static int filled_parse(Reader *reader, const char *line)
{
    int count;

    if (!reader->bar) {
        return -EINVAL;
    }
    count = numbers_parse(line, reader->bar->offsets, CONTENT_OFFSETS_MAX);
    if (count < 0) {
        return -EINVAL;
    }
    for (int i = 0; i < count; i++) {
        if (reader->bar->offsets[i] >= range_size(reader->bar->range) ||
            reader->bar->offsets[i] % CONTENT_WORD_BYTES != 0) {
            return -EINVAL;
        }
    }
    reader->bar->offset_count = (size_t)count;
    return 0;
}

static BarKind kind_parse(const char *name)
{
    for (BarKind kind = BAR_IO; kind <= BAR_MEM64; kind++) {
        if (strcmp(name, bar_kind_name(kind)) == 0) {
            return kind;
        }
    }
    return BAR_NONE;
}

static int bar_parse(Reader *reader, const char *line)
{
    char kind[16];
    char unassigned[16];
    uint64_t base;
    uint64_t size;
    uint64_t scratch = 0;
    Range range = range_empty();
    char rest;
    int nr;

    if (sscanf(line, "bar %d %15s 0x%" SCNx64 " 0x%" SCNx64 " 0x%" SCNx64 " %c", &nr, kind, &base,
               &size, &scratch, &rest) == 5) {
        range = range_sized(base, size);
        if (range_is_empty(range)) {
            return -EINVAL;
        }
    } else if (sscanf(line, "bar %d %15s %15s %c", &nr, kind, unassigned, &rest) != 3 ||
               strcmp(unassigned, "unassigned") != 0) {
        return -EINVAL;
    }
    if (!reader->function || nr < 0 || nr >= BARSHIFT_BARS || kind_parse(kind) == BAR_NONE) {
        return -EINVAL;
    }
    reader->bar = &reader->function->bars[nr];
    reader->bar->kind = kind_parse(kind);
    reader->bar->range = range;
    reader->bar->header_scratch = scratch;
    return 0;
}

static int line_parse(Reader *reader, const char *line, int number)
{
    if (number == 1) {
        return strcmp(line, "barshift-baseline 1\n") == 0 ? 0 : -EINVAL;
    }
    if (reader->ended || !strchr(line, '\n')) {
        return -EINVAL;
    }
    if (strncmp(line, "function ", 9) == 0) {
        return function_parse(reader, line);
    }
    if (strncmp(line, "scratch ", 8) == 0) {
        return scratch_parse(reader, line);
    }
    if (strncmp(line, "bar ", 4) == 0) {
        return bar_parse(reader, line);
    }
    if (strncmp(line, "filled ", 7) == 0) {
        return filled_parse(reader, line);
    }
    reader->ended = strcmp(line, "end\n") == 0;
    return reader->ended ? 0 : -EINVAL;
}

int baseline_read(Baseline *baseline, FILE *file, char *why)
{
    Reader reader = { .baseline = baseline };
    char line[LINE_SIZE];
    int number = 0;

    memset(baseline, 0, sizeof(*baseline));
    while (fgets(line, sizeof(line), file)) {
        int result = line_parse(&reader, line, ++number);

        if (result < 0) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(why, BASELINE_WHY_SIZE, "line %d: %s: \"%.80s\"", number,
                     result == -EINVAL ? "not understood" : strerror(-result), line);
            return result;
        }
    }
    if (!reader.ended) {
        snprintf(why, BASELINE_WHY_SIZE, "line %d: the file ends without \"end\"", number);
        return -EINVAL;
    }
    return 0;
}
